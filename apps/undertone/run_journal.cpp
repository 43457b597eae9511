#include "run_journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>

#include "core/file.hpp"
#include "output.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

std::string part_of(std::string run) {
    while (run.size() > 1 && run.back() == '/') run.pop_back();
    return run + ".part";
}

// JSON has no NaN: it is written as null.
Json curve_json(const std::vector<double>& curve) {
    Json json = Json::array();
    for (const double value : curve) json.push_back(value);
    return json;
}

std::vector<double> curve_from(const Json& json) {
    std::vector<double> curve;
    for (const Json& value : json)
        curve.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
    return curve;
}

std::optional<CalibrationFit> calibration_from(const Json& json) {
    if (json.is_null()) return std::nullopt;
    return CalibrationFit{{json.at("temperature").get<double>()},
                          json.at("clips").get<std::size_t>(),
                          json.at("folds").get<std::size_t>(),
                          json.at("speakers").get<std::size_t>()};
}

Json unit_json(const std::string& key, const eval::FoldResult& result) {
    Json history = Json::object();
    for (const auto& [name, curve] : result.history) history[name] = curve_json(curve);
    return {{"key", key},
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
}

eval::FoldResult unit_from(const Json& json) {
    eval::FoldResult result;
    result.fold = json.at("fold").get<std::size_t>();
    result.seed = json.at("seed").get<std::uint32_t>();
    result.clips = json.at("clips").get<std::vector<std::size_t>>();
    const auto proba = json.at("proba").get<std::vector<double>>();
    result.proba = Matrix<double>(result.clips.size(), json.at("columns").get<std::size_t>());
    if (proba.size() != result.proba.size()) throw Error(Errc::corrupt_data, "not as many numbers as clips");
    std::copy(proba.begin(), proba.end(), result.proba.data());
    result.n_train = json.at("n_train").get<std::size_t>();
    result.n_validation = json.at("n_validation").get<std::size_t>();
    result.n_epochs = json.at("n_epochs").get<std::size_t>();
    result.calibration = calibration_from(json.at("calibration"));
    for (const auto& [name, curve] : json.at("history").items()) result.history[name] = curve_from(curve);
    if (json.contains("importance")) result.importance = json["importance"].get<std::vector<double>>();
    result.fit_s = json.at("fit_s").get<double>();
    return result;
}

}  // namespace

RunJournal::RunJournal(const std::string& run, bool go_on)
    : run_(run), folder_(part_of(run)), file_name_(folder_ + "/units.jsonl") {
    std::error_code failed;
    if (go_on) {
        if (!fs::is_directory(folder_))
            throw Error(Errc::io, run + ": there is no unfinished run to go on with");
    } else if (!fs::create_directory(folder_, failed)) {
        if (failed) throw Error(Errc::io, folder_ + ": cannot be made: " + failed.message());
        if (fs::exists(folder_ + kCommand))  // else it was ended before it had begun
            throw Error(Errc::io, folder_ + ": an unfinished run is there: go on with --resume " + run +
                                      ", or remove it");
    }
    // "r+" would not make it, "a" would not let a cut line be cut off.
    const int descriptor = ::open(file_name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor >= 0) file_ = ::fdopen(descriptor, "r+");
    if (file_ == nullptr) throw Error(Errc::io, file_name_ + ": " + std::strerror(errno));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        std::fclose(file_);
        throw Error(Errc::io, run + ": another process is at work on this run");
    }
    if (go_on)
        load();
    else
        write_file(folder_ + kCommand, command_json(remembered_command()).dump(2) + "\n");
}

RunJournal::~RunJournal() {
    if (file_ != nullptr) std::fclose(file_);
    if (!holds_units_) remove(run_);  // there is nothing that would be lost
}

void RunJournal::load() {
    const std::string text = read_file(file_name_);
    std::size_t whole = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', whole)) {
        // A line that does not parse was cut by what ended the run: it and what follows is done anew.
        const Json line = Json::parse(text.begin() + static_cast<std::ptrdiff_t>(whole),
                                      text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
        if (line.is_discarded()) break;
        try {
            if (line.contains("of"))
                fingerprint_ = line.at("of").get<std::string>();
            else
                units_.insert_or_assign(line.at("key").get<std::string>(), unit_from(line));
        } catch (const std::exception&) {
            break;
        }
        whole = end + 1;
    }
    holds_units_ = !units_.empty();
    if (::ftruncate(::fileno(file_), static_cast<off_t>(whole)) != 0 ||
        std::fseek(file_, static_cast<long>(whole), SEEK_SET) != 0)
        throw Error(Errc::io, file_name_ + ": " + std::strerror(errno));
}

void RunJournal::append(const Json& line) {
    const std::string text = line.dump() + "\n";
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size() || std::fflush(file_) != 0 ||
        ::fdatasync(::fileno(file_)) != 0)
        throw Error(Errc::io, file_name_ + ": " + std::strerror(errno));
}

void RunJournal::bind(const std::string& fingerprint) {
    const std::lock_guard lock(mutex_);
    if (fingerprint_.empty()) {
        append({{"of", fingerprint}});
        fingerprint_ = fingerprint;
    } else if (fingerprint_ != fingerprint) {
        throw Error(Errc::invalid_argument,
                    run_ +
                        ": the recordings, the program or their tables have changed since "
                        "this run began; remove " +
                        folder_ + " and begin anew");
    }
}

std::optional<eval::FoldResult> RunJournal::find(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = units_.find(key);
    if (found == units_.end()) return std::nullopt;
    return found->second;
}

void RunJournal::keep(const std::string& key, const eval::FoldResult& result) {
    const std::lock_guard lock(mutex_);
    append(unit_json(key, result));
    holds_units_ = true;
}

void RunJournal::remove(const std::string& run) {
    std::error_code ignored;
    fs::remove_all(part_of(run), ignored);
}

Command RunJournal::command_of(const std::string& run) {
    const std::string file = part_of(run) + kCommand;
    if (!fs::exists(file)) throw Error(Errc::io, run + ": there is no unfinished run to go on with");
    return command_from(parse_json(read_file(file), file), file);
}

Json calibration_json(const std::optional<CalibrationFit>& fit) {
    if (!fit) return nullptr;
    return {{"temperature", fit->calibration.temperature},
            {"clips", fit->n_clips},
            {"folds", fit->n_folds},
            {"speakers", fit->n_speakers}};
}

std::string fingerprint(Json head) {
    head.erase("command");
    return head.dump();
}

void declare_resume(CLI::App& app, ResumeOptions& options) {
    const auto others =
        app.get_options([](const CLI::Option* option) { return option->get_name() != "--help"; });
    CLI::Option* resume =
        app.add_option("--resume", options.run, "go on with this run, which was cut off, as it was called");
    for (CLI::Option* option : others) resume->excludes(option);
    app.add_flag("--goes-on", options.goes_on)->group("");
}

int resume(const std::string& run) {
    if (fs::exists(run)) {
        RunJournal::remove(run);  // the end of a run that was ended between its last two steps
        print("run is whole: " + run + "\n");
        return 0;
    }
    return call_again(RunJournal::command_of(run), run, {"--goes-on"});
}

}  // namespace undertone::app
