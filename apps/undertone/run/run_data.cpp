#include "run/run_data.hpp"

#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "os/file.hpp"
#include "output/output.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// What the figures of learning show; a curves.csv may have more.
constexpr std::array<std::string_view, 4> kCurves{"loss", "val_loss", "accuracy", "val_accuracy"};
constexpr std::size_t kMaxTrainings = 100000, kMaxEpochs = std::size_t{1} << 22;
constexpr std::size_t kRowsOfAStep = 4096;  // a signal is looked at so often
// A training that went astray has losses that no axis shows.
constexpr double kMaxShown = 1e15;

// How a verb that trains is called so that its run has this part.
bool trains(const RunData& run) { return !part_of(run.json, "options").contains("model"); }

}  // namespace

std::string text_of(const Json& json, const char* key) {
    const Json& part = part_of(json, key);
    return part.is_text() ? part.get<std::string>() : "";
}

std::optional<double> number_of(const Json& json, const char* key) {
    const Json& part = part_of(json, key);
    if (!part.is_number()) return std::nullopt;
    return part.get<double>();
}

const Json& part_of(const Json& json, const char* key) {
    static const Json none;
    const Json* found = json.find(key);
    return found == nullptr ? none : *found;
}

eval::Figure figure_of(const Json& json) {
    return {number_of(json, "value").value_or(kNone), number_of(json, "low").value_or(kNone),
            number_of(json, "high").value_or(kNone)};
}

std::size_t count_of(const Json& json, const char* key) {
    const Json& part = part_of(json, key);
    return part.is_null() ? 0 : json_count(part, std::uint64_t{1} << 53, key, "run.json");
}

const Json::Members& members_of(const Json& json, const char* key) {
    static const Json::Members empty;
    const Json& part = part_of(json, key);
    return part.is_object() ? part.members() : empty;
}

const Json& list_of(const Json& json, const char* key) {
    static const Json empty = Json::list();
    const Json& part = part_of(json, key);
    return part.is_list() ? part : empty;
}

std::vector<plot::TrainingCurves> read_curves(std::string_view text, const std::string& origin,
                                              const OnProgress& on_progress) {
    std::vector<plot::TrainingCurves> trainings;
    std::vector<std::pair<std::size_t, std::string>> shown;  // column, name
    std::size_t fold = 0, seed = 0, epoch = 0, n_rows = 0, n_epochs = 0;
    const auto head = [&](const corpus::CsvTable& table) {
        fold = table.need({"fold"});
        seed = table.need({"seed"});
        epoch = table.need({"epoch"});
        for (const std::string_view curve : kCurves)
            if (const auto column = table.find({curve})) shown.emplace_back(*column, curve);
    };
    const auto refuse = [&](std::size_t most, const char* what) {
        throw Error(Errc::corrupt_data,
                    origin + ": has more than the " + std::to_string(most) + " " + what + " that are read");
    };
    const corpus::CsvTable whole =
        corpus::for_each_csv_row(text, origin, [&](const corpus::CsvTable& table, corpus::CsvRow& row) {
            if (n_rows == 0) head(table);
            if (++n_rows > kMaxEpochs) refuse(kMaxEpochs, "epochs");
            if (on_progress && n_rows % kRowsOfAStep == 0 && !on_progress({n_rows, 0}))
                throw Error(Errc::cancelled, origin + ": the reading of it was stopped");
            const auto row_seed = static_cast<std::uint32_t>(
                count_in(table, row, seed, std::numeric_limits<std::uint32_t>::max()));
            if (trainings.empty() || trainings.back().fold != row.fields[fold] ||
                trainings.back().seed != row_seed) {
                if (trainings.size() == kMaxTrainings) refuse(kMaxTrainings, "trainings");
                trainings.push_back({row.fields[fold], row_seed, {}});
                n_epochs = 0;
            }
            if (count_in(table, row, epoch, kMaxEpochs) != ++n_epochs)
                throw Error(Errc::corrupt_data, table.place(row) + ": epoch " + one_line(row.fields[epoch]) +
                                                    " where " + std::to_string(n_epochs) + " is due");
            for (const auto& [column, name] : shown) {
                const double value = row.fields[column].empty() ? kNone : number_in(table, row, column);
                trainings.back().values[name].push_back(std::abs(value) <= kMaxShown ? value : kNone);
            }
        });
    if (n_rows == 0) head(whole);
    return trainings;
}

