// The loop that trains networks over frames. Layers that write down what comes by show what it feeds a
// network.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "core/split_mix.hpp"
#include "framework/pooled_voice.hpp"
#include "framework/speaker_profile.hpp"
#include "framework/usual_scores.hpp"
#include "nn/frames/layers.hpp"
#include "nn/frames/steps.hpp"
#include "nn/frames/training.hpp"
#include "speech/functionals.hpp"
#include "support/support.hpp"
#include "undertone/classifier.hpp"

namespace undertone::nn {
namespace {

using Network = SequenceNetwork<float>;

/// What came by in one batch: clips, and gradients where the network was walked back.
struct Record {
    bool training = false;
    std::vector<Matrix<float>> clips, gradients;
};

Matrix<float> copy(MatrixView<const float> values) {
    Matrix<float> out(values.rows(), values.cols());
    std::copy(values.values().begin(), values.values().end(), out.data());
    return out;
}

/// Hands on what it gets, and keeps it.
class Spy final : public SequenceLayer<float> {
public:
    explicit Spy(std::vector<Record>& records) : records_(records) {}
    [[nodiscard]] std::string_view kind() const override { return "spy"; }
    std::size_t build(std::span<const std::size_t> n_channels, RandomState&) override {
        return n_channels[0];
    }
    void forward(Inputs x, Sequences<float>& y, Pass<float>& pass) const override {
        Record& record = records_.emplace_back();
        record.training = pass.training;
        for (std::size_t i = 0; i < y.n_clips(); ++i) {
            record.clips.push_back(copy(x[0]->clip(i)));
            std::copy(x[0]->clip(i).values().begin(), x[0]->clip(i).values().end(), y.clip(i).data());
        }
    }
    void backward(Inputs, const Sequences<float>&, Sequences<float>& dy, std::span<const InputGradient> dx,
                  Pass<float>&) const override {
        for (std::size_t i = 0; i < dy.n_clips(); ++i) {
            records_.back().gradients.push_back(copy(std::as_const(dy).clip(i)));
            if (dx[0].values != nullptr)
                std::copy(dy.clip(i).values().begin(), dy.clip(i).values().end(),
                          dx[0].values->clip(i).data());
        }
    }

private:
    std::vector<Record>& records_;
};

/// Clip i has frames (i, t), t = 0, 1, ...
class CountedClips final : public FrameSource {
public:
    explicit CountedClips(std::vector<std::size_t> n_frames) : n_frames_(std::move(n_frames)) {}
    [[nodiscard]] std::size_t size() const override { return n_frames_.size(); }
    [[nodiscard]] std::size_t n_columns() const override { return 2; }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        out = Matrix<float>(n_frames_[clip], 2);
        for (std::size_t t = 0; t < out.rows(); ++t) {
            out(t, 0) = static_cast<float>(clip);
            out(t, 1) = static_cast<float>(t);
        }
    }

private:
    std::vector<std::size_t> n_frames_;
};

/// Mean over time and a dense layer, watched at both ends.
struct Watched {
    explicit Watched(std::size_t n_classes) : network(2) {
        RandomState random(1);
        const auto add = [&](const char* name, std::unique_ptr<SequenceLayer<float>> layer,
                             std::size_t input) {
            return network.add(name, std::move(layer), std::vector{input}, random);
        };
        std::size_t x = add("input", std::make_unique<Spy>(inputs), 0);
        x = add("mean", std::make_unique<AveragePooling<float>>(), x);
        x = add(kPoolingNorm.data(), std::make_unique<Spy>(pooled), x);
        x = add("output", std::make_unique<Conv1D<float>>(Conv1DOptions{.filters = n_classes}), x);
        add("logits", std::make_unique<Spy>(outputs), x);
    }

    /// Whole clips as they are.
    History train(const FrameSource& clips, const std::vector<int>& y, const SequenceFitOptions& fitting,
                  const OnProgress& on_progress = {}) {
        SequenceOptions options;
        static_cast<SequenceFitOptions&>(options) = fitting;
        options.trim_db = 0;
        options.level = true;
        return train(clips, y, options, on_progress);
    }
    History train(const FrameSource& clips, const std::vector<int>& y, const SequenceOptions& options,
                  const OnProgress& on_progress = {}) {
        ThreadPool pool(2);
        History history;
        fit(network, clips, y, options, pool, history, on_progress);
        return history;
    }

    std::vector<Record> inputs, pooled, outputs;
    Network network;
};

std::vector<double> softmax(std::span<const float> logits) {
    std::vector<double> proba(logits.begin(), logits.end());
    const double most = *std::max_element(proba.begin(), proba.end());
    double total = 0;
    for (double& value : proba) total += value = std::exp(value - most);
    for (double& value : proba) value /= total;
    return proba;
}

SequenceFitOptions plain() {
    return {.epochs = 1,
            .batch_size = 64,
            .learning_rate = 1e-3,
            .warmup_epochs = 0,
            .label_smoothing = 0,
            .class_weight = ClassWeight::none,
            .mixup = 0,
            .ema = 0,
            .random_state = 4};
}

/// Two clips of one band each, whose ends are silent, and a column that is none.
class TwoLoudnesses final : public FrameSource {
public:
    [[nodiscard]] std::size_t size() const override { return 2; }
    [[nodiscard]] std::size_t n_columns() const override { return 2; }
    [[nodiscard]] std::size_t n_bands() const override { return 1; }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        const float level = clip == 0 ? 1.0F : -4.0F;
        out = Matrix<float>(5, 2, 7.0F);
        out(0, 0) = out(4, 0) = -30.0F;
        for (std::size_t t = 1; t < 4; ++t) out(t, 0) = level + static_cast<float>(t);
        if (clip == 0) out(0, 1) = out(4, 1) = -30.0F;
        if (clip == 1)
            for (std::size_t t = 0; t < 5; ++t) out(t, 1) = -30.0F;
    }
};

