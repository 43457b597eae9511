"""Models of scikit-learn, Keras, TensorFlow and ONNX with what they say: tests/reference/data/exchange/.

python tools/reference/exchange.py new     with today's versions (Keras 3, NumPy 2)
python tools/reference/exchange.py mixed   with the same: layers of different activations
python tools/reference/exchange.py old     with scikit-learn 0.24 and TensorFlow 2.10 (Python 3.8)

Each network has a handful of inputs, so that its files are small. ERA.safetensors holds for each file FILE.x and
FILE.proba; a SavedModel is a zip of its folder.
"""

import hashlib
import os
import pathlib
import pickle
import shutil
import sys
import tempfile
import warnings
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

from writer import DATA, write

sys.path.pop(0)  # this folder, whose keras.py is not Keras

import joblib
import numpy as np
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tensorflow import keras

ERA = sys.argv[1]
FOLDER = DATA / "exchange" / ERA
LABELS = ["angry", "boredom", "calm", "disgust", "fear", "happy", "neutral", "sad"]
RANDOM = np.random.RandomState(11)
OUT = {}

# activation, hidden layers, classes, scaler
NETWORKS = [
    ("relu", (8,), 8, False), ("relu", (8, 6, 4), 8, True), ("relu", (5,), 2, False), ("relu", (7, 5), 2, True),
    ("tanh", (8,), 8, False), ("tanh", (6, 6), 3, True), ("logistic", (8,), 8, True), ("logistic", (4, 3), 2, False),
    ("identity", (6,), 8, False), ("identity", (5, 4), 2, True),
]
MIXED = [  # an activation for each hidden layer
    ("relu,tanh", (6, 5), 3, False), ("tanh,relu,logistic", (6, 5, 4), 8, True), ("logistic,relu", (5, 4), 2, False),
    ("identity,relu", (4, 6), 4, True),
]


def inputs(i, scaled):
    """Of float32 too, so that no program rounds them."""
    x = RANDOM.normal(size=(40, 3 + i % 4))
    return (x * 20 - 70 if scaled else x).astype(np.float32).astype(np.float64)


def keep(file, x, proba):
    proba = np.asarray(proba, dtype=np.float64)
    OUT[f"{file}.x"], OUT[f"{file}.proba"] = x[:6], np.hstack([1 - proba, proba]) if proba.shape[1] == 1 else proba


def sklearn_files():
    for i, (activation, hidden, classes, scaled) in enumerate(NETWORKS):
        x = inputs(i, scaled)
        mlp = MLPClassifier(hidden, activation=activation, max_iter=4, random_state=i)
        model = make_pipeline(StandardScaler(), mlp) if scaled else mlp
        labels = [LABELS[k % classes] for k in range(len(x))]
        if i == 4:
            x = x.astype(np.float32)
        if i == 8:
            labels = np.arange(len(x)) % classes + 1
        if i == 2:
            labels = np.array(labels, dtype=object)
        model.fit(x, labels)
        estimator = model[-1] if scaled else model
        estimator._optimizer = None  # its moments are three times the weights
        protocol = 2 + i % 4
        proba = model.predict_proba(x[:6])
        (FOLDER / f"sklearn_{i}.pkl").write_bytes(pickle.dumps(model, protocol=protocol))
        keep(f"sklearn_{i}.pkl", x.astype(np.float64), proba)
        if i < 5:
            joblib.dump(model, FOLDER / f"sklearn_{i}.joblib", compress=[0, 3, ("gzip", 3), 0, 0][i])
            keep(f"sklearn_{i}.joblib", x.astype(np.float64), proba)
        if ERA == "new":
            onnx_files(i, model, x, proba)


def onnx_files(i, model, x, proba):
    import skl2onnx
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    kind = FloatTensorType if x.dtype == np.float32 else DoubleTensorType
    graph = skl2onnx.convert_sklearn(model, initial_types=[("x", kind([None, x.shape[1]]))],
                                     options={"zipmap": i % 2 == 0})
    (FOLDER / f"skl2onnx_{i}.onnx").write_bytes(graph.SerializeToString())
    keep(f"skl2onnx_{i}.onnx", x.astype(np.float64), proba)


