#!/bin/sh
# settings_page.sh JAGA ROOT: docs/settings.md is what the table of settings says.
set -eu
"$1" config --page | diff -u "$2/docs/settings.md" - || {
    echo "docs/settings.md is not of this table: jaga config --page > docs/settings.md"
    exit 1
}
