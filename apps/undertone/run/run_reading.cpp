#include "run/run_reading.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>

#include "core/text.hpp"
#include "os/file.hpp"
#include "output/output.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRunJson = std::size_t{1} << 26;
constexpr std::uint64_t kMaxSeed = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 53;  // whole numbers that a double still tells apart
constexpr double kMaxNumber = 1e15;  // a score is not so large, and an axis of larger ones has no ticks
constexpr std::size_t kMaxRows = std::size_t{5} << 18, kMaxProbabilities = std::size_t{1} << 24;
// A signal is looked at so often.
constexpr std::size_t kRowsOfAStep = 4096;

constexpr std::array<std::string_view, 6> kColumns{"file", "speaker", "truth", "predicted", "fold", "seed"};

// What counts something wherever it stands.
constexpr std::array<std::string_view, 17> kCounts{
    "clips",        "speakers", "texts",  "tested",  "duplicates", "n_units",
    "n_draws",      "n_train",  "n_test", "columns", "epochs",     "support",
    "n_validation", "rank",     "trial",  "repeats", "confusion"};

// Numbers of lists, and of lists in lists, are named by the list. Deeper than parse_json() lets them be are
// none.
void check_numbers(const Json& json, const std::string& name, const std::string& origin) {
    if (json.is_object()) {
        for (const auto& [key, value] : json.members())
            if (key != "options" && key != "framework_options") check_numbers(value, key, origin);
    } else if (json.is_list()) {
        for (const Json& one : json) check_numbers(one, name, origin);
    } else if (json.is_number()) {
        if (name == "seed" || name == "random_state")
            static_cast<void>(json_count(json, kMaxSeed, name, origin));
        else if (std::find(kCounts.begin(), kCounts.end(), name) != kCounts.end())
            static_cast<void>(json_count(json, kMaxCount, name, origin));
        else if (!(std::abs(json_number(json, name, origin)) <= kMaxNumber))
            throw Error(Errc::corrupt_data, origin + ": " + one_line(name) + " = " + json.dump() +
                                                ": must be from -1e15 to 1e15");
    }
}

void check_header(const corpus::CsvTable& table) {
    if (table.columns.size() <= kColumns.size() ||
        !std::equal(kColumns.begin(), kColumns.end(), table.columns.begin()))
        throw Error(Errc::corrupt_data,
                    table.origin +
                        ": must begin with file,speaker,truth,predicted,fold,seed and a column "
                        "for each label");
    for (std::size_t i = kColumns.size(); i < table.columns.size(); ++i)
        if (table.columns[i].rfind("p_", 0) != 0)
            throw Error(Errc::corrupt_data,
                        table.origin + ": column " + shown(table.columns[i]) + ": must begin with p_");
}

// How many rows a text has at most.
std::size_t rows_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }));
}

[[noreturn]] void refuse_size(const std::string& origin, std::size_t most, const char* what) {
    throw Error(Errc::corrupt_data,
                origin + ": has more than the " + std::to_string(most) + " " + what + " that are read");
}

}  // namespace

void NameColumn::add(const std::string& name) {
    const auto [entry, added] = number_of_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (added) names_.push_back(&entry->first);
    numbers_.push_back(entry->second);
}

std::vector<std::size_t> label_numbers(const NameColumn& column, const std::vector<std::string>& labels) {
    std::map<std::string_view, std::size_t> number_of;
    for (std::size_t i = 0; i < labels.size(); ++i) number_of.emplace(labels[i], i);
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < column.n_names(); ++i) {
        const auto found = number_of.find(column.name(i));
        numbers.push_back(found == number_of.end() ? labels.size() : found->second);
    }
    return numbers;
}

Json read_run_json(std::string_view text, const std::string& origin) {
    Json json = parse_json(text, origin);
    if (!json.is_object()) throw Error(Errc::corrupt_data, origin + ": is no JSON object");
    check_numbers(json, "", origin);
    return json;
}

Json read_run(const std::string& run) {
    const std::string file = run + "/run.json";
    std::error_code ignored;
    if (!fs::is_directory(run, ignored)) throw Error(Errc::io, run + ": there is no such run folder");
    if (!fs::exists(file, ignored)) throw Error(Errc::io, run + ": is no run folder: it has no run.json");
    return read_run_json(read_file(file, kMaxRunJson), file);
}

