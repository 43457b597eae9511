#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "command.hpp"
#include "options/inputs.hpp"
#include "os/file.hpp"
#include "output/output.hpp"
#include "output/training_report.hpp"
#include "run/run_folder.hpp"
#include "undertone/error.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

namespace fs = std::filesystem;

// ---- runs

struct Row {
    std::string name, verb, corpus, folds;
    double uar = -1, accuracy = -1;  // below 0: the run has none
    std::string interval;
};

std::string text_of(const Json& json, const char* key) {
    const Json* found = json.find(key);
    return found != nullptr && found->is_text() ? found->text() : "";
}

// A share from 0 to 1, or -1.
double figure(const Json& run, const char* name, const char* end) {
    const Json* part = &run;
    for (const char* key : {"metrics", name, end}) {
        part = part->find(key);
        if (part == nullptr) return -1;
    }
    const double value = part->is_number() ? part->get<double>() : -1;
    return value >= 0 && value <= 1 ? value : -1;
}

Row row_of(const std::string& name, const Json& run) {
    Row row{.name = name,
            .verb = text_of(run, "verb"),
            .corpus = {},
            .folds = text_of(run, "folds"),
            .interval = {}};
    if (run.contains("corpus")) row.corpus = text_of(run["corpus"], "name");
    row.uar = figure(run, "uar", "value");
    row.accuracy = figure(run, "accuracy", "value");
    if (row.uar >= 0)
        row.interval = fixed(figure(run, "uar", "low"), 4) + " to " + fixed(figure(run, "uar", "high"), 4);
    return row;
}

struct RunsSettings {
    std::string folder = "runs", sort = "uar", format = "text";
};

int runs_verb(const RunsSettings& settings) {
    if (!fs::is_directory(settings.folder))
        throw Error(Errc::io, settings.folder + ": there is no such folder");
    std::vector<Row> rows;
    for (const auto& entry : fs::directory_iterator(settings.folder)) {
        const std::string path = entry.path().string(), name = entry.path().filename().string();
        try {
            std::error_code failed;  // a loop of links hides itself alone
            if (name.ends_with(".part") && fs::is_directory(entry.path(), failed) &&
                OwnFolder::is_there(path))
                complain(path.substr(0, path.size() - 5) + ": is unfinished; --resume goes on with it");
            const bool is_run = fs::exists(path + "/run.json", failed);
            if (failed && failed != std::errc::not_a_directory)
                throw Error(Errc::io, path + ": cannot be looked at: " + failed.message());
            if (!is_run) continue;
            rows.push_back(row_of(name, read_run(path)));
        } catch (const Error& error) {
            complain(error.what());
        }
    }
    if (rows.empty())
        throw Error(Errc::io, settings.folder + ": holds no run; evaluate -o and tune -o make one");
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        if (settings.sort == "uar" && a.uar != b.uar) return a.uar > b.uar;
        if (settings.sort == "accuracy" && a.accuracy != b.accuracy) return a.accuracy > b.accuracy;
        return a.name < b.name;
    });
    if (settings.format == "json") {
        Json all = Json::list();
        for (const Row& row : rows)
            all.push_back({{"run", row.name},
                           {"verb", row.verb},
                           {"corpus", row.corpus},
                           {"folds", row.folds},
                           {"uar", row.uar < 0 ? Json() : Json(row.uar)},
                           {"accuracy", row.accuracy < 0 ? Json() : Json(row.accuracy)}});
        print(format_json(all, 2) + "\n");
        return 0;
    }
    std::vector<std::vector<std::string>> cells{
        {"run", "verb", "corpus", "folds", "UAR", "95 %", "accuracy"}};
    const auto number = [](double value) { return value < 0 ? "-" : fixed(value, 4); };
    for (const Row& row : rows)
        cells.push_back({one_line(row.name), row.verb, row.corpus, row.folds, number(row.uar), row.interval,
                         number(row.accuracy)});
    print(table(cells));
    return 0;
}

// ---- verify

/// A folder beside a run that goes with the object.
class Scratch {
public:
    explicit Scratch(const std::string& run) : folder_(run + ".verify") { folder_.clear(); }
    ~Scratch() { folder_.remove(); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] const std::string& path() const { return folder_.path(); }

private:
    OwnFolder folder_;
};

std::set<std::string> files_of(const std::string& folder) {
    std::set<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) files.insert(entry.path().lexically_relative(folder).string());
    files.erase("times.csv");  // the one thing that differs from run to run
    return files;
}

struct VerifySettings {
    std::string run, format = "text";
};

int verify_verb(const VerifySettings& settings) {
    std::string run = fs::absolute(settings.run).string();
    while (run.size() > 1 && run.back() == '/') run.pop_back();
    const Json json = read_run(run);
    const std::string version = text_of(json, "undertone");
    const Command command =
        command_from(json.contains("command") ? json["command"] : Json(), run + "/run.json");
    const Scratch scratch(run);
    const std::string again = scratch.path() + "/run";
    // What it prints was printed before: the comparison is the result.
    std::vector<std::string> further{"--quiet"};
    if (std::find(command.words.begin(), command.words.end(), "--quiet") != command.words.end())
        further.clear();
    {
        const SilentOutput silent;
        static_cast<void>(call_again(command, again, further));
    }
    std::vector<std::string> different;
    const std::set<std::string> before = files_of(run), after = files_of(again);
    std::set<std::string> all = before;
    all.insert(after.begin(), after.end());
    for (const std::string& file : all)
        if (!before.contains(file) || !after.contains(file) ||
            read_file(fs::path(run) / file) != read_file(fs::path(again) / file))
            different.push_back(file);
    if (settings.format == "json")
        print(Json{{"run", settings.run},
                   {"same", different.empty()},
                   {"files", all.size()},
                   {"different", different}}
                  .dump() +
              "\n");
    if (different.empty()) {
        if (settings.format == "json") return 0;
        print(settings.run + ": the same again, bit for bit: " + std::to_string(all.size()) + " files\n");
        return 0;
    }
    std::string names;
    for (const std::string& file : different) names += " " + file;
    if (version != UNDERTONE_VERSION)
        names += "; it was made by undertone " + version + ", this is " UNDERTONE_VERSION;
    throw Error(Errc::numerical,
                settings.run + ": is another now:" + names +
                    "; on another processor the last digits may differ, else the recordings or the "
                    "program have changed");
}

}  // namespace

Action declare_runs(const Arguments& app) {
    auto settings = std::make_shared<RunsSettings>();
    app.option("--sort", settings->sort, "by what: the best first, or by name")
        .one_of({"uar", "accuracy", "name"})
        .shows_default();
    app.option("--format", settings->format, "how the list is written")
        .one_of({"text", "json"})
        .shows_default();
    app.option("folder", settings->folder, "a folder of run folders").check(not_empty).shows_default();
    app.footer(
        "Examples:\n"
        "  undertone runs\n"
        "  undertone runs --sort accuracy results/");
    return [settings] { return runs_verb(*settings); };
}

Action declare_verify(const Arguments& app) {
    auto settings = std::make_shared<VerifySettings>();
    app.option("run", settings->run, "a run folder, as evaluate -o and tune -o write it")
        .required()
        .check(not_empty);
    app.option("--format", settings->format, "how the result is written")
        .one_of({"text", "json"})
        .shows_default();
    app.footer(
        "Examples:\n"
        "  undertone verify runs/loso");
    return [settings] { return verify_verb(*settings); };
}

}  // namespace undertone::app
