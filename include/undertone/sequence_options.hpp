#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "undertone/augment.hpp"
#include "undertone/class_weight.hpp"
#include "undertone/fields.hpp"

namespace undertone {

/// What is done to the frames of a clip before the network: nothing; each column's mean over the clip taken
/// away; and its deviation brought to 1.
enum class ClipNormalization { none, mean, mean_variance };
inline constexpr std::array kClipNormalizations{
    Choice<ClipNormalization>{"none", ClipNormalization::none},
    Choice<ClipNormalization>{"mean", ClipNormalization::mean},
    Choice<ClipNormalization>{"mean_variance", ClipNormalization::mean_variance}};

/// How the learning rate goes after the warm-up.
enum class LearningRateSchedule { constant, cosine };
inline constexpr std::array kLearningRateSchedules{
    Choice<LearningRateSchedule>{"constant", LearningRateSchedule::constant},
    Choice<LearningRateSchedule>{"cosine", LearningRateSchedule::cosine}};

/// The network of the "undertone" framework: residual blocks of dilated convolutions over frames, attentive
/// statistics pooling, a dense layer, a unit a class. Several are trained and their probabilities averaged.
struct SequenceNetworkOptions {
    int members = 1;
    double trim_db = 40;
    bool level = false;
    ClipNormalization clip_normalization = ClipNormalization::mean_variance;
    int channels = 128;
    int stem_kernel_size = 5;
    int stem_strides = 2;
    int kernel_size = 3;
    std::vector<int> dilations = {1, 2, 4, 8};
    bool separable = false;
    int squeeze = 16;
    bool statistics = true;
    int attention = 64;
    int embedding = 128;
    double dropout = 0.2;
    double spatial_dropout = 0;
    double functionals = 0.5;
    double sharpness = 1.4;

    static constexpr auto fields() {
        using O = SequenceNetworkOptions;
        return std::tuple{
            Field{"members", &O::members, "", {1, 64}, "networks trained, whose probabilities are averaged"},
            Field{"trim_db",
                  &O::trim_db,
                  "dB",
                  {0.0, 200.0},
                  "frames at both ends so far below the loudest are left out; 0: none"},
            Field{"level",
                  &O::level,
                  "",
                  {},
                  "how loud a clip is counts too; without it all are brought to one mean level"},
            Field{"clip_normalization", &O::clip_normalization, "", kClipNormalizations,
                  "of each column over the frames of a clip"},
            Field{"channels", &O::channels, "", {1, 4096}, "of each convolution"},
            Field{"stem_kernel_size", &O::stem_kernel_size, "frames", {1, 99}, "of the first convolution"},
            Field{"stem_strides", &O::stem_strides, "frames", {1, 16}, "of the first convolution"},
            Field{"kernel_size", &O::kernel_size, "frames", {1, 99}, "of the convolutions of the blocks"},
            Field{"dilations", &O::dilations, "frames", {1, 1024}, "of each block's convolution"},
            Field{"separable", &O::separable, "", {}, "depthwise and pointwise convolutions in the blocks"},
            Field{"squeeze", &O::squeeze, "units", {0, 4096}, "of each block's squeeze-excitation; 0: none"},
            Field{"statistics",
                  &O::statistics,
                  "",
                  {},
                  "means and deviations of the frames beside what is pooled"},
            Field{"attention", &O::attention, "units", {1, 4096}, "of the attention that weighs frames"},
            Field{"embedding", &O::embedding, "units", {0, 4096}, "of the dense layer; 0: none"},
            Field{"dropout", &O::dropout, "", {0.0, 1.0, false, true}, "before and after the dense layer"},
            Field{"spatial_dropout",
                  &O::spatial_dropout,
                  "",
                  {0.0, 1.0, false, true},
                  "of whole channels behind each block's convolution"},
            Field{"functionals",
                  &O::functionals,
                  "",
                  {0.0, 1.0},
                  "share of a logistic regression of functionals of the clip in the geometric mean of it and "
                  "the network"},
            Field{"sharpness",
                  &O::sharpness,
                  "",
                  {0.0, 100.0, true, false},
                  "power of that mean: two that agree are surer than each"},
        };
    }
};

/// How many epochs there are where options.epochs is 0: so many that a small corpus is learnt as well as a
/// large one.
/// @param n_clips   at least 1
[[nodiscard]] int default_epochs(std::size_t n_clips, int batch_size);

/// How it is trained: AdamW with decoupled weight decay (of kernels only), warm-up and schedule by steps.
struct SequenceFitOptions {
    int epochs = 0;
    int batch_size = 16;
    double learning_rate = 1.5e-3;
    double weight_decay = 0.05;
    double warmup_epochs = 2;
    LearningRateSchedule schedule = LearningRateSchedule::cosine;
    double label_smoothing = 0.1;
    ClassWeight class_weight = ClassWeight::balanced;
    double mixup = 0.3;
    double ema = 0.99;
    double global_clipnorm = 5;
    int crop_frames = 300;
    double functionals_alpha = 0.1;
    int functionals_copies = 4;
    int few_speakers = 14;
    int few_clips = 800;
    double validation_split = 0;
    std::uint32_t random_state = 0;

