import os
import pathlib
import pickle
import shutil

import numpy as np
import pytest

import undertone


@pytest.fixture(scope="module")
def model():
    return undertone.load("ravdess")


def test_shipped(model):
    assert "angry" in model.labels and model.features.startswith("logmel64")
    assert "licence" in model.record
    with pytest.raises(OSError, match="unheard"):
        undertone.load("unheard")


def test_predict(model, clips):
    rows = model.predict_proba(clips[:3])
    assert rows.shape == (3, len(model.labels)) and np.allclose(rows.sum(axis=1), 1)
    assert list(model.predict(clips[:3])) == [model.labels[i] for i in rows.argmax(axis=1)]
    assert model.predict(clips[0]) == model.predict(clips[:1])[0]
    assert np.array_equal(model.predict_proba(clips[0]), rows[0])
    assert np.array_equal(model.predict_proba(undertone.read_audio(clips[0])), rows[0])
    assert model.predict(clips[0], abstain=1.0) == "unsure"


def test_no_speech(model):
    silence = (np.zeros(16000, np.float32), 16000)
    assert model.predict(silence) == "no speech" and np.isnan(model.predict_proba(silence)).all()
    assert model.predict((silence[0][:10], 16000)) == "too short"
    assert model.predict(silence, any_sound=True) in model.labels
    assert undertone.voice_activity(silence[0], sr=16000) == "no speech"


def test_enroll(model, clips):
    voice = model.enroll(clips[:8], "any")
    assert model.predict_proba(clips[9], voice=voice).shape == (len(model.labels),)
    with pytest.raises(undertone.IncompatibleModel, match="another model told"):
        undertone.load("emodb").predict(clips[9], voice=voice)
    again = undertone.Model.from_bytes(model.to_bytes())
    assert np.array_equal(again.predict_proba(clips[9], voice=voice), model.predict_proba(clips[9], voice=voice))


def test_pickle_and_file(model, clips, tmp_path):
    again = pickle.loads(pickle.dumps(model))
    assert again.to_bytes() == model.to_bytes()
    model.save(tmp_path / "a.safetensors")
    assert np.array_equal(undertone.load(tmp_path / "a.safetensors").predict_proba(clips[0]),
                          model.predict_proba(clips[0]))
    (tmp_path / "b").write_bytes(model.to_bytes()[:-10])
    with pytest.raises(undertone.CorruptData):
        undertone.load(tmp_path / "b")


def test_what_is_no_clip(model):
    with pytest.raises(TypeError, match="path or a pair"):
        model.predict([3])
    with pytest.raises(OSError, match="missing"):
        model.predict("missing.wav")


def test_names_of_files_are_bytes(tmp_path, clips, model):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/Stra\xdfe.opus")  # ISO 8859-1, of an old disk
    shutil.copyfile(clips[0], path)
    assert np.array_equal(model.predict_proba(path), model.predict_proba(clips[0]))
    assert np.array_equal(undertone.read_audio(path)[0], undertone.read_audio(clips[0])[0])
    assert list(undertone.extract([path], output="pandas").index) == [path]
    model.save(path + ".safetensors")
    assert undertone.load(path + ".safetensors").labels == model.labels
    assert undertone.plot(path, "waveform").data
    with pytest.raises(OSError, match=r"missing\\xdf"):
        undertone.read_audio(path.replace("Stra", "missing"))


def test_a_folder_does_not_hide_a_shipped_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkdir("emodb")
    assert "boredom" in undertone.load("emodb").labels


def test_two_paths_are_two_clips(model, clips):
    assert len(model.predict(tuple(pathlib.Path(clip) for clip in clips[:2]))) == 2


def test_samples_that_are_no_numbers(model):
    samples = np.full(16000, 0.1, np.float32)
    samples[9] = np.nan
    with pytest.raises(undertone.Numerical, match="sample 9"):
        model.predict((samples, 16000))
