import numpy as np
import pytest

import undertone


def test_formats(clips, tmp_path):
    for format, head in (("png", b"\x89PNG"), ("svg", b"<svg"), ("pdf", b"%PDF")):
        picture = undertone.plot(clips[0], "mel", format=format, width=400)
        assert picture.data.startswith(head)
        picture.save(tmp_path / f"clip.{format}")
        assert (tmp_path / f"clip.{format}").read_bytes() == picture.data
    with pytest.raises(ValueError, match="the picture is a pdf"):
        picture.save(tmp_path / "clip.png")


def test_a_notebook_shows_it(clips):
    assert undertone.plot(clips[0])._repr_png_().startswith(b"\x89PNG")
    svg = undertone.plot(clips[0], "waveform", format="svg", title="<a> & b")
    assert svg._repr_png_() is None and "&lt;a&gt; &amp; b" in svg._repr_svg_()


def test_samples_and_parts(clips):
    y, sr = undertone.read_audio(clips[0])
    part = undertone.plot(clips[0], "zero-crossings", start=0.5, end=0.51, title="x", format="svg")
    same = undertone.plot((y[int(0.5 * sr):int(0.51 * sr)], sr), "zero-crossings", start=0.5, title="x", format="svg")
    assert part.data == same.data and b">0.502<" in part.data


def test_options(clips):
    assert undertone.plot(clips[0], "mfcc", n_mfcc=13).data != undertone.plot(clips[0], "mfcc").data
    for wrong, message in (({"kind": "song"}, "must be one of"), ({"n_fft": 0}, "n_fft"), ({"width": 1}, "width"),
                           ({"n_bands": 3}, "n_bands"), ({"format": "gif"}, "png")):
        with pytest.raises((ValueError, undertone.UnsupportedFormat), match=message):
            undertone.plot(clips[0], **wrong)
    with pytest.raises(ValueError, match="samples"):
        undertone.plot((np.zeros(0, np.float32), 16000))
    with pytest.raises(OSError, match="missing.wav"):
        undertone.plot("missing.wav")
