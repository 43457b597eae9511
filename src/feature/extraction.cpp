#include "undertone/extraction.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "audio/read_in_order.hpp"
#include "audio/read_sound.hpp"
#include "core/parallel.hpp"
#include "feature/clip_values.hpp"
#include "feature/sample_hash.hpp"

namespace undertone {
namespace {

// What a clip takes once it is decoded: with its samples those at another rate, or what is made of those.
std::uint64_t bytes_after_decoding(int rate, std::uint64_t n_samples, int sample_rate,
                                   const std::function<double(std::size_t n_samples)>& bytes_made) {
    const bool resampled = rate != 0 && rate != sample_rate;
    const auto n = static_cast<double>(n_samples);
    const double n_at_rate = resampled ? std::ceil(n * rate / sample_rate) : n;
    constexpr double kMost = 1e15, kSample = sizeof(float);
    if (n_at_rate > kMost) return UINT64_MAX;
    const double made = bytes_made(static_cast<std::size_t>(n_at_rate));
    return static_cast<std::uint64_t>(
        std::max(resampled ? kSample * (n + n_at_rate) : 0, kSample * n_at_rate + made));
}

// Reads a recording and hands it on: `use(clip, result)`. What goes wrong is the result's error.
template <class Use>
FileFeatures hear(const ClipSource& source, const audio::Further& bytes_after, audio::SoundMemory& memory,
                  Use use) {
    FileFeatures result{source.path, {}, std::nullopt};
    Clip clip;
    try {
        clip = audio::read_sound(source.path, source.segment, memory,
                                 [&](std::uint64_t n_samples, int sample_rate) {
                                     check_speech_rate(sample_rate, source.path);
                                     return bytes_after(n_samples, sample_rate);
                                 });
    } catch (const Error& error) {
        result.error = error;
        return result;
    }
    try {
        result.sample_hash = sample_hash(clip);
        use(std::move(clip), result);
    } catch (const Error& error) {  // it knows samples, not the file that they are from
        result.error = Error(error.code(), source.path + ": " + error.what());
    }
    return result;
}

FileFeatures extract_file(const FeatureSet& features, const ClipSource& source, const SpeechOptions* speech,
                          FeatureSet::Workspace& workspace, audio::SoundMemory& memory) {
    const auto bytes_of_values = [&](std::size_t n_samples) {
        return static_cast<double>(features.n_frames(n_samples)) *
               static_cast<double>(features.columns().size()) * sizeof(double);
    };
    const auto bytes_after = [&](std::uint64_t n_samples, int sample_rate) {
        return bytes_after_decoding(features.sample_rate(), n_samples, sample_rate, bytes_of_values);
    };
    FileFeatures result = hear(source, bytes_after, memory, [&](Clip&& clip, FileFeatures& heard) {
        if (speech != nullptr) heard.activity = voice_activity(clip.samples, clip.sample_rate, *speech);
        if (heard.activity == VoiceActivity::speech)
            heard.values = extract_clip(features, std::move(clip), workspace);
    });
    memory.keep(result.values.size() * sizeof(double));
    return result;
}

[[noreturn]] void stop_after(std::size_t index, std::size_t count) {
    throw Error(Errc::cancelled,
                "stopped after " + std::to_string(index + 1) + " of " + std::to_string(count) + " files");
}

}  // namespace

std::vector<double> clip_values(const FeatureSet& features, std::span<const float> samples, int sample_rate,
                                FeatureSet::Workspace& workspace) {
    const std::size_t n_columns = features.columns().size();
    std::vector<double> values(features.n_frames(samples.size()) * n_columns);
    features.extract(samples, sample_rate, values, workspace);
    const auto bad =
        std::find_if_not(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
    if (bad != values.end())
        throw Error(Errc::numerical,
                    features.columns()[static_cast<std::size_t>(bad - values.begin()) % n_columns] + " is " +
                        (std::isnan(*bad) ? "NaN" : "infinite") +
                        ": the samples are too large for its numbers; full scale is -1 to 1");
    return values;
}

std::vector<double> extract_clip(const FeatureSet& features, const Clip& clip,
                                 FeatureSet::Workspace& workspace) {
    check_speech_rate(clip.sample_rate, "the clip");
    const int rate = features.sample_rate();
    if (rate == 0 || rate == clip.sample_rate)
        return clip_values(features, clip.samples, clip.sample_rate, workspace);
    return clip_values(features, resample(clip.samples, clip.sample_rate, rate), rate, workspace);
}

std::vector<double> extract_clip(const FeatureSet& features, Clip&& clip, FeatureSet::Workspace& workspace) {
    const Clip own = at_rate(std::move(clip), features.sample_rate());
    return clip_values(features, own.samples, own.sample_rate, workspace);
}

Clip at_rate(Clip&& clip, int sample_rate) {
    check_speech_rate(clip.sample_rate, "the clip");
    Clip own = std::move(clip);
    if (sample_rate == 0 || sample_rate == own.sample_rate) return own;
    own.samples = resample(own.samples, own.sample_rate, sample_rate);
    own.sample_rate = sample_rate;
    return own;
}

void extract_files(const FeatureSet& features, std::span<const std::string> paths, std::size_t n_threads,
                   const std::function<bool(std::size_t index, FileFeatures&& result)>& consume,
                   const SpeechOptions* speech, const SoundLimits& limits) {
    std::vector<ClipSource> sources;
    for (const std::string& path : paths) sources.push_back({path});
    extract_clips(features, sources, n_threads, consume, speech, limits);
}

void extract_clips(const FeatureSet& features, std::span<const ClipSource> sources, std::size_t n_threads,
                   const std::function<bool(std::size_t index, FileFeatures&& result)>& consume,
                   const SpeechOptions* speech, const SoundLimits& limits) {
    n_threads = thread_count(n_threads);
    std::vector<std::unique_ptr<FeatureSet::Workspace>> workspaces(
        n_threads);  // made by the thread that uses it
    audio::read_in_order(
        sources.size(), n_threads, limits,
        [&](std::size_t index, std::size_t thread, audio::SoundMemory& memory) {
            auto& workspace = workspaces[thread];
            if (!workspace) workspace = features.workspace();
            FileFeatures result = extract_file(features, sources[index], speech, *workspace, memory);
            // Its buffers have grown with the clip: those of a long one are given back.
            constexpr std::uint64_t kLong = 16'000'000;
            if (memory.peak() > kLong) workspace.reset();
            return result;
        },
        [&](std::size_t index, FileFeatures&& result) {
            if (!consume(index, std::move(result))) stop_after(index, sources.size());
        });
}

void read_clips(
    int sample_rate, std::span<const ClipSource> sources, std::size_t n_threads,
    const std::function<bool(std::size_t index, FileFeatures&& facts, std::vector<float>&& samples)>& consume,
    const SoundLimits& limits) {
    struct Read {
        FileFeatures facts;
        std::vector<float> samples;
    };
    const auto bytes_after = [&](std::uint64_t n_samples, int from_rate) {
        return bytes_after_decoding(sample_rate, n_samples, from_rate, [](std::size_t) { return 0.0; });
    };
    audio::read_in_order(
        sources.size(), thread_count(n_threads), limits,
        [&](std::size_t index, std::size_t, audio::SoundMemory& memory) {
            Read read;
            read.facts = hear(sources[index], bytes_after, memory, [&](Clip&& clip, FileFeatures&) {
                read.samples = at_rate(std::move(clip), sample_rate).samples;
                read.samples.shrink_to_fit();  // they may be kept for long
            });
            memory.keep(read.samples.size() * sizeof(float));
            return read;
        },
        [&](std::size_t index, Read&& read) {
            if (!consume(index, std::move(read.facts), std::move(read.samples)))
                stop_after(index, sources.size());
        });
}

}  // namespace undertone
