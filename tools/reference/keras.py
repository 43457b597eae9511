"""Reference vectors from Keras: weights, histories and predictions after small, unshuffled fits.

Every case is a row of CASES: our options (the names of KerasOptions) and what Keras is to be given for them.
"""
import json
import os
import pathlib
import sys

os.environ.update(KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3")
sys.path = [p for p in sys.path if pathlib.Path(p or ".").resolve() != pathlib.Path(__file__).resolve().parent]
import keras  # noqa: E402  (this file has the same name, hence the line above)
import numpy as np  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).resolve().parent))
from writer import write  # noqa: E402

SEED, N, FEATURES, CLASSES, HIDDEN = 20240, 38, 7, 3, [6, 5]
OPTIMIZERS = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW,
              "rmsprop": keras.optimizers.RMSprop}
OPTIMIZER_OPTIONS = ("learning_rate momentum nesterov rho centered beta_1 beta_2 amsgrad epsilon weight_decay clipnorm "
                     "clipvalue global_clipnorm").split()
STOP, LOWER = "early_stopping_", "reduce_lr_"
WATCHED = {"validation_split": 0.25, "epochs": 12, "optimizer": "adam", "learning_rate": 0.05}

CASES = {
    "sgd": {"optimizer": "sgd", "learning_rate": 0.1},
    "sgd_default": {"optimizer": "sgd"},
    "sgd_momentum": {"optimizer": "sgd", "learning_rate": 0.05, "momentum": 0.9},
    "sgd_nesterov": {"optimizer": "sgd", "learning_rate": 0.05, "momentum": 0.8, "nesterov": True},
    "sgd_weight_decay": {"optimizer": "sgd", "learning_rate": 0.1, "weight_decay": 0.05},
    "sgd_global_clipnorm": {"optimizer": "sgd", "learning_rate": 0.1, "global_clipnorm": 0.3},
    "adam": {"optimizer": "adam", "learning_rate": 0.01},
    "adam_default": {"optimizer": "adam"},
    "adam_betas": {"optimizer": "adam", "learning_rate": 0.02, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-3},
    "adam_amsgrad": {"optimizer": "adam", "learning_rate": 0.02, "amsgrad": True},
    "adam_weight_decay": {"optimizer": "adam", "learning_rate": 0.01, "weight_decay": 0.1},
    "adam_clipnorm": {"optimizer": "adam", "learning_rate": 0.01, "clipnorm": 0.1, "epsilon": 0.01},
    "adam_clipvalue": {"optimizer": "adam", "learning_rate": 0.01, "clipvalue": 0.02, "epsilon": 0.01},
    "adamw": {"optimizer": "adamw", "learning_rate": 0.02},
    "adamw_weight_decay": {"optimizer": "adamw", "learning_rate": 0.02, "weight_decay": 0.2},
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 0.01},
    "rmsprop_rho": {"optimizer": "rmsprop", "learning_rate": 0.01, "rho": 0.6, "epsilon": 1e-4},
    "rmsprop_momentum": {"optimizer": "rmsprop", "learning_rate": 0.005, "momentum": 0.5},
    "rmsprop_centered": {"optimizer": "rmsprop", "learning_rate": 0.005, "centered": True, "epsilon": 1e-4},
    "rmsprop_centered_momentum": {"optimizer": "rmsprop", "learning_rate": 0.005, "centered": True, "momentum": 0.5,
                                  "epsilon": 1e-4},
    "tanh": {"activation": "tanh", "optimizer": "adam", "learning_rate": 0.01},
    "sigmoid": {"activation": "sigmoid", "optimizer": "adam", "learning_rate": 0.01},
    "linear": {"activation": "linear", "optimizer": "adam", "learning_rate": 0.01},
    "label_smoothing": {"optimizer": "adam", "learning_rate": 0.01, "label_smoothing": 0.2},
    "class_weights": {"optimizer": "sgd", "learning_rate": 0.1, "class_weights": [0.5, 2.0, 1.5],
                      "validation_split": 0.2},
    "batch_normalization": {"optimizer": "sgd", "learning_rate": 0.05, "batch_normalization": True},
    "batch_normalization_adam": {"optimizer": "adam", "learning_rate": 0.01, "batch_normalization": True,
                                 "validation_split": 0.25, "label_smoothing": 0.1},
    "stop": WATCHED | {STOP + "patience": 2},
    "stop_restore": WATCHED | {STOP + "patience": 3, STOP + "restore_best_weights": True},
    "stop_restore_at_end": WATCHED | {STOP + "patience": 30, STOP + "restore_best_weights": True},
    "stop_no_patience": WATCHED | {STOP + "patience": 0, STOP + "monitor": "val_accuracy"},
    "stop_accuracy": WATCHED | {STOP + "patience": 3, STOP + "monitor": "val_accuracy", STOP + "min_delta": 0.05,
                                STOP + "start_from_epoch": 2, STOP + "restore_best_weights": True},
    "stop_baseline": WATCHED | {STOP + "patience": 3, STOP + "baseline": 0.1, STOP + "restore_best_weights": True},
    "stop_mode": WATCHED | {STOP + "patience": 2, STOP + "monitor": "val_loss", STOP + "mode": "max"},
    "stop_start": WATCHED | {STOP + "patience": 1, STOP + "mode": "max", STOP + "start_from_epoch": 3},
    "lower": WATCHED | {LOWER + "patience": 1, LOWER + "factor": 0.5},
    "lower_cooldown": WATCHED | {LOWER + "patience": 1, LOWER + "factor": 0.3, LOWER + "cooldown": 2,
                                 LOWER + "min_lr": 0.001, LOWER + "min_delta": 0.05},
    "lower_accuracy": WATCHED | {LOWER + "patience": 2, LOWER + "monitor": "accuracy", LOWER + "mode": "max"},
    "lower_and_stop": WATCHED | {LOWER + "patience": 1, STOP + "patience": 4, STOP + "restore_best_weights": True},
}


