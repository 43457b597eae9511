#include "run/run_units.hpp"

#include <algorithm>
#include <limits>

#include "undertone/error.hpp"

namespace undertone::app {

namespace {

// Far above what a run has, and small enough that no product of two wraps around.
constexpr std::uint64_t kMostClips = 100'000'000, kMostFolds = 1'000'000, kMostEpochs = 10'000'000,
                        kMostLabels = 100'000;
constexpr std::uint64_t kMostSeed = std::numeric_limits<std::uint32_t>::max();
// Of all units together: 400 MB. A search of 100 trials over 25 folds of 10,000 clips and 8 labels has 25
// million.
constexpr std::size_t kMostNumbers = 50'000'000;

// JSON has no NaN: it is written as null.
Json curve_json(const std::vector<double>& curve) {
    Json json = Json::list();
    for (const double value : curve) json.push_back(value);
    return json;
}

// One line of a journal, whose members are asked for by name.
class Line {
public:
    Line(const Json& json, const std::string& place) : json_(json), place_(place) {}

    [[nodiscard]] const Json& part(const char* key) const { return json_part(json_, key, place_); }

    [[nodiscard]] const std::string& text(const char* key) const { return json_text(part(key), key, place_); }

    [[nodiscard]] std::uint64_t count(const char* key, std::uint64_t most) const {
        return json_count(part(key), most, key, place_);
    }

    [[nodiscard]] double number(const char* key) const { return json_number(part(key), key, place_); }

    [[nodiscard]] std::vector<std::size_t> counts(const char* key, std::uint64_t most) const {
        std::vector<std::size_t> counts;
        for (const Json& value : list(part(key), key)) counts.push_back(json_count(value, most, key, place_));
        return counts;
    }

    [[nodiscard]] std::vector<double> numbers(const char* key) const {
        std::vector<double> numbers;
        for (const Json& value : list(part(key), key)) numbers.push_back(json_number(value, key, place_));
        return numbers;
    }

    [[nodiscard]] std::vector<double> curve(const Json& json, const std::string& name) const {
        std::vector<double> curve;
        for (const Json& value : list(json, name))
            curve.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                            : json_number(value, name, place_));
        return curve;
    }

    [[nodiscard]] bool has(const char* key) const { return json_.contains(key); }

    [[nodiscard]] Line line(const char* key) const { return {part(key), place_}; }

    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(Errc::corrupt_data, place_ + ": " + what);
    }

private:
    [[nodiscard]] const Json& list(const Json& json, const std::string& name) const {
        if (!json.is_list()) refuse(name + " must be a list");
        return json;
    }

    const Json& json_;
    const std::string& place_;
};

std::optional<CalibrationFit> calibration_from(const Line& line) {
    if (line.part("calibration").is_null()) return std::nullopt;
    const Line fit = line.line("calibration");
    return CalibrationFit{{fit.number("temperature")},
                          fit.count("clips", kMostClips),
                          fit.count("folds", kMostFolds),
                          fit.count("speakers", kMostClips)};
}

Matrix<double> proba_from(const Line& line, std::size_t n_clips) {
    const std::vector<double> proba = line.numbers("proba");
    const std::size_t n_columns = line.count("columns", kMostLabels);
    if (n_clips * n_columns != proba.size())  // two numbers of which no product wraps around
        line.refuse("has " + std::to_string(proba.size()) + " probabilities of " + std::to_string(n_clips) +
                    " clips and " + std::to_string(n_columns) + " labels");
    for (const double p : proba)
        if (!(p >= 0 && p <= 1)) line.refuse("a probability must be from 0 to 1");
    Matrix<double> matrix(n_clips, n_columns);
    std::copy(proba.begin(), proba.end(), matrix.data());
    return matrix;
}

eval::FoldResult unit_from(const Line& line) {
    eval::FoldResult result;
    result.fold = line.count("fold", kMostFolds);
    result.seed = static_cast<std::uint32_t>(line.count("seed", kMostSeed));
    result.clips = line.counts("clips", kMostClips);
    result.proba = proba_from(line, result.clips.size());
    result.n_train = line.count("n_train", kMostClips);
    result.n_validation = line.count("n_validation", kMostClips);
    result.n_epochs = line.count("n_epochs", kMostEpochs);
    result.calibration = calibration_from(line);
    if (!line.part("history").is_object()) line.refuse("history must be an object");
    for (const auto& [name, curve] : line.part("history").members()) {
        result.history[name] = line.curve(curve, name);
        if (result.history[name].size() > result.n_epochs)
            line.refuse("its curve " + name + " is longer than its epochs");
    }
    if (line.has("importance")) result.importance = line.numbers("importance");
    result.fit_s = line.number("fit_s");
    return result;
}

std::size_t numbers_of(const eval::FoldResult& unit) {
    std::size_t n = unit.clips.size() + unit.proba.size() + unit.importance.size();
    for (const auto& curve : unit.history) n += curve.second.size();
    return n;
}

}  // namespace

Journal parse_journal(std::string_view text, const std::string& origin) {
    Journal journal;
    std::size_t n_numbers = 0, n_line = 0, begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        const std::string place = origin + ":" + std::to_string(++n_line);
        try {
            const Json json = parse_json(text.substr(begin, end - begin), place);
            const Line line(json, place);
            if (line.has("of")) {
                journal.of = line.text("of");
            } else {
                eval::FoldResult unit = unit_from(line);
                n_numbers += numbers_of(unit);
                journal.units.insert_or_assign(line.text("key"), std::move(unit));
            }
        } catch (const Error& error) {
            journal.broken.push_back({n_line, error.what()});
        }
        if (n_numbers > kMostNumbers)
            throw Error(Errc::corrupt_data, place + ": holds more than the " + std::to_string(kMostNumbers) +
                                                " numbers that a run may have; begin it anew");
        begin = end + 1;
    }
    journal.whole_bytes = begin;
    return journal;
}

std::string journal_head(const std::string& of) { return format_json({{"of", of}}) + "\n"; }

std::string journal_line(const std::string& key, const eval::FoldResult& result) {
    Json history = Json::object();
    for (const auto& [name, curve] : result.history) history[name] = curve_json(curve);
    const Json line{
        {"key", key},
        {"fold", result.fold},
        {"seed", result.seed},
        {"clips", result.clips},
        {"columns", result.proba.cols()},
        {"proba", std::vector<double>(result.proba.values().begin(), result.proba.values().end())},
        {"n_train", result.n_train},
        {"n_validation", result.n_validation},
        {"n_epochs", result.n_epochs},
        {"calibration", calibration_json(result.calibration)},
        {"history", history},
        {"importance", result.importance},
        {"fit_s", result.fit_s}};
    return format_json(line) + "\n";
}

Json calibration_json(const std::optional<CalibrationFit>& fit) {
    if (!fit) return nullptr;
    return {{"temperature", fit->calibration.temperature},
            {"clips", fit->n_clips},
            {"folds", fit->n_folds},
            {"speakers", fit->n_speakers}};
}

}  // namespace undertone::app
