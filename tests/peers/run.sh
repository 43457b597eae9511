#!/usr/bin/env bash
# Models to undertone and back, beside the oldest and the newest scikit-learn, Keras, TensorFlow and ONNX Runtime that
# install here; networks over frames, which Keras 2 is not told of, beside an early Keras 3 too. Each set of versions has its environment below build/peers/.
#   tests/peers/run.sh BUILD
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=$1

# works NAME: whether an interpreter of that name is here (a pyenv knows names that it does not run).
works() { "$1" -c 'import venv' >/dev/null 2>&1; }

# set_of NAME INTERPRETERS WHAT PACKAGE...: makes the environment where it is not there yet, and compares WHAT: "frames",
# or "" for all.
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
    local folder=build/peers/$name
    if [[ ! -e $folder/installed ]]; then
        "$found" -m venv --clear "$folder"
        "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
        touch "$folder/installed"
    fi
    "$folder/bin/python" tests/peers/exchange.py "$build/bin/undertone" "$build/bin/exchange_probabilities" \
        "build/peers/files_$name" ${what:+"$what"}
}

failed=0
set_of old "python3.8 python3.9" "" "scikit-learn==0.24.2" joblib "tensorflow-cpu==2.10.1" || failed=1
set_of middle "python3.9 python3.10 python3.11" frames "keras==3.0.5" "tensorflow-cpu==2.16.1" "numpy<2" "onnx==1.14.1" \
    "onnxruntime==1.10.0" || failed=1
set_of new "python3.12 python3.13 python3.11 python3" "" scikit-learn joblib tensorflow-cpu onnx onnxruntime skl2onnx \
    tf2onnx || failed=1
exit "$failed"
