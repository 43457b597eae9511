"""The rows of the benchmark. Each returns lines of: what, results compared, peer, undertone, ratio, to reach."""
import csv
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import time


class Skipped(Exception):
    """Why a row cannot be measured here."""


class Failed(Exception):
    """What went wrong while a row was measured."""


class Bench:
    """Where things are, and how they are run."""

    def __init__(self, root, work, python):
        self.root, self.work, self.python = root, work, python
        self.bin = root / "build" / "release" / "bin"
        self.data = root.parent / "shared" / "data"
        self.made = {}

    def recordings(self, corpus="ravdess"):
        files = sorted(str(path) for path in (self.data / corpus).rglob("*") if path.suffix in (".wav", ".flac"))
        if not files:
            raise Skipped(f"../shared/data/{corpus} is not here")
        return files

    def run(self, *words, one_thread=False, **variables):
        """Standard output of a command; it must succeed."""
        environment = dict(os.environ, KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3",
                           **variables)
        if one_thread:
            environment |= {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")}
        done = subprocess.run([str(word) for word in words], env=environment, text=True, capture_output=True)
        if done.returncode:
            raise Failed(f"{' '.join(map(str, words))[:300]}: exit code {done.returncode}\n{done.stderr[-2000:]}")
        return done.stdout

    def peer(self, script, *words, **options):
        return self.run(self.python, self.root / "bench" / "peers" / script, *words, **options)

    def process(self, *words):
        """Wall time in s and largest resident memory in MB of a whole process."""
        with open(self.work / "log", "w") as log:
            start = time.perf_counter()
            child = subprocess.Popen([str(word) for word in words], stdout=log, stderr=log,
                                     env=dict(os.environ, KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="-1"))
            _, status, usage = os.wait4(child.pid, 0)
            elapsed = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise Failed(f"{words}: exit code {child.returncode}\n{(self.work / 'log').read_text()[-2000:]}")
        return elapsed, usage.ru_maxrss / 1024

    def make_once(self, name, make):
        """A file or folder under build/bench/ that `make(path)` makes; kept until build/ goes."""
        path = self.work / name
        if not path.exists():
            part = self.work / ("part-" + name)
            shutil.rmtree(part, ignore_errors=True)
            make(part)
            part.rename(path)
        return path

    def clip(self):
        """4.0 s at 48 kHz."""
        files = self.recordings()
        return self.make_once("clip.wav", lambda path: self.peer("make_audio.py", "clip", path, 4.0, *files[:200]))

    def wavs(self):
        files = self.recordings()
        return self.make_once("wav", lambda path: self.peer("make_audio.py", "wav", path, *files))

    def many(self, name, files, count):
        """A folder of `count` recordings: links to the files given, over and over."""
        def make(path):
            path.mkdir()
            for i in range(count):
                file = pathlib.Path(files[i % len(files)]).resolve()
                os.symlink(file, path / f"{i:05d}{file.suffix}")

        return self.make_once(f"{name}-{count}", make)

    def our_features(self, *places):
        """file -> 193 values, by `undertone extract`."""
        out = self.work / "features.csv"
        self.run(self.bin / "undertone", "extract", "--format", "csv", "-o", out, *places)
        with open(out, newline="") as file:
            rows = csv.reader(file)
            next(rows)
            return {os.path.abspath(row[0]): [float(value) for value in row[1:]] for row in rows}

    def peer_features(self, name, files, **variables):
        def make(path):
            self.peer("librosa_features.py", "extract", path, *files, one_thread=True, **variables)

        return json.loads(self.make_once(f"librosa-{name}.json", make).read_text())


def milliseconds(times):
    return f"{statistics.median(times):.3g} ms (best {min(times):.3g})"


def differences(ours, theirs):
    """The largest differences over pairs of 193 values, each kind in the measure of its tolerance."""
    worst = {"MFCC": 0.0, "mel": 0.0, "chroma": 0.0, "zero crossings": 0.0}
    for a, b in zip(ours, theirs, strict=True):
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            if i < 40:
                kind, error = "MFCC", abs(x - y) / max(1, abs(y))
            elif i < 64:
                kind, error = "chroma", abs(x - y)
            elif i < 192:
                kind, error = "mel", abs(x - y) / max(1e-3, abs(y))
            else:
                kind, error = "zero crossings", abs(x - y)
            worst[kind] = max(worst[kind], error if error == error else float("inf"))
    return ", ".join(f"{kind} {error:.1e}" for kind, error in worst.items())


def features(bench):
    clip = bench.clip()
    ours = json.loads(bench.run(bench.bin / "bench_features", 300, clip))
    theirs = json.loads(bench.peer("librosa_features.py", "time", 20, clip, one_thread=True))
    compared = differences([ours["features"]], [theirs["features"]])
    lines = []
    for what, key, goal in (("all 193 features", "all_ms", "1.5 ms, 30 times"), ("MFCC alone", "mfcc_ms", "1.0 ms")):
        if key not in ours:
            lines.append([what, "not measured: bench_features does not time it", "librosa " + milliseconds(theirs[key]), "", "", goal])
            continue
        ratio = statistics.median(theirs[key]) / statistics.median(ours[key])
        lines.append([f"{what}, 4.0 s at 48 kHz in memory, one core", compared, "librosa " + milliseconds(theirs[key]),
                      milliseconds(ours[key]), f"{ratio:.1f}", goal])
        compared = ""
    return lines


def corpus(bench):
    lines = []
    for kind, files, goal in (("WAV", sorted(map(str, bench.wavs().iterdir())), "4 s"), ("FLAC", bench.recordings(), "7 s")):
        folder = bench.many(kind.lower(), files, 2452)
        times = [bench.process(bench.bin / "undertone", "extract", "-o", bench.work / "corpus.csv", folder)[0] for _ in range(3)]
        lines.append([f"2452 {kind} clips from disk, all cores", "", "", f"{statistics.median(times):.2f} s", "", goal])
    return lines


def agreement(bench):
    """Features of every real recording, and of copies in stereo and at other rates, against librosa's."""
    lines = []
    groups = {"RAVDESS": (bench.recordings(), "ravdess"), "EMO-DB": (bench.recordings("emodb"), "emodb")}
    some = [file for files, _ in groups.values() for file in files[::20]]
    made = bench.make_once("variants", lambda path: bench.peer("make_audio.py", "variants", path, *some))
    groups["stereo, 8 to 96 kHz"] = (sorted(map(str, made.iterdir())), "variants")
    for what, (files, name) in groups.items():
        ours = bench.our_features(*files)
        # NumPy's log2 for AVX-512 is a last place off in some pitches; its other one is right (docs/exactness.md).
        for kernels, variables in (("", {}), (", NumPy without AVX-512", {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL"})):
            theirs = bench.peer_features(name + ("-plain" if kernels else ""), files, **variables)
            pairs = [(ours[os.path.abspath(file)], theirs[file]) for file in files]
            beyond = sum(max(abs(x - y) for x, y in zip(a[40:64], b[40:64], strict=True)) > 1e-3 for a, b in pairs)
            compared = differences(*zip(*pairs)) + f"; {beyond} clips beyond 1e-3 in chroma"
            lines.append([f"features of {len(files)} clips: {what}", compared, "librosa" + kernels, "", "",
                          "MFCC, mel 1e-4, chroma 1e-3, zero crossings equal"])
    return lines


NETWORK = ("hidden_layer_sizes=300,50,20,10", "alpha=0.01", "batch_size=8", "epsilon=1e-8", "learning_rate=adaptive",
           "random_state=0")


def rows_to_train_on(bench):
    bench.peer("make_data.py", bench.work / "rows")
    return bench.work / "rows.npz", bench.work / "rows.safetensors"


def largest_difference(ours, theirs):
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True))


def train_sklearn(bench):
    their_data, our_data = rows_to_train_on(bench)
    epochs, lines = 5, []
    for dtype, goal in (("float64", "6 times"), ("float32", "12 times")):
        # BLAS on one thread is faster for layers so small; the peer gets what is best for it.
        runs = [json.loads(bench.peer("train_sklearn.py", dtype, their_data, epochs, 3, one_thread=one)) for one in (True, False)]
        theirs = min(runs, key=lambda run: statistics.median(run["epochs_s"]))
        ours = json.loads(bench.run(bench.bin / "bench_train", "sklearn", dtype, our_data, *NETWORK,
                                    f"max_iter={epochs}", f"n_iter_no_change={epochs}"))
        a, b = statistics.median(theirs["epochs_s"]), statistics.median(ours["epochs_s"])
        lines.append([f"one epoch, 193-300-50-20-10-8, 1716 rows, batch 8, {dtype}",
                      f"loss curve {largest_difference(ours['history']['loss'], theirs['loss']):.1e}",
                      f"scikit-learn {a:.3f} s", f"{b:.4f} s", f"{a / b:.1f}", goal])
    return lines


def train_keras(bench):
    their_data, our_data = rows_to_train_on(bench)
    epochs = 6
    theirs = json.loads(bench.peer("train_keras.py", their_data, epochs))
    ours = json.loads(bench.run(bench.bin / "bench_train", "keras", "float32", our_data, "hidden_layer_sizes=300,50,20,10",
                                "batch_size=8", f"epochs={epochs}", "validation_split=0.2"))
    a, b = statistics.median(theirs["epochs_s"]), statistics.median(ours["epochs_s"][1:])
    return [["one epoch, the same network, 1373 rows and validation, float32",
             f"loss after {epochs} epochs {ours['history']['loss'][-1]:.2f} and {theirs['loss'][-1]:.2f} (other random weights)",
             f"Keras {a:.3f} s", f"{b:.4f} s", f"{a / b:.1f}", "25 times"]]


def frames_to_train_on(bench):
    files = bench.recordings()
    return bench.make_once("frames.safetensors", lambda path: bench.run(bench.bin / "bench_sequence", "frames", path, *files))


# The network that the peer has too; the first steps are compared without what is random.
SEQUENCE = ("trim_db=0", "stem_strides=1", "statistics=false", "squeeze=0", "batch_size=32", "crop_frames=300", "mixup=0",
            "ema=0", "learning_rate=0.001", "functionals=0")
FIRST_STEPS = ("dropout=0", "schedule=constant", "warmup_epochs=0")


def sequence(bench, epochs=4):
    data, weights = frames_to_train_on(bench), bench.work / "sequence-weights.safetensors"
    ours = json.loads(bench.run(bench.bin / "bench_sequence", "start", data, weights, *SEQUENCE, *FIRST_STEPS))["losses"]
    theirs = json.loads(bench.peer("train_keras_sequence.py", "start", data, weights))["losses"]
    apart = largest_difference(ours, theirs)
    # Adam's first steps go by the signs of gradients, so rounding grows fast: Keras with and without oneDNN differs by 4e-4.
    if apart > 2e-3:
        raise Failed(f"sequence: losses of the first steps are {ours} and {theirs}: not the same network")
    runs = {jit: json.loads(bench.peer("train_keras_sequence.py", "train", data, epochs, int(jit))) for jit in (False, True)}
    ours = json.loads(bench.run(bench.bin / "bench_sequence", "train", data, epochs, *SEQUENCE))
    if {run["n_weights"] for run in runs.values()} != {ours["n_weights"]}:
        raise Failed(f"sequence: {ours['n_weights']} weights here, {runs[False]['n_weights']} in Keras")
    times = {jit: statistics.median(run["epochs_s"]) for jit, run in runs.items()}
    a, b = min(times.values()), statistics.median(ours["epochs_s"][1:])
    return [[f"one epoch over frames, {ours['n_weights'] // 1000} k weights, {len(bench.recordings())} clips, batch 32, crops of "
             "300, two cores", f"losses of the first {len(theirs)} steps from the same weights {apart:.1e}",
             f"Keras {times[False]:.1f} s, with XLA {times[True]:.1f} s", f"{b:.1f} s", f"{a / b:.1f}", "half of Keras"]]


def sequence_predict(bench):
    clip = bench.clip()
    of_network = json.loads(bench.run(bench.bin / "bench_sequence", "predict", clip, *SEQUENCE))
    of_model = json.loads(bench.run(bench.bin / "bench_sequence", "answer", bench.root / "models" / "ravdess.safetensors", clip))
    lines = []
    for what, figures, key in (("16 kHz to probabilities, the network above", of_network, "ms"),
                               ("48 kHz to probabilities, the network above", of_network, "with_resampling_ms"),
                               ("16 kHz to an answer of the shipped model", of_model, "ms")):
        ms = statistics.median(figures[key])
        lines.append([f"samples at {what}, {figures['seconds']:.1f} s, one core", "", "",
                      f"{milliseconds(figures[key])}, {1e3 * figures['seconds'] / ms:.0f} times real time", "",
                      "3 ms, 1000 times real time"])
    return lines


def frames(bench):
    """What bench_frames prints, in the order of its lines."""
    lines = []
    for line in bench.run(bench.bin / "bench_frames").splitlines():
        what, us, count = re.fullmatch(r"(.*?) +([0-9.]+) us +([0-9]+) frames", line.strip()).groups()
        lines.append([f"logmel64 of 4.0 s at 16 kHz, one core: {what}", "", "", f"{float(us) / 1e3:.2f} ms, {count} frames", "", ""])
    return lines


def predict(bench):
    clip, model = bench.clip(), bench.work / "model.undertone"
    if not model.exists():
        bench.run(bench.bin / "undertone", "train", "--quiet", "-o", model, bench.data / "ravdess")
    ours = [bench.process(bench.bin / "undertone", "predict", "-m", model, clip) for _ in range(30)]
    lines = []
    for peer, name in (("sklearn", "model.joblib"), ("keras", "model.keras")):
        script = bench.root / "bench" / "peers" / f"predict_{peer}.py"
        bench.peer(script.name, "--make", bench.work / name)
        theirs = [bench.process(bench.python, script, bench.work / name, clip) for _ in range(5)]
        a, b = statistics.median(run[0] for run in theirs), statistics.median(run[0] for run in ours)
        lines.append([f"predict one 4.0 s file, whole process, beside {peer}'s", "",
                      f"{a:.2f} s, {max(run[1] for run in theirs):.0f} MB",
                      f"{1e3 * b:.1f} ms (best {1e3 * min(run[0] for run in ours):.1f}), {max(run[1] for run in ours):.1f} MB",
                      f"{a / b:.0f}", "15 ms, 30 MB"])
    return lines


def plot(bench):
    clip, program, script = bench.clip(), bench.bin / "undertone", bench.root / "bench" / "peers" / "plot_librosa.py"
    compare = "import json, sys, numpy as np; theirs = np.load(sys.argv[1])[sys.argv[2]]; ours = np.load(sys.argv[3]); " \
              "print(json.dumps([list(ours.shape) == list(theirs.shape), float(np.abs(ours - theirs).max())]))"
    bench.peer(script.name, "arrays", clip, bench.work / "pictures.npz")
    worst = []
    for kind in ("spectrogram", "mel", "chroma", "mfcc", "zero-crossings"):
        ours = bench.work / "picture.npy"
        bench.run(program, "plot", clip, "--kind", kind, "--array", ours, "-o", bench.work / "picture.png")
        same, difference = json.loads(bench.run(bench.python, "-c", compare, bench.work / "pictures.npz", kind, ours))
        if not same or difference > 1e-2:  # dB, of a picture that shows 80 of them
            raise Failed(f"plot --kind {kind}: differs by {difference} from librosa's")
        worst.append(f"{kind} {difference:.1e}")
    ours = [bench.process(program, "plot", clip, "-o", bench.work / "ours.png") for _ in range(20)]
    theirs = [bench.process(bench.python, script, "all", clip, bench.work / "theirs.png") for _ in range(5)]
    a, b = statistics.median(run[0] for run in theirs), statistics.median(run[0] for run in ours)
    return [["plot --kind all of a 4.0 s clip to PNG, whole process", ", ".join(worst),
             f"librosa.display, Matplotlib {a:.2f} s, {max(run[1] for run in theirs):.0f} MB",
             f"{1e3 * b:.0f} ms (best {1e3 * min(run[0] for run in ours):.0f}), {max(run[1] for run in ours):.0f} MB",
             f"{a / b:.0f}", "150 ms"]]


def scale(bench):
    files = bench.recordings()
    figures = []
    for count in (2000, 10000, 20000):
        elapsed, memory = bench.process(bench.bin / "undertone", "extract", "-o", bench.work / "scale.csv",
                                        bench.many("flac", files, count))
        figures.append(f"{count} files: {elapsed:.1f} s, {1e3 * elapsed / count:.2f} ms a file, {memory:.0f} MB")
    return [["extracting the corpus over and over (FLAC)", "", "", "; ".join(figures), "", "memory flat, time linear"]]


def accuracy(bench, seeds=10):
    files = bench.recordings()
    emotions = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
    labels = {file: emotions[int(pathlib.Path(file).stem.split("-")[2]) - 1] for file in files}
    bench.peer_features("ravdess", files)
    (bench.work / "labels.json").write_text(json.dumps(labels))
    theirs = json.loads(bench.peer("accuracy_sklearn.py", bench.work / "librosa-ravdess.json", bench.work / "labels.json",
                                   seeds))["accuracies"]
    config = bench.data / "seed" / "config.ini"
    ours = []
    for seed in range(seeds):
        text = bench.run(bench.bin / "undertone", "train", "--quiet", "--framework", "sklearn", "--config", config, "--split",
                         "random", "--scaler", "standard", "--dtype", "float64", "--random-state", seed,
                         "-o", bench.work / "accuracy.undertone", bench.data / "ravdess")
        ours.append(float(re.search(r"accuracy\D*([0-9.]+)", text, re.IGNORECASE).group(1)))
    ours = [value / 100 if value > 1 else value for value in ours]

    def spread(values):
        return f"{100 * statistics.mean(values):.1f} % ± {100 * statistics.stdev(values):.1f}"

    return [[f"accuracy on {len(files)} RAVDESS clips, seed network, standardised, random split, {seeds} seeds", "",
             f"librosa + scikit-learn {spread(theirs)}", spread(ours), "", "equal within noise"]]


def tune(bench, epochs=20):
    their_data, our_data = rows_to_train_on(bench)
    theirs, ours = [], []
    for _ in range(3):
        theirs.append(json.loads(bench.peer("tune_sklearn.py", their_data, 2, epochs, PYTHONWARNINGS="ignore")))
        ours.append(json.loads(bench.run(bench.bin / "bench_evaluation", "tune", our_data, 2, epochs)))
    a, b = (statistics.median(run["seconds"] for run in runs) for runs in (theirs, ours))
    same = "the same winner" if theirs[0]["best"] == ours[0]["best"] else "ANOTHER WINNER"
    return [[f"grid of 2 alphas and 2 layouts, 5 folds, 1716 rows, {epochs} epochs, two cores, float64",
             f"mean scores {largest_difference(ours[0]['means'], theirs[0]['means']):.1e}, {same}",
             f"GridSearchCV(n_jobs=2) {a:.2f} s", f"{b:.2f} s", f"{a / b:.1f}", "8 times"]]


def bootstrap(bench):
    figures = json.loads(bench.run(bench.bin / "bench_evaluation", "bootstrap"))
    return [[f"bootstrap of 10,000 draws of {what} over 1440 clips", "", "", f"{figures[what]['seconds']:.2f} s", "", "1 s"]
            for what in ("speakers", "clips")]


def audit(bench):
    bench.recordings()
    elapsed, text = [], ""
    for _ in range(3):
        start = time.perf_counter()
        text = bench.run(bench.bin / "undertone", "corpus", "--quiet", "--audit", "--format", "json", bench.data / "ravdess")
        elapsed.append(time.perf_counter() - start)
    found = json.loads(text)["audit"]
    kinds = ", ".join(sorted({finding["kind"] for finding in found}))
    return [[f"audit of {len(bench.recordings())} FLAC clips", f"{len(found)} findings: {kinds}", "",
             f"{statistics.median(elapsed):.1f} s", "", "10 s, finds the identical pair"]]


def kills(bench, wanted=50):
    """Ends tune and evaluate at random moments and goes on, until the run is whole; its files must be those of a run
    that was not ended."""
    demo = bench.root / "examples" / "demo"
    verbs = {
        "tune": ["--param", "alpha=0.001/1", "--param", "hidden_layer_sizes=20/40,10", "--max-iter", "400",
                 "--n-iter-no-change", "400"],
        "evaluate": ["--folds", "loso", "--seeds", "4", "--max-iter", "400", "--n-iter-no-change", "400"],
    }
    chance = random.Random(1)
    folder = bench.work / "kills"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    lines = []
    for verb, options in verbs.items():
        program = [bench.bin / "undertone", verb]
        whole, broken = folder / f"{verb}-whole", folder / f"{verb}-broken"
        start = time.perf_counter()
        bench.run(*program, "--quiet", *options, "-o", whole, demo)
        duration = time.perf_counter() - start
        n_killed = n_runs = 0
        while n_killed < wanted // len(verbs):
            shutil.rmtree(broken, ignore_errors=True)
            while not broken.exists():
                begun = (folder / f"{verb}-broken.part" / "command.json").exists()
                words = [*program, "--resume", broken] if begun else [*program, "--quiet", *options, "-o", broken, demo]
                child = subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                try:
                    child.communicate(timeout=chance.uniform(0, 0.6 * duration))
                    if child.returncode:
                        raise Failed(f"{verb} that was ended and goes on: exit code {child.returncode}")
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.communicate()
                    n_killed += 1
            n_runs += 1
            for file in whole.iterdir():
                if file.name != "times.csv" and file.name != "run.json" and file.read_bytes() != (broken / file.name).read_bytes():
                    raise Failed(f"{verb} that was ended and goes on: {file.name} differs")
        lines.append([f"{verb} ended by SIGKILL at random moments", f"{n_killed} times over {n_runs} runs, every file the same",
                      "", "", "", "the unbroken run's table"])
    return lines


def protocols(bench):
    """The seed network under each protocol: the results table of README."""
    network = ["--quiet", "--framework", "sklearn", "--hidden-layer-sizes", "300,50,20,10", "--format", "json"]
    lines = []

    def line(what, evaluation, folds):
        metrics = evaluation["metrics"]
        figure = lambda name: "{value:.3f} [{low:.3f}, {high:.3f}]".format(**metrics[name])
        lines.append([f"{what}, {folds}", "", "", f"UAR {figure('uar')}, accuracy {figure('accuracy')}", "", ""])

    bench.recordings()
    for what, options in (("RAVDESS speech and song", []), ("RAVDESS speech", ["--style", "speech"])):
        rows = json.loads(bench.run(bench.bin / "undertone", "evaluate", *network, "--folds", "inflation", *options,
                                    bench.data / "ravdess"))["rows"]
        for row in rows:
            line(what, row, row["folds"])
    bench.recordings("emodb")
    line("EMO-DB", json.loads(bench.run(bench.bin / "undertone", "evaluate", *network, "--folds", "loso", bench.data / "emodb")),
         "loso")
    return lines


# What is timed comes first, so that it can be had while the machine is quiet.
def calibration(bench):
    """What a temperature does for each classic network on speakers not heard: the table of docs/evaluation.md."""
    bench.recordings()
    lines = []
    for framework in ("sklearn", "keras"):
        for calibrate in ("none", "temperature"):
            metrics = json.loads(bench.run(bench.bin / "undertone", "evaluate", "--quiet", "--format", "json", "--folds", "speaker:5",
                                           "--framework", framework, "--calibrate", calibrate, bench.data / "ravdess"))["metrics"]
            figure = lambda name: "{value:.3f} [{low:.3f}, {high:.3f}]".format(**metrics[name])
            lines.append([f"RAVDESS, speaker:5, {framework}, calibrate {calibrate}", "", "",
                          f"ECE {figure('ece')}, log loss {figure('log_loss')}", "", ""])
    return lines


def install_package(bench):
    """The Python package as a wheel, into the Python that the peers are in."""
    bench.run(bench.python, "-m", "pip", "install", "--quiet", f"{bench.root}[sklearn,spark]")


def python_package(bench):
    install_package(bench)
    said = json.loads(bench.peer("python_package.py", 60, bench.clip(), rows_to_train_on(bench)[0], 10,
                                 one_thread=True))
    lines = []
    for name, wanted in (("mfcc", "10 times"), ("melspectrogram", ""), ("chroma_stft", "")):
        (our_best, ours), (their_best, theirs) = said[name]["s"]
        lines.append([f"Python: `undertone.features.{name}`, 4.0 s at 48 kHz, array in and out, one core",
                      f"{said[name]['difference']:.1e} of the largest value",
                      f"librosa {1e3 * theirs:.3g} ms (best {1e3 * their_best:.3g})",
                      f"{1e3 * ours:.3g} ms (best {1e3 * our_best:.3g})", f"{theirs / ours:.1f}", wanted])
    for dtype, wanted in (("float64", "6 times"), ("float32", "")):
        fit = said[f"fit {dtype}"]
        (_, ours), (_, theirs) = fit["s"]
        lines.append([f"Python: `MLPClassifier.fit`, 193-300-50-20-10-8, 1716 rows, batch 8, 10 epochs, {dtype}",
                      f"coefs {fit['difference']:.1e}, loss curve {fit['loss curve']:.1e}, n_iter {fit['n_iter']}",
                      f"scikit-learn {theirs:.3g} s", f"{ours:.3g} s", f"{theirs / ours:.1f}", wanted])
    best, median = said["import_s"]
    lines.append(["Python: `import undertone`, NumPy imported before", "", "",
                  f"{1e3 * median:.0f} ms (best {1e3 * best:.0f})", "", "100 ms"])
    return lines


def spark(bench, count=10000):
    if shutil.which("java") is None:
        raise Skipped("no Java here")
    install_package(bench)
    cores = len(os.sched_getaffinity(0))
    folder = bench.many("clips", sorted((bench.root / "examples" / "demo").glob("*.opus")), count)
    start = time.perf_counter()
    bench.run(bench.bin / "undertone", "extract", "--format", "npy", "-o", bench.work / "clips.npy", folder)
    command_line = time.perf_counter() - start
    said = json.loads(bench.peer("spark_features.py", folder, bench.work / "clips.parquet", cores).splitlines()[-1])
    if (said["rows"], said["distinct"], said["failed"]) != (count, count, 0):
        raise Failed(f"spark: {said}")
    return [[f"{count} synthetic clips on Spark, {cores} cores, to Parquet", "each clip once",
             f"`undertone extract` {command_line:.1f} s, {count / command_line:.0f} clips/s",
             f"{said['seconds']:.1f} s, {count / said['seconds']:.0f} clips/s",
             f"{100 * command_line / said['seconds']:.0f} %", "80 %"]]


ROWS = {"features": features, "corpus": corpus, "sklearn": train_sklearn, "keras": train_keras, "sequence": sequence,
        "sequence_predict": sequence_predict, "frames": frames, "predict": predict, "plot": plot,
        "tune": tune, "bootstrap": bootstrap, "audit": audit, "scale": scale, "agreement": agreement, "kills": kills,
        "accuracy": accuracy, "protocols": protocols, "calibration": calibration, "python": python_package, "spark": spark}
