import io
import os
import signal
import subprocess
import sys
import threading
import time
import wave

import numpy as np
import pytest

import undertone


def test_columns():
    assert undertone.columns()[0] == "mfcc_0" and len(undertone.columns()) == 193
    with pytest.raises(ValueError, match="unheard"):
        undertone.columns("unheard")


def test_array_and_threads(clips):
    one, many = (undertone.extract(clips[:12], n_jobs=n) for n in (1, 3))
    assert one.shape == (12, 193) and one.dtype == np.float64 and np.array_equal(one, many)
    assert undertone.extract([]).shape == (0, 193)


def test_features_are_those_of_the_parts(clips):
    y, sr = undertone.read_audio(clips[0])
    row = undertone.extract(clips[:1])[0]
    assert np.allclose(row[:40], undertone.features.mfcc(y=y, sr=sr, n_mfcc=40).mean(axis=1), rtol=1e-5, atol=1e-4)
    assert row[192] == undertone.features.zero_crossings(y, pad=False).sum()


def test_sound_has_a_limit_of_memory(tmp_path):
    path = str(tmp_path / "long.wav")
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(2 * 640_000))  # 2.56 MB as samples
    with open(path, "rb") as file:
        content = file.read()
    for source, needed in ((path, 3), (content, 4)):  # bytes are in memory too
        assert len(undertone.read_audio(source, clip_memory=needed)[0]) == 640_000
        said = f"needs {needed} MB of memory, the limit is 1 MB: --clip-memory {needed}"
        with pytest.raises(undertone.Error, match=said):
            undertone.read_audio(source, clip_memory=1)
    with pytest.raises(undertone.Error, match="clip_memory=11 allows it"):
        undertone.read_audio(path, sr=48000, clip_memory=3)
    assert undertone.extract([path], clip_memory=3).shape == (1, 193)
    with pytest.raises(undertone.Error, match="--clip-memory 3"):
        undertone.extract([path], clip_memory=1)
    with pytest.raises(undertone.Error, match="--memory 3"):
        undertone.extract([path], memory=1)
    with pytest.raises(ValueError, match="above 0"):
        undertone.extract([path], clip_memory=0)
    with pytest.raises(ValueError, match="speech needs at least 4000 Hz"):
        undertone.load("ravdess").predict((np.zeros(500, np.float32), 86), any_sound=True)


def test_pandas(clips):
    pandas = pytest.importorskip("pandas")
    frame = undertone.extract([*clips[:2], "missing.wav"], output="pandas", errors="nan")
    assert isinstance(frame, pandas.DataFrame) and list(frame.index[:2]) == clips[:2]
    assert frame["error"].isna().tolist() == [True, True, False] and "missing.wav" in frame["error"].iloc[2]
    frames = undertone.extract(clips[:2], "logmel64", output="pandas")
    assert frames.index.names == ["file", "frame"] and frames.shape[1] == 64
    of_two = undertone.extract([clips[0], "missing.wav"], "logmel64", output="pandas", errors="nan")
    n_frames = len(frames.loc[clips[0]])
    assert of_two["error"].isna().tolist() == [True] * n_frames + [False]
    assert "missing.wav" in of_two["error"].iloc[-1] and of_two.iloc[-1, :64].isna().all()


def test_frames(clips):
    for rows in undertone.extract(clips[:2], "logmel64+pitch"):
        assert rows.ndim == 2 and rows.shape[1] == 67


def test_failures(clips):
    with pytest.raises(OSError, match="missing.wav"):
        undertone.extract([clips[0], "missing.wav"])
    assert np.isnan(undertone.extract([clips[0], __file__], errors="nan")[1]).all()
    with pytest.raises(undertone.UnsupportedFormat):
        undertone.read_audio(__file__)
    with pytest.raises(TypeError, match="list of paths"):
        undertone.extract("clip.wav")
    with pytest.raises(ValueError, match="n_jobs"):
        undertone.extract(clips[:1], n_jobs=0)


def test_read_audio(clips):
    y, sr = undertone.read_audio(clips[0])
    assert y.dtype == np.float32 and y.ndim == 1
    again, rate = undertone.read_audio(open(clips[0], "rb").read())
    assert np.array_equal(y, again) and rate == sr
    part, _ = undertone.read_audio(clips[0], start=0.1, end=0.2)
    assert np.array_equal(part, y[round(0.1 * sr):round(0.2 * sr)])
    other, rate = undertone.read_audio(clips[0], sr=8000)
    assert rate == 8000 and len(other) == -(-len(y) * 8000 // sr)


def test_read_audio_is_librosas(clips):
    librosa = pytest.importorskip("librosa")
    theirs, rate = librosa.load(clips[0], sr=None)
    ours, sr = undertone.read_audio(clips[0])
    assert sr == rate and np.array_equal(ours, theirs)
    assert np.array_equal(undertone.resample(ours, orig_sr=sr, target_sr=22050),
                          librosa.resample(theirs, orig_sr=sr, target_sr=22050))


def test_other_threads_go_on(clips):
    ticks, stop = 0, threading.Event()

    def tick():
        nonlocal ticks
        while not stop.is_set():
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    undertone.extract(clips * 4, n_jobs=1)
    stop.set()
    thread.join()
    assert ticks > 20


@pytest.mark.parametrize("work", [
    "undertone.extract([sys.argv[1]] * 200000, n_jobs=1)",
    "undertone.sklearn.MLPClassifier(max_iter=10**6, n_iter_no_change=10**6, random_state=0).partial_fit",
])
def test_ctrl_c(clips, work):
    if "MLP" in work:
        # scikit-learn keeps what was learnt until then, and warns.
        work = ("import warnings, numpy as np; warnings.simplefilter('ignore'); m = undertone.sklearn.MLPClassifier("
                "max_iter=10**6, n_iter_no_change=10**6); m.fit(np.random.randn(400, 20), np.arange(400) % 3); "
                "assert m.n_iter_ > 0 and len(m.loss_curve_) == m.n_iter_; raise KeyboardInterrupt")
    script = f"import sys, undertone, undertone.sklearn; print('ready', flush=True); {work}"
    # Tests that run in the background ignore Ctrl-C, and so would what they start.
    process = subprocess.Popen([sys.executable, "-c", script, clips[0]], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(1)
        started = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert "KeyboardInterrupt" in said and "Assertion" not in said
    assert time.monotonic() - started < 10


def test_bytes_like(clips):
    data = io.BytesIO(open(clips[0], "rb").read()).getbuffer()
    assert len(undertone.read_audio(data)[0])
    with pytest.raises(ValueError, match="start and end"):
        undertone.read_audio(bytes(data), start=1.0)
