"""The estimators: scikit-learn's own results, its contract, and its own tests of the perceptron."""

import os
import pickle
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest

pytest.importorskip("sklearn")
import sklearn.neural_network
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import undertone
from undertone.sklearn import MLPClassifier, SpeechEmotionClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
FOLDER = os.path.dirname(os.path.abspath(__file__))


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits(return_X_y=True)
    return x[:400] / 16, y[:400]


def both(x, y, **options):
    options = {"random_state": 3, "max_iter": 12, **options}
    return (kind(**options).fit(x, y) for kind in (MLPClassifier, sklearn.neural_network.MLPClassifier))


def same(ours, theirs, tolerance=1e-9):
    assert ours.n_iter_ == theirs.n_iter_ and ours.t_ == theirs.t_
    assert ours.out_activation_ == theirs.out_activation_ and ours.n_layers_ == theirs.n_layers_
    for name in ("coefs_", "intercepts_"):
        for our, their in zip(getattr(ours, name), getattr(theirs, name)):
            assert our.shape == their.shape and our.dtype == their.dtype
            assert np.abs(our - their).max() < tolerance
    assert np.allclose(ours.loss_, theirs.loss_, rtol=0, atol=1e-6)
    if ours.solver != "lbfgs":
        assert np.allclose(ours.loss_curve_, theirs.loss_curve_, rtol=0, atol=1e-6)
        for name in ("best_loss_", "best_validation_score_", "validation_scores_"):
            our, their = getattr(ours, name), getattr(theirs, name)
            assert (our is None) == (their is None)
            assert our is None or np.allclose(our, their, rtol=0, atol=1e-6)


@pytest.mark.parametrize("options", [
    {}, {"hidden_layer_sizes": (30, 20, 10), "batch_size": 8}, {"activation": "tanh"}, {"activation": "logistic"},
    {"activation": "identity", "alpha": 0.1}, {"solver": "sgd", "learning_rate_init": 0.1},
    {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
    {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.1, "max_iter": 60}, {"shuffle": False},
    {"solver": "sgd", "momentum": 0.5, "nesterovs_momentum": False}, {"early_stopping": True, "max_iter": 40},
    {"n_iter_no_change": np.inf}, {"tol": 0.05, "n_iter_no_change": 2, "max_iter": 100}, {"hidden_layer_sizes": 7},
    {"random_state": np.random.RandomState(8)}, {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-4},
], ids=str)
def test_it_is_scikit_learns(digits, options):
    if isinstance(options.get("random_state"), np.random.RandomState):
        x, y = digits
        streams = [np.random.RandomState(8) for _ in range(2)]
        ours = MLPClassifier(random_state=streams[0], max_iter=5).fit(x, y)
        theirs = sklearn.neural_network.MLPClassifier(random_state=streams[1], max_iter=5).fit(x, y)
        assert streams[0].randint(10**9) == streams[1].randint(10**9)
        return same(ours, theirs)
    for classes in (10, 2):
        same(*both(digits[0], digits[1] % classes, **options))


def test_lbfgs(digits):
    ours, theirs = both(*digits, solver="lbfgs", max_iter=8)
    same(ours, theirs, 1e-6)


def test_float32(digits):
    ours, theirs = both(digits[0].astype(np.float32), digits[1])
    assert ours.coefs_[0].dtype == np.float32
    assert np.allclose(ours.loss_curve_, theirs.loss_curve_, atol=1e-4)


def test_partial_fit_and_warm_start(digits):
    x, y = digits
    for solver in ("adam", "sgd"):
        pair = []
        for kind in (MLPClassifier, sklearn.neural_network.MLPClassifier):
            model = kind(solver=solver, random_state=1)
            for i in range(4):
                model.partial_fit(x[i::4], y[i::4], classes=np.arange(10))
                model = pickle.loads(pickle.dumps(model))
            pair.append(model)
        same(*pair)
        pair = []
        for kind in (MLPClassifier, sklearn.neural_network.MLPClassifier):
            model = kind(solver=solver, random_state=1, warm_start=True, max_iter=3).fit(x, y).fit(x, y)
            pair.append(model.partial_fit(x, y))
        same(*pair)


def test_scikit_learn_goes_on_from_our_pickle(digits):
    x, y = digits
    ours = MLPClassifier(random_state=1, max_iter=3).fit(x, y)
    theirs = sklearn.neural_network.MLPClassifier(random_state=1, max_iter=3).fit(x, y)
    theirs.__dict__.update(pickle.loads(pickle.dumps(ours)).__dict__)
    same(ours.partial_fit(x, y), theirs.partial_fit(x, y))


def test_what_scikit_learn_trains_itself(digits):
    x, y = digits
    several = np.stack([y % 2, y % 3 == 0], axis=1).astype(int)
    same(*both(x, several))
    import scipy.sparse

    same(*both(scipy.sparse.csr_matrix(x), y))
    weights = np.linspace(0.5, 2, len(y))
    same(*(kind(random_state=0, max_iter=3).fit(x, y, weights)
           for kind in (MLPClassifier, sklearn.neural_network.MLPClassifier)))


def test_words(digits, capsys):
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(2\)"):
        MLPClassifier(max_iter=2, verbose=True).fit(*digits)
    assert re.findall(r"Iteration \d", capsys.readouterr().out) == ["Iteration 1", "Iteration 2"]
    with pytest.warns(ConvergenceWarning, match="lbfgs failed to converge"):
        MLPClassifier(max_iter=2, solver="lbfgs").fit(*digits)
    with pytest.raises(ValueError, match="non-finite parameter weights"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        MLPClassifier(solver="sgd", learning_rate_init=1e6).fit(digits[0] * 1e200, digits[1])


def test_string_labels_pipeline_and_grid(digits):
    x, y = digits
    names = np.array(["angry", "sad"])[(y > 4).astype(int)]
    pipe = make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(10,), max_iter=15, random_state=0))
    grid = GridSearchCV(pipe, {"mlpclassifier__alpha": [1e-4, 1.0]}, cv=3).fit(x, names)
    assert set(grid.predict(x)) == {"angry", "sad"}
    theirs = make_pipeline(StandardScaler(), sklearn.neural_network.MLPClassifier(
        hidden_layer_sizes=(10,), max_iter=15, random_state=0))
    theirs = GridSearchCV(theirs, {"mlpclassifier__alpha": [1e-4, 1.0]}, cv=3).fit(x, names)
    assert np.array_equal(grid.cv_results_["mean_test_score"], theirs.cv_results_["mean_test_score"])
    assert clone(grid.best_estimator_[-1]).get_params() == grid.best_estimator_[-1].get_params()


