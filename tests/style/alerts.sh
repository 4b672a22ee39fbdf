#!/bin/sh
# alerts.sh ROOT: every alert says what, why, what to do and where more is written; with promtool also its own checks
# and the table of alerts_test.yml.
set -eu
root=$1
alerts=$root/deploy/prometheus/alerts.yml
failures=0
say() { echo "$*"; failures=1; }

count() { grep -cE "^ +$1:" "$alerts"; }
for word in expr summary description action page; do
    [ "$(count "$word")" = "$(count '- alert')" ] || say "not every alert has one $word"
done

# A heading's anchor, as GitHub makes it.
anchors=$(sed -n 's/^#\{2,\} //p' "$root/docs/operations.md" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9\n-')
for page in $(sed -n 's/^ *page: //p' "$alerts" | LC_ALL=C sort -u); do
    case $page in docs/operations.md#*) ;; *) say "$page is no section of docs/operations.md" ;; esac
    printf '%s\n' "$anchors" | grep -qx -- "${page#*#}" || say "$page: no such section"
done

if command -v promtool >/dev/null; then
    promtool check rules "$alerts" || failures=1
    promtool check config "$root/deploy/prometheus/prometheus.yml" || failures=1
    promtool test rules "$root/tests/style/alerts_test.yml" || failures=1
else
    echo "promtool is not here: the rules' syntax and alerts_test.yml were not looked at"
fi
exit $failures
