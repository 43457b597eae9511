#!/usr/bin/env bash
# Installs a build tree to a folder of its own, builds a project against it that knows only find_package, and runs
# both that project's program and undertone itself from there.
#   run.sh BUILD_TREE
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix

quietly() { "$@" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }; }

quietly cmake --install "$tree" --prefix "$prefix"
# The tree that built it must not be what runs.
export LD_LIBRARY_PATH=
"$prefix/bin/undertone" --version

# The models and their cards are installed with it, and are what `predict` takes when none is named.
for model in "$here"/../../models/*; do
    case $model in *.safetensors | *.md) ;; *) continue ;; esac
    cmp "$model" "$prefix/share/undertone/models/$(basename "$model")"
done
if [[ -e $here/../../models/ravdess.safetensors ]]; then
    (cd "$folder" && quietly "$prefix/bin/undertone" predict "$here/../../examples/demo/synthetic-01-01-01.opus")
fi

# The drawing library is found where it is installed, and loaded by verbs that draw alone.
(cd "$folder" && quietly "$prefix/bin/undertone" plot "$here/../../examples/demo/synthetic-01-01-01.opus" -o clip.png)
[[ $(head -c 4 "$folder/clip.png") == *PNG ]] || { echo "plot drew no PNG"; exit 1; }
if LD_TRACE_LOADED_OBJECTS=1 "$prefix/bin/undertone" | grep -E 'cairo|pango|libpng|hdf5|protobuf'; then
    echo "every start of undertone loads what only drawing and foreign models need"
    exit 1
fi
# What reads models of other programs is a library beside it, found from where it was installed.
said=$("$prefix/bin/undertone" import -o "$folder/model" "$here/../reference/data/exchange/new/keras_0.keras" 2>&1) || true
[[ $said == *"reads 3 numbers a clip"* ]] || { echo "import from the installed tree: $said"; exit 1; }

quietly cmake -S "$here/consumer" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH="$prefix"
quietly cmake --build "$folder/build"
"$folder/build/consumer"

# So does one that knows only pkg-config, which names the folder that the tree was configured for.
pc=$(find "$prefix" -name undertone-lab.pc)
sed -i "s|^prefix=.*|prefix=$prefix|" "${pc%/*}"/undertone*.pc
read -ra flags < <(PKG_CONFIG_PATH=${pc%/*} pkg-config --cflags --libs undertone-lab)
quietly c++ -std=c++20 "$here/consumer/main.cpp" -o "$folder/by_hand" "${flags[@]}" -Wl,-rpath,"$(dirname "${pc%/*}")"
"$folder/by_hand"

loaded=$(LD_TRACE_LOADED_OBJECTS=1 "$folder/build/consumer" | grep libundertone)
[[ $loaded == *"$prefix"* ]] || { echo "the consumer takes the library from elsewhere: $loaded"; exit 1; }
if [[ $(uname -m) == x86_64 ]]; then
    for level in x86-64-v3 x86-64-v4; do
        compgen -G "$prefix/lib*/glibc-hwcaps/$level/libundertone.so.*" >/dev/null ||
            compgen -G "$prefix/lib/*/glibc-hwcaps/$level/libundertone.so.*" >/dev/null ||
            { echo "the library for $level is not installed"; exit 1; }
    done
fi
# Nothing of the build may be left in what is installed.
if grep -rlF "$(cd "$tree" && pwd)" "$prefix/include" "$prefix"/lib*/cmake "$prefix"/lib/*/cmake 2>/dev/null; then
    echo "these installed files name the build tree"
    exit 1
fi
