#!/bin/sh
# words.sh ROOT: line length, banned calls, homes of third-party headers, direction of includes, headers
# that nothing includes. Prints file:line: finding; ends with 1 if there is one.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$1
. "$here/files.sh"
cd "$root"
failures=0

for file in $(all_files); do
    case $file in tests/*) homes=0 ;; *) homes=1 ;; esac
    awk -v folder="${file%%/*}" -v homes=$homes -f "$here/words.awk" "$file" || failures=1
done

# Characters, not bytes.
long=$(all_files | LC_ALL=C.UTF-8 xargs -r grep -nHE '^.{101,}$' || :)
if [ -n "$long" ]; then
    printf '%s\n' "$long" | sed 's/^\([^:]*:[0-9]*\):.*/\1: longer than 100 characters/'
    failures=1
fi

all_files | xargs -r sed -n 's/^#include "\(.*\)"/\1/p' | LC_ALL=C sort -u >"${TMPDIR:-/tmp}/included.$$"
trap 'rm -f "${TMPDIR:-/tmp}/included.$$"' EXIT
for header in $(product_files | grep '\.h$'); do
    grep -qx "$header" "${TMPDIR:-/tmp}/included.$$" || {
        echo "$header:1: nothing includes this header"
        failures=1
    }
done
exit $failures
