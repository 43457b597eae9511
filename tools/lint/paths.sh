#!/usr/bin/env bash
# Fails when a file names a path of one machine, a private address or a package registry.
#   tools/lint/paths.sh [ROOT]        checks a project
#   tools/lint/paths.sh --self-test   checks that each kind is caught
set -euo pipefail

check() {
    cd "$1"
    local pattern='(^|[^A-Za-z0-9_.~/-])/(home|root|Users|work|mnt)/[A-Za-z0-9_.-]' # paths
    pattern+='|(^|[^0-9.])(10|127|192\.168)\.[0-9]+\.[0-9]+\.[0-9]+([^0-9.]|$)'   # addresses
    pattern+='|index-url|registry=|pkg\.dev|artifactory|jfrog|nexus3'             # registries
    # This file holds the patterns and their self-test. Addresses of the machine itself are everyone's.
    ! grep -rInE --exclude-dir=build --exclude-dir=.git --exclude=.git --exclude-dir=.venv --exclude=paths.sh "$pattern" . |
        grep -vE '127\.0\.0\.1'
}

self_test() {
    root=$(mktemp -d) # not local: the trap below runs after this function
    trap 'rm -rf "$root"' EXIT
    echo 'see src/work/x, ../home/y, 127.0.0.1:8080, version 10.2.3, a/root/b and /usr/lib' >"$root/file"
    check "$root" || { echo "right text was refused"; exit 1; }
    local wrong
    for wrong in 'cd /work/undertone' 'path = "/home/someone"' 'http://10.1.2.3/' '--extra-index-url x' 'europe-python.pkg.dev'; do
        echo "$wrong" >"$root/file"
        if (check "$root" >/dev/null); then
            echo "was let through: $wrong"
            exit 1
        fi
    done
}

case ${1:-} in
    --self-test) self_test ;;
    *) check "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}" ;;
esac