TEST(SequenceTraining, TheMeanLevelOfTheBandsIsTakenAwayUnlessItCounts) {
    const TwoLoudnesses clips;
    SequenceOptions options;
    static_cast<SequenceFitOptions&>(options) = plain();
    ASSERT_FALSE(options.level);
    const auto heard = [&] {
        Watched watched(2);
        watched.train(clips, {0, 1}, options);
        std::vector<std::vector<float>> bands(2);
        for (const Matrix<float>& clip : watched.inputs.front().clips)
            for (std::size_t t = 0; t < clip.rows(); ++t)
                bands[clip(0, 1) == 7.0F ? 0 : 1].push_back(clip(t, 0));
        return bands;
    };
    const std::vector<float> relative{-1.0F, 0.0F, 1.0F};
    EXPECT_EQ(heard(), (std::vector{relative, relative}));
    options.level = true;
    EXPECT_EQ(heard(), (std::vector{std::vector{2.0F, 3.0F, 4.0F}, std::vector{-3.0F, -2.0F, -1.0F}}));
}

TEST(SequenceTraining, CropsAreAtRandomPlacesAndShortClipsWhole) {
    const std::vector<std::size_t> n_frames{12, 10, 3, 1, 11};
    Watched watched(2);
    SequenceFitOptions options = plain();
    options.epochs = 60;
    options.crop_frames = 10;
    watched.train(CountedClips(n_frames), {0, 1, 0, 1, 0}, options);
    ASSERT_EQ(watched.inputs.size(), 60U);
    std::map<std::size_t, std::map<float, int>> starts;
    for (const Record& record : watched.inputs)
        for (const Matrix<float>& part : record.clips) {
            const auto clip = static_cast<std::size_t>(part(0, 0));
            ASSERT_EQ(part.rows(), std::min<std::size_t>(n_frames[clip], 10));
            for (std::size_t t = 0; t < part.rows(); ++t)
                ASSERT_EQ(part(t, 1), part(0, 1) + static_cast<float>(t));
            ++starts[clip][part(0, 1)];
        }
    ASSERT_EQ(starts.size(), n_frames.size());
    for (std::size_t clip = 0; clip < n_frames.size(); ++clip) {
        const std::size_t places = n_frames[clip] > 10 ? n_frames[clip] - 9 : 1;
        EXPECT_EQ(starts[clip].size(), places) << clip;
        EXPECT_EQ(starts[clip].rbegin()->first, static_cast<float>(places - 1)) << clip;
        for (const auto& one : starts[clip])
            EXPECT_GT(one.second, 60 / static_cast<int>(places) / 2) << one.first;
    }
}

TEST(SequenceTraining, NoCropIsTheWholeClip) {
    Watched watched(2);
    SequenceFitOptions options = plain();
    options.crop_frames = 0;
    watched.train(CountedClips({700, 400}), {0, 1}, options);
    for (const Matrix<float>& clip : watched.inputs.at(0).clips)
        EXPECT_EQ(clip.rows(), clip(0, 0) == 0 ? 700U : 400U);
}

TEST(SequenceTraining, TargetsAreSmoothedAndRareClassesWeighMore) {
    Watched watched(3);
    SequenceFitOptions options = plain();
    options.label_smoothing = 0.3;
    options.class_weight = ClassWeight::balanced;
    const std::vector<int> y{0, 0, 0, 1, 1, 2};
    const History history = watched.train(CountedClips({4, 5, 6, 7, 8, 9}), y, options);
    double loss = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const auto clip = static_cast<std::size_t>(watched.inputs.at(0).clips[i](0, 0));
        const double weight = 6.0 / (3.0 * (3 - y[clip]));
        const auto proba = softmax(watched.outputs.at(0).clips[i].row(0));
        for (std::size_t c = 0; c < 3; ++c) {
            const double target = 0.1 + (static_cast<int>(c) == y[clip] ? 0.7 : 0.0);
            EXPECT_NEAR(static_cast<double>(watched.outputs[0].gradients[i](0, c)),
                        weight * (proba[c] - target) / 6, 1e-6);
            loss -= weight * target * std::log(proba[c]) / 6;
        }
    }
    EXPECT_NEAR(history.at("loss").at(0), loss, 1e-5);
}

TEST(SequenceTraining, MixupMixesFramesTargetsAndWeightsByTheSameShare) {
    Watched watched(2);
    SequenceFitOptions options = plain();
    options.mixup = 0.4;
    options.class_weight = ClassWeight::balanced;
    const std::vector<std::size_t> n_frames{3, 8, 5, 6};
    const std::vector<int> y{0, 1, 1, 1};
    watched.train(CountedClips(n_frames), y, options);
    RandomState random(options.random_state);
    const std::vector<std::size_t> order = random.permutation(4);
    double largest = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t own = order[i], other = order[(i + 1) % 4];
        const Matrix<float>& mixed = watched.inputs.at(0).clips[i];
        ASSERT_EQ(mixed.rows(), n_frames[own]);
        const double from = static_cast<double>(own), to = static_cast<double>(other);
        const double share = (static_cast<double>(mixed(0, 0)) - from) / (to - from);
        EXPECT_GE(share, 0);
        EXPECT_LE(share, 0.4);
        largest = std::max(largest, share);
        for (std::size_t t = 0; t < mixed.rows(); ++t)  // a shorter partner begins again
            EXPECT_NEAR(
                static_cast<double>(mixed(t, 1)),
                (1 - share) * static_cast<double>(t) + share * static_cast<double>(t % n_frames[other]),
                1e-5);
        const auto weight_of = [&](std::size_t clip) { return y[clip] == 0 ? 2.0 : 4.0 / 6; };
        const double weight = (1 - share) * weight_of(own) + share * weight_of(other);
        const auto proba = softmax(watched.outputs.at(0).clips[i].row(0));
        for (std::size_t c = 0; c < 2; ++c) {
            const auto is = [&](std::size_t clip) { return y[clip] == static_cast<int>(c) ? 1.0 : 0.0; };
            const double target = (1 - share) * is(own) + share * is(other);
            EXPECT_NEAR(static_cast<double>(watched.outputs[0].gradients[i](0, c)),
                        weight * (proba[c] - target) / 4, 1e-6);
        }
    }
    EXPECT_GT(largest, 0.05);
}