def prefixed(options, prefix):
    return {key.removeprefix(prefix): value for key, value in options.items() if key.startswith(prefix)}


def run(options, x, y):
    """Fits one case. Returns initial and final weights by name, the history, the predictions."""
    layers, names, count = [keras.Input((FEATURES,))], [], {}

    def add(layer, kind, *parameters):
        layers.append(layer)
        number = count.get(kind, 0)
        count[kind] = number + 1
        names.extend(f"{kind}_{number}/{p}" if number else f"{kind}/{p}" for p in parameters)

    for units in HIDDEN:
        add(keras.layers.Dense(units, activation=options.get("activation", "relu")), "dense", "kernel", "bias")
        if options.get("batch_normalization"):
            add(keras.layers.BatchNormalization(), "batch_normalization", "gamma", "beta", "moving_mean",
                "moving_variance")
    add(keras.layers.Dense(CLASSES, activation="softmax"), "dense", "kernel", "bias")
    model = keras.Sequential(layers)
    random = np.random.RandomState(SEED)
    initial = [np.abs(random.standard_normal(w.shape)) + 0.5 if name.endswith("moving_variance")
               else random.standard_normal(w.shape) * 0.5 for name, w in zip(names, model.get_weights())]
    initial = [w.astype("float32") for w in initial]
    model.set_weights(initial)

    optimizer = OPTIMIZERS[options["optimizer"]](**{k: v for k, v in options.items() if k in OPTIMIZER_OPTIONS})
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(label_smoothing=options.get("label_smoothing", 0)),
                  metrics=["accuracy"])
    callbacks = []
    if STOP + "patience" in options:
        callbacks.append(keras.callbacks.EarlyStopping(**prefixed(options, STOP)))
    if LOWER + "patience" in options:
        callbacks.append(keras.callbacks.ReduceLROnPlateau(**prefixed(options, LOWER)))
    weights = options.get("class_weights")
    history = model.fit(x, keras.utils.to_categorical(y, CLASSES), batch_size=8, epochs=options.get("epochs", 4),
                        validation_split=options.get("validation_split", 0), shuffle=False, verbose=0,
                        class_weight=dict(enumerate(weights)) if weights else None, callbacks=callbacks).history
    return dict(zip(names, initial)), dict(zip(names, model.get_weights())), history, model.predict(x, verbose=0)


def text(value):
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def main():
    random = np.random.RandomState(SEED)
    y = (np.arange(N) % CLASSES).astype("int32")
    centres = random.standard_normal((CLASSES, FEATURES))
    x = (random.standard_normal((N, FEATURES)) * 1.5 + centres[y]).astype("float32")
    y[::4] = (y[::4] + 1) % CLASSES  # wrong labels, so that validation gets worse in the end
    tensors, cases = {"x": x, "y": y}, {}
    for name, options in CASES.items():
        for floatx in ("float32", "float64"):
            keras.backend.set_floatx(floatx)
            keras.utils.clear_session()
            initial, final, history, predicted = run(options, x.astype(floatx), y)
            kind = "batch_normalization" if options.get("batch_normalization") else "plain"
            tensors |= {f"initial/{kind}/{key}": value for key, value in initial.items()}
            tensors |= {f"{name}/{floatx}/weights/{key}": value for key, value in final.items()}
            tensors |= {f"{name}/{floatx}/history/{key}": np.array(value, "float64") for key, value in history.items()}
            if kind == "batch_normalization":
                tensors[f"{name}/{floatx}/predicted"] = predicted
            print(name, floatx, len(history["loss"]), {k: round(v[-1], 4) for k, v in history.items()})
        ours = {"shuffle": False, "batch_size": 8, "epochs": 4, "hidden_layer_sizes": HIDDEN} | options
        cases[name] = {key: text(value) for key, value in ours.items()}
    write("keras", tensors, ["keras", "tensorflow-cpu", "numpy"], seed=str(SEED), cases=json.dumps(cases))


if __name__ == "__main__":
    main()
