#!/usr/bin/env bash
# Models to undertone and back, beside the real scikit-learn, Keras, TensorFlow and ONNX Runtime: the oldest that are
# read, and those of requirements.txt; networks over frames, which Keras 2 is not told of, beside an early Keras 3 too.
# Each set of versions has its environment below build/peers/. What cannot be installed here is skipped and said.
#   tests/peers/run.sh BUILD [--newest]   --newest: what pip has today in place of requirements.txt
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=$1
n_compared=0

# works NAME: whether an interpreter of that name is here (a pyenv knows names that it does not run).
works() { "$1" -c 'import venv' >/dev/null 2>&1; }

# install NAME PYTHON PACKAGE...: makes the environment, unless it is there with the same packages.
install() {
    local folder=build/peers/$1 python=$2 log=build/peers/$1.log wanted
    shift 2
    wanted=$("$python" --version)$'\n'$(printf '%s\n' "$@")
    [[ $(cat "$folder/installed" 2>/dev/null) != "$wanted" ]] || return 0
    mkdir -p build/peers && : >"$log"
    "$python" -m venv --clear "$folder" &&
        "$folder/bin/python" -m pip install --disable-pip-version-check "$@" >"$log" 2>&1 &&
        echo "$wanted" >"$folder/installed"
}

# set_of NAME INTERPRETERS WHAT PACKAGE...: compares WHAT with these packages: "frames", or "" for all.
set_of() {
    local name=$1 interpreters=$2 what=$3 python found=
    shift 3
    for python in $interpreters; do
        if works "$python"; then
            found=$python
            break
        fi
    done
    if [[ -z $found ]]; then
        echo "SKIPPED: the $name peers: none of $interpreters is here"
        return 0
    fi
    if ! install "$name" "$found" "$@"; then
        echo "SKIPPED: the $name peers: pip did not install them, build/peers/$name.log: $(tail -n 1 "build/peers/$name.log")"
        return 0
    fi
    n_compared=$((n_compared + 1))
    "build/peers/$name/bin/python" tests/peers/exchange.py "$build/bin/undertone" "$build/bin/exchange_probabilities" \
        "build/peers/files_$name" ${what:+"$what"}
}

mapfile -t packages <tests/peers/requirements.txt
name=new
if [[ ${2:-} == --newest ]]; then
    packages=("${packages[@]%%==*}")
    name=newest
fi
failed=0
set_of old "python3.8 python3.9" "" "scikit-learn==0.24.2" joblib "tensorflow-cpu==2.10.1" || failed=1
set_of middle "python3.9 python3.10 python3.11" frames "keras==3.0.5" "tensorflow-cpu==2.16.1" "numpy<2" "onnx==1.14.1" \
    "onnxruntime==1.10.0" || failed=1
set_of "$name" "python3.12 python3.13 python3.11 python3" "" "${packages[@]}" || failed=1
((n_compared)) || echo "SKIPPED: no peers are here: nothing was compared"
exit "$failed"