/// The weights of the output layer after every step.
std::vector<std::vector<float>> kernels_of_steps(Watched& watched, const SequenceFitOptions& options) {
    std::vector<std::vector<float>> steps;
    std::size_t epoch = 0;
    watched.train(CountedClips({3, 4, 5, 6}), {0, 1, 0, 1}, options, [&](const Progress& progress) {
        if (progress.done == epoch) steps.push_back(watched.network.parameters()[0]->values);
        epoch = progress.done;
        return true;
    });
    return steps;
}

TEST(SequenceTraining, EmaLeavesTheMovingAverageOfTheWeights) {
    SequenceFitOptions options = plain();
    options.epochs = 12;
    options.batch_size = 2;
    options.learning_rate = 0.05;
    Watched last(2), averaged(2);
    const auto steps = kernels_of_steps(last, options);
    ASSERT_EQ(steps.size(), 24U);
    EXPECT_EQ(last.network.parameters()[0]->values, steps.back());
    options.ema = 0.5;
    EXPECT_EQ(kernels_of_steps(averaged, options), steps) << "the average must not change the training";
    for (std::size_t j = 0; j < steps[0].size(); ++j) {
        double average = static_cast<double>(steps[0][j]);
        for (std::size_t n = 2; n <= steps.size(); ++n) {
            const double decay =
                std::min(0.5, (1.0 + static_cast<double>(n)) / (10.0 + static_cast<double>(n)));
            average = decay * average + (1 - decay) * static_cast<double>(steps[n - 1][j]);
        }
        EXPECT_NEAR(static_cast<double>(averaged.network.parameters()[0]->values[j]), average, 1e-6);
    }
}

TEST(SequenceTraining, TheValidationPartIsTheLastClipsAndOnlyWatched) {
    SequenceFitOptions options = plain();
    options.epochs = 3;
    options.validation_split = 0.3;
    options.ema = 0.5;  // what is watched is what will be left
    options.crop_frames = 4;
    Watched watched(2);
    const std::vector<int> y{0, 1, 0, 1, 0, 1, 0, 1, 1, 0};
    const History history = watched.train(CountedClips({3, 4, 5, 6, 7, 8, 9, 3, 7, 2}), y, options);
    for (const char* curve : {"loss", "accuracy", "val_loss", "val_accuracy"})
        EXPECT_EQ(history.at(curve).size(), 3U) << curve;
    double loss = 0, correct = 0, watched_clips = 0;
    for (std::size_t i = 0; i < watched.inputs.size(); ++i) {
        const Record& record = watched.inputs[i];
        for (const Matrix<float>& clip : record.clips) EXPECT_EQ(clip(0, 0) < 7, record.training);
        if (record.training) continue;
        const auto clip = static_cast<std::size_t>(record.clips.at(0)(0, 0));
        EXPECT_EQ(record.clips[0].rows(), std::vector<std::size_t>({3, 7, 2})[clip - 7]) << "not cropped";
        watched_clips += 1;
        if (i + 3 < watched.inputs.size()) continue;  // of the last epoch
        const auto proba = softmax(watched.outputs[i].clips[0].row(0));
        loss -= std::log(proba[static_cast<std::size_t>(y[clip])]) / 3;
        correct += (proba[1] > proba[0]) == (y[clip] == 1);
    }
    EXPECT_EQ(watched_clips, 9);
    EXPECT_NEAR(history.at("val_loss").back(), loss, 1e-5);
    EXPECT_NEAR(history.at("val_accuracy").back(), correct / 3, 1e-12);

    options.validation_split = 0.95;
    EXPECT_ERROR(watched.train(CountedClips({3, 4, 5}), {0, 1, 0}, options), Errc::invalid_argument,
                 "validation_split = 0.95");
}

TEST(SequenceTraining, TheLearningRateWarmsUpAndFalls) {
    SequenceFitOptions options;
    options.epochs = 10;
    options.learning_rate = 0.4;
    options.warmup_epochs = 2;
    const auto rate = [&](double epoch) { return scheduled_learning_rate(options, epoch); };
    EXPECT_DOUBLE_EQ(rate(0.5), 0.1);
    EXPECT_DOUBLE_EQ(rate(1), 0.2);
    EXPECT_DOUBLE_EQ(rate(2), 0.4);
    EXPECT_DOUBLE_EQ(rate(6), 0.2);
    EXPECT_DOUBLE_EQ(rate(4), 0.2 * (1 + std::sqrt(0.5)));
    EXPECT_NEAR(rate(10), 0, 1e-15);
    options.schedule = LearningRateSchedule::constant;
    EXPECT_DOUBLE_EQ(rate(1), 0.2);
    EXPECT_DOUBLE_EQ(rate(9), 0.4);
    options.warmup_epochs = 0;
    EXPECT_DOUBLE_EQ(rate(0), 0.4);
    options.warmup_epochs = 1000;  // as long as the training
    EXPECT_DOUBLE_EQ(rate(5), 0.2);
}

