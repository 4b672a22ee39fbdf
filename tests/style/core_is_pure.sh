#!/bin/sh
# core_is_pure.sh ARCHIVE: the core calls nothing that could read, write, wait, allocate or tell the time.
set -eu
archive=$1

# Functions of memory alone, the assertion's end, BLAKE2b, and what compilers and sanitizers put in.
allowed='^(mem(cpy|move|set|cmp|chr)|bcmp|str(len|chr|cmp|ncmp)|__assert_fail|__stack_chk_fail)$'
allowed="$allowed"'|^crypto_generichash(_[a-z0-9_]+)?$'
allowed="$allowed"'|^__(asan|ubsan|tsan|msan|sanitizer|gcov|llvm|sancov)_'
allowed="$allowed"'|^_GLOBAL_OFFSET_TABLE_$'

defined=$(nm --defined-only "$archive" | awk 'NF == 3 { print $3 }' | LC_ALL=C sort -u)
wanted=$(nm --undefined-only "$archive" | awk '$1 == "U" || $1 == "w" { print $2 }' | LC_ALL=C sort -u)
[ -n "$defined" ] || { echo "$archive holds nothing"; exit 1; }

foreign=$(for symbol in $wanted; do
    printf '%s\n' "$defined" | grep -qxF -- "$symbol" || printf '%s\n' "$symbol"
done | grep -vE "$allowed" || :)
[ -z "$foreign" ] || {
    echo "the core is not pure; it needs:"
    printf '%s\n' "$foreign"
    exit 1
}
