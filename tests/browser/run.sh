#!/usr/bin/env bash
# Opens reports of real runs in a browser:  tests/browser/run.sh PROGRAM BUILD_TREE
# Exit code 77: no browser, no Node, or axe cannot be fetched.
set -euo pipefail
program=$1
work=$2/browser
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
demo=$here/../../examples/demo

skip() {
    echo "SKIPPED: $*"
    exit 77
}

chromium=$(command -v chromium || command -v chromium-browser) || skip "no chromium here"
command -v node >/dev/null || skip "no node here"
command -v npm >/dev/null || skip "no npm here"

mkdir -p "$work"
if ! cmp -s "$here/package-lock.json" "$work/package-lock.json" || [[ ! -e $work/node_modules/axe-core/axe.min.js ]]; then
    cp "$here/package.json" "$work/"
    (cd "$work" && cp "$here/package-lock.json" . && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) || {
        rm -f "$work/package-lock.json"
        skip "npm cannot fetch axe-core: $(tail -n 1 "$work/npm.log")"
    }
fi

runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT
undertone() { "$program" "$@" >"$runs/log" 2>&1 || { cat "$runs/log"; exit 1; }; }

# Names that a page must only show.
strange="$runs/<img src=x onerror=alert(1)> \"&' $(printf '\u202e')مرحبا"
mkdir "$strange"
undertone evaluate --quiet --framework keras --epochs 12 --validation-split 0.2 --importance -o "$strange/run" "$demo"
undertone evaluate --quiet --max-iter 15 --seeds 2 -o "$runs/sklearn" "$demo"
undertone evaluate --quiet --max-iter 15 --folds inflation -o "$runs/inflation" "$demo"
undertone tune --quiet --max-iter 10 --param alpha=0.01/1 --param hidden_layer_sizes=8/12 -o "$runs/tuned" "$demo"
mv "$strange/run" "$strange/run <script>alert(2)<script>"
undertone report -o "$runs/one.html" "$strange/run <script>alert(2)<script>"
undertone report --embed-sound -o "$runs/tuned.html" "$runs/tuned"
undertone report -o "$runs/inflation.html" "$runs/inflation"
undertone report -o "$runs/two.html" "$strange/run <script>alert(2)<script>" "$runs/sklearn"

node "$here/report_test.mjs" "$chromium" "$work/node_modules/axe-core/axe.min.js" \
    "$runs/one.html" "$runs/tuned.html" "$runs/inflation.html" "$runs/two.html"