TEST(SequenceTraining, TheFirstStepsAreOfTheScheduledLength) {
    // Adam's first step is as long as the learning rate, here after half a step of the warm-up.
    SequenceFitOptions options = plain();
    options.epochs = 4;
    options.learning_rate = 0.08;
    options.warmup_epochs = 4;
    options.weight_decay = 0;
    Watched watched(2);
    const std::vector<float> before = watched.network.parameters()[0]->values;
    const auto steps = kernels_of_steps(watched, options);
    for (std::size_t j = 0; j < before.size(); ++j)
        EXPECT_NEAR(static_cast<double>(std::abs(steps.at(0)[j] - before[j])), 0.01, 1e-5);
}

TEST(SequenceTraining, ABatchOfOneIsLeftOutAndTheScheduleKnows) {
    SequenceFitOptions options = plain();
    options.epochs = 50;
    options.batch_size = 4;
    Watched watched(2);
    std::size_t n_steps = 0;
    watched.train(CountedClips({3, 4, 5, 6, 7}), {0, 1, 0, 1, 1}, options, [&](const Progress&) {
        ++n_steps;
        return true;
    });
    EXPECT_EQ(n_steps, 100U);  // a step an epoch, and the end of each
    std::map<float, int> seen;
    for (const Record& record : watched.inputs) {
        EXPECT_EQ(record.clips.size(), 4U);
        for (const Matrix<float>& clip : record.clips) ++seen[clip(0, 0)];
    }
    EXPECT_EQ(seen.size(), 5U);  // another one each time
    // The last step is as short as the end of the schedule.
    Watched again(2);
    options.learning_rate = 0.1;
    options.weight_decay = 0;
    std::vector<float> before, after;
    again.train(CountedClips({3, 4, 5, 6, 7}), {0, 1, 0, 1, 1}, options, [&](const Progress& progress) {
        if (progress.done == 50) return true;
        const std::vector<float>& now = again.network.parameters()[0]->values;
        if (now != after) before = std::exchange(after, now);  // the end of an epoch is no step
        return true;
    });
    for (std::size_t j = 0; j < after.size(); ++j) EXPECT_LT(std::abs(after[j] - before[j]), 1e-4F);
    EXPECT_ERROR(set_field(static_cast<SequenceFitOptions&>(options), "batch_size", "1"),
                 Errc::invalid_argument, "batch_size");
}

/// Clips that a classifier can learn, times a factor.
class ScaledClips final : public FrameSource {
public:
    explicit ScaledClips(float factor, std::vector<std::size_t> n_frames = {9, 4, 7, 12, 5, 30, 8, 6})
        : factor_(factor), n_frames_(std::move(n_frames)) {}
    [[nodiscard]] std::size_t size() const override { return n_frames_.size(); }
    [[nodiscard]] std::size_t n_columns() const override { return 3; }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        RandomState random(static_cast<std::uint32_t>(clip));
        out = Matrix<float>(n_frames_[clip], 3);
        for (std::size_t t = 0; t < out.rows(); ++t)
            for (std::size_t c = 0; c < 3; ++c)
                out(t, c) = factor_ * static_cast<float>(random.uniform(-1, 1) + (c == clip % 2 ? 1.0 : 0.0));
    }

private:
    float factor_;
    std::vector<std::size_t> n_frames_;
};

using Options = std::map<std::string, std::string>;

std::unique_ptr<Classifier> small(Options options = {}) {
    options.insert({{"channels", "8"},
                    {"dilations", "1,4"},
                    {"attention", "4"},
                    {"embedding", "6"},
                    {"epochs", "20"},
                    {"batch_size", "4"},
                    {"learning_rate", "0.01"},
                    {"clip_normalization", "none"},
                    {"trim_db", "0"}});
    return make_classifier("undertone", Dtype::float32, options);
}

const std::vector<int> kTwoClasses{0, 1, 0, 1, 0, 1, 0, 1};

void train(Classifier& classifier, const FrameSource& clips, const std::vector<int>& y = kTwoClasses) {
    classifier.fit_frames(clips, y, 1 + *std::max_element(y.begin(), y.end()), 2);
}

TEST(SequenceTraining, HugeFramesEndInAnErrorThatSaysWhere) {
    const auto classifier = small();
    EXPECT_ERROR(train(*classifier, ScaledClips(1e30F)), Errc::numerical, "epoch 1, step 1");
    EXPECT_TRUE(classifier->tensors().empty());
}

TEST(SequenceTraining, AFrameThatIsNotANumberIsNamedByItsClip) {
    EXPECT_ERROR(train(*small(), ScaledClips(std::numeric_limits<float>::quiet_NaN())), Errc::numerical,
                 "clip ");
    EXPECT_ERROR(train(*small(), ScaledClips(1, {9, 4, 7, 0, 5, 30, 8, 6})), Errc::invalid_argument,
                 "clip 3 has no frame");
}

TEST(SequenceTraining, ALearningRateFarTooHighEndsInAnErrorThatNamesTheTensor) {
    // Weights that decay by more than themselves grow without end.
    const auto classifier = small({{"learning_rate", "9"},
                                   {"weight_decay", "100"},
                                   {"warmup_epochs", "0"},
                                   {"schedule", "constant"},
                                   {"epochs", "100"}});
    const Error error = test::error_of([&] { train(*classifier, ScaledClips(1)); });
    EXPECT_EQ(error.code(), Errc::numerical);
    const std::string text = error.what();
    for (const char* part : {"epoch ", "step ", "lower the learning rate (9)"})
        EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_NE(text.find('/'), std::string::npos) << text;  // block_1/norm/moving_variance
}

