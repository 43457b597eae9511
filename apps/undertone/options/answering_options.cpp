#include "options/answering_options.hpp"

#include <algorithm>

#include "options/inputs.hpp"
#include "options/models.hpp"
#include "output/output.hpp"
#include "undertone/error.hpp"
#include "undertone/extraction.hpp"

namespace undertone::app {

Model load_model(const AnsweringOptions& options) {
    if (!options.model.empty()) return Model::load(model_file(options.model));
    const std::string path = default_model_file();
    Model model = Model::load(path);
    if (!options.quiet) complain("the model is " + path);
    return model;
}

std::optional<SpeakerVoice> voice_of(const Model& model, const AnsweringOptions& options,
                                     std::size_t n_threads) {
    if (!model.per_speaker()) {
        if (options.enroll.empty()) return std::nullopt;
        throw Error(
            Errc::invalid_argument,
            "--enroll: the model has no use for it; one that has is trained with --normalise speaker");
    }
    if (options.enroll.empty() && model.features().per_frame()) return std::nullopt;
    if (options.enroll.empty())
        throw Error(
            Errc::invalid_argument,
            "the model hears a clip against its speaker's ordinary voice: name a few recordings of it, or "
            "a folder of them, with --enroll");
    const auto& labels = model.labels();
    if (!model.features().per_frame() && !options.enroll_as.empty())
        throw Error(
            Errc::invalid_argument,
            "--enroll-as: the model takes the clips of --enroll as they are, whatever their mood; a model "
            "of --framework undertone asks for it");
    if (model.features().per_frame() && options.enroll_as.empty() &&
        std::find(labels.begin(), labels.end(), "neutral") == labels.end())
        throw Error(Errc::invalid_argument,
                    "--enroll: the model has no label neutral that the clips could be taken for: say with "
                    "--enroll-as how they were spoken, any for all moods");
    std::vector<std::vector<double>> features;
    const SpeechOptions speech;
    extract_files(
        model.features(), input_files(options.enroll), n_threads,
        [&](std::size_t, FileFeatures&& file) {
            if (file.error) throw Error(*file.error);
            if (file.activity != VoiceActivity::speech) {
                const std::string what(name(file.activity)), why(reason(file.activity));
                throw Error(
                    Errc::invalid_argument,
                    "--enroll " + file.path + ": " + what + (why == what ? "" : " (" + why + ")") +
                        ": it does not tell how the speaker sounds; leave it out, or add --any-sound");
            }
            features.push_back(std::move(file.values));
            return true;
        },
        options.any_sound ? nullptr : &speech, options.limits);
    return model.enroll(features, options.enroll_as);
}

void declare_answering(const Arguments& app, AnsweringOptions& options) {
    app.option("-m,--model", options.model,
               "a model file, or the name of a shipped model; without it model.safetensors of this folder, "
               "else ravdess, which is shipped")
        .check(not_empty);
    app.option("--enroll", options.enroll,
               "a recording of the speaker's ordinary speech, or a folder of them; may stand several times. "
               "For a model that was trained with --normalise speaker")
        .one_at_a_time()
        .check(not_empty);
    app.option("--enroll-as", options.enroll_as,
               "how those were spoken: a label, or any for all moods; without it neutral. For a model of "
               "--framework undertone")
        .check(not_empty)
        .needs("--enroll");
    app.flag("--any-sound", options.any_sound, "an emotion also for what is no speech, or too short");
    app.flag("--quiet", options.quiet, "no progress");
    declare_sound_limits(app, options.limits);
}

}  // namespace undertone::app
