"""Estimators for scikit-learn, trained by the C++ library.

- :class:`MLPClassifier`: in place of ``sklearn.neural_network.MLPClassifier``, several times as fast.
- :class:`SpeechEmotionClassifier`: from recordings to emotions in one estimator.
"""

import os
import warnings

import numpy as np
import sklearn.neural_network
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from . import _core
from ._audio import CLIP_MEMORY, MEMORY, as_samples
from ._errors import Numerical, error_of
from ._extract import feature_set, n_threads_of
from ._model import Model
from ._text import text

__all__ = ["MLPClassifier", "SpeechEmotionClassifier"]

# Its own: a subclass may have more, or hide some.
_MLP_OPTIONS = sklearn.neural_network.MLPClassifier._get_param_names()


class MLPClassifier(sklearn.neural_network.MLPClassifier):
    """Multi-layer perceptron: scikit-learn's, trained by the C++ library.

    All parameters, attributes and methods are those of ``sklearn.neural_network.MLPClassifier``, whose subclass
    it is: parameters are checked, labels encoded and predictions made by scikit-learn, the training is done
    here. The same `random_state` gives the same ``coefs_``, ``loss_curve_`` and ``n_iter_``, up to the rounding of
    sums. The interpreter's lock is free while it trains, so that threads train side by side.

    Notes
    -----
    Trained by scikit-learn itself, at its speed, are: sparse `X`, `sample_weight`, several labels at once, and a
    `random_state` that is not of NumPy's Mersenne twister.

    Weights that overflow are an error at the end of that epoch, not of the last one.
    """

    def _fit_stochastic(self, X, y, *rest):
        incremental = rest[-1]
        # scikit-learn's own training warns, complains and prints for what is not trained here.
        if not self._trained_here(X, y, rest, 7) or (self.early_stopping and incremental):
            return super()._fit_stochastic(X, y, *rest)
        # A validation part too small, or one that cannot be drawn, is said by scikit-learn in its words.
        if self.early_stopping and not 2 <= self._validation_size(X, y) <= len(X) - 1:
            return super()._fit_stochastic(X, y, *rest)
        if self.batch_size != "auto" and self.batch_size > len(X):
            warnings.warn("Got `batch_size` less than 1 or larger than sample size. It is going to be clipped",
                          stacklevel=4)
        if not incremental or not hasattr(self, "_optimizer"):
            self._optimizer = self._new_optimizer()
        after = self._train(X, y, incremental)
        if after["interrupted"]:
            warnings.warn("Training interrupted by user.", stacklevel=4)
            return None
        if self.verbose and after["converged"]:
            what = "Validation score" if self.early_stopping else "Training loss"
            print(f"{what} did not improve more than tol={self.tol:f} for {self.n_iter_no_change} consecutive epochs. "
                  "Stopping.")
        if not incremental and self.n_iter_ == self.max_iter and not after["converged"]:
            warnings.warn(f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and the optimization "
                          "hasn't converged yet.", ConvergenceWarning, stacklevel=4)
        return None

    def _fit_lbfgs(self, X, y, *rest):
        if not self._trained_here(X, y, rest, 6):
            return super()._fit_lbfgs(X, y, *rest)
        after = self._train(X, y, False)
        if after["interrupted"]:
            raise KeyboardInterrupt
        if not after["converged"]:
            warnings.warn(f"lbfgs failed to converge after {self.n_iter_} iteration(s): max_iter={self.max_iter} or "
                          f"max_fun={self.max_fun} was reached. Increase them, or scale the data.",
                          ConvergenceWarning, stacklevel=4)
        return None

    def _trained_here(self, X, y, rest, n_with_weight):
        sample_weight = rest[0] if len(rest) == n_with_weight else None  # newer versions hand it on
        several_labels = self.out_activation_ == "logistic" and y.shape[1] > 1
        return (isinstance(X, np.ndarray) and sample_weight is None and not several_labels
                and self._random_state.get_state(legacy=False)["bit_generator"] == "MT19937")

    def _validation_size(self, X, y):
        n = int(np.ceil(self.validation_fraction * len(X)))
        if y.shape[1] == 1:  # stratified: each class needs its place in both parts
            counts = np.bincount(y[:, 0].astype(int), minlength=2)
            if counts.min() < 2 or min(n, len(X) - n) < 2:
                return 0
        return n

    def _new_optimizer(self):
        params = self.coefs_ + self.intercepts_
        if self.solver == "sgd":
            return SGDOptimizer(params, self.learning_rate_init, self.learning_rate, self.momentum,
                                self.nesterovs_momentum, self.power_t)
        return AdamOptimizer(params, self.learning_rate_init, self.beta_1, self.beta_2, self.epsilon)

    def _options(self):
        skipped = {"verbose", "random_state", "hidden_layer_sizes", "loss"}
        options = {name: text(getattr(self, name)) for name in _MLP_OPTIONS if name not in skipped}
        if self.batch_size == "auto":
            options["batch_size"] = "none"
        if self.n_iter_no_change == np.inf:
            options["n_iter_no_change"] = "none"
        return options

    def _train(self, X, y, incremental):
        """Trains from the estimator's attributes and leaves what is new in them."""
        dtype = self.coefs_[0].dtype
        self.coefs_ = [np.require(coef, dtype, "CW") for coef in self.coefs_]
        self.intercepts_ = [np.require(intercept, dtype, "CW") for intercept in self.intercepts_]
        stochastic = self.solver != "lbfgs"
        before = dict(loss_curve=[], validation_scores=[], best_loss=None, best_validation_score=None,
                      epochs_without_gain=0, t=self.t_, steps=0, learning_rate=0.0)
        moments = []
        if stochastic:
            before.update(
                loss_curve=self.loss_curve_, validation_scores=getattr(self, "validation_scores_", None) or [],
                best_loss=_finite(self.best_loss_),
                best_validation_score=_finite(getattr(self, "best_validation_score_", None)),
                epochs_without_gain=self._no_improvement_count, steps=getattr(self._optimizer, "t", 0),
                learning_rate=self._optimizer.learning_rate)
            # scikit-learn keeps them as lists of arrays like the weights; so that a pickle of either can go on.
            names = ("velocities",) if self.solver == "sgd" else ("ms", "vs")
            for name in names:
                arrays = [np.require(array, dtype, "CW") for array in getattr(self._optimizer, name)]
                setattr(self._optimizer, name, arrays)
                moments.append(arrays)
        state = self._random_state.get_state(legacy=False)
        key = np.ascontiguousarray(state["state"]["key"], np.uint32)
        labels = y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1)
        try:
            after = _core.train_mlp(
                np.ascontiguousarray(X, dtype), np.ascontiguousarray(labels, np.int32),
                [X.shape[1], *(coef.shape[1] for coef in self.coefs_)], self.coefs_ + self.intercepts_,
                self._options(), before, moments, key, state["state"]["pos"], incremental,
                self._print_epoch if self.verbose else None)
        except Numerical as error:
            raise ValueError("Solver produced non-finite parameter weights. The input data may contain large values "
                             "and need to be preprocessed.") from error
        state["state"] = {"key": key, "pos": after["random_pos"]}
        self._random_state.set_state(state)
        self.n_iter_, self.loss_ = after["n_iter"], after["loss"]
        if stochastic:
            self.t_, self.loss_curve_ = after["t"], after["loss_curve"]
            self._no_improvement_count = after["epochs_without_gain"]
            self._optimizer.learning_rate = after["learning_rate"]
            if self.solver == "adam":
                self._optimizer.t = after["steps"]
            if self.early_stopping:
                self.validation_scores_ = after["validation_scores"]
                best = after["best_validation_score"]
                self.best_validation_score_ = -np.inf if best is None else best
            else:
                self.best_loss_ = np.inf if after["best_loss"] is None else after["best_loss"]
        return after

    def _print_epoch(self, n_iter, loss, validation_score):
        print(f"Iteration {n_iter}, loss = {loss:.8f}")
        if validation_score is not None:
            print(f"Validation score: {validation_score:f}")


