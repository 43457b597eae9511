"""What openSMILE's functionals and a support vector machine reach on RAVDESS speech, in EmoBox's six folds by actor.

opensmile_svm.py RAVDESS    a folder with the published names; trained on speech and song of the other actors
Needs `pip install opensmile==2.6.0 scikit-learn==1.9.1`. openSMILE's licence is for research, so `./dev bench` does not
install it. Of the kernels and penalties the best is printed, which flatters the peer.
"""
import pathlib
import sys

import numpy as np
import opensmile
from sklearn.metrics import recall_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

FOLDS = [{1, 11, 20, 21}, {4, 10, 12, 14}, {8, 9, 19, 23}, {3, 5, 7, 24}, {2, 15, 16, 18}, {6, 13, 17, 22}]
MACHINES = [{"kernel": "linear", "C": 0.001}, {"kernel": "linear", "C": 0.01}, {"kernel": "rbf", "C": 1}, {"kernel": "rbf", "C": 10}]

files = sorted(path for path in pathlib.Path(sys.argv[1]).rglob("03-*") if path.suffix in (".wav", ".flac"))
parts = [path.stem.split("-") for path in files]
labels = np.array([int(part[2]) for part in parts])
actors = np.array([int(part[6]) for part in parts])
speech = np.array([part[1] == "01" for part in parts])
for name, functionals in (("eGeMAPSv02", opensmile.FeatureSet.eGeMAPSv02), ("ComParE_2016", opensmile.FeatureSet.ComParE_2016)):
    smile = opensmile.Smile(feature_set=functionals, feature_level=opensmile.FeatureLevel.Functionals)
    x = smile.process_files([str(path) for path in files]).to_numpy(dtype=np.float64)
    x = np.where(np.isfinite(x), x, 0)
    by_speaker = np.empty_like(x)
    for actor in set(actors):
        by_speaker[actors == actor] = StandardScaler().fit_transform(x[actors == actor])
    for what, values in (("nothing known of the actor", x), ("normalised by the actor's clips", by_speaker)):
        recalls = []
        for machine in MACHINES:
            of_folds = []
            for fold in FOLDS:
                tested = np.isin(actors, list(fold))
                scaler = StandardScaler().fit(values[~tested])
                svm = SVC(class_weight="balanced", **machine).fit(scaler.transform(values[~tested]), labels[~tested])
                heard = tested & speech
                of_folds.append(recall_score(labels[heard], svm.predict(scaler.transform(values[heard])), average="macro"))
            recalls.append(np.mean(of_folds))
        best = int(np.argmax(recalls))
        print(f"{name}, {x.shape[1]} functionals, {what}: UAR {recalls[best]:.3f} ({MACHINES[best]})", flush=True)
