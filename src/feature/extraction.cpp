#include "undertone/extraction.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "core/parallel.hpp"
#include "feature/sample_hash.hpp"

namespace undertone {
namespace {

FileFeatures extract_file(const FeatureSet& features, const ClipSource& source, const SpeechOptions* speech,
                          FeatureSet::Workspace& workspace) {
    FileFeatures result{source.path, {}, std::nullopt};
    Clip clip;
    try {
        clip = read_audio(source.path, source.segment);
    } catch (const Error& error) {
        result.error = error;
        return result;
    }
    try {
        result.sample_hash = sample_hash(clip);
        if (speech != nullptr) result.activity = voice_activity(clip.samples, clip.sample_rate, *speech);
        if (result.activity != VoiceActivity::speech) return result;
        result.values = extract_clip(features, clip, workspace);
    } catch (const Error& error) {  // it knows samples, not the file that they are from
        result.error = Error(error.code(), source.path + ": " + error.what());
    }
    return result;
}

}  // namespace

std::vector<double> extract_clip(const FeatureSet& features, const Clip& clip,
                                 FeatureSet::Workspace& workspace) {
    const std::size_t n_columns = features.columns().size();
    std::vector<double> values;
    const auto compute = [&](std::span<const float> samples, int sample_rate) {
        values.resize(features.n_frames(samples.size()) * n_columns);
        features.extract(samples, sample_rate, values, workspace);
    };
    const int rate = features.sample_rate();
    if (rate == 0 || rate == clip.sample_rate)
        compute(clip.samples, clip.sample_rate);
    else
        compute(resample(clip.samples, clip.sample_rate, rate), rate);
    const auto bad =
        std::find_if_not(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
    if (bad != values.end())
        throw Error(Errc::numerical,
                    features.columns()[static_cast<std::size_t>(bad - values.begin()) % n_columns] + " is " +
                        (std::isnan(*bad) ? "NaN" : "infinite") +
                        ": the samples are too large for its numbers; full scale is -1 to 1");
    return values;
}

void extract_files(const FeatureSet& features, std::span<const std::string> paths, std::size_t n_threads,
                   const std::function<bool(std::size_t index, FileFeatures&& result)>& consume,
                   const SpeechOptions* speech) {
    std::vector<ClipSource> sources;
    for (const std::string& path : paths) sources.push_back({path});
    extract_clips(features, sources, n_threads, consume, speech);
}

void extract_clips(const FeatureSet& features, std::span<const ClipSource> sources, std::size_t n_threads,
                   const std::function<bool(std::size_t index, FileFeatures&& result)>& consume,
                   const SpeechOptions* speech) {
    n_threads = thread_count(n_threads);
    std::vector<std::unique_ptr<FeatureSet::Workspace>> workspaces(
        n_threads);  // made by the thread that uses it
    parallel_in_order(
        sources.size(), n_threads,
        [&](std::size_t index, std::size_t thread) {
            auto& workspace = workspaces[thread];
            if (!workspace) workspace = features.workspace();
            return extract_file(features, sources[index], speech, *workspace);
        },
        [&](std::size_t index, FileFeatures&& result) {
            if (!consume(index, std::move(result)))
                throw Error(Errc::cancelled, "stopped after " + std::to_string(index + 1) + " of " +
                                                 std::to_string(sources.size()) + " files");
        });
}

}  // namespace undertone