def _finite(value):
    return None if value is None or not np.isfinite(value) else float(value)


class SpeechEmotionClassifier(ClassifierMixin, BaseEstimator):
    """From recordings to emotions: features, scaling and a network in one estimator.

    Parameters
    ----------
    features : str, default="librosa193"
        Feature set of one vector a recording.
    framework : {"sklearn", "keras"}, default="sklearn"
        Whose rules of training.
    options : dict, optional
        Of the framework, such as ``{"hidden_layer_sizes": (300,), "max_iter": 100}``; see
        :func:`undertone.framework_options`.
    sample_rate : int, default=22050
        Of samples that are given as arrays, in Hz. Files have their own.
    scale : bool, default=True
        Whether features are standardised.
    dtype : {"float64", "float32"}, default="float64"
        In which numbers it trains.
    n_jobs : int, optional
        Threads that compute features, counted as joblib does.
    random_state : int, RandomState instance or None, default=None
        Of weights and order.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    model_ : undertone.Model
        Feature set, scaler and network: ``model_.save("emotions.model")`` makes a file for the program.
        Its labels are the classes as text.
    n_features_in_ : int
        Samples of each clip, where all of `X` was one numeric array.

    Notes
    -----
    `X` is a list or an array of paths, a list of arrays of samples, or a numeric array whose rows are clips of the
    same length.
    """

    def __init__(self, *, features="librosa193", framework="sklearn", options=None, sample_rate=22050, scale=True,
                 dtype="float64", n_jobs=None, random_state=None):
        self.features = features
        self.framework = framework
        self.options = options
        self.sample_rate = sample_rate
        self.scale = scale
        self.dtype = dtype
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X, y):
        """Compute the features of recordings and train.

        Parameters
        ----------
        X : list of paths, list of ndarray, or ndarray of shape (n_clips, n_samples)
            Recordings.
        y : array-like of shape (n_clips,)
            Their emotions.

        Returns
        -------
        self : object
        """
        from sklearn.utils import check_random_state
        from sklearn.utils.validation import _check_y, check_consistent_length

        if self.dtype not in ("float64", "float32"):
            raise ValueError(f"dtype = {self.dtype!r}: must be float64 or float32")
        if y is None:
            raise ValueError("This SpeechEmotionClassifier estimator requires y to be passed, but the target y is None")
        clips = self._clips(X, reset=True)
        y = _check_y(y, multi_output=False, y_numeric=False, estimator=self)
        check_consistent_length(clips, y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("y has 1 class: the classifier can only be trained on two or more classes")
        options = {name: text(value) for name, value in (self.options or {}).items()}
        if self.random_state is not None:
            seed = self.random_state
            if not isinstance(seed, (int, np.integer)):
                seed = check_random_state(seed).randint(2**31 - 1)
            options["random_state"] = text(int(seed))
        self.model_ = Model(_core.Model.fit(
            self.features, {}, self._features(clips), np.ascontiguousarray(codes, np.int32),
            [str(name) for name in self.classes_], self.framework, options, self.dtype == "float32", bool(self.scale)))
        return self

    def predict_proba(self, X):
        """Probabilities of the classes.

        Parameters
        ----------
        X : as of fit

        Returns
        -------
        ndarray of shape (n_clips, n_classes)
        """
        check_is_fitted(self)
        return self.model_._core.predict_proba(self._features(self._clips(X, reset=False)))

    def predict(self, X):
        """The likeliest class of each recording.

        Parameters
        ----------
        X : as of fit

        Returns
        -------
        ndarray of shape (n_clips,)
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        # Two random numbers are no recording: nothing is to be learnt of scikit-learn's toy data.
        tags.classifier_tags.poor_score = True
        return tags

    def _clips(self, X, reset):
        """Paths or arrays of samples, in a list. What is numeric is checked as scikit-learn checks it."""
        if not _are_clips(X):
            X = self._numeric(X, reset)
        elif reset and hasattr(self, "n_features_in_"):
            del self.n_features_in_
        clips = list(X)
        if not clips:
            raise ValueError("Found array with 0 sample(s): at least one recording is required")
        return clips

    def _numeric(self, X, reset):
        try:
            from sklearn.utils.validation import validate_data
        except ImportError:  # before 1.6 it is a method
            return self._validate_data(X, reset=reset, dtype="numeric")
        return validate_data(self, X, reset=reset, dtype="numeric")

    def _features(self, clips):
        chosen = feature_set(self.features)
        if chosen.per_frame:
            raise ValueError(f"features = {self.features!r}: must give one vector a recording")
        rows = np.empty((len(clips), len(chosen.columns)))
        files = [i for i, clip in enumerate(clips) if isinstance(clip, (str, os.PathLike))]
        extracted = chosen.extract_files([os.fspath(clips[i]) for i in files], n_threads_of(self.n_jobs), False,
                                         CLIP_MEMORY, MEMORY)
        for i, (row, code, message, _) in zip(files, extracted):
            if code is not None:
                raise error_of(code, message)
            rows[i] = row[0]
        for i, clip in enumerate(clips):
            if not isinstance(clip, (str, os.PathLike)):
                samples = as_samples(_as_float(np.asarray(clip)))
                rows[i] = chosen.extract_clip(samples, int(self.sample_rate))[0]
        return rows


def _as_float(samples):
    """Whole numbers of 16 and 32 bits are PCM, as a WAV file holds it; of others the values count."""
    if samples.dtype in (np.int16, np.int32):
        return samples / -float(np.iinfo(samples.dtype).min)
    return samples.astype(float) if samples.dtype.kind in "iub" else samples


def _are_clips(X):
    """Whether it lists paths or arrays, and is not one numeric table."""
    if isinstance(X, (list, tuple)) and X:
        return isinstance(X[0], (str, os.PathLike)) or (isinstance(X[0], np.ndarray) and X[0].ndim == 1)
    if isinstance(X, np.ndarray) and X.ndim == 1 and len(X) and X.dtype.kind in "OU":
        return isinstance(X[0], (str, os.PathLike, np.ndarray))
    if type(X).__name__ == "Series":
        return _are_clips(X.to_numpy())
    return False
