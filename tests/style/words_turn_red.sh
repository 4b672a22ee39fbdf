#!/bin/sh
# words_turn_red.sh: words.sh finds each of these wrongs, each alone in a small tree, and none in a right one.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tree() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree/$(dirname "$1")"
    printf '%s\n' "$2" >"$work/tree/$1"
}

# finds FILE TEXT FINDING
finds() {
    tree "$1" "$2"
    if sh "$here/words.sh" "$work/tree" >"$work/said"; then
        echo "nothing found in $1: $2"
        exit 1
    fi
    grep -qF "$1:$3" "$work/said" || { echo "wanted $1:$3, got:"; cat "$work/said"; exit 1; }
}

accepts() {
    tree "$1" "$2"
    sh "$here/words.sh" "$work/tree" >"$work/said" || { echo "refused $1: $2"; cat "$work/said"; exit 1; }
}

hundred=$(printf '%0100d' 0)
finds lane/a.c "// $hundred" '1: longer than 100'
accepts lane/a.c "$(printf '%0.sé' $(seq 60))"
finds lane/a.c '    sprintf(a, "%d", 1);' '1: sprintf()'
finds lane/a.c '    return atoi (a);' '1: atoi()'
finds lane/a.c '    double x = 1;' '1: no floating'
finds lane/a.c '/* TODO: later */' '1: unfinished'
finds lane/a.c 'int a; ' '1: blanks'
accepts lane/a.c '/* sprintf(a) and a double dose, over
   two lines with atoi(b) */ int snprintf_x; char *s = "strcpy(\"a\")"; // strcpy(a)'
finds lane/a.c '/* fine */ int a = atoi(b); /* fine */' '1: atoi()'

finds lane/a.c '#include <librdkafka/rdkafka.h>' '1: <librdkafka/rdkafka.h> is for kafka only'
accepts kafka/a.c '#include <librdkafka/rdkafka.h>'
accepts tests/unit/a.c '#include <librdkafka/rdkafka.h>'
finds kafka/a.c '#include <hiredis/hiredis.h>' '1: <hiredis'
finds lane/a.c '#include <avro.h>' '1: <avro.h>'
finds core/a.c '#include <jansson.h>' '1: <jansson.h>'
finds cli/a.c '#include <confuse.h>' '1: <confuse.h>'
finds kafka/a.c '#include <sodium.h>' '1: <sodium.h> is for core wire lane only'
accepts core/a.c '#include <sodium.h>'

finds core/a.c '#include "support/error.h"' '1: core/ may not include support/error.h'
finds wire/a.c '#include "kafka/kafka.h"' '1: wire/ may not include'
finds kafka/a.c '#include "store/redis.h"' '1: kafka/ may not include'
finds store/a.c '#include "lane/table.h"' '1: store/ may not include'
finds consumers/a.c '#include "cli/commands.h"' '1: consumers/ may not include'
finds producers/a.c '#include "consumers/a.h"' '1: producers/ may not include'
finds http/a.c '#include "lane/lane.h"' '1: http/ may not include'
finds dashboard/a.c '#include <microhttpd.h>' '1: <microhttpd.h> is for http only'
accepts lane/a.c '#include "kafka/kafka.h"'
accepts consumers/a.c '#include "http/server.h"'
finds lane/a.c '#include "table.h"' '1: include table.h by its path'
finds lane/a.h 'int a;' '1: nothing includes'
