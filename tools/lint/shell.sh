#!/usr/bin/env bash
# Runs shellcheck over every shell script: those named .sh and those that start with #! and a shell.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
find . \( -path ./build -o -path ./.git -o -path ./.venv \) -prune -o -type f \( -name '*.sh' -o ! -name '*.*' \) -print0 |
    xargs -0 grep -lIE -m 1 '^#!.*\b(ba)?sh$' | xargs shellcheck
