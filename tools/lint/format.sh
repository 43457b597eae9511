#!/usr/bin/env bash
# clang-format over all C++ files; what it wants depends on its version, so it is 14 or nothing.
#   tools/lint/format.sh          fails and shows what is not formatted
#   tools/lint/format.sh --fix    formats
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if ! command -v clang-format-14 >/dev/null; then
    echo "SKIPPED: no clang-format-14 here, and other versions format otherwise"
    exit 77
fi
mode=(--dry-run -Werror)
[[ ${1:-} != --fix ]] || mode=(-i)
find . \( -path ./build -o -path ./.git -o -path ./.venv \) -prune -o \( -name '*.cpp' -o -name '*.hpp' -o -name '*.h' \) -print0 |
    xargs -0 clang-format-14 "${mode[@]}"
