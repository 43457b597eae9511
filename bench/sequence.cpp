// The network over frames: what its training and its predictions cost.
//   bench_sequence frames OUT FILE...              logmel64 of RAVDESS recordings and their emotions
//   bench_sequence start DATA OUT NAME=VALUE...    weights that training begins with, and the losses of its
//   first steps bench_sequence train DATA EPOCHS NAME=VALUE... seconds an epoch, on two threads
//   bench_sequence answer MODEL FILE              ms from the samples of a clip to a model's answer, on one
//   bench_sequence predict FILE NAME=VALUE...      ms from the samples of a clip to its probabilities, on one
// DATA and OUT are safetensors files. Weights do not change what a prediction costs: predict takes new ones.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "undertone/audio.hpp"
#include "undertone/classifier.hpp"
#include "undertone/clip_frames.hpp"
#include "undertone/error.hpp"
#include "undertone/model.hpp"
#include "undertone/tensor.hpp"

namespace {

using namespace undertone;
using Options = std::map<std::string, std::string>;

constexpr int kClasses = 8;
constexpr std::size_t kCut = 300;  // frames that the first steps see, so that no crop is drawn

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Clips whose frames are at hand.
class StoredFrames final : public FrameSource {
public:
    std::vector<Matrix<float>> clips;
    std::vector<int> emotions;

    [[nodiscard]] std::size_t size() const override { return clips.size(); }
    [[nodiscard]] std::size_t n_columns() const override { return clips.at(0).cols(); }
    void frames(std::size_t clip, Matrix<float>& out) const override { out = clips[clip]; }
};

Matrix<float> copy(const float* values, std::size_t n_frames, std::size_t n_columns) {
    Matrix<float> out(n_frames, n_columns);
    std::copy_n(values, out.size(), out.data());
    return out;
}

StoredFrames read_frames(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const TensorFile data = parse_safetensors(bytes, path);
    const Tensor *frames = data.find("frames"), *n_frames = data.find("n_frames"),
                 *emotions = data.find("emotions");
    if (frames == nullptr || n_frames == nullptr || emotions == nullptr)
        throw Error(Errc::corrupt_data, path + ": bench_sequence frames did not make it");
    StoredFrames source;
    const float* next = std::get<std::vector<float>>(frames->values).data();
    for (const std::int32_t n : std::get<std::vector<std::int32_t>>(n_frames->values)) {
        source.clips.push_back(copy(next, static_cast<std::size_t>(n), frames->shape[1]));
        next += source.clips.back().size();
    }
    source.emotions = std::get<std::vector<std::int32_t>>(emotions->values);
    return source;
}

void write(const std::string& path, const TensorFile& file) {
    std::ofstream(path, std::ios::binary) << format_safetensors(file);
}

Options options_of(std::span<char*> words) {
    Options options;
    for (const std::string option : words) {
        const std::size_t equals = option.find('=');
        options[option.substr(0, equals)] = option.substr(equals + 1);
    }
    return options;
}

/// New weights: those of a training whose steps are too short to change any.
std::unique_ptr<Classifier> untrained(Options options, std::size_t n_columns) {
    options["epochs"] = "1";
    options["learning_rate"] = "1e-30";
    auto classifier = make_classifier("undertone", Dtype::float32, options);
    StoredFrames few;
    for (int i = 0; i < 2 * kClasses; ++i) {
        few.clips.emplace_back(4, n_columns);
        few.emotions.push_back(i % kClasses);
    }
    classifier->fit_frames(few, few.emotions, kClasses, 1);
    return classifier;
}

void make_frames(const std::string& out, std::span<char*> files) {
    const auto set = make_feature_set("logmel64");
    const FrameFeatures& features = frame_features(*set);
    const auto workspace = set->workspace();
    std::vector<float> frames;
    std::vector<std::int32_t> n_frames, emotions;
    Matrix<float> of_clip;
    for (const std::string path : files) {
        const Clip clip = read_audio(path);
        features.extract_frames(resample(clip.samples, clip.sample_rate, set->sample_rate()), of_clip,
                                *workspace);
        frames.insert(frames.end(), of_clip.values().begin(), of_clip.values().end());
        n_frames.push_back(static_cast<std::int32_t>(of_clip.rows()));
        // 03-01-06-01-02-01-12.wav: 06 is the emotion, from 01 on.
        emotions.push_back(std::stoi(std::filesystem::path(path).stem().string().substr(6, 2)) - 1);
    }
    const std::size_t n_columns = features.columns().size(), n_clips = n_frames.size();
    write(out, {{{"frames", {frames.size() / n_columns, n_columns}, frames},
                 {"n_frames", {n_clips}, n_frames},
                 {"emotions", {n_clips}, emotions}},
                {}});
}

void start(const std::string& data, const std::string& out, Options options) {
    StoredFrames all = read_frames(data), cut;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all.clips[i].rows() < kCut) continue;
        cut.clips.push_back(copy(all.clips[i].data(), kCut, all.n_columns()));
        cut.emotions.push_back(all.emotions[i]);
    }
    write(out, {untrained(options, all.n_columns())->tensors(), {}});

    // Of a mean over steps to the losses of each; all batches are full.
    constexpr std::size_t kSteps = 3;
    std::vector<double> means, losses;
    try {
        make_classifier("undertone", Dtype::float32, options)
            ->fit_frames(cut, cut.emotions, kClasses, 2, [&](const Progress& progress) {
                means.push_back(progress.loss);
                return means.size() < kSteps;
            });
    } catch (const Error& error) {
        if (error.code() != Errc::cancelled) throw;
    }
    for (std::size_t i = 0; i < means.size(); ++i)
        losses.push_back(static_cast<double>(i + 1) * means[i] -
                         (i > 0 ? static_cast<double>(i) * means[i - 1] : 0.0));
    std::cout << nlohmann::json{{"losses", losses}} << "\n";
}