TEST(SequenceTraining, WhatWasLearntUntilTheNumbersWereLeftIsNotLost) {
    const std::map<std::string, std::string> too_high{{"learning_rate", "9"},
                                                      {"weight_decay", "100"},
                                                      {"warmup_epochs", "0"},
                                                      {"schedule", "constant"},
                                                      {"ema", "0"}};
    auto options = too_high;
    options["epochs"] = "100";
    try {
        train(*small(options), ScaledClips(1));
        FAIL() << "it must leave the numbers";
    } catch (const Diverged& stopped) {
        ASSERT_GE(stopped.n_epochs(), 1U);
        EXPECT_EQ(stopped.last_whole()->history().at("loss").size(), stopped.n_epochs());
        // The very weights of a training that ends there.
        options["epochs"] = std::to_string(stopped.n_epochs());
        const auto shorter = small(options);
        train(*shorter, ScaledClips(1));
        const std::vector<Tensor> kept = stopped.last_whole()->tensors(), expected = shorter->tensors();
        ASSERT_EQ(kept.size(), expected.size());
        for (std::size_t i = 0; i < kept.size(); ++i)
            EXPECT_EQ(kept[i].values, expected[i].values) << kept[i].name;
    }
}

/// Clips of speakers who differ in their first band alone, and in whom a class does too.
class SpokenClips final : public FrameSource {
public:
    static constexpr std::size_t kSpeakers = 8, kEach = 10;
    SpokenClips() {
        for (std::size_t speaker = 0; speaker < kSpeakers; ++speaker)
            voices_.push_back(voice_of(Of(*this, speaker)));
    }
    [[nodiscard]] std::size_t size() const override { return kSpeakers * kEach; }
    [[nodiscard]] std::size_t n_columns() const override { return 4; }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        SplitMix64 random(clip);
        out = Matrix<float>(30, 4);
        for (float& value : out.values()) value = static_cast<float>(random.uniform(-1, 1));
        const std::size_t louder = clip / kEach * 2 + clip % 2;
        for (std::size_t t = 0; t < out.rows(); ++t) out(t, 0) += static_cast<float>(louder);
    }
    [[nodiscard]] std::span<const float> speaker(std::size_t clip) const override {
        return voices_[clip / kEach];
    }
    [[nodiscard]] static std::vector<int> classes() {
        std::vector<int> y;
        for (std::size_t clip = 0; clip < kSpeakers * kEach; ++clip) y.push_back(static_cast<int>(clip % 2));
        return y;
    }

    /// One speaker's clips, all or of one class.
    class Of final : public FrameSource {
    public:
        Of(const SpokenClips& all, std::size_t speaker, std::size_t step = 1, std::size_t first = 0)
            : all_(all), first_(speaker * kEach + first), step_(step) {}
        [[nodiscard]] std::size_t size() const override { return kEach / step_; }
        [[nodiscard]] std::size_t n_columns() const override { return 4; }
        void frames(std::size_t clip, Matrix<float>& out) const override {
            all_.frames(first_ + clip * step_, out);
        }

    private:
        const SpokenClips& all_;
        std::size_t first_, step_;
    };

private:
    std::vector<std::vector<float>> voices_;
};

/// So many times the same clip.
class SameClips final : public FrameSource {
public:
    SameClips(const FrameSource& of, std::size_t clip, std::size_t n) : of_(of), clip_(clip), n_(n) {}
    [[nodiscard]] std::size_t size() const override { return n_; }
    [[nodiscard]] std::size_t n_columns() const override { return of_.n_columns(); }
    void frames(std::size_t, Matrix<float>& out) const override { of_.frames(clip_, out); }

private:
    const FrameSource& of_;
    std::size_t clip_, n_;
};

TEST(SequenceTraining, AVoiceIsToldFromClipsOfOneClass) {
    const SpokenClips clips;
    const auto classifier = small({{"epochs", "1"}});
    train(*classifier, clips, SpokenClips::classes());
    const SpokenClips::Of firsts(clips, 6, 2, 0), seconds(clips, 6, 2, 1);
    const std::vector<float> of_first = voice_of(firsts), of_second = voice_of(seconds);
    const std::size_t loudness = 0;  // the mean of the first band, less that of all
    const float known = clips.speaker(60)[loudness];
    EXPECT_NEAR(of_second[loudness] - of_first[loudness], 0.75, 0.2);
    EXPECT_NEAR(classifier->enrolled(firsts, of_first, 0)[loudness], known, 0.15);
    EXPECT_NEAR(classifier->enrolled(seconds, of_second, 1)[loudness], known, 0.15);
    // A single clip tells less: it is drawn towards what speakers are like.
    const float one = classifier->enrolled(SameClips(clips, 60, 1), of_first, -1)[loudness],
                many = classifier->enrolled(SameClips(clips, 60, 1000), of_first, -1)[loudness];
    EXPECT_LT(one, many);
    EXPECT_NEAR(many, of_first[loudness], 1e-3);

    const auto deaf = small({{"functionals", "0"}});
    EXPECT_ERROR(train(*deaf, clips, SpokenClips::classes()), Errc::invalid_argument, "functionals = 0");
    EXPECT_ERROR(small({{"functionals", "0"}, {"sharpness", "2"}}), Errc::invalid_argument,
                 "sharpness: is of");
}

