"""The same array as librosa's."""

import inspect

import numpy as np
import pytest

import undertone
from undertone import features, filters

librosa = pytest.importorskip("librosa")


def same(ours, theirs, tolerance):
    theirs = np.asarray(theirs)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= tolerance * max(np.abs(theirs).max(), 1e-30)


FRAMES = [{}, {"n_fft": 1024}, {"n_fft": 600, "hop_length": 200}, {"win_length": 1000}, {"window": "hamming"},
          {"center": False}, {"pad_mode": "reflect"}, {"pad_mode": "edge"}]


@pytest.mark.parametrize("options", FRAMES)
def test_stft(signal, options):
    same(features.stft(signal, **options), librosa.stft(signal, **options), 1e-6)


@pytest.mark.parametrize("options", FRAMES + [
    {"power": 1.0}, {"n_mels": 40}, {"fmin": 80.0, "fmax": 7600.0}, {"htk": True}, {"norm": None}, {"norm": 1},
    {"norm": np.inf}])
def test_melspectrogram(signal, options):
    same(features.melspectrogram(y=signal, **options), librosa.feature.melspectrogram(y=signal, **options), 1e-6)


@pytest.mark.parametrize("options", FRAMES + [
    {"n_mfcc": 40}, {"dct_type": 1}, {"dct_type": 3, "norm": None}, {"lifter": 22}, {"n_mels": 40, "n_mfcc": 60},
    {"mel_norm": None, "htk": True}])
def test_mfcc(signal, options):
    same(features.mfcc(y=signal, sr=16000, **options), librosa.feature.mfcc(y=signal, sr=16000, **options), 1e-5)


@pytest.mark.parametrize("options", FRAMES + [
    {"n_chroma": 24}, {"norm": None}, {"norm": 2}, {"tuning": 0.2}, {"octwidth": None}, {"base_c": False}])
def test_chroma_stft(signal, options):
    same(features.chroma_stft(y=signal, **options), librosa.feature.chroma_stft(y=signal, **options), 1e-5)


def test_from_spectrograms(signal):
    magnitude = np.abs(librosa.stft(signal, n_fft=1024))
    same(features.melspectrogram(S=magnitude), librosa.feature.melspectrogram(S=magnitude), 1e-6)
    same(features.chroma_stft(S=magnitude), librosa.feature.chroma_stft(S=magnitude), 1e-5)
    assert features.estimate_tuning(S=magnitude) == pytest.approx(librosa.estimate_tuning(S=magnitude), abs=1e-12)
    bands = librosa.power_to_db(librosa.feature.melspectrogram(y=signal))
    same(features.mfcc(S=bands, n_mfcc=13), librosa.feature.mfcc(S=bands, n_mfcc=13), 1e-5)


def test_estimate_tuning(signal):
    for options in ({}, {"bins_per_octave": 24}, {"n_fft": 4096, "fmin": 100}):
        assert features.estimate_tuning(y=signal, **options) == pytest.approx(
            librosa.estimate_tuning(y=signal, **options), abs=1e-12)


@pytest.mark.parametrize("options", [{}, {"ref": np.max}, {"ref": 0.5, "top_db": None}, {"top_db": 40, "amin": 1e-6}])
def test_decibels(signal, options):
    magnitude = np.abs(librosa.stft(signal))
    same(features.power_to_db(magnitude**2, **options), librosa.power_to_db(magnitude**2, **options), 1e-5)
    same(features.amplitude_to_db(magnitude, **options), librosa.amplitude_to_db(magnitude, **options), 1e-5)
    decibels = librosa.power_to_db(magnitude**2)
    same(features.db_to_power(decibels, ref=2.0), librosa.db_to_power(decibels, ref=2.0), 1e-6)
    same(features.db_to_amplitude(decibels, ref=2.0), librosa.db_to_amplitude(decibels, ref=2.0), 1e-6)


@pytest.mark.parametrize("options", [{}, {"pad": False}, {"zero_pos": False}, {"threshold": 0.05},
                                     {"threshold": 0.1, "ref_magnitude": np.max}])
def test_zero_crossings(signal, options):
    signal[100:200] = 0
    assert np.array_equal(features.zero_crossings(signal, **options), librosa.zero_crossings(signal, **options))


@pytest.mark.parametrize("options", [{}, {"frame_length": 1000, "hop_length": 300}, {"center": False}, {"pad": True}])
def test_zero_crossing_rate(signal, options):
    ours, theirs = (f(signal, **options) for f in (features.zero_crossing_rate, librosa.feature.zero_crossing_rate))
    same(ours, theirs, 1e-12)


def test_filters():
    same(filters.mel(sr=16000, n_fft=512, n_mels=40), librosa.filters.mel(sr=16000, n_fft=512, n_mels=40), 1e-6)
    same(filters.chroma(sr=16000, n_fft=2048), librosa.filters.chroma(sr=16000, n_fft=2048), 1e-6)
    same(filters.hz_to_mel([60.0, 2000.0]), librosa.hz_to_mel([60.0, 2000.0]), 1e-12)
    same(filters.mel_to_hz([3.0, 40.0], htk=True), librosa.mel_to_hz([3.0, 40.0], htk=True), 1e-12)


def test_channels(signal):
    stereo = np.stack([signal, signal[::-1]])
    same(features.mfcc(y=stereo), librosa.feature.mfcc(y=stereo), 1e-5)
    same(features.chroma_stft(y=stereo, tuning=0.0), librosa.feature.chroma_stft(y=stereo, tuning=0.0), 1e-5)
    same(features.zero_crossing_rate(stereo), librosa.feature.zero_crossing_rate(stereo), 1e-12)


def test_defaults_are_librosas():
    for name in ("mfcc", "melspectrogram", "chroma_stft", "zero_crossing_rate"):
        theirs = inspect.signature(getattr(librosa.feature, name)).parameters
        ours = inspect.signature(getattr(features, name)).parameters
        for key, parameter in theirs.items():
            if parameter.kind != parameter.VAR_KEYWORD:
                assert ours[key].default == parameter.default, (name, key)


def test_what_is_wrong_is_said(signal):
    with pytest.raises(TypeError, match="n_mfc"):
        features.mfcc(y=signal, n_mfc=3)
    with pytest.raises(ValueError, match="n_fft = 0: must be at least 2"):
        features.stft(signal, n_fft=0)
    with pytest.raises(ValueError, match="window = kaiser: must be one of hann"):
        features.stft(signal, window="kaiser")
    with pytest.raises(ValueError, match="window of type"):
        features.stft(signal, window=np.hanning(2048))
    with pytest.raises(TypeError, match="int16: must be floating-point"):
        features.mfcc(y=(signal * 1000).astype(np.int16))
    with pytest.raises(ValueError, match="exactly one"):
        features.mfcc()
    with pytest.raises(undertone.Numerical):
        features.mfcc(y=np.full(4000, np.nan, np.float32))
    with pytest.raises(undertone.InvalidArgument, match="no samples"):
        features.stft(np.empty(0, np.float32))


def test_contiguous_samples_are_not_copied(signal):
    from undertone._audio import as_samples

    signal.flags.writeable = False
    assert np.shares_memory(as_samples(signal), signal)
    assert features.mfcc(y=signal).base is not None  # a view of what the library computed