    static constexpr auto fields() {
        using O = SequenceFitOptions;
        return std::tuple{
            Field{"epochs",
                  &O::epochs,
                  "epochs",
                  {0, 100000},
                  "walks through the training clips; 0: so many that there are 6400 steps, but 40 at least"},
            Field{"batch_size", &O::batch_size, "clips", {2, 65536}, "clips a step"},
            Field{"learning_rate",
                  &O::learning_rate,
                  "",
                  {0.0, 10.0, true, false},
                  "the highest of the schedule"},
            Field{"weight_decay",
                  &O::weight_decay,
                  "",
                  {0.0, 100.0},
                  "part of each kernel's weight lost a step, times the learning rate"},
            Field{"warmup_epochs",
                  &O::warmup_epochs,
                  "epochs",
                  {0.0, 100000.0},
                  "in which the learning rate grows from 0"},
            Field{"schedule", &O::schedule, "", kLearningRateSchedules, "of the learning rate"},
            Field{"label_smoothing",
                  &O::label_smoothing,
                  "",
                  {0.0, 1.0},
                  "part of each target that is spread over all classes"},
            Field{"class_weight", &O::class_weight, "", kClassWeights,
                  "balanced: rare classes weigh as much as common ones"},
            Field{"mixup",
                  &O::mixup,
                  "",
                  {0.0, 1.0},
                  "clips are mixed with another of their batch, by up to this share"},
            Field{"ema",
                  &O::ema,
                  "",
                  {0.0, 1.0, false, true},
                  "decay a step of the moving average that becomes the weights; 0: the last weights"},
            Field{"global_clipnorm",
                  &O::global_clipnorm,
                  "",
                  {0.0, 1e300},
                  "greatest norm of all gradients together; 0: any"},
            Field{"crop_frames",
                  &O::crop_frames,
                  "frames",
                  {0, 1 << 24},
                  "longest part of a clip that is learnt from at once, at a random place; 0: the whole"},
            Field{"functionals_alpha",
                  &O::functionals_alpha,
                  "",
                  {0.0, 1e6},
                  "L2 penalty of the logistic regression"},
            Field{"functionals_copies",
                  &O::functionals_copies,
                  "",
                  {0, 1000},
                  "of each clip, changed at random, that the logistic regression learns too where speakers "
                  "are not known"},
            Field{"few_speakers",
                  &O::few_speakers,
                  "speakers",
                  {0, 1'000'000},
                  "where fewer are learnt from, speed and warp are this over their number times as large, at "
                  "most twice; 0: never"},
            Field{"few_clips",
                  &O::few_clips,
                  "clips",
                  {0, 100'000'000},
                  "where fewer are learnt from and classes are balanced, the logarithm of a class's share is "
                  "taken off its score: wholly where there are half as many; 0: never"},
            Field{"validation_split",
                  &O::validation_split,
                  "",
                  {0.0, 1.0, false, true},
                  "part of the training clips that is only watched: whole speakers after a speaker split, "
                  "else at random"},
            Field{"random_state",
                  &O::random_state,
                  "",
                  {0U, std::numeric_limits<std::uint32_t>::max()},
                  "seed of weights, order, augmentation and dropout"},
        };
    }
};

/// The options of the "undertone" framework: of the network, of its training, and of what is done to clips
/// while it learns.
struct SequenceOptions : SequenceNetworkOptions, SequenceFitOptions, AugmentOptions {
    /// What docs/experiments.md found useful.
    SequenceOptions() {
        speed = 0.1;
        warp = 0.08;
        noise = 0.2;
        time_masks = 2;
        frequency_masks = 2;
    }

    static constexpr auto fields() {
        using O = SequenceOptions;
        return std::tuple_cat(detail::fields_of_base<O>(SequenceNetworkOptions::fields()),
                              detail::fields_of_base<O>(SequenceFitOptions::fields()),
                              detail::fields_of_base<O>(AugmentOptions::fields()));
    }
};

/// The augmentation that a framework's options ask for; none where it has no such options.
/// @param n_speakers   who are learnt from; 0: nobody knows
[[nodiscard]] AugmentOptions augment_options(
    const std::vector<std::pair<std::string, std::string>>& framework_options, std::size_t n_speakers);

}  // namespace undertone