TEST(SequenceTraining, WhatIsUsualForASpeakerIsTakenOffTheNetworksScores) {
    const SpokenClips clips;
    const auto classifier = small({{"epochs", "3"}});
    train(*classifier, clips, SpokenClips::classes());

    const SpokenClips::Of own(clips, 6);
    const std::vector<float> voice = classifier->enrolled(own, voice_of(own), -1);
    const std::size_t n_of_voice = voice_size(4), n_pooled = 2 * 8 + 3 * 4;
    ASSERT_EQ(voice.size(), n_of_voice + n_pooled + 2);
    EXPECT_NEAR(voice.back(), -voice[voice.size() - 2], 1e-6);
    EXPECT_NE(voice.back(), 0);
    const std::vector<float> of_one_mood = classifier->enrolled(own, voice_of(own), 0);
    EXPECT_EQ(of_one_mood.size(), voice.size());
    EXPECT_EQ(of_one_mood.back(), 0);  // does not show in one mood

    Matrix<double> scores(3, 2);
    scores(0, 0) = -1, scores(1, 0) = -2, scores(2, 0) = -3;
    for (std::size_t clip = 0; clip < 3; ++clip) scores(clip, 1) = -4;
    const std::vector<double> usual = usual_scores(scores);  // -6 and -12, that is 3 and -3 of their mean
    EXPECT_NEAR(usual[0], 3.0 / 43, 1e-12);                  // as if of 3 clips and 40 that show nothing
    EXPECT_NEAR(usual[1], -3.0 / 43, 1e-12);
}

/// Four clips: two of a speaker whose usual scores are not told, one of a speaker whose are, one of nobody.
class FewClips final : public FrameSource {
public:
    [[nodiscard]] std::size_t size() const override { return 4; }
    [[nodiscard]] std::size_t n_columns() const override { return 4; }
    void frames(std::size_t, Matrix<float>& out) const override { out = Matrix<float>(1, 4); }
    [[nodiscard]] std::span<const float> speaker(std::size_t clip) const override {
        if (clip == 3) return {};
        return clip < 2 ? std::span(together_) : std::span(told_);
    }

private:
    std::vector<float> together_ = std::vector<float>(voice_size(4));
    std::vector<float> told_ = [] {
        std::vector<float> numbers(voice_size(4));
        numbers.insert(numbers.end(), {0.5F, -0.5F});
        return numbers;
    }();
};

TEST(SequenceTraining, UsualScoresAreToldOrThoseOfTheClipsTogether) {
    Matrix<double> scores(4, 2);
    for (std::size_t clip = 0; clip < 4; ++clip) scores(clip, 0) = -12;
    EXPECT_EQ(take_off_usual(FewClips(), voice_size(4), scores),
              (std::vector<bool>{true, true, true, false}));
    EXPECT_NEAR(scores(0, 0), -12 + 6.0 / 41, 1e-12);  // the other clip's 6 each way, over 1 + 40
    EXPECT_NEAR(scores(1, 1), 0 - 6.0 / 41, 1e-12);
    EXPECT_NEAR(scores(2, 0), -12.5, 1e-12);
    EXPECT_NEAR(scores(2, 1), 0.5, 1e-12);
    EXPECT_EQ(scores(3, 0), -12);
    EXPECT_EQ(scores(3, 1), 0);
}

TEST(SequenceTraining, HowFarASpeakerLiesFromEverybodyIsTakenOff) {
    const std::vector<float> mean{1, 1};
    const Matrix<float> moods = [] {
        Matrix<float> values(2, 2);
        values(0, 0) = 10;  // of the first class, in the first number
        return values;
    }();
    Matrix<double> proba(4, 2);
    proba(1, 0) = 0.5, proba(1, 1) = 0.5;
    std::vector<Matrix<float>> pooled(4, Matrix<float>(2, 2, 1));  // two parts, as everybody
    for (float& value : pooled[1].values()) value = 12;            // 11 above, 0.7 * 0.5 * 10 for its mood
    const std::vector<Matrix<float>> before = pooled;
    EXPECT_EQ(take_off_offsets(FewClips(), voice_size(4) + 2, proba, moods, mean, pooled),
              (std::vector<bool>{true, true, false, false}));
    EXPECT_NEAR(pooled[0](0, 0), 1 - 7.5 / 11, 1e-6);  // of the other, beside ten of anybody
    EXPECT_NEAR(pooled[0](1, 1), 1 - 11.0 / 11, 1e-6);
    EXPECT_EQ(pooled[1](0, 0), 12);  // the other is like anybody
    EXPECT_EQ(pooled[2](0, 0), 1);   // nothing beside it
    EXPECT_EQ(pooled[3](0, 0), 1);   // of nobody

    const std::vector<float> offset = pooled_offset(std::span(before).first(2), proba, moods, mean);
    EXPECT_NEAR(offset[0], 7.5 / 12, 1e-6);
    EXPECT_NEAR(offset[1], 11.0 / 12, 1e-6);
}

TEST(SequenceTraining, WhatAClassChangesInWhatIsPooledIsTakenOff) {
    const SpokenClips clips;
    const std::vector<int> y = SpokenClips::classes();
    std::vector<Matrix<float>> pooled(clips.size(), Matrix<float>(1, 1));
    for (std::size_t clip = 0; clip < clips.size(); ++clip)  // a speaker's own, and 4 between the classes
        pooled[clip](0, 0) = clips.speaker(clip)[0] + (y[clip] == 0 ? 4.0F : 0.0F);
    const Matrix<float> moods = pooled_moods(clips, pooled, y, 3);
    EXPECT_NEAR(moods(0, 0), 2, 1e-5);
    EXPECT_NEAR(moods(1, 0), -2, 1e-5);
    EXPECT_EQ(moods(2, 0), 0);  // nobody's
}

