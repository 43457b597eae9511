#!/usr/bin/env bash
# clang-tidy over src/ and apps/, with the flags that a build tree compiled them with.
#   tools/lint/tidy.sh BUILD_TREE
# A file that passed is not looked at again until it, a header of ours that it includes, or .clang-tidy changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tree=$1
passed=$tree/tidy
mkdir -p "$passed"
tidy=clang-tidy-14 clang=clang++-14
command -v $tidy >/dev/null || { tidy=clang-tidy clang=clang++; }
if ! command -v $tidy >/dev/null; then
    echo "SKIPPED: no clang-tidy here"
    exit 77
fi

# One command a file: the library is compiled several times, once for each kind of processor.
awk -v root="$PWD" '
    BEGIN { print "[" }
    /^\{/ { entry = ""; next }
    /^\},?$/ { if (file ~ "^" root "/(src|apps)/" && !seen[file]++) { print comma "{" entry "}"; comma = "," } next }
    /^ *"file":/ { file = $0; sub(/^ *"file": "/, "", file); sub(/".*$/, "", file) }
    { entry = entry "\n" $0 }
    END { print "]" }' "$tree/compile_commands.json" >"$passed/compile_commands.json"

# What a file's verdict rests on: the tool, its settings, the file, and the headers of ours that it includes.
settings=$($tidy --version; cat .clang-tidy)
verdict_of() {
    local parts
    parts=$($clang -std=c++20 -Iinclude -Isrc -Iapps -Iapps/undertone -MM -MG "$1" 2>/dev/null | grep -oE '(include|src|apps)/[^ ]+')
    # shellcheck disable=SC2086  # the names of the project's files hold no blanks
    { echo "$settings"; cat $parts; } | sha256sum | cut -c1-64
}

check_one() {
    local verdict output
    verdict=$passed/$(verdict_of "$1")
    [[ ! -e $verdict ]] || return 0
    # Warnings belong to the compilers; g++'s own options mean nothing to clang.
    output=$($tidy -p "$passed" --quiet --extra-arg=-Wno-everything "$1" 2>/dev/null) && [[ -z $output ]] && touch "$verdict" && return
    printf '%s\n' "$1: ${output:-clang-tidy failed}"
    return 1
}
export -f check_one verdict_of
export passed tidy clang settings
# shellcheck disable=SC2016  # that shell is to see $0, not this one
sed -n 's/^ *"file": "\(.*\)".*/\1/p' "$passed/compile_commands.json" |
    xargs -P "$(nproc)" -n 1 bash -c 'check_one "$0"'