bool is_run(const std::string& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored) && fs::exists(path + "/run.json", ignored);
}

double number_in(const corpus::CsvTable& table, const corpus::CsvRow& row, std::size_t column) {
    const std::string& text = row.fields[column];
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size())
        throw Error(Errc::corrupt_data, table.place(row) + ": " + shown(table.columns[column]) + ": " +
                                            shown(text) + " is no number");
    return value;
}

std::uint64_t count_in(const corpus::CsvTable& table, const corpus::CsvRow& row, std::size_t column,
                       std::uint64_t most) {
    const std::string& text = row.fields[column];
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || value > most)
        throw Error(Errc::corrupt_data, table.place(row) + ": " + shown(table.columns[column]) + ": " +
                                            shown(text) + " is no whole number from 0 to " +
                                            std::to_string(most));
    return value;
}

RunPredictions read_predictions(std::string_view text, const std::string& origin,
                                const OnProgress& on_progress) {
    const std::size_t most_rows = rows_of(text);
    RunPredictions result;
    result.path = origin;
    std::vector<double>& proba = result.probabilities;
    const auto take = [&](const corpus::CsvTable& table, corpus::CsvRow& row) {
        const std::size_t n_labels = table.columns.size() - std::min(table.columns.size(), kColumns.size());
        if (result.files.empty()) {
            check_header(table);
            proba.reserve(std::min(most_rows * n_labels, kMaxProbabilities));
            result.files.reserve(std::min(most_rows, kMaxRows));
        }
        if (result.files.size() == kMaxRows) refuse_size(origin, kMaxRows, "predictions");
        if (proba.size() + n_labels > kMaxProbabilities)
            refuse_size(origin, kMaxProbabilities, "probabilities");
        if (on_progress && result.files.size() % kRowsOfAStep == 0 &&
            !on_progress({result.files.size(), most_rows}))
            throw Error(Errc::cancelled, origin + ": the reading of it was stopped");
        result.files.push_back(std::move(row.fields[0]));
        result.speakers.add(row.fields[1]);
        result.truth.add(row.fields[2]);
        result.predicted.add(row.fields[3]);
        result.folds.add(row.fields[4]);
        result.seeds.push_back(static_cast<std::uint32_t>(count_in(table, row, 5, kMaxSeed)));
        for (std::size_t label = 0; label < n_labels; ++label) {
            const double p = number_in(table, row, kColumns.size() + label);
            if (!(p >= 0 && p <= 1))
                throw Error(Errc::corrupt_data,
                            table.place(row) + ": a probability must be from 0 to 1, not " + shortest(p));
            proba.push_back(p);
        }
    };
    const corpus::CsvTable table = corpus::for_each_csv_row(text, origin, take);
    check_header(table);
    if (result.files.empty()) throw Error(Errc::corrupt_data, origin + ": has no prediction");
    for (std::size_t i = kColumns.size(); i < table.columns.size(); ++i)
        result.labels.push_back(table.columns[i].substr(2));
    return result;
}

RunPredictions read_predictions(const std::string& run, const OnProgress& on_progress) {
    std::error_code ignored;
    if (!fs::is_directory(run, ignored)) throw Error(Errc::io, run + ": there is no such run folder");
    const std::string path = (fs::path(run) / "predictions.csv").string();
    if (!fs::exists(path, ignored)) {
        constexpr std::size_t kShown = 5;
        std::vector<std::string> within;
        for (fs::directory_iterator entry(run, ignored), end; entry != end && within.size() <= kShown;
             entry.increment(ignored))
            if (fs::exists(entry->path() / "predictions.csv", ignored))
                within.push_back(entry->path().string());
        std::string names;
        for (std::size_t i = 0; i < within.size(); ++i) names += " " + (i == kShown ? "..." : within[i]);
        throw Error(Errc::io, path + ": there is no such file" +
                                  (names.empty() ? "" : "; run folders within are" + names));
    }
    RunPredictions predictions = read_predictions(std::string_view(read_file(path)), path, on_progress);
    predictions.path = run;
    return predictions;
}

}  // namespace undertone::app
