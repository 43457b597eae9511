"""Models go to undertone and back, beside the real scikit-learn, Keras, TensorFlow and ONNX Runtime.

python exchange.py UNDERTONE PROBABILITIES FOLDER [frames]: the program, tests/peers/probabilities.cpp built, where files
may go; with "frames" networks over frames alone.
What is not installed here is left out. Prints the largest difference in probability of each way; fails above 1e-6.
"""

import os
import pathlib
import pickle
import subprocess
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np

UNDERTONE, PROBABILITIES, FOLDER = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
TOLERANCE = 1e-6
N_FEATURES = 193  # of librosa193
LABELS = ["neutral", "calm", "happy", "sad", "angry", "fear", "disgust", "surprise"]
WORST = {}

RANDOM = np.random.RandomState(5)
# In float32 as well, so that what is compared is the network and not how its inputs are rounded.
SCALED = RANDOM.normal(size=(60, N_FEATURES)).astype(np.float32).astype(np.float64)
RAW = (SCALED * RANDOM.uniform(0.5, 60, N_FEATURES) + RANDOM.uniform(-300, 300, N_FEATURES)).astype(np.float32)
RAW = RAW.astype(np.float64)


def undertone(*arguments):
    done = subprocess.run([UNDERTONE, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True)
    if done.returncode != 0:
        sys.exit(f"undertone {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def ours(model, x):
    (FOLDER / "x.f64").write_bytes(np.ascontiguousarray(x, dtype=np.float64).tobytes())
    done = subprocess.run([PROBABILITIES, str(model), str(FOLDER / "x.f64")], stdout=subprocess.PIPE, check=True)
    return np.frombuffer(done.stdout).reshape(len(x), -1)


def compare(way, name, got, expected):
    difference = float(np.max(np.abs(np.asarray(got, dtype=np.float64) - expected)))
    count, worst, worst_name = WORST.get(way, (0, 0.0, ""))
    if not difference <= worst:
        worst, worst_name = difference, name
    WORST[way] = (count + 1, worst, worst_name)
    if not difference <= TOLERANCE:
        print(f"FAILED {way}: {name}: {difference:.1e}")


def bring_in(way, file, name, x, expected, *arguments):
    model = FOLDER / "model.safetensors"
    undertone("import", "-o", model, *arguments, file)
    compare(f"{way} -> undertone", name, ours(model, x), expected)
    return model


# --- networks ---------------------------------------------------------------------------------------------------


def sklearn_networks():
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    cases = []
    for activation in ("relu", "tanh", "logistic", "identity"):
        for classes in (2, 8):
            for scaled in (False, True):
                hidden = {"relu": (300, 50, 20, 10), "tanh": (40,), "logistic": (30, 20), "identity": (12,)}[activation]
                cases.append((activation, hidden, classes, scaled, np.float64))
    cases.append(("relu", (40, 20), 8, False, np.float32))
    cases.append(("relu", (), 3, True, np.float64))
    for activation, hidden, classes, scaled, dtype in cases:
        mlp = MLPClassifier(hidden, activation=activation, max_iter=8, random_state=3)
        model = make_pipeline(StandardScaler(), mlp) if scaled else mlp
        x = (RAW if scaled else SCALED).astype(dtype)
        model.fit(x, [LABELS[i % classes] for i in range(len(x))])
        yield f"{activation} {hidden} {classes} classes {'scaler ' if scaled else ''}{dtype.__name__}", model, x


def from_sklearn():
    import joblib
    import sklearn

    version = f"scikit-learn {sklearn.__version__}"
    for name, model, x in sklearn_networks():
        expected = model.predict_proba(x)
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            file = FOLDER / "model.pkl"
            file.write_bytes(pickle.dumps(model, protocol=protocol))
            ours_ = bring_in(f"{version} pickle {protocol}", file, name, x, expected)
        for compress in (0, 3, ("gzip", 3)):
            file = FOLDER / "model.joblib"
            joblib.dump(model, file, compress=compress)
            ours_ = bring_in(f"{version} joblib", file, f"{name} {compress}", x, expected)
        go_out(name, ours_, x)
    whole = np.arange(len(SCALED)) % 3 + 1  # classes that are numbers, or objects
    for classes in (whole, np.array([LABELS[i] for i in whole], dtype=object)):
        from sklearn.neural_network import MLPClassifier

        model = MLPClassifier((5,), max_iter=3).fit(SCALED, classes)
        joblib.dump(model, FOLDER / "model.joblib")
        bring_in(f"{version} joblib", FOLDER / "model.joblib", "other classes", SCALED, model.predict_proba(SCALED))


def keras_networks():
    from tensorflow import keras

    layers = keras.layers
    for i, (activation, hidden, classes, extras) in enumerate([
            ("relu", (300, 50, 20, 10), 8, ()), ("relu", (16,), 2, ()), ("tanh", (20, 10), 8, ()),
            ("sigmoid", (20,), 3, ()), ("linear", (12,), 4, ()), ("relu", (40, 20), 8, ("batch", "dropout")),
            ("tanh", (30,), 8, ("batch",)), ("relu", (24, 12), 8, ("normalization",)),
            ("relu", (24,), 8, ("functional", "normalization")), ("relu", (10,), 2, ("one",)),
            ("relu", (9, 8), 8, ("separate", "batch")), ("tanh", (8,), 5, ("no bias", "functional")),
            ("relu", (), 4, ()), ("relu", (8,), 3, ("rescaling",)), ("relu", (12,), 3, ("double",)),
            ("relu,tanh,sigmoid", (24, 12, 6), 8, ("normalization",)), ("linear,relu", (12, 8), 2, ("batch",)),
            ("tanh,relu", (10, 6), 2, ("one",))]):
        keras.utils.set_random_seed(i)
        dtype = "float64" if "double" in extras else "float32"
        stack = []
        if "normalization" in extras:
            stack.append(layers.Normalization())
        if "rescaling" in extras:
            stack.append(layers.Rescaling(1 / 4.0, offset=0.5))
        for units, inner in zip(hidden, activation.split(",") * len(hidden)):
            if "separate" in extras:
                stack += [layers.Dense(units), layers.BatchNormalization(), layers.Activation(inner)]
                continue
            stack.append(layers.Dense(units, activation=inner, use_bias="no bias" not in extras, dtype=dtype))
            if "batch" in extras:
                stack.append(layers.BatchNormalization())
            if "dropout" in extras:
                stack.append(layers.Dropout(0.2))
        last = dict(units=1, activation="sigmoid") if "one" in extras else dict(units=classes, activation="softmax")
        stack.append(layers.Dense(**last, dtype=dtype))
        x = RAW if "normalization" in extras else SCALED
        if "normalization" in extras:
            stack[0].adapt(x)
        if "functional" in extras:
            inputs = value = keras.Input((N_FEATURES,), dtype=dtype)
            for layer in stack:
                value = layer(value)
            model = keras.Model(inputs, value)
        else:
            model = keras.Sequential([keras.Input((N_FEATURES,), dtype=dtype), *stack])
        for layer in model.layers:  # as after some training
            if isinstance(layer, layers.BatchNormalization):
                layer.set_weights([RANDOM.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
            if isinstance(layer, layers.Dense):
                layer.set_weights([w if w.ndim == 2 else RANDOM.normal(0, 0.5, w.shape) for w in layer.get_weights()])
        yield f"{activation} {hidden} {classes} {' '.join(extras)}", model, x


def probabilities(model, x):
    got = np.asarray(model(x)).astype(np.float64)
    return np.hstack([1 - got, got]) if got.shape[1] == 1 else got


def from_keras():
    import tensorflow as tf
    from tensorflow import keras

    version = f"Keras {keras.__version__}"
    third = int(keras.__version__.split(".")[0]) >= 3
    for name, model, x in keras_networks():
        expected = probabilities(model, x)
        labels = ["--labels", ",".join(LABELS[:expected.shape[1]])]
        model.save(FOLDER / "model.h5")
        ours_ = bring_in(f"{version} .h5", FOLDER / "model.h5", name, x, expected, *labels)
        if third:
            model.save(FOLDER / "model.keras")
            bring_in(f"{version} .keras", FOLDER / "model.keras", name, x, expected, *labels)
            model.export(FOLDER / "saved", verbose=False)
        else:
            model.save(FOLDER / "saved")
        bring_in(f"TensorFlow {tf.__version__} SavedModel", FOLDER / "saved", name, x, expected, *labels)
        if third and "normalization" not in name:  # its means tf2onnx leaves out of the file
            from_tf2onnx(name, model, x, expected, labels)
        go_out(name, ours_, x)


def from_tf2onnx(name, model, x, expected, labels):
    try:
        import tensorflow as tf
        import tf2onnx
    except ImportError:
        return
    signature = [tf.TensorSpec((None, N_FEATURES), model.inputs[0].dtype, name="x")]
    tf2onnx.convert.from_function(tf.function(lambda x: model(x)), signature, opset=15,
                                  output_path=str(FOLDER / "tf.onnx"))
    bring_in(f"tf2onnx {tf2onnx.__version__}", FOLDER / "tf.onnx", name, x, expected, *labels)


def from_skl2onnx():
    import skl2onnx
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    for name, model, x in sklearn_networks():
        expected = model.predict_proba(x)
        kind = FloatTensorType if x.dtype == np.float32 else DoubleTensorType
        for zipmap in (False, True):
            graph = skl2onnx.convert_sklearn(model, initial_types=[("x", kind([None, N_FEATURES]))],
                                             options={"zipmap": zipmap})
            (FOLDER / "skl.onnx").write_bytes(graph.SerializeToString())
            bring_in(f"skl2onnx {skl2onnx.__version__}", FOLDER / "skl.onnx", name, x, expected)


# --- and back ---------------------------------------------------------------------------------------------------


def go_out(name, model, x):
    """A model of undertone's to all that is installed here."""
    expected = ours(model, x)
    labels = labels_of(model)
    for way in (to_sklearn, to_keras, to_onnx):
        try:
            way(name, model, x, expected, labels)
        except ImportError:
            pass


def labels_of(model):
    import json

    return json.loads(undertone("info", "--format", "json", model))["labels"]


def to_sklearn(name, model, x, expected, labels):
    if "," in name.split("(")[0]:  # an MLPClassifier has one activation
        return
    import sklearn
    import sklearn.neural_network  # which may warn of what it imports
    import sklearn.pipeline
    from sklearn.base import clone

    undertone("export", "--to", "sklearn", "-o", FOLDER / "out.pkl", model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of another version, of missing members
        loaded = pickle.loads((FOLDER / "out.pkl").read_bytes())
    way = f"undertone -> scikit-learn {sklearn.__version__}"
    order = [list(loaded.classes_).index(label) for label in labels]
    compare(way, name, loaded.predict_proba(x)[:, order], expected)
    ahead = np.sort(expected)[:, -1] - np.sort(expected)[:, -2] > 1e-5
    assert list(loaded.predict(x)[ahead]) == [labels[i] for i in expected[ahead].argmax(axis=1)], name
    loaded.score(x, loaded.predict(x))
    repr(loaded)
    clone(loaded).fit(x, [labels[i % len(labels)] for i in range(len(x))])
    again = FOLDER / "again.safetensors"
    undertone("import", "-o", again, FOLDER / "out.pkl")
    compare("undertone -> sklearn -> undertone", name, ours(again, x), expected[:, np.argsort(labels)])


def to_keras(name, model, x, expected, labels):
    import keras

    if int(keras.__version__.split(".")[0]) < 3:
        return
    undertone("export", "--to", "keras", "-o", FOLDER / "out.keras", model)
    loaded = keras.models.load_model(FOLDER / "out.keras")
    way = f"undertone -> Keras {keras.__version__}"
    compare(way, name, np.asarray(loaded.predict(x, verbose=0)), expected)
    loaded.summary(print_fn=lambda *a, **k: None)
    again = FOLDER / "again.safetensors"
    undertone("import", "-o", again, FOLDER / "out.keras")
    assert labels_of(again) == labels, name
    compare("undertone -> keras -> undertone", name, ours(again, x), expected)


def to_onnx(name, model, x, expected, labels):
    import json

    import onnx
    import onnxruntime

    undertone("export", "--to", "onnx", "-o", FOLDER / "out.onnx", model)
    onnx.checker.check_model(onnx.load(str(FOLDER / "out.onnx")), full_check=True)
    session = onnxruntime.InferenceSession(str(FOLDER / "out.onnx"), providers=["CPUExecutionProvider"])
    assert json.loads(session.get_modelmeta().custom_metadata_map["labels"]) == labels, name
    kind = np.float64 if session.get_inputs()[0].type == "tensor(double)" else np.float32
    way = f"undertone -> ONNX Runtime {onnxruntime.__version__}"
    for rows in (x, x[:1]):
        compare(way, name, session.run(None, {"features": rows.astype(kind)})[0], expected[:len(rows)])
    again = FOLDER / "again.safetensors"
    undertone("import", "-o", again, FOLDER / "out.onnx")
    assert labels_of(again) == labels, name
    compare("undertone -> onnx -> undertone", name, ours(again, x), expected)


# --- networks over frames ------------------------------------------------------------------------------------------

# Options that change what the network is; learning is cut short.
SHORT = dict(epochs=1, channels=16, attention=8, embedding=12, functionals_copies=0)
FRAME_NETWORKS = [
    {}, dict(separable="true"), dict(squeeze=0), dict(statistics="false"), dict(embedding=0), dict(members=3),
    dict(level="true"), dict(clip_normalization="none"), dict(clip_normalization="mean"),
    dict(functionals=0, functionals_copies=4), dict(functionals=1), dict(trim_db=0), dict(trim_db=25, sharpness=0.8, dilations="1,5"),
    dict(stem_strides=1, stem_kernel_size=4, kernel_size=4), dict(stem_strides=3, stem_kernel_size=7),
    dict(features="logmel64+pitch", channels=128),
]


def frame_networks():
    """Name, model file, whether silence at the ends is trimmed."""
    root = pathlib.Path(__file__).resolve().parents[2]
    for name in ("ravdess", "emodb", "all"):
        yield name, root / "models" / f"{name}.safetensors", True
    for options in FRAME_NETWORKS:
        file = FOLDER / "frames.safetensors"
        flags = [f"--{key.replace('_', '-')}={value}" for key, value in {**SHORT, **options}.items()]
        undertone("train", "--framework", "undertone", "--split", "none", "--quiet", *flags, "-o", file,
                  root / "examples" / "demo")
        yield " ".join(f"{key} {value}" for key, value in options.items()) or "plain", file, options.get("trim_db") != 0


def made_frames(n, n_columns):
    """Like speech: bands that move, silence at both ends."""
    t = np.arange(n)[:, None]
    frames = -6 + 3 * np.sin(t / 7 + np.arange(n_columns) / 9) + RANDOM.normal(size=(n, n_columns)) * 1.5
    frames += 4 * np.sin(t / (n / 3))
    frames[:n // 12] -= 30
    frames[n - n // 9:] -= 25
    return frames.astype(np.float32)


def frames_go_out():
    import json

    ways = [way for way in (frames_to_keras, frames_to_onnx) if installed(way)]
    for name, model, trims in frame_networks() if ways else ():
        columns = json.loads(undertone("export", "--to", "onnx", "-o", FOLDER / "out.onnx", "--format", "json",
                                       model))["columns"]
        lengths = [300, 151, 98, 52, 7, 3, 1, 800]
        clips = [made_frames(n, columns) for n in lengths]
        (FOLDER / "x.f64").write_bytes(np.concatenate(clips).astype(np.float64).tobytes())
        done = subprocess.run([PROBABILITIES, str(model), str(FOLDER / "x.f64"), *map(str, lengths)],
                              stdout=subprocess.PIPE, check=True)
        expected = np.frombuffer(done.stdout).reshape(len(clips), -1)
        longest = max(lengths)
        silence = [np.full((longest - len(clip), columns), -1000, np.float32) for clip in clips]
        batches = [([i], clip[None]) for i, clip in enumerate(clips)]
        if trims:  # clips of all lengths at once, filled up at the end, and at the begin
            batches += [(range(len(clips)), np.stack([np.concatenate(pair) for pair in zip(clips, silence)])),
                        (range(len(clips)), np.stack([np.concatenate(pair) for pair in zip(silence, clips)]))]
        else:
            batches.append(([0, 0], np.stack([clips[0], clips[0]])))
        for way in ways:
            to, run, labels = way(model)
            assert labels == labels_of(model), name
            for which, batch in batches:
                compare(f"undertone, frames -> {to}", name, run(batch), expected[list(which)])


def installed(way):
    try:
        way(None)
        return True
    except ImportError:
        return False


def frames_to_keras(model):
    import keras

    if int(keras.__version__.split(".")[0]) < 3:
        raise ImportError
    if model is None:
        return None
    import json
    import zipfile

    undertone("export", "--to", "keras", "-o", FOLDER / "out.keras", model)
    loaded = keras.models.load_model(FOLDER / "out.keras")
    assert loaded.name == "undertone" and loaded.inputs[0].name == "frames"
    labels = json.loads(zipfile.ZipFile(FOLDER / "out.keras").read("metadata.json"))["labels"]
    return f"Keras {keras.__version__}", lambda batch: np.asarray(loaded(batch)), labels


def frames_to_onnx(model):
    import onnx
    import onnxruntime

    if model is None:
        return None
    import json

    undertone("export", "--to", "onnx", "-o", FOLDER / "out.onnx", model)
    onnx.checker.check_model(onnx.load(str(FOLDER / "out.onnx")), full_check=True)
    session = onnxruntime.InferenceSession(str(FOLDER / "out.onnx"), providers=["CPUExecutionProvider"])
    labels = json.loads(session.get_modelmeta().custom_metadata_map["labels"])
    return (f"ONNX Runtime {onnxruntime.__version__}",
            lambda batch: session.run(["probabilities"], {"frames": batch})[0], labels)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")  # that it did not converge
    only_frames = sys.argv[4:] == ["frames"]
    for way in (frames_go_out,) if only_frames else (from_sklearn, from_keras, from_skl2onnx, frames_go_out):
        try:
            way()
        except ImportError as error:
            print(f"skipped: {way.__name__}: {error}")
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}")
    for way, (count, worst, name) in sorted(WORST.items()):
        print(f"{way}: {count} compared, largest difference {worst:.1e} ({name})")
    return 0 if WORST and all(worst <= TOLERANCE for _, worst, _ in WORST.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
