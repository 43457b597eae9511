#!/usr/bin/env bash
# Runs a test program as a machine of a lower x86-64 level would: the dynamic loader and the C library are told what
# the processor does not have, so the loader takes the library built for that level.
#   cpu_level.sh LEVEL PROGRAM [ARGUMENT...]
set -euo pipefail
level=$1
shift
case $level in
    x86-64-v2) lacks=-AVX,-AVX2,-FMA,-AVX512F where=/lib/libundertone ;; # the library that lies in no level's folder
    x86-64-v3) lacks=-AVX512F where=/glibc-hwcaps/x86-64-v3/libundertone ;;
    *) echo "$level: no such level" && exit 2 ;;
esac
if ! /lib64/ld-linux-x86-64.so.2 --help | grep -q "$level (supported"; then
    echo "SKIPPED: this processor is below $level"
    exit 77
fi
export GLIBC_TUNABLES=glibc.cpu.hwcaps=$lacks
loaded=$(LD_TRACE_LOADED_OBJECTS=1 "$1" | grep 'libundertone\.so')
if [[ $loaded != *"$where"* ]]; then
    echo "not the library for $level: $loaded"
    exit 1
fi
exec "$@"
