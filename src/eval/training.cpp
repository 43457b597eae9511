#include "undertone/training.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <set>
#include <string_view>

#include "eval/fitted.hpp"
#include "eval/label_conflicts.hpp"
#include "feature/clip_values.hpp"
#include "undertone/error.hpp"
#include "undertone/evaluation.hpp"
#include "undertone/split.hpp"

namespace undertone {
namespace {

constexpr std::array<std::string_view, 11> kCanonicalOrder{"neutral",  "calm",      "happy",   "sad",
                                                           "angry",    "fear",      "fearful", "disgust",
                                                           "surprise", "surprised", "boredom"};

[[noreturn]] void refuse(const std::string& reason) { throw Error(Errc::invalid_argument, reason); }

/// The labels that occur: those of `label_order`, then those of the canonical order, then by alphabet.
std::vector<std::string> ordered_labels(const std::vector<Recording>& recordings,
                                        std::span<const std::string> label_order) {
    std::set<std::string, std::less<>> left;
    for (const Recording& recording : recordings) left.insert(recording.emotion);
    std::vector<std::string> labels;
    const auto take = [&](std::string_view label) {
        const auto found = left.find(label);
        if (found == left.end()) return;
        labels.push_back(*found);
        left.erase(found);
    };
    for (const std::string& label : label_order) take(label);
    for (const std::string_view label : kCanonicalOrder) take(label);
    labels.insert(labels.end(), left.begin(), left.end());
    return labels;
}

std::vector<std::string> speakers_of(const Dataset& dataset) {  // sorted; "" stands for those not known
    std::set<std::string> speakers;
    for (const Recording& recording : dataset.recordings) speakers.insert(recording.speaker);
    return {speakers.begin(), speakers.end()};
}

SplitKind chosen_split(const Dataset& dataset, const TrainOptions& options) {
    const std::vector<std::string> speakers = speakers_of(dataset);
    const bool known = !speakers.front().empty();
    if (!options.split) return known && speakers.size() > 1 ? SplitKind::speaker : SplitKind::random;
    if (*options.split == SplitKind::random) return SplitKind::random;
    if (!known) refuse("a split by speaker needs to know the speaker of every clip");
    if (speakers.size() < 2)
        refuse("only one speaker, " + speakers.front() + ": a split by speaker needs at least two");
    return SplitKind::speaker;
}

/// scikit-learn's GroupShuffleSplit: the speakers are split, clips follow theirs in the order they have.
Split speaker_split(const Dataset& dataset, const SplitOptions& options, std::uint32_t random_state,
                    std::vector<std::string>& test_speakers) {
    const std::vector<std::string> speakers = speakers_of(dataset);
    for (const std::size_t index : train_test_split(speakers.size(), options, random_state).test)
        test_speakers.push_back(speakers[index]);
    std::sort(test_speakers.begin(), test_speakers.end());
    Split split;
    for (std::size_t i = 0; i < dataset.recordings.size(); ++i) {
        const bool test =
            std::binary_search(test_speakers.begin(), test_speakers.end(), dataset.recordings[i].speaker);
        (test ? split.test : split.train).push_back(i);
    }
    return split;
}

void check_dataset(const Dataset& dataset) {
    const std::size_t n_clips = dataset.features.rows();
    if (dataset.targets.size() != n_clips || dataset.recordings.size() != n_clips)
        throw Error(Errc::shape_mismatch, "the dataset has " + std::to_string(n_clips) +
                                              " rows of features, " + std::to_string(dataset.targets.size()) +
                                              " targets and " + std::to_string(dataset.recordings.size()) +
                                              " recordings");
    const std::set<int> occurring(dataset.targets.begin(), dataset.targets.end());
    for (const int target : occurring)
        if (target < 0 || static_cast<std::size_t>(target) >= dataset.labels.size())
            refuse("target " + std::to_string(target) + ": there are " +
                   std::to_string(dataset.labels.size()) + " labels");
    if (occurring.empty()) refuse("no clip to train on");
    if (occurring.size() == 1)
        refuse("only one emotion, " + dataset.labels[static_cast<std::size_t>(*occurring.begin())] +
               ": there is nothing to tell apart");
}

void check_classes(const Dataset& dataset, const std::vector<std::size_t>& train) {
    std::set<int> trained;
    for (const std::size_t clip : train) trained.insert(dataset.targets[clip]);
    for (std::size_t label = 0; label < dataset.labels.size(); ++label)
        if (!trained.contains(static_cast<int>(label)))
            refuse("no clip of " + dataset.labels[label] + " is in the training part of " +
                   std::to_string(train.size()) +
                   " clips: take more clips, a smaller test_size or another random_state");
}

eval::Report score(const Model& model, const Dataset& dataset, const std::vector<std::size_t>& test) {
    std::vector<int> truth;
    for (const std::size_t clip : test) truth.push_back(dataset.targets[clip]);
    const std::vector<int> predicted =
        eval::most_probable(eval::predict_proba(model, eval::some_clips(dataset, test)));
    return eval::classification_report(truth, predicted, dataset.labels);
}

std::string digits(double value) {
    std::array<char, 32> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 4);
    return {text.data(), end.ptr};
}

Model::Record record_of(const TrainResult& result, const std::string& corpus_name, const std::string& licence,
                        const TrainOptions& options) {
    std::string speakers;
    for (const std::string& speaker : result.test_speakers)
        speakers += (speakers.empty() ? "" : ", ") + speaker;
    const auto losses = result.history.find("loss");
    Model::Record record{{"corpus", corpus_name}};
    if (!licence.empty()) record.emplace_back("licence", licence);
    record.emplace_back("framework", std::string(result.model.classifier().framework()));
    record.emplace_back("split", result.split == SplitKind::speaker
                                     ? "by speaker: nobody tested was heard in training"
                                     : "random: speakers tested were heard in training");
    record.emplace_back("clips trained", std::to_string(result.n_train));
    record.emplace_back("clips tested", std::to_string(result.test_clips.size()));
    if (!speakers.empty()) record.emplace_back("test speakers", speakers);
    record.emplace_back("random_state", std::to_string(options.random_state));
    record.emplace_back("accuracy", digits(result.test.accuracy));
    record.emplace_back("uar", digits(result.test.uar));
    record.emplace_back("epochs", std::to_string(losses == result.history.end() ? 0 : losses->second.size()));
    if (result.model.half_precision()) record.emplace_back("weights", "rounded to half precision");
    if (result.calibration) record.emplace_back("calibration", eval::calibration_text(*result.calibration));
    record.emplace_back("undertone", UNDERTONE_VERSION);
    return record;
}

// Of the samples that a dataset keeps.
void check_kept(std::uint64_t bytes, const SoundLimits& limits, std::size_t n_read, std::size_t n_all) {
    if (bytes <= limits.corpus_bytes) return;
    constexpr double kMegabyte = 1e6;
    // What all would take, if the others are as long as these.
    const double all = static_cast<double>(bytes) / static_cast<double>(n_read) * static_cast<double>(n_all);
    refuse("the samples of " + std::to_string(n_read) + " of " + std::to_string(n_all) +
           " recordings need more than the limit of " + std::to_string(limits.corpus_bytes / 1'000'000) +
           " MB of memory: --corpus-memory " +
           std::to_string(static_cast<std::uint64_t>(std::ceil(1.1 * all / kMegabyte))) + " should allow it");
}

}  // namespace