def test_contract_of_mlp():
    check_estimator(MLPClassifier())


def test_contract_of_speech():
    check_estimator(SpeechEmotionClassifier())


# Of scikit-learn's own test file for its perceptron; each with the reason why it cannot pass. The regressor's tests
# run too and pass, for it is scikit-learn's.
NOT_OURS = {
    "test_gradient": "checks the gradient that scikit-learn computes itself, in a private function with private lists "
                     "of offsets; the one used here is checked by central differences in tests/unit/nn/mlp_test.cpp",
}


def test_scikit_learns_own_tests():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "substitute", "-p", "no:cacheprovider", "-c", os.devnull,
               "--pyargs", "sklearn.neural_network.tests.test_mlp"]
    command += ["-k", f"not ({' or '.join(NOT_OURS)})"]
    path = os.pathsep.join([FOLDER, *filter(None, [os.environ.get("PYTHONPATH")])])
    ran = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    print("scikit-learn's own tests with undertone's class:", ran.stdout.strip().splitlines()[-1])
    assert "undertone.sklearn.MLPClassifier took its place" in ran.stdout


def test_speech(clips, emotions):
    model = SpeechEmotionClassifier(options={"max_iter": 60}, random_state=0, n_jobs=-1).fit(clips, emotions)
    assert model.score(clips, emotions) > 0.9
    assert set(model.predict(clips[:5])) <= set(emotions)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(clips[:4]), model.predict_proba(clips[:4]))
    samples = [undertone.read_audio(clip, sr=22050)[0] for clip in clips[:6]]
    assert model.predict_proba(samples).shape == (6, len(model.classes_))
    with pytest.raises(OSError, match="missing"):
        model.predict(["missing.wav"])


def test_speech_saves_a_model(clips, emotions, tmp_path):
    model = SpeechEmotionClassifier(framework="keras", options={"epochs": 3}, random_state=0).fit(clips, emotions)
    model.model_.save(tmp_path / "m.safetensors")
    loaded = undertone.load(tmp_path / "m.safetensors")
    assert loaded.labels == sorted(set(emotions))
    assert np.allclose(loaded.predict_proba(clips[:3], any_sound=True), model.predict_proba(clips[:3]))


def test_speech_in_a_grid(clips, emotions):
    grid = GridSearchCV(SpeechEmotionClassifier(random_state=0), {"options": [{"alpha": 1e-3, "max_iter": 5},
                                                                             {"alpha": 1.0, "max_iter": 5}]}, cv=2)
    assert grid.fit(clips, emotions).best_params_
    with pytest.raises(ValueError, match="no option|unheard"):
        SpeechEmotionClassifier(options={"unheard": 1}).fit(clips, emotions)


class Narrow(MLPClassifier):
    """Hides most options and has one of its own."""

    def __init__(self, width=5, random_state=None):
        super().__init__(hidden_layer_sizes=(width,), activation="tanh", alpha=0.5, max_iter=12,
                         random_state=random_state)
        self.width = width


def test_subclasses_train_with_their_attributes(digits):
    x, y = digits
    expected = MLPClassifier((5,), activation="tanh", alpha=0.5, max_iter=12, random_state=3).fit(x, y)
    found = Narrow(random_state=3).fit(x, y)
    assert all(np.array_equal(a, b) for a, b in zip(found.coefs_, expected.coefs_))


def test_whole_numbers_are_pcm(clips):
    samples = [undertone.read_audio(clip)[0] for clip in clips[:4]]
    whole = [np.round(clip * 32767).astype(np.int16) for clip in samples]
    as_float = [clip / np.float32(32768) for clip in whole]
    network = SpeechEmotionClassifier(sample_rate=undertone.read_audio(clips[0])[1])
    labels = ["a", "a", "b", "b"]
    assert np.array_equal(network.fit(whole, labels).predict_proba(as_float), network.predict_proba(whole))
