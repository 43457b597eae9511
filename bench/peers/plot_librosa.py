"""The Python project's pictures of one recording, by librosa.display and Matplotlib: the peer of `undertone plot`.

plot_librosa.py all CLIP OUT       six pictures below each other, a whole process
plot_librosa.py arrays CLIP OUT    the arrays behind them, as .npz
"""
import sys

import librosa
import librosa.display
import numpy as np

command, clip, out = sys.argv[1:]
y, sr = librosa.load(clip, sr=None)
arrays = {
    "spectrogram": librosa.amplitude_to_db(np.abs(librosa.stft(y)), ref=np.max),
    "mel": librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr), ref=np.max),
    "chroma": librosa.feature.chroma_stft(y=y, sr=sr),
    "mfcc": librosa.feature.mfcc(y=y, sr=sr, n_mfcc=40),
    "zero-crossings": librosa.feature.zero_crossing_rate(y),
}
if command == "arrays":
    np.savez(out, **{name: array.T for name, array in arrays.items()})
    sys.exit()
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

figure, axes = plt.subplots(6, 1, figsize=(9.4, 10), dpi=96, layout="constrained")
librosa.display.waveshow(y, sr=sr, ax=axes[0])
for axis, name, y_axis in zip(axes[1:], arrays, ("linear", "mel", "chroma", None)):
    image = librosa.display.specshow(arrays[name], sr=sr, x_axis="time", y_axis=y_axis, ax=axis)
    axis.set_title(name)
    figure.colorbar(image, ax=axis)
axes[5].plot(librosa.times_like(arrays["zero-crossings"], sr=sr), arrays["zero-crossings"][0])
figure.savefig(out)
