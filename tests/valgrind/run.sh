#!/usr/bin/env bash
# Memcheck over the tests of core, files, formats, corpora and runs, the program that the last start included. A leak counts
# where nothing points to the memory any more.
#   run.sh BUILD_TREE
set -euo pipefail
tree=$1

check() {
    echo "$*"
    valgrind --quiet --trace-children=yes --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
        "$tree/bin/$1" --gtest_brief=1 "${@:2}"
}

for folder in core os formats tables corpus; do
    check "test_unit_$folder"
done
check test_cli --gtest_filter='Runs.AKilled*:Compare.*:Evaluate.WritesARun*:Report.SaysEverything*:Report.SaysWhich*'
