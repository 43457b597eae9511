"""Vectors of scikit-learn's MLPClassifier: what each case is stands in the file's metadata, for the test to read."""

import warnings

import numpy as np
from scipy.optimize import minimize, rosen, rosen_der
from scipy.optimize._dcsrch import DCSRCH
from sklearn.neural_network import MLPClassifier

from writer import write

SEED_NETWORK = (300, 50, 20, 10)

# name -> (samples, features, classes, calls of fit, options)
CASES = {
    "adam_relu": (120, 12, 8, 1, {"batch_size": 8}),
    "adam_tanh": (120, 12, 8, 1, {"batch_size": 8, "activation": "tanh"}),
    "adam_logistic": (120, 12, 8, 1, {"batch_size": 8, "activation": "logistic"}),
    "adam_identity": (120, 12, 8, 1, {"batch_size": 8, "activation": "identity"}),
    "adam_betas": (100, 9, 3, 1, {"batch_size": 16, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    "batch_auto": (450, 12, 8, 1, {}),
    "batch_above_all": (50, 12, 3, 1, {"batch_size": 64}),
    "alpha_none": (100, 12, 4, 1, {"batch_size": 7, "alpha": 0.0}),
    "alpha_large": (100, 12, 4, 1, {"batch_size": 7, "alpha": 3.0}),
    "no_shuffle": (100, 12, 4, 1, {"batch_size": 7, "shuffle": False}),
    "no_hidden_width": (90, 5, 3, 1, {"batch_size": 10, "hidden_layer_sizes": (1,)}),
    "binary": (120, 12, 2, 1, {"batch_size": 8}),
    "binary_sgd": (120, 12, 2, 1, {"batch_size": 8, "solver": "sgd", "activation": "logistic"}),
    "warm_start": (90, 12, 3, 3, {"batch_size": 8, "warm_start": True, "max_iter": 4}),
    "warm_start_early": (150, 12, 3, 2, {"warm_start": True, "early_stopping": True, "max_iter": 6, "batch_size": 9,
                                         "learning_rate_init": 0.05}),
    "early_stopping": (200, 12, 4, 1, {"batch_size": 8, "early_stopping": True, "learning_rate_init": 0.03}),
    "early_stopping_binary": (200, 12, 2, 1, {"batch_size": 8, "early_stopping": True, "validation_fraction": 0.25,
                                              "n_iter_no_change": 3, "max_iter": 60}),
    "tol_stops": (100, 12, 4, 1, {"batch_size": 10, "tol": 0.05, "n_iter_no_change": 2, "max_iter": 100}),
    "sgd_constant": (120, 12, 8, 1, {"batch_size": 8, "solver": "sgd", "learning_rate_init": 0.02}),
    "sgd_plain_momentum": (120, 12, 8, 1, {"batch_size": 8, "solver": "sgd", "nesterovs_momentum": False}),
    "sgd_no_momentum": (120, 12, 8, 1, {"batch_size": 8, "solver": "sgd", "momentum": 0.0, "activation": "tanh"}),
    "sgd_invscaling": (120, 12, 8, 1, {"batch_size": 8, "solver": "sgd", "learning_rate": "invscaling",
                                       "learning_rate_init": 0.1, "power_t": 0.3}),
    "sgd_adaptive": (120, 12, 4, 1, {"batch_size": 8, "solver": "sgd", "learning_rate": "adaptive",
                                     "learning_rate_init": 0.01, "tol": 0.02, "n_iter_no_change": 1,
                                     "max_iter": 120}),
    "sgd_adaptive_early": (150, 12, 3, 1, {"batch_size": 8, "solver": "sgd", "learning_rate": "adaptive",
                                           "early_stopping": True, "n_iter_no_change": 2, "max_iter": 120}),
    "lbfgs_relu": (120, 12, 8, 1, {"solver": "lbfgs", "max_iter": 30}),
    "lbfgs_tanh": (120, 12, 8, 1, {"solver": "lbfgs", "max_iter": 30, "activation": "tanh", "alpha": 0.1}),
    "lbfgs_binary": (120, 12, 2, 1, {"solver": "lbfgs", "max_iter": 25, "activation": "logistic"}),
    "lbfgs_converges": (150, 6, 3, 1, {"solver": "lbfgs", "max_iter": 500, "activation": "identity", "alpha": 1.0}),
    "lbfgs_max_fun": (120, 12, 4, 1, {"solver": "lbfgs", "max_iter": 500, "max_fun": 15}),
    "lbfgs_warm_start": (120, 12, 4, 2, {"solver": "lbfgs", "max_iter": 8, "warm_start": True}),
    "seed_network": (200, 193, 8, 1, {"batch_size": 8, "alpha": 0.01, "learning_rate": "adaptive",
                                      "hidden_layer_sizes": SEED_NETWORK}),
}


def text(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)


def data(samples, features, classes):
    random = np.random.RandomState(samples)
    x = random.uniform(-1.7, 1.7, (samples, features))
    return x, random.randint(0, classes, samples)


def weights(model):
    flat = np.concatenate([w.ravel() for w in model.coefs_ + model.intercepts_])
    return flat[:: max(1, flat.size // 150)]


def minima():
    """scipy's search alone, on functions whose line searches are hard; what it did is start, tol, and then."""
    out = {}
    for name, start in (("rosenbrock", [-1.2, 1.0, -0.5, 2.0]), ("valley", [3.0, -2.0, 1.0])):
        calls = []

        def valley(x):
            calls.append(x.copy())
            scale = np.array([1.0, 1e3, 1e-2])
            return np.sum(np.log1p(scale * x**2)), 2 * scale * x / (1 + scale * x**2)

        def rosenbrock(x):
            calls.append(x.copy())
            return rosen(x), rosen_der(x)

        function = {"rosenbrock": rosenbrock, "valley": valley}[name]
        found = minimize(function, start, jac=True, method="L-BFGS-B", options={"gtol": 1e-8, "maxiter": 200})
        out[f"minimum.{name}.calls"] = np.array(calls)
        out[f"minimum.{name}.counts"] = np.array([found.nit, found.nfev, found.status], dtype=np.int64)
        out[f"minimum.{name}.x"] = found.x
    return out


def line_searches():
    """scipy's line search as L-BFGS-B calls it, on functions 2 and 5 of Moré and Thuente: the steps it tries."""
    def two(a):
        return (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4, 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3

    def gamma(b):
        return np.sqrt(1 + b * b) - b

    def five(a, b1=0.01, b2=0.001):
        left, right = np.sqrt((1 - a) ** 2 + b2**2), np.sqrt(a**2 + b1**2)
        return gamma(b1) * left + gamma(b2) * right, gamma(b1) * (a - 1) / left + gamma(b2) * a / right

    out = {}
    for name, function in (("two", two), ("five", five)):
        for first in (1e-3, 1e-1, 1e1, 1e3):
            search = DCSRCH(None, None, ftol=1e-3, gtol=0.9, xtol=0.1, stpmin=0, stpmax=1e10)
            start, slope = function(0.0)
            step, _, _, task = search._iterate(first, start, slope, b"START")
            steps = []
            while task[:2] == b"FG":
                steps.append(step)
                value, slope = function(step)
                step, _, _, task = search._iterate(step, value, slope, task)
            out[f"line_search.{name}.{first:g}"] = np.array(steps)
    return out


def main():
    warnings.simplefilter("ignore")  # that it did not converge is what n_iter says
    out, cases = {}, {}
    for name, (samples, features, classes, fits, given) in CASES.items():
        options = {"hidden_layer_sizes": (16, 9), "random_state": 9, "max_iter": 10, **given}
        x, y = data(samples, features, classes)
        first = MLPClassifier(**{**options, "max_iter": 1}).fit(x, y)
        out[f"{name}.first_weights"] = weights(first)
        model = MLPClassifier(**options)
        for _ in range(fits):
            model.fit(x, y)
        if options.get("solver") == "lbfgs":  # has no curve
            model.loss_curve_, model.best_loss_ = [], model.loss_
        out[f"{name}.loss_curve"] = np.array(model.loss_curve_)
        out[f"{name}.counts"] = np.array([model.n_iter_, model.t_], dtype=np.int64)
        out[f"{name}.proba"] = model.predict_proba(x[:4])
        if options.get("early_stopping"):
            out[f"{name}.validation_scores"] = np.array(model.validation_scores_)
            out[f"{name}.best"] = np.array([model.best_validation_score_])
        else:
            out[f"{name}.best"] = np.array([model.best_loss_])
        shape = {"samples": samples, "features": features, "classes": classes, "fits": fits}
        cases[f"case.{name}"] = ";".join(f"{key}={text(value)}" for key, value in {**shape, **options}.items())

    x, y = data(100, 7, 3)
    for solver in ("adam", "sgd"):
        model = MLPClassifier((6,), solver=solver, random_state=3, batch_size=11)
        for part in range(4):
            model.partial_fit(x[part * 25 : part * 25 + 25], y[part * 25 : part * 25 + 25], classes=[0, 1, 2])
        out[f"partial_{solver}.weights"] = weights(model)
        out[f"partial_{solver}.loss_curve"] = np.array(model.loss_curve_)

    x, y = data(200, 193, 8)
    model = MLPClassifier(SEED_NETWORK, random_state=9, batch_size=8, max_iter=3).fit(x.astype(np.float32), y)
    out["float32.loss_curve"] = np.array(model.loss_curve_, dtype=np.float64)
    x, y = data(120, 12, 2)
    model = MLPClassifier((16, 9), random_state=9, batch_size=8, max_iter=3).fit(x.astype(np.float32), y)
    out["float32_binary.loss_curve"] = np.array(model.loss_curve_, dtype=np.float64)
    model = MLPClassifier((16, 9), random_state=9, solver="lbfgs", max_iter=12).fit(x.astype(np.float32), y)
    out["float32_lbfgs.loss"] = np.array([model.loss_])
    out["float32_lbfgs.weights"] = weights(model)
    out |= minima() | line_searches()
    write("sklearn_mlp", out, ["numpy", "scipy", "scikit-learn"], seed="data: the number of samples", **cases)


if __name__ == "__main__":
    main()