Dataset load_dataset(const Corpus& corpus, const FeatureSet& features,
                     std::span<const std::string> label_order, std::size_t n_threads,
                     const OnProgress& on_progress, const SoundLimits& limits) {
    Dataset dataset;
    std::vector<ClipSource> sources;
    for (const Recording& recording : corpus.recordings)
        sources.push_back({recording.path, {recording.start_s, recording.end_s}});
    const auto take = [&](std::size_t index, FileFeatures&& result) {
        if (result.error) {
            // Times that are wrong are put right in the table, so its line is said.
            const std::string& table = corpus.recordings[index].listed_at;
            if (!table.empty() && result.error->code() == Errc::invalid_argument)
                result.error = Error(result.error->code(), table + ": " + result.error->what());
            dataset.failed.push_back(std::move(result));
        } else {
            dataset.recordings.push_back(corpus.recordings[index]);
            dataset.sample_hashes.push_back(result.sample_hash);
        }
        return !on_progress || on_progress({index + 1, sources.size(), 0});
    };
    std::vector<double> values;
    if (features.per_frame()) {
        std::shared_ptr<const FeatureSet> frames = make_feature_set(features.name(), features.options());
        dataset.frame_set = {frames, &frame_features(*frames)};
        std::uint64_t kept = 0;
        read_clips(
            features.sample_rate(), sources, n_threads,
            [&](std::size_t index, FileFeatures&& facts, std::vector<float>&& samples) {
                check_kept(kept += sizeof(float) * samples.size(), limits, index + 1, sources.size());
                if (!facts.error)
                    dataset.samples.push_back(std::make_shared<const std::vector<float>>(std::move(samples)));
                return take(index, std::move(facts));
            },
            limits);
    } else {
        extract_clips(
            features, sources, n_threads,
            [&](std::size_t index, FileFeatures&& result) {
                if (!result.error) values.insert(values.end(), result.values.begin(), result.values.end());
                return take(index, std::move(result));
            },
            nullptr, limits);
    }
    if (dataset.recordings.empty()) {
        if (dataset.failed.empty()) refuse("the corpus has no recording");
        const Error& first = *dataset.failed.front().error;
        throw Error(first.code(), "none of " + std::to_string(sources.size()) +
                                      " recordings could be read; the first: " + first.what());
    }
    dataset.features =
        Matrix<double>(dataset.recordings.size(), dataset.per_frame() ? 0 : features.columns().size());
    std::copy(values.begin(), values.end(), dataset.features.values().begin());
    dataset.labels = ordered_labels(dataset.recordings, label_order);
    for (const Recording& recording : dataset.recordings)
        dataset.targets.push_back(
            static_cast<int>(std::find(dataset.labels.begin(), dataset.labels.end(), recording.emotion) -
                             dataset.labels.begin()));
    eval::check_one_label_a_sound(dataset);
    return dataset;
}