TEST(SequenceTraining, WhatIsLeftOfATrainingThatLeftTheNumbersKnowsSpeakersToo) {
    const SpokenClips clips;
    const auto classifier = small({{"learning_rate", "1"},
                                   {"weight_decay", "6"},
                                   {"warmup_epochs", "0"},
                                   {"schedule", "constant"},
                                   {"ema", "0"},
                                   {"epochs", "100"}});
    try {
        train(*classifier, clips, SpokenClips::classes());
        FAIL() << "it must leave the numbers";
    } catch (const Diverged& stopped) {
        EXPECT_EQ(stopped.last_whole()->predict_frames(clips).rows(), clips.size());
    }
}

TEST(SequenceTraining, WhoAsksForFunctionalsAloneGetsThemOfKnownSpeakersToo) {
    const SpokenClips clips;
    const auto of_seed = [&](const char* seed) {
        const auto classifier = small(
            {{"epochs", "1"}, {"functionals", "1"}, {"functionals_copies", "0"}, {"random_state", seed}});
        train(*classifier, clips, SpokenClips::classes());
        return classifier->predict_frames(clips);
    };
    const Matrix<double> first = of_seed("1"), second = of_seed("2");
    // The two networks differ, and have no share in the answer.
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NEAR(first.data()[i], second.data()[i], 1e-6);
}

TEST(SequenceTraining, AToldVoiceNeedsAllItsNumbers) {
    const SpokenClips clips;
    const auto classifier = small({{"epochs", "1"}});
    train(*classifier, clips, SpokenClips::classes());
    EXPECT_ERROR((void)classifier->predict_frames(FewClips()), Errc::shape_mismatch, "the voice has");
}

/// The same clips, but the last speaker is not known.
class PartlyKnownClips final : public FrameSource {
public:
    [[nodiscard]] std::size_t size() const override { return clips_.size(); }
    [[nodiscard]] std::size_t n_columns() const override { return clips_.n_columns(); }
    void frames(std::size_t clip, Matrix<float>& out) const override { clips_.frames(clip, out); }
    [[nodiscard]] std::span<const float> speaker(std::size_t clip) const override {
        return clip + SpokenClips::kEach < size() ? clips_.speaker(clip) : std::span<const float>{};
    }

private:
    SpokenClips clips_;
};

TEST(SequenceTraining, AllSpeakersAreKnownOrNone) {
    EXPECT_ERROR(train(*small({{"epochs", "1"}}), PartlyKnownClips(), SpokenClips::classes()),
                 Errc::shape_mismatch, "a speaker has 0 numbers");
}

/// Noise of so many frames, of two bands.
class LongClips final : public FrameSource {
public:
    explicit LongClips(std::vector<std::size_t> n_frames) : n_frames_(std::move(n_frames)) {}
    [[nodiscard]] std::size_t size() const override { return n_frames_.size(); }
    [[nodiscard]] std::size_t n_columns() const override { return 2; }
    void frames(std::size_t clip, Matrix<float>& out) const override {
        SplitMix64 random(clip);
        out = Matrix<float>(n_frames_[clip], 2);
        for (float& value : out.values()) value = static_cast<float>(random.uniform(-1, 1));
    }

private:
    std::vector<std::size_t> n_frames_;
};

TEST(SequenceTraining, ALongRecordingIsTheMeanOfItsParts) {
    SequenceOptions options;
    options.trim_db = 0;
    options.level = true;
    options.channels = 4;
    RandomState random(3);
    const Network network = build_network(options, 2, 3, random);
    ThreadPool threads(1);
    Network::Workspace workspace = network.workspace(threads);
    Matrix<float> frames;
    LongClips({kMostFrames + 2}).frames(0, frames);
    const auto of = [&](std::size_t first, std::size_t n) {
        const MatrixView<const float> part(frames.row(first).data(), n, 2);
        return answer(network, pool(network, part, 2, options, workspace), workspace);
    };
    const std::size_t half = kMostFrames / 2 + 1;
    const std::vector<float> whole = of(0, 2 * half), first = of(0, half), second = of(half, half);
    EXPECT_NE(first, second);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(whole[c], (first[c] + second[c]) / 2, 1e-6);
}

TEST(SequenceTraining, WhatLiesFarOutsideOfWhatWasLearntSaysNoMoreThanTheEdge) {
    std::vector<std::size_t> n_frames;
    std::vector<int> y;
    for (std::size_t i = 0; i < 40; ++i) {
        n_frames.push_back(30 + i % 7 + 12 * (i % 2));
        y.push_back(static_cast<int>(i % 2));
    }
    const auto classifier = small({{"functionals", "1"}, {"epochs", "1"}});
    train(*classifier, LongClips(n_frames), y);
    const Matrix<double> said = classifier->predict_frames(LongClips({31, 46, 1000, 4000}));
    EXPECT_LT(said(0, 1), 0.5);
    EXPECT_GT(said(1, 1), 0.5);
    EXPECT_NEAR(said(2, 1), said(3, 1), 0.05);
    EXPECT_LT(said(3, 1), 0.99);
}

TEST(SequenceTraining, SmallCorporaHaveMoreEpochs) {
    EXPECT_EQ(default_epochs(1290, 16), 79);
    EXPECT_EQ(default_epochs(1, 16), 6400);
    EXPECT_EQ(default_epochs(100000, 16), 40);
}

