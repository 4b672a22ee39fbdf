#!/bin/sh
# by_hand.sh ROOT: the program of docs/checkpoints.md proves what jaga proves, and nothing that was changed.
set -eu
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key=a2fa2f4a355ba2e907a53009e9e37caddf7ac7e66a08ba07631f553072b3f24c
failures=0

awk '/^```python$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$root/docs/checkpoints.md" >"$work/by_hand.py"
for file in "$root"/tests/fuzz/corpus/evidence/*; do
    [ "$(python3 "$work/by_hand.py" "$file" "$key")" = proven ] || { echo "$file: not proven"; failures=1; }
done

# refuse WHAT SED KEY
refuse() {
    sed "$2" "$root/tests/fuzz/corpus/evidence/usual" >"$work/changed"
    if python3 "$work/by_hand.py" "$work/changed" "$3" >"$work/1" 2>"$work/2"; then
        echo "proven although $1 is wrong"
        failures=1
    fi
}
refuse 'the key' '' "${key%c}d"
refuse 'the index' 's/"index":17/"index":18/' "$key"
refuse 'the kind' 's/"kind":"decision"/"kind":"payment"/' "$key"
refuse 'the participant' 's/"key":"P-000123"/"key":"P-000124"/' "$key"
refuse 'the checkpoint' 's/"checkpoint":"\(.\{40\}\)./"checkpoint":"\1x/' "$key"
refuse 'the journal' 's/"body":"\(.\{40\}\)./"body":"\1x/' "$key"
exit $failures
