#pragma once

#include "mutate_text.hpp"
#include "parts.hpp"
#include "run/run_data.hpp"

/// The files of a run folder in one input.
namespace undertone::fuzz {

/// Reads them as a run folder; those that have other names are none of its files.
inline app::RunData read_run_parts(std::string_view text) {
    app::RunTexts texts;
    for (const Part& part : parts_of(text, "run.json")) {
        if (part.name == "run.json") texts.run_json = part.content;
        if (part.name == "predictions.csv") texts.predictions = part.content;
        if (part.name == "curves.csv") texts.curves = part.content;
        if (part.name == "importance.json") texts.importance = part.content;
    }
    return app::run_data_of(texts, "run");
}

inline std::string changed_run(const std::string& text, Dice& dice) {
    static constexpr std::array<std::string_view, 64> kJson{
        "undertone",   "verb",        "evaluate", "tune",        "train",      "command",       "words",
        "folder",      "corpus",      "name",     "clips",       "speakers",   "labels",        "options",
        "model",       "framework",   "features", "folds",       "metrics",    "uar",           "accuracy",
        "value",       "low",         "high",     "confusion",   "classes",    "reliability",   "confidence",
        "ece",         "trials",      "mean",     "deviation",   "rank",       "share",         "rows",
        "matrix",      "inflation",   "overlap",  "of_speakers", "of_texts",   "of_duplicates", "seeds",
        "seed",        "fold",        "groups",   "columns",     "fall",       "precision",     "recall",
        "f1",          "support",     "notes",    "licence",     "evaluation", "protocol",      "speaker:5",
        "calibration", "temperature", "scoring",  "nested",      "failed",     "label",         "version",
        "importance"};
    static constexpr std::array<std::string_view, 20> kTable{
        "file",  "speaker", "truth",    "predicted", "fold",         "seed",  "epoch", "p_happy",
        "p_sad", "loss",    "accuracy", "val_loss",  "val_accuracy", "happy", "sad",   "s:1",
        "a.wav", "p_",      "0",        "1"};
    std::vector<Part> parts = parts_of(text, "run.json");
    Part& part = dice.of(parts);
    if (dice.one_in(40) && parts.size() > 1) {
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(dice.below(parts.size())));
    } else if (part.name.ends_with(".json")) {
        part.content = changed_json(part.content, dice, kJson);
    } else {
        part.content = dice.one_in(12) ? with_column(part.content, dice, kTable)
                                       : changed_table(part.content, dice, kTable);
    }
    return joined(parts);
}

}  // namespace undertone::fuzz
