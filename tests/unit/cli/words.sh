#!/bin/sh
# words.sh JAGA: what the program says without a server, and its exit codes.
set -eu
jaga=$1
unset JAGA_CONFIG JAGA_LANES JAGA_LOG_LEVEL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# expect CODE STREAM TEXT WORD...: the exit code, and a text on stdout (1) or stderr (2). What is data
# goes to stdout alone, what is a message to stderr alone.
expect() {
    code=$1 stream=$2 text=$3
    shift 3
    got=0
    "$jaga" "$@" >"$work/1" 2>"$work/2" || got=$?
    if [ "$got" != "$code" ] || ! grep -qF -- "$text" "$work/$stream" || [ -s "$work/$((3 - stream))" ]; then
        echo "jaga $*: wanted $code and \"$text\" on $stream, got $got and:"
        cat "$work/1" "$work/2"
        failures=1
    fi
}

commands='init publish generate process try read coverage dashboard status checkpoint verify config explain history'

expect 64 2 'usage: jaga COMMAND'
expect 64 2 'no command cofnig, did you mean config' cofnig
expect 64 2 'no command --dev' --dev
expect 0 1 'usage: jaga COMMAND' --help
expect 0 1 'usage: jaga COMMAND' -h
expect 0 1 'jaga 0.' --version

for command in $commands; do
    expect 0 1 "usage: jaga $command" "$command" --help
    expect 0 1 "  jaga $command" "$command" -h # an example
    expect 64 2 'there is no flag --no-such-flag' "$command" --no-such-flag
    "$jaga" --help | grep -q "^  $command " || { echo "jaga --help lacks $command"; failures=1; }
done

for command in status coverage; do
    expect 0 1 '  --watch[=SECONDS]              Again' "$command" --help
    expect 64 2 'give whole seconds from 1 to 3600' "$command" --watch=0
    expect 64 2 'takes no operand, but got 5' "$command" --watch 5
done

expect 64 2 'did you mean --log.level?' config --log.levl info
expect 64 2 'never a flag' config --redis.password=x
expect 64 2 'lanes cannot be "0"; it may be 1 to 1024' config --lanes 0
expect 64 2 'takes no operand' config something
expect 2 2 'No such file' config --config "$work/none"

# Evidence is checked without any server; the key is that of the fixture which made the file.
evidence=../../fuzz/corpus/evidence/usual
key=a2fa2f4a355ba2e907a53009e9e37caddf7ac7e66a08ba07631f553072b3f24c
printf 'jaga-ed25519-public %s\n' "$key" >"$work/key.pub"
expect 0 1 'payment    "JUP26N5HOMMSUCCWNCGM": Rp 32000000' verify "$evidence" --public-key "$key"
expect 0 1 'APPROVED, OK, Rp 42000000' verify "$evidence" --public-key "$work/key.pub"
expect 0 1 '{"proven":true,' verify --json --public-key "$work/key.pub" "$evidence"
expect 1 2 "signed with another key, $key" verify "$evidence" --public-key "${key%c}d"
expect 64 2 'from whoever signs the checkpoints' verify "$evidence"
expect 64 2 'name one evidence file' verify --public-key "$key"
expect 64 2 'name one evidence file' verify --public-key "$key" "$evidence" "$evidence"
expect 2 2 'No such file' verify --public-key "$key" "$work/none"
expect 2 2 'Is a directory' verify --public-key "$key" "$work"
expect 2 2 'is not JSON' verify --public-key "$key" words.sh
expect 2 2 'No such file' verify --public-key "${key%c}" "$evidence"
expect 2 2 'this is no public key' verify --public-key "$evidence" "$evidence"
sed 's/"index":17/"index":18/' "$evidence" >"$work/changed"
expect 1 2 "does not lead to the journal record's outputs_root (record 1" verify --public-key "$key" "$work/changed"
got=0
"$jaga" verify --json --public-key "$key" "$work/changed" >"$work/1" 2>"$work/2" || got=$?
[ "$got" = 1 ] && grep -q '^{"proven":false,"why":"not proven: ' "$work/1" ||
    { echo "verify --json of a changed file: $got"; cat "$work/1" "$work/2"; failures=1; }
got=0
"$jaga" verify --public-key "$key" - <"$evidence" >"$work/1" || got=$?
[ "$got" = 0 ] && grep -q '^proven: ' "$work/1" || { echo "verify from standard input: $got"; failures=1; }

printf 'lanes = 3\nlanez = 4\n' >"$work/wrong.conf"
expect 64 2 "wrong.conf:2: no such option 'lanez'" config --config "$work/wrong.conf"

expect 0 1 'default' config
"$jaga" config --sample >"$work/sample.conf"
expect 0 1 'lanes                2                            default' config --config "$work/sample.conf"
sed 's/^#\([a-z.-]* = "\)/\1/' "$work/sample.conf" >"$work/full.conf"
expect 0 1 'lanes                2                            file' config --config "$work/full.conf"

got=0
"$jaga" config >/dev/full 2>"$work/2" || got=$?
[ "$got" = 2 ] || { echo "a full disk was not noticed: $got"; failures=1; }
exit $failures
