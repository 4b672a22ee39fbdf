#!/bin/sh
# tidy_turns_red.sh ROOT: tidy.sh refuses a function of 50 lines and accepts one of 30; format.sh refuses
# a line that clang-format would move.
set -eu
root=$1
here=$(cd "$(dirname "$0")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/lane" "$work/build"
cp "$root/.clang-tidy" "$root/.clang-format" "$work"
cat >"$work/build/compile_commands.json" <<JSON
[{"directory": "$work", "command": "cc -c lane/a.c",
  "file": "$work/lane/a.c"}]
JSON

# function LINES: a function whose body has so many.
function_of() {
    echo 'int f(int x)'
    echo '{'
    for _ in $(seq "$1"); do echo '    x++;'; done
    echo '    return x;'
    echo '}'
}

function_of 30 >"$work/lane/a.c"
sh "$here/tidy.sh" "$work" "$work/build" || { echo "a short function was refused"; exit 1; }
sh "$here/format.sh" "$work" || { echo "a well-formed file was refused"; exit 1; }

function_of 50 >"$work/lane/a.c"
! sh "$here/tidy.sh" "$work" "$work/build" >"$work/said" 2>&1 || { echo "a long function passed"; exit 1; }
grep -q readability-function-size "$work/said" || { cat "$work/said"; exit 1; }

function_of 3 | sed 's/x++/x ++/' >"$work/lane/a.c"
! sh "$here/format.sh" "$work" >/dev/null 2>&1 || { echo "a misformed file passed"; exit 1; }