def keras_network(i, activation, hidden, classes, scaled, x):
    layers = keras.layers
    names = [{"logistic": "sigmoid", "identity": "linear"}.get(name, name) for name in activation.split(",")]
    stack = [layers.Normalization()] if scaled else []
    for units, inner in zip(hidden, names * len(hidden)):
        if i == 1:
            stack += [layers.Dense(units), layers.Activation(inner), layers.BatchNormalization(), layers.Dropout(0.1)]
        elif i == 5:
            stack += [layers.Dense(units, use_bias=False), layers.BatchNormalization(), layers.Activation(inner)]
        else:
            stack.append(layers.Dense(units, activation=inner))
    one = i == 2
    stack.append(layers.Dense(1 if one else classes, activation="sigmoid" if one else "softmax"))
    if scaled:
        stack[0].adapt(x.astype(np.float32))
    if i in (3, 6):
        first = value = keras.Input((x.shape[1],))
        for layer in stack:
            value = layer(value)
        model = keras.Model(first, value)
    else:
        model = keras.Sequential([keras.Input((x.shape[1],)), *stack])
    for layer in model.layers:
        if isinstance(layer, (layers.Dense, layers.BatchNormalization)):
            layer.set_weights([w if w.ndim == 2 else RANDOM.uniform(0.3, 1.2, w.shape) for w in layer.get_weights()])
    return model


def keras_files():
    third = ERA != "old"
    for i, (activation, hidden, classes, scaled) in enumerate(MIXED if ERA == "mixed" else NETWORKS):
        if not third and i not in (1, 2, 3, 5):
            continue
        keras.utils.set_random_seed(i)
        x = inputs(i, scaled)
        model = keras_network(i, activation, hidden, classes, scaled, x)
        proba = np.asarray(model(x[:6].astype(np.float32)))
        model.save(FOLDER / f"keras_{i}.h5", include_optimizer=False)
        keep(f"keras_{i}.h5", x, proba)
        if third:
            model.save(FOLDER / f"keras_{i}.keras", zipped=True)
            keep(f"keras_{i}.keras", x, proba)
        with tempfile.TemporaryDirectory() as folder:
            if third:
                model.export(folder, verbose=False)
            else:
                model.save(folder, include_optimizer=False)
            pack(folder, FOLDER / f"keras_{i}.savedmodel.zip")
        keep(f"keras_{i}.savedmodel.zip", x, proba)
        if ERA == "mixed" and not scaled:  # the means of a Normalization are not in what tf2onnx writes
            tf2onnx_file(i, model, x, proba)


def tf2onnx_file(i, model, x, proba):
    import tensorflow as tf
    import tf2onnx

    signature = [tf.TensorSpec((None, x.shape[1]), tf.float32, name="x")]
    tf2onnx.convert.from_function(tf.function(lambda x: model(x)), signature, opset=15,
                                  output_path=str(FOLDER / f"tf2onnx_{i}.onnx"))
    keep(f"tf2onnx_{i}.onnx", x, proba)


def pack(folder, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name in ("saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"):
            out.writestr(zipfile.ZipInfo(name), (pathlib.Path(folder) / name).read_bytes(), zipfile.ZIP_DEFLATED, 9)


def main():
    warnings.simplefilter("ignore")  # that nothing converged, and that .h5 is old
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    FOLDER.mkdir(parents=True)
    if ERA != "mixed":
        sklearn_files()
    keras_files()
    sums = {f"sha256.{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(FOLDER.iterdir())}
    packages = ["numpy", "scikit-learn", "joblib", "keras", "tensorflow-cpu"]
    if ERA != "old":
        packages += ["tf2onnx" if ERA == "mixed" else "skl2onnx", "onnx"]
    write(f"exchange/{ERA}", OUT, packages, era=ERA, seed="RandomState(11)", **sums)


if __name__ == "__main__":
    main()