TrainResult train(const Dataset& dataset, const FeatureSet& features, const std::string& corpus_name,
                  const std::string& licence, const TrainOptions& options, const OnProgress& on_progress) {
    check_dataset(dataset);
    const SplitKind kind = chosen_split(dataset, options);
    const SplitOptions sizes{.test_size = options.test_size};
    std::vector<std::string> test_speakers;
    Split split = kind == SplitKind::speaker
                      ? speaker_split(dataset, sizes, options.random_state, test_speakers)
                      : train_test_split(dataset.features.rows(), sizes, options.random_state);
    check_classes(dataset, split.train);
    // By file name the last clips are the last emotions, which keras would validate on and not learn. The
    // clips of the random split are in the order drawn.
    const auto validation = kind == SplitKind::speaker ? eval::Validation::speakers : eval::Validation::last;
    eval::Fitted fitted = eval::fit_clips(dataset, split.train, options, validation, on_progress);
    const std::optional<CalibrationFit> calibration = fitted.calibration;
    Model model = eval::model_of(std::move(fitted), features, dataset.labels);
    History history = model.classifier().history();
    if (options.half_precision) model.halve();
    eval::Report report = score(model, dataset, split.test);
    TrainResult result{
        std::move(model),      kind,        std::move(report), split.train.size(), std::move(test_speakers),
        std::move(split.test), calibration, std::move(history)};
    result.model.set_record(record_of(result, corpus_name, licence, options));
    return result;
}

}  // namespace undertone
