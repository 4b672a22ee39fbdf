#!/bin/sh
# docs.sh ROOT JAGA: links in *.md lead somewhere, every page of docs/ is linked, every test file and every
# `jaga` command that a page names exists.
set -eu
root=$1
jaga=$2
cd "$root"
failures=0
say() { echo "$*"; failures=1; }

pages=$(find . -name '*.md' -not -path './build/*' -not -path './.git/*' | LC_ALL=C sort)
linked=
for page in $pages; do
    folder=$(dirname "$page")
    for link in $(grep -oE '\]\([^)# ]+' "$page" | cut -c3- | grep -vE '^https?:' || :); do
        [ -e "$folder/$link" ] || say "$page: $link does not exist"
        linked="$linked $(cd "$folder" && realpath -m --relative-to="$root" "$link")"
    done
done
for page in $(find docs -maxdepth 1 -name '*.md'); do
    case " $linked " in *" $page "*) ;; *) say "$page: no page links here" ;; esac
done

for file in $(grep -ohE 'tests/[a-z_/]+\.(py|sh|c)' $pages | LC_ALL=C sort -u); do
    [ -e "$file" ] || say "a page names $file, which does not exist"
done

commands=$("$jaga" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
for named in $(grep -ohE '`jaga [a-z]+' $pages | cut -c7- | LC_ALL=C sort -u); do
    printf '%s\n' "$commands" | grep -qx "$named" || say "a page names jaga $named, which does not exist"
done
exit $failures
