#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plot/run_figures.hpp"
#include "run/run_reading.hpp"

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

/// The files of a run folder; nothing for one that is not there.
struct RunTexts {
    std::string run_json;
    std::optional<std::string> predictions, curves, importance;
};

/// Reads a run folder.
/// @throws Error io            no such folder, or no run.json in it; a file that is there cannot be read
/// @throws Error corrupt_data  a file that is there is not what the program writes
/// @throws Error cancelled     on_progress, which is called now and then, returned false
[[nodiscard]] RunData read_run_data(const std::string& run, const OnProgress& on_progress);

/// The same of what its files hold. @param path  what to call the folder
[[nodiscard]] RunData run_data_of(const RunTexts& texts, const std::string& path,
                                  const OnProgress& on_progress = {});

/// Loss and accuracy of each training of a curves.csv.
/// @throws Error corrupt_data  epochs of a training that are not 1, 2, 3 ..., a seed that has no 32 bits,
/// more
///         than 100,000 trainings or 4 million epochs
[[nodiscard]] std::vector<plot::TrainingCurves> read_curves(std::string_view text, const std::string& origin,
                                                            const OnProgress& on_progress = {});

/// The groups of an importance.json.
/// @throws Error corrupt_data
[[nodiscard]] std::vector<plot::GroupScore> read_importance(std::string_view text, const std::string& origin);

/// A text or a number of run.json; nothing where it is not there or of another kind.
[[nodiscard]] std::string text_of(const Json& json, const char* key);
[[nodiscard]] std::optional<double> number_of(const Json& json, const char* key);

/// A number that read_run_json() knows to be a count; 0 where it is not there.
[[nodiscard]] std::size_t count_of(const Json& json, const char* key);

/// `{"value": ..., "low": ..., "high": ...}`; NaN for what is null or not there.
[[nodiscard]] eval::Figure figure_of(const Json& json);

/// A part of run.json, null where it is not there.
[[nodiscard]] const Json& part_of(const Json& json, const char* key);

/// A list of run.json, empty where it is not there or no list.
[[nodiscard]] const Json& list_of(const Json& json, const char* key);

/// The members of an object of run.json, none where it is not there or no object.
[[nodiscard]] const Json::Members& members_of(const Json& json, const char* key);

}  // namespace undertone::app
