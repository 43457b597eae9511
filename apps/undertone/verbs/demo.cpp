#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "options/classic.hpp"
#include "options/inputs.hpp"
#include "options/models.hpp"
#include "options/sound_limits.hpp"
#include "os/file.hpp"
#include "output/output.hpp"
#include "output/progress_bar.hpp"
#include "output/training_report.hpp"
#include "undertone/training.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

struct DemoSettings {
    std::string corpus, output = "undertone-demo";
    bool quiet = false;
    SoundLimits limits;
};

// The synthetic clips lie beside the program, in the build tree as in an installation.
std::string synthetic_clips() {
    std::string folder = shipped_folder("demo");
    std::error_code failed;
    if (!fs::is_directory(folder, failed))
        throw Error(Errc::io, folder + ": the synthetic clips are not there; name a folder of recordings");
    return folder;
}

void train_and_save(const std::string& framework, const Dataset& dataset, const FeatureSet& features,
                    const Corpus& corpus, const std::string& path, bool quiet,
                    std::vector<std::size_t>& test_clips) {
    TrainOptions options;
    options.framework = framework;
    options.dtype = classic_dtype(framework);
    options.framework_options = classic_options(framework);
    options.framework_options["random_state"] = std::to_string(options.random_state);
    const TrainResult result = [&] {
        ProgressBar bar("training " + framework, quiet);
        return train(dataset, features, corpus.name, corpus.licence, options, bar.callback());
    }();
    result.model.save(path);
    test_clips = result.test_clips;
    print("\n== " + framework + "\n" + report(result) + "model saved: " + path + "\n");
}

// A few clips of the test part, of as many emotions as there are.
std::vector<std::size_t> a_few(const Dataset& dataset, const std::vector<std::size_t>& test_clips) {
    std::vector<std::size_t> chosen;
    for (const std::size_t clip : test_clips) {
        const bool seen = std::any_of(chosen.begin(), chosen.end(), [&](std::size_t other) {
            return dataset.targets[other] == dataset.targets[clip];
        });
        if (!seen) chosen.push_back(clip);
    }
    return chosen;
}

std::string answers_head() {
    return padded("true", 10) + "  " + padded("predicted", 10) + "  probability  file\n";
}

std::string answer_line(const Dataset& dataset, std::size_t clip, const Prediction& prediction) {
    return padded(dataset.labels[static_cast<std::size_t>(dataset.targets[clip])], 10) + "  " +
           padded(prediction.label, 10) + "  " + padded(fixed(prediction.probability, 4), 11) + "  " +
           one_line(dataset.recordings[clip].path) + "\n";
}

// What the model that answers when none is named says of the same clips.
void hear_with_shipped(const Dataset& dataset, const std::vector<std::size_t>& shown,
                       const SoundLimits& limits) {
    const std::vector<std::string> names = shipped_models();
    if (std::find(names.begin(), names.end(), kDefaultModel) == names.end()) return;
    const Model model = Model::load(model_file(kDefaultModel));
    std::vector<ClipSource> sources;
    for (const std::size_t clip : shown) {
        const Recording& recording = dataset.recordings[clip];
        sources.push_back({recording.path, {recording.start_s, recording.end_s}});
    }
    std::string text = "\n== the same clips, as the shipped model " + std::string(kDefaultModel) +
                       " hears them, which learnt from other voices\n" + answers_head();
    extract_clips(
        model.features(), sources, 1,
        [&](std::size_t i, FileFeatures&& clip) {
            if (clip.error) throw Error(*clip.error);
            text += answer_line(dataset, shown[i], model.predict(std::span<const double>(clip.values)));
            return true;
        },
        nullptr, limits);
    print(text);
}

int demo(const DemoSettings& settings) {
    const std::string place = settings.corpus.empty() ? synthetic_clips() : settings.corpus;
    const Corpus corpus = read_corpus(std::array{place});
    const bool synthetic = corpus.name == "synthetic";
    const fs::path folder = settings.output;
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) throw Error(Errc::io, folder.string() + ": cannot be made: " + failed.message());

    const std::string model_path = (folder / "sklearn.safetensors").string();
    const std::string other_path = (folder / "keras.safetensors").string();
    check_writable(model_path);
    check_writable(other_path);

    print("This reads " + place + (synthetic ? ", synthetic clips of a speech synthesiser," : "") +
          " trains a network as scikit-learn does and one as Keras does,\ntests both, saves both in " +
          folder.string() + ", and predicts a few clips.\n\n");
    complain_of_skipped(corpus);
    const auto features = make_feature_set("librosa193");
    const Dataset dataset = [&] {
        ProgressBar bar("reading", settings.quiet);
        return load_dataset(corpus, *features, {}, 0, bar.callback(), settings.limits);
    }();
    complain_of_failed(dataset);
    print(summary(corpus, dataset));
    std::vector<std::size_t> test_clips;
    train_and_save("sklearn", dataset, *features, corpus, model_path, settings.quiet, test_clips);
    const std::vector<std::size_t> shown = a_few(dataset, test_clips);
    train_and_save("keras", dataset, *features, corpus, other_path, settings.quiet, test_clips);

    const Model model = Model::load(model_path);
    std::string answers = "\n== a few test clips, as " + model_path + " hears them\n" + answers_head();
    for (const std::size_t clip : shown)
        answers += answer_line(dataset, clip, model.predict(dataset.features.row(clip)));
    print(answers);
    hear_with_shipped(dataset, shown, settings.limits);
    if (synthetic) print("\nThe clips are synthetic: these figures say nothing about people.\n");
    const std::string example = shown.empty() ? "clip.wav" : dataset.recordings[shown.front()].path;
    print("\nTry next:\n  undertone predict -m " + model_path + " --top 3 " + example +
          "\n  undertone info " + model_path + "\n");
    return code_of_batch(dataset);
}

}  // namespace

Action declare_demo(const Arguments& app) {
    auto settings = std::make_shared<DemoSettings>();
    app.option("corpus", settings->corpus, "a folder of recordings with RAVDESS names; else synthetic clips")
        .check(not_empty);
    app.option("-o,--output", settings->output, "the folder for the models").check(not_empty).shows_default();
    app.flag("--quiet", settings->quiet, "no progress");
    declare_sound_limits(app, settings->limits);
    app.footer("Examples:\n  undertone demo\n  undertone demo ravdess/ -o /tmp/demo");
    return [settings] { return demo(*settings); };
}

}  // namespace undertone::app