TEST(SequenceTraining, FewSpeakersAreChangedMore) {
    const auto spread = [](const std::map<std::string, std::string>& texts, std::size_t n_speakers) {
        const AugmentOptions options =
            augment_options(make_classifier("undertone", Dtype::float32, texts)->options(), n_speakers);
        return std::pair(options.speed, options.warp);
    };
    using Pair = std::pair<double, double>;
    EXPECT_EQ(spread({{"speed", "0.25"}, {"warp", "0.125"}}, 14), Pair(0.25, 0.125));
    EXPECT_EQ(spread({{"speed", "0.25"}, {"warp", "0.125"}}, 0), Pair(0.25, 0.125));  // nobody knows
    EXPECT_EQ(spread({{"speed", "0.25"}, {"warp", "0.125"}}, 7), Pair(0.5, 0.25));
    EXPECT_EQ(spread({{"speed", "0.25"}, {"warp", "0"}}, 2), Pair(0.5, 0));
    EXPECT_EQ(spread({{"speed", "0.25"}, {"warp", "0.125"}, {"few_speakers", "30"}}, 20),
              Pair(0.375, 0.1875));
    EXPECT_EQ(spread({{"speed", "0.25"}, {"warp", "0.125"}, {"few_speakers", "0"}}, 2), Pair(0.25, 0.125));
    EXPECT_EQ(spread({{"speed", "0.9"}, {"warp", "0.3"}}, 7), Pair(kMostSpeed, kMostWarp));
}

TEST(SequenceTraining, OfFewClipsFrequentClassesAreExpectedLess) {
    const std::vector<int> y{0, 1, 0, 0, 0, 1, 0, 0};  // six and two
    // By how much the second class gains on the first.
    const auto gain = [&](Options options) {
        options["epochs"] = "2";
        const auto shifted = small(options);
        options["few_clips"] = "0";
        const auto plain = small(options);
        train(*shifted, ScaledClips(1), y);
        train(*plain, ScaledClips(1), y);
        const auto odds = [](const Classifier& classifier) {
            const Matrix<double> p = classifier.predict_frames(ScaledClips(1));
            return std::log(p(3, 1) / p(3, 0));
        };
        return odds(*shifted) - odds(*plain);
    };
    for (const char* functionals : {"0", "0.3", "1"}) {
        EXPECT_NEAR(gain({{"functionals", functionals}, {"few_clips", "16"}}), std::log(3), 1e-4);
        EXPECT_NEAR(gain({{"functionals", functionals}, {"few_clips", "12"}}), std::log(3) / 2, 1e-4);
        EXPECT_EQ(gain({{"functionals", functionals}, {"few_clips", "8"}}), 0);
        EXPECT_EQ(gain({{"functionals", functionals}, {"class_weight", "none"}}), 0);
    }
}

TEST(SequenceTraining, ARefitThatFailsLeavesTheClassifierAsItWas) {
    const auto classifier = small();
    train(*classifier, ScaledClips(1));
    const Matrix<double> before = classifier->predict_frames(ScaledClips(1));
    const History history = classifier->history();
    EXPECT_THROW(train(*classifier, ScaledClips(1e30F)), Error);
    EXPECT_THROW(classifier->fit_frames(ScaledClips(1), kTwoClasses, 2, 1,
                                        [](const Progress& progress) { return progress.done < 3; }),
                 Error);
    EXPECT_EQ(classifier->predict_frames(ScaledClips(1)), before);
    EXPECT_EQ(classifier->history(), history);
}

TEST(SequenceTraining, ClipsMayBeShorterThanWhatAConvolutionReaches) {
    // The last block alone reaches 2 * 64 frames to either side.
    for (const Options& options :
         {Options{{"dilations", "1,64"}}, Options{{"stem_kernel_size", "99"}, {"stem_strides", "16"}},
          Options{{"separable", "true"}, {"dilations", "64"}},
          Options{{"clip_normalization", "mean_variance"}}}) {
        const auto classifier = small(options);
        train(*classifier, ScaledClips(1));
        const Matrix<double> proba = classifier->predict_frames(ScaledClips(1));
        for (const double p : proba.values()) EXPECT_TRUE(std::isfinite(p));
    }
}

TEST(SequenceTraining, ClipsOfOneFrameAreLearnt) {
    const auto classifier = small({{"epochs", "60"}, {"dropout", "0"}});
    const ScaledClips clips(4, std::vector<std::size_t>(8, 1));
    train(*classifier, clips);
    const Matrix<double> proba = classifier->predict_frames(clips);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_GT(proba(i, i % 2), 0.5) << i;
    // Their means are all that they have; without them they say nothing, but nothing breaks either.
    const auto nothing = small({{"clip_normalization", "mean_variance"}});
    train(*nothing, clips);
    const Matrix<double> said = nothing->predict_frames(clips);
    for (const double p : said.values()) EXPECT_TRUE(std::isfinite(p));
}

TEST(SequenceTraining, AClassMayHaveTwoClips) {
    const auto classifier = small({{"class_weight", "balanced"}});
    const std::vector<int> y{0, 1, 0, 1, 0, 2, 0, 2};
    train(*classifier, ScaledClips(1), y);
    EXPECT_EQ(classifier->n_classes(), 3);
    // In the part that is only watched there may be all of a class: it is then not learnt.
    const auto watched = small({{"validation_split", "0.5"}});
    train(*watched, ScaledClips(1), {0, 1, 0, 1, 0, 0, 2, 2});
    for (const double loss : watched->history().at("val_loss")) EXPECT_TRUE(std::isfinite(loss));
}

}  // namespace
}  // namespace undertone::nn
