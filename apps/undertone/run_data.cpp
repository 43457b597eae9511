#include "run_data.hpp"

#include <filesystem>
#include <limits>

#include "core/file.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<plot::TrainingCurves> read_curves(const std::string& path) {
    const corpus::CsvTable table = corpus::parse_csv(read_file(path), path);
    const std::size_t fold = table.need({"fold"}), seed = table.need({"seed"});
    static_cast<void>(table.need({"epoch"}));
    std::vector<plot::TrainingCurves> trainings;
    for (const corpus::CsvRow& row : table.rows) {
        const auto row_seed = static_cast<std::uint32_t>(number_in(table, row, seed));
        if (trainings.empty() || trainings.back().fold != row.fields[fold] ||
            trainings.back().seed != row_seed)
            trainings.push_back({row.fields[fold], row_seed, {}});
        for (std::size_t i = 3; i < table.columns.size(); ++i)
            trainings.back().values[table.columns[i]].push_back(
                row.fields[i].empty() ? kNone : number_in(table, row, i));
    }
    return trainings;
}

std::vector<plot::GroupScore> read_importance(const std::string& path) {
    const Json json = parse_json(read_file(path), path);
    std::vector<plot::GroupScore> groups;
    for (const Json& group : part_of(json, "groups"))
        groups.push_back({text_of(group, "name"),
                          static_cast<std::size_t>(number_of(group, "columns").value_or(0)),
                          figure_of(part_of(group, "fall"))});
    if (groups.empty()) throw Error(Errc::corrupt_data, path + ": names no group of features");
    return groups;
}

// How a verb that trains is called so that its run has this part.
bool trains(const RunData& run) { return !part_of(run.json, "options").contains("model"); }

}  // namespace

std::string text_of(const Json& json, const char* key) {
    const Json& part = part_of(json, key);
    return part.is_string() ? part.get<std::string>() : "";
}

std::optional<double> number_of(const Json& json, const char* key) {
    const Json& part = part_of(json, key);
    if (!part.is_number()) return std::nullopt;
    return part.get<double>();
}

const Json& part_of(const Json& json, const char* key) {
    static const Json none;
    if (!json.is_object()) return none;
    const auto found = json.find(key);
    return found == json.end() ? none : *found;
}

eval::Figure figure_of(const Json& json) {
    return {number_of(json, "value").value_or(kNone), number_of(json, "low").value_or(kNone),
            number_of(json, "high").value_or(kNone)};
}

RunData read_run_data(const std::string& run) {
    RunData data;
    data.path = run;
    while (data.path.size() > 1 && data.path.back() == '/') data.path.pop_back();
    data.name = fs::path(data.path).filename().string();
    if (data.name.empty() || data.name == "." || data.name == "..")
        data.name = fs::weakly_canonical(data.path).filename().string();
    data.json = read_run(data.path);
    const std::string folds = text_of(data.json, "folds");
    const bool several = folds == "inflation" || folds == "matrix";
    const auto has = [&](const char* file) { return fs::exists(data.path + "/" + file); };
    const auto misses = [&](const char* what, const std::string& why) {
        data.missing.push_back({what, why});
    };
    if (has("predictions.csv"))
        data.predictions = read_predictions(data.path);
    else if (several)
        misses("single clips and speakers", "the folders within this run have them, each a run of its own");
    else if (text_of(data.json, "verb") == "tune" && part_of(data.json, "metrics").is_null())
        misses("a test on new speakers", "the search was not nested: without --nested none is made");
    else
        misses("single clips and speakers", "predictions.csv is not in the run folder");
    if (has("curves.csv")) data.curves = read_curves(data.path + "/curves.csv");
    if (data.curves.empty() && !several && !(text_of(data.json, "verb") == "tune" && !data.predictions))
        misses("learning curves", !trains(data)       ? "a model was tested, none was trained"
                                  : has("curves.csv") ? "curves.csv has no epoch"
                                                      : "curves.csv is not in the run folder");
    if (has("importance.json"))
        data.importance = read_importance(data.path + "/importance.json");
    else if (!several)
        misses("which features matter",
               "importance.json is not in the run folder: undertone evaluate --importance writes it");
    return data;
}

}  // namespace undertone::app
