#!/bin/sh
# core_turns_red.sh COMPILER: core_is_pure.sh refuses each of these, and accepts what is pure.
set -eu
compiler=$1
here=$(cd "$(dirname "$0")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdict() {
    printf '%s\n' "$1" >"$work/a.c"
    rm -f "$work/a.a"
    "$compiler" -std=c11 -c -o "$work/a.o" "$work/a.c"
    ar rc "$work/a.a" "$work/a.o"
    if sh "$here/core_is_pure.sh" "$work/a.a" >"$work/said"; then echo pure; else echo impure; fi
}

expect() {
    [ "$(verdict "$2")" = "$1" ] || { echo "expected $1: $2"; cat "$work/said"; exit 1; }
}

expect impure '#include <time.h>
long f(void); long f(void) { return (long)time(0); }'
expect impure '#include <stdlib.h>
void *f(void); void *f(void) { return malloc(7); }'
expect impure '#include <stdio.h>
void f(int x); void f(int x) { printf("%d", x); }'
expect impure '#include <ctype.h>
int f(int c); int f(int c) { return isalpha(c); }'
expect impure 'extern int elsewhere; int f(void); int f(void) { return elsewhere; }'
expect pure '#include <string.h>
#include <assert.h>
int g(const char *a); int g(const char *a) { assert(a); return (int)strlen(a); }
int f(char *a, const char *b); int f(char *a, const char *b) { memcpy(a, b, 9); return g(a); }'
[ "$(sh "$here/core_is_pure.sh" "$work/none.a" >/dev/null 2>&1 && echo pure || echo impure)" = impure ]
