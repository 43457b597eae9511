#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plot/run_figures.hpp"
#include "run_folder.hpp"

namespace undertone::app {

/// A part that a run folder, or the run, does not have.
struct MissingPart {
    std::string what, why;  ///< "learning curves", "curves.csv: there is no such file"
};

/// What a run folder holds, as far as it holds it. Of run.json only `verb`, `labels` and the like are looked
/// at where they are used.
struct RunData {
    std::string path, name;  ///< as it was called, and its last part
    Json json;               ///< run.json
    std::optional<RunPredictions> predictions;
    std::vector<plot::TrainingCurves> curves;  ///< empty: none
    std::vector<plot::GroupScore> importance;  ///< empty: none
    std::vector<MissingPart> missing;
};

/// Reads a run folder.
/// @throws Error io            no such folder, or no run.json in it; a file that is there cannot be read
/// @throws Error corrupt_data  a file that is there is not what the program writes
[[nodiscard]] RunData read_run_data(const std::string& run);

/// A text or a number of run.json; nothing where it is not there or of another kind.
[[nodiscard]] std::string text_of(const Json& json, const char* key);
[[nodiscard]] std::optional<double> number_of(const Json& json, const char* key);

/// `{"value": ..., "low": ..., "high": ...}`; NaN for what is null or not there.
[[nodiscard]] eval::Figure figure_of(const Json& json);

/// A part of run.json, null where it is not there.
[[nodiscard]] const Json& part_of(const Json& json, const char* key);

}  // namespace undertone::app
