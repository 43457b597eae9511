"""Recordings to measure with, made from real ones.

make_audio.py clip OUT SECONDS FILE...   one WAV of exactly so long, from the first file that has it
make_audio.py wav FOLDER FILE...         16-bit WAV copies, as the corpora are published
make_audio.py variants FOLDER FILE...    copies in stereo and at other rates, in turn
"""
import os
import sys

import librosa
import numpy as np
import soundfile

command, out, *rest = sys.argv[1:]
if command == "clip":
    seconds, *files = rest
    for file in files:
        samples, rate = soundfile.read(file, always_2d=True)
        if len(samples) >= float(seconds) * rate:
            soundfile.write(out, samples[: int(float(seconds) * rate)].mean(axis=1), rate, "PCM_16")
            sys.exit()
    sys.exit(f"no recording of {seconds} s")
os.makedirs(out, exist_ok=True)
for i, file in enumerate(rest):
    samples, rate = soundfile.read(file, dtype="int16" if command == "wav" else "float64", always_2d=True)
    if command == "variants":
        if i % 2:  # a second channel that says something else
            samples = np.hstack([samples[:, :1], 0.5 * np.roll(samples[:, :1], rate // 50)])
        wanted = (8000, 16000, 22050, 44100, 96000)[i % 5]
        samples, rate = librosa.resample(samples, orig_sr=rate, target_sr=wanted, axis=0), wanted
    name = os.path.splitext(os.path.basename(file))[0] + ".wav"
    soundfile.write(os.path.join(out, name), samples, rate, "PCM_16")
