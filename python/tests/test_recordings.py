"""Real recordings, where they are: samples, features and a model on voices."""

import numpy as np
import pytest

import undertone

librosa = pytest.importorskip("librosa")


def test_features_of_real_clips_are_librosas(recordings):
    for path in recordings[::len(recordings) // 12]:
        y, sr = undertone.read_audio(path)
        theirs, rate = librosa.load(path, sr=None)
        assert rate == sr and np.array_equal(y, theirs)
        for name, options in (("mfcc", {"n_mfcc": 40}), ("melspectrogram", {})):
            ours = getattr(undertone.features, name)(y=y, sr=sr, **options)
            wanted = getattr(librosa.feature, name)(y=y, sr=sr, **options)
            assert np.abs(ours - wanted).max() <= 1e-5 * np.abs(wanted).max(), (path, name)
        assert np.array_equal(undertone.features.zero_crossings(y), librosa.zero_crossings(y))


def test_shipped_model_knows_voices_that_it_learnt(recordings):
    codes = {"01": "neutral", "02": "calm", "03": "happy", "04": "sad", "05": "angry", "06": "fear", "07": "disgust",
             "08": "surprise"}
    some = recordings[::len(recordings) // 40]
    said = undertone.load("ravdess").predict(some)
    right = [codes[path.rpartition("/")[2].split("-")[2]] == label for path, label in zip(some, said)]
    assert np.mean(right) > 0.8  # these were trained on
