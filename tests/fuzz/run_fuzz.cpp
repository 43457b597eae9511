#include "run_parts.hpp"

// A run folder: run.json, predictions.csv, curves.csv and importance.json.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        const app::RunData run = fuzz::read_run_parts(fuzz::as_text(data, size));
        fuzz::require(run.json.is_object());
        if (!run.predictions) return;
        const app::RunPredictions& clips = *run.predictions;
        fuzz::require(!clips.files.empty() && !clips.labels.empty());
        fuzz::require(clips.probabilities.size() == clips.files.size() * clips.labels.size());
        fuzz::require(clips.speakers.size() == clips.files.size() &&
                      clips.truth.size() == clips.files.size() &&
                      clips.predicted.size() == clips.files.size() &&
                      clips.folds.size() == clips.files.size() && clips.seeds.size() == clips.files.size());
        for (const double p : clips.probabilities) fuzz::require(p >= 0 && p <= 1);
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    return undertone::fuzz::mutate(data, size, max_size, seed, undertone::fuzz::changed_run);
}
