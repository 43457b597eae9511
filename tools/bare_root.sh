#!/usr/bin/env bash
# Proves that a clean clone works on a machine with nothing installed by hand: makes a bare Debian or Ubuntu root
# with debootstrap, clones the last commit into it, and runs the README's two commands inside.
#   tools/bare_root.sh [-s SUITE] [-m MIRROR] [-d DATA] [COMMAND...]
#     -s SUITE    bookworm (the default), or another that debootstrap knows
#     -m MIRROR   where packages come from, for Ubuntu say; debootstrap knows Debian's own
#     -d DATA     the folder of recordings, ../shared/data by default where it exists: read-only inside, at
#                 ../shared/data of the clone
#     COMMAND     instead of the two: './dev demo ../shared/data/ravdess' (else on the synthetic clips), './dev test'
# Needs root, debootstrap, and a network for packages. Everything is mounted in a namespace of its own, which ends
# with the script; then the root is removed.
set -euo pipefail

if [[ -z ${BARE_ROOT:-} ]]; then
    ((EUID == 0)) || { echo "bare_root: needs root"; exit 1; }
    command -v debootstrap >/dev/null || { echo "bare_root: needs the package debootstrap"; exit 1; }
    BARE_ROOT=$(mktemp -d)
    export BARE_ROOT
    status=0
    unshare --mount --propagation private -- "$0" "$@" || status=$?
    # The mounts are gone with their namespace: only what was installed is left here.
    rm -rf --one-file-system "$BARE_ROOT"
    exit $status
fi

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
suite=bookworm mirror='' data=$project/../shared/data
while getopts s:m:d: option; do
    case $option in
        s) suite=$OPTARG ;;
        m) mirror=$OPTARG ;;
        d) data=$OPTARG ;;
        *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
root=$BARE_ROOT/root home=/srv/undertone

started=$SECONDS
step() { echo "bare_root: $* (at $((SECONDS - started)) s)"; }

step "debootstrap $suite"
components=main script=/usr/share/debootstrap/scripts/$suite
if [[ $mirror == *ubuntu* ]]; then
    components=main,universe
    [[ -e $script ]] || script=/usr/share/debootstrap/scripts/gutsy # what debootstrap runs for every Ubuntu
fi
debootstrap --variant=minbase --components=$components "$suite" "$root" ${mirror:+"$mirror" "$script"} >"$BARE_ROOT/log" 2>&1 ||
    { tail -n 20 "$BARE_ROOT/log"; exit 1; }

# How this machine reaches the network: names, certificates, apt's ways; none of it comes from the project.
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
mkdir -p "$root/etc/ssl" "$root/etc/apt/apt.conf.d"
[[ ! -d /etc/ssl/certs ]] || cp -aL /etc/ssl/certs "$root/etc/ssl/" 2>/dev/null || true
apt-config dump 2>/dev/null | grep -E '^Acquire::' >"$root/etc/apt/apt.conf.d/99machine" || true
environment=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!name:-} ]] || environment+=("$name=${!name}")
done

mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
git clone --quiet "$project" "$root$home"
if [[ -d $data ]]; then
    mkdir -p "$root$home/../shared/data"
    mount --bind "$data" "$root$home/../shared/data"
    mount -o remount,bind,ro "$root$home/../shared/data"
    demo='./dev demo ../shared/data/ravdess'
else
    demo='./dev demo'
fi
(($#)) || set -- "$demo" './dev test'

failures=0
step "$(git -C "$project" log -1 --format='commit %h') in a bare $suite of $(chroot "$root" dpkg-query -W | wc -l) packages"
for command in "$@"; do
    step "$command"
    if env -i "${environment[@]}" chroot "$root" bash -c "cd $home && $command" </dev/null; then
        step "passed: $command"
    else
        step "FAILED: $command"
        failures=$((failures + 1))
    fi
done
exit $((failures > 0))