std::vector<plot::GroupScore> read_importance(std::string_view text, const std::string& origin) {
    const Json json = read_run_json(text, origin);
    std::vector<plot::GroupScore> groups;
    for (const Json& group : list_of(json, "groups"))
        groups.push_back(
            {text_of(group, "name"), count_of(group, "columns"), figure_of(part_of(group, "fall"))});
    if (groups.empty()) throw Error(Errc::corrupt_data, origin + ": names no group of features");
    return groups;
}

namespace {

// All but run.json and the predictions, which read_run() and read_predictions() read from the folder.
std::optional<std::string> text_in(const std::string& folder, const char* name) {
    const std::string file = folder + "/" + name;
    std::error_code ignored;
    if (!fs::exists(fs::symlink_status(file, ignored))) return std::nullopt;
    return read_file(file);
}

std::string name_of(const std::string& path) {
    std::string name = fs::path(path).filename().string();
    std::error_code failed;
    if (name.empty() || name == "." || name == "..") name = fs::canonical(path, failed).filename().string();
    return name;
}

// What the folder has and what it lacks, once run.json is read.
void read_parts(RunData& data, const std::optional<std::string>& curves,
                const std::optional<std::string>& importance, const OnProgress& on_progress) {
    const std::string folds = text_of(data.json, "folds");
    const bool several = folds == "inflation" || folds == "matrix";
    const auto misses = [&](const char* what, const std::string& why) {
        data.missing.push_back({what, why});
    };
    if (!data.predictions) {
        if (several)
            misses("single clips and speakers",
                   "the folders within this run have them, each a run of its own");
        else if (text_of(data.json, "verb") == "tune" && part_of(data.json, "metrics").is_null())
            misses("a test on new speakers", "the search was not nested: without --nested none is made");
        else
            misses("single clips and speakers", "predictions.csv is not in the run folder");
    }
    if (curves) data.curves = read_curves(*curves, data.path + "/curves.csv", on_progress);
    if (data.curves.empty() && !several && !(text_of(data.json, "verb") == "tune" && !data.predictions))
        misses("learning curves", !trains(data) ? "a model was tested, none was trained"
                                  : curves      ? "curves.csv has no epoch"
                                                : "curves.csv is not in the run folder");
    if (importance)
        data.importance = read_importance(*importance, data.path + "/importance.json");
    else if (!several)
        misses("which features matter",
               "importance.json is not in the run folder: undertone evaluate --importance writes it");
}

}  // namespace

RunData run_data_of(const RunTexts& texts, const std::string& path, const OnProgress& on_progress) {
    RunData data;
    data.path = path;
    data.name = fs::path(path).filename().string();
    data.json = read_run_json(texts.run_json, path + "/run.json");
    if (texts.predictions)
        data.predictions =
            read_predictions(std::string_view(*texts.predictions), path + "/predictions.csv", on_progress);
    read_parts(data, texts.curves, texts.importance, on_progress);
    return data;
}

RunData read_run_data(const std::string& run, const OnProgress& on_progress) {
    RunData data;
    data.path = run;
    while (data.path.size() > 1 && data.path.back() == '/') data.path.pop_back();
    data.name = name_of(data.path);
    data.json = read_run(data.path);
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(data.path + "/predictions.csv", ignored)))
        data.predictions = read_predictions(data.path, on_progress);
    read_parts(data, text_in(data.path, "curves.csv"), text_in(data.path, "importance.json"), on_progress);
    return data;
}

}  // namespace undertone::app