void train(const std::string& data, const std::string& epochs, Options options) {
    const StoredFrames source = read_frames(data);
    options["epochs"] = epochs;
    const auto classifier = make_classifier("undertone", Dtype::float32, options);
    std::vector<double> epochs_s;
    auto begin = std::chrono::steady_clock::now();
    classifier->fit_frames(source, source.emotions, kClasses, 2, [&](const Progress& progress) {
        if (progress.done == epochs_s.size()) return true;
        epochs_s.push_back(seconds_since(begin));
        begin = std::chrono::steady_clock::now();
        return true;
    });
    std::size_t n_weights = 0;
    for (const Tensor& tensor : classifier->tensors())
        if (tensor.name.find("/moving_") == std::string::npos) n_weights += tensor.element_count();
    std::cout << nlohmann::json{{"epochs_s", epochs_s},
                                {"loss", classifier->history().at("loss")},
                                {"n_weights", n_weights}}
              << "\n";
}

void predict(const std::string& path, const Options& options) {
    const auto set = make_feature_set("logmel64");
    const Clip clip = read_audio(path);
    const std::vector<float> samples = resample(clip.samples, clip.sample_rate, set->sample_rate());
    const ClipFrames frames(frame_features(*set), {samples});
    const auto classifier = untrained(options, frames.n_columns());
    std::vector<double> ms;
    for (int run = 0; run < 300; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        static_cast<void>(classifier->predict_frames(frames));
        ms.push_back(1e3 * seconds_since(begin));
    }
    std::vector<double> with_resampling;
    for (int run = 0; run < 100; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        const std::vector<float> again = resample(clip.samples, clip.sample_rate, set->sample_rate());
        static_cast<void>(classifier->predict_frames(ClipFrames(frame_features(*set), {again})));
        with_resampling.push_back(1e3 * seconds_since(begin));
    }
    std::cout << nlohmann::json{{"ms", ms},
                                {"with_resampling_ms", with_resampling},
                                {"seconds", static_cast<double>(samples.size()) / set->sample_rate()}}
              << "\n";
}

void answer(const std::string& model_path, const std::string& path) {
    const Model model = Model::load(model_path);
    Clip clip = read_audio(path);
    const int rate = model.features().sample_rate();
    clip.samples = resample(clip.samples, clip.sample_rate, rate);
    clip.sample_rate = rate;
    std::vector<double> ms;
    for (int run = 0; run < 300; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        static_cast<void>(model.predict(clip));
        ms.push_back(1e3 * seconds_since(begin));
    }
    std::cout << nlohmann::json{{"ms", ms}, {"seconds", static_cast<double>(clip.samples.size()) / rate}}
              << "\n";
}

}  // namespace

int main(int argc, char** argv) try {
    const std::span words(argv, static_cast<std::size_t>(argc));
    const std::string verb = argc > 2 ? argv[1] : "";
    if (verb == "frames" && argc > 3) {
        make_frames(argv[2], words.subspan(3));
    } else if (verb == "start" && argc > 3) {
        start(argv[2], argv[3], options_of(words.subspan(4)));
    } else if (verb == "train" && argc > 3) {
        train(argv[2], argv[3], options_of(words.subspan(4)));
    } else if (verb == "answer" && argc > 3) {
        answer(argv[2], argv[3]);
    } else if (verb == "predict") {
        predict(argv[2], options_of(words.subspan(3)));
    } else {
        std::fputs("usage: bench_sequence frames|start|train|predict|answer ...\n", stderr);
        return 2;
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "bench_sequence: %s\n", error.what());
    return 1;
}
