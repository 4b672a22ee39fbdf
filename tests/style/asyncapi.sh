#!/bin/sh
# asyncapi.sh ROOT: schemas/asyncapi.yaml speaks of every topic of kafka/kafka.c and of no other, refers to every schema
# file and to none that is missing, and its references within the file lead somewhere. Read line by line, without a YAML parser.
set -eu
root=$1
yaml=$root/schemas/asyncapi.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# compare WHAT: what is only in the first list, and only in the second.
compare() {
    LC_ALL=C sort -u "$work/wanted" >"$work/wanted.sorted"
    LC_ALL=C sort -u "$work/found" >"$work/found.sorted"
    test -s "$work/wanted.sorted" || {
        echo "asyncapi.yaml: no $1 to compare with: does this check still read the right place?"
        failures=1
    }
    LC_ALL=C comm -23 "$work/wanted.sorted" "$work/found.sorted" >"$work/missing"
    LC_ALL=C comm -13 "$work/wanted.sorted" "$work/found.sorted" >"$work/extra"
    if [ -s "$work/missing" ] || [ -s "$work/extra" ]; then
        sed "s/^/asyncapi.yaml: lacks $1 /" "$work/missing"
        sed "s/^/asyncapi.yaml: has $1 that there is not: /" "$work/extra"
        failures=1
    fi
}

# Topics: `[TOPIC_CLAIM] = "claim"` against `address: jaga.claim`.
grep -o '\[TOPIC_[A-Z_]*\] *= *"[a-z-]*"' "$root/kafka/kafka.c" | sed 's/.*"\(.*\)"/jaga.\1/' >"$work/wanted" || :
sed -n 's/^    address: *//p' "$yaml" >"$work/found"
compare topic

# Schema files: those in the folder against those referred to.
(cd "$root/schemas" && ls -- *.avsc) >"$work/wanted"
sed -n "s|^ *\$ref: '[.]/\(.*\)'\$|\1|p" "$yaml" >"$work/found"
compare schema

# Topic settings: those that init sets are said of both kinds of topics.
sed -n '/^static const struct required required\[\]/,/^};/s/^ *{"\([a-z.]*\)", "\([^"]*\)".*/\1 \2/p' "$root/kafka/admin.c" |
    sed 'p' | LC_ALL=C sort | uniq -c | sed 's/^ *//' >"$work/wanted"
awk '/^        topicConfiguration:/ { inside = 1; next }
     inside && !/^          [a-z]/ { inside = 0 }
     inside { name = $1; sub(/:$/, "", name); value = $2; gsub(/[\[\]'"'"']/, "", value); print name, value }' "$yaml" |
    LC_ALL=C sort | uniq -c | sed 's/^ *//' >"$work/found"
compare 'topic setting (how often, name, value)'

# References within the file: `#/components/messages/Decision` leads to a line `    Decision:` below `  messages:`.
awk '/^[a-z]/ { top = $1; sub(/:.*/, "", top); group = "" }
     /^  [A-Za-z]+:/ { group = $1; sub(/:.*/, "", group); print "#/" top "/" group }
     /^    [A-Za-z]+:/ && top == "components" { name = $1; sub(/:.*/, "", name); print "#/" top "/" group "/" name }' \
    "$yaml" >"$work/places"
sed -n "s|.*\$ref: '\(#/.*\)'\$|\1|p" "$yaml" | LC_ALL=C sort -u >"$work/references"
while read -r reference; do
    grep -qxF "$reference" "$work/places" || {
        echo "asyncapi.yaml: $reference leads nowhere"
        failures=1
    }
done <"$work/references"
exit $failures
