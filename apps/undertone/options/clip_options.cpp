#include "options/clip_options.hpp"

#include <set>

#include "output/progress_bar.hpp"
#include "output/training_report.hpp"
#include "undertone/error.hpp"
#include "undertone/evaluation.hpp"

namespace undertone::app {

namespace {

constexpr std::string_view kNormalised =
    "each speaker's clips, tested ones too, were brought to that speaker's own mean and deviation";

std::string hexadecimal(std::uint64_t value) {
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15U];
    return text;
}

}  // namespace

Option declare_clips(const Arguments& app, ClipOptions& options) {
    app.option("--normalise", options.normalise,
               "speaker: each speaker's clips to their own mean and deviation")
        .one_of({"none", "speaker"})
        .shows_default();
    app.option("--pad-mode", options.pad_mode,
               "ends of a clip: constant as librosa 0.11, reflect as 0.8.1; constant")
        .one_of({"constant", "reflect"});
    app.option("--threads", options.n_threads, "that read and train; 0: one a core")
        .range(0, 1024)
        .shows_default();
    declare_sound_limits(app, options.limits, Sound::is_kept);
    app.flag("--quiet", options.quiet, "no progress");
    return declare_corpus_options(app, options.corpus);
}

void require_places(const ClipOptions& options) {
    if (options.corpus.places.empty())
        throw Error(Errc::invalid_argument, "no recordings: name a folder, a zip or a table");
}

Clips read_clips(const ClipOptions& options, const FeatureSet& features) {
    Clips clips;
    clips.corpus = read_corpus(options.corpus);
    {
        ProgressBar bar("reading", options.quiet);
        clips.dataset = load_dataset(clips.corpus, features, options.corpus.labels, options.n_threads,
                                     bar.callback(), options.limits);
    }
    complain_of_failed(clips.dataset);
    if (options.normalise == "speaker") clips.dataset = eval::normalised_by_speaker(clips.dataset);
    return clips;
}

Json clips_json(const Clips& clips) {
    std::uint64_t all = 0;  // a sum, so that the order of clips does not matter
    for (const std::uint64_t hash : clips.dataset.sample_hashes) all += hash;
    std::set<std::string> speakers;
    for (const Recording& recording : clips.dataset.recordings) speakers.insert(recording.speaker);
    return {{"name", clips.corpus.name},
            {"licence", clips.corpus.licence},
            {"clips", clips.dataset.recordings.size()},
            {"speakers", speakers.size() - speakers.count("")},
            {"samples", hexadecimal(all)}};
}

std::string normalise_note(const std::string& normalise) {
    return normalise == "speaker" ? "note: " + std::string(kNormalised) + "\n" : "";
}

void note_normalised(const std::string& normalise, eval::FoldPlan& plan) {
    if (normalise == "speaker") plan.notes.insert(plan.notes.begin(), std::string(kNormalised));
}

}  // namespace undertone::app
