#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "options/corpus_options.hpp"
#include "options/sound_limits.hpp"
#include "output/output.hpp"
#include "output/progress_bar.hpp"
#include "undertone/audit.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

struct CorpusSettings {
    CorpusOptions corpus;
    std::string format = "text", manifest;
    bool audit = false, quiet = false, print_label_map = false;
    std::size_t n_threads = 0;
    SoundLimits limits;
};

struct Count {
    std::size_t n_clips = 0;
    double duration_s = 0;
};
using Counts = std::map<std::string, Count>;

struct Table {
    std::string name;  // "labels"
    Counts counts;     // "" stands for what is not known
};

// All that is told of a corpus, in either format.
struct Overview {
    std::size_t n_clips = 0, n_read = 0;
    std::vector<std::string> unreadable;
    double duration_s = 0, shortest_s = 0, longest_s = 0, median_s = 0;
    std::vector<Table> tables;
    std::vector<Finding> findings;
};

std::vector<Table> tables_of(const Corpus& corpus, const std::vector<ClipHeader>& headers) {
    using Tell = std::function<std::string(const Recording&, const ClipHeader&)>;
    const std::vector<std::pair<std::string, Tell>> columns{
        {"corpora", [](const Recording& r, const ClipHeader&) { return r.corpus; }},
        {"labels", [](const Recording& r, const ClipHeader&) { return r.emotion; }},
        {"speakers", [](const Recording& r, const ClipHeader&) { return r.speaker; }},
        {"genders", [](const Recording& r, const ClipHeader&) { return r.gender; }},
        {"texts", [](const Recording& r, const ClipHeader&) { return r.text; }},
        {"styles", [](const Recording& r, const ClipHeader&) { return r.style; }},
        {"languages", [](const Recording& r, const ClipHeader&) { return r.language; }},
        {"splits", [](const Recording& r, const ClipHeader&) { return r.split; }},
        {"formats",
         [](const Recording&, const ClipHeader& header) {
             if (header.error) return std::string();
             const int n = header.info.n_channels;
             return std::to_string(header.info.sample_rate) + " Hz " +
                    (n == 1   ? std::string("mono")
                     : n == 2 ? std::string("stereo")
                              : std::to_string(n) + " channels");
         }},
    };
    std::vector<Table> tables;
    for (const auto& column : columns) {
        Table table{column.first, {}};
        for (std::size_t i = 0; i < corpus.recordings.size(); ++i) {
            Count& count = table.counts[column.second(corpus.recordings[i], headers[i])];
            ++count.n_clips;
            if (!headers[i].error) count.duration_s += headers[i].duration_s;
        }
        tables.push_back(std::move(table));
    }
    return tables;
}

Overview overview_of(const Corpus& corpus, const std::vector<ClipHeader>& headers) {
    Overview overview;
    overview.n_clips = corpus.recordings.size();
    std::vector<double> durations;
    for (const ClipHeader& header : headers) {
        if (header.error)
            overview.unreadable.emplace_back(header.error->what());
        else
            durations.push_back(header.duration_s);
    }
    std::sort(durations.begin(), durations.end());
    overview.n_read = durations.size();
    for (const double duration : durations) overview.duration_s += duration;
    if (!durations.empty()) {
        overview.shortest_s = durations.front();
        overview.longest_s = durations.back();
        overview.median_s = durations[durations.size() / 2];
    }
    overview.tables = tables_of(corpus, headers);
    return overview;
}

std::string clips(std::size_t n) { return std::to_string(n) + (n == 1 ? " clip" : " clips"); }

std::string table_text(const Table& table, std::size_t n_clips) {
    // What every clip has alike, or none, is said in the first lines or not at all.
    constexpr std::size_t kMaxRows = 40;
    if (table.counts.size() == 1 && (table.counts.begin()->first.empty() || table.name == "corpora"))
        return "";
    std::size_t width = table.name.size();
    for (const auto& row : table.counts) width = std::max(width, row.first.size());
    std::string text = "\n" + padded(table.name, width) + "   clips   share  minutes\n";
    std::size_t n_rows = 0;
    for (const auto& [name, count] : table.counts) {
        if (n_rows++ == kMaxRows) {
            text +=
                "... " + std::to_string(table.counts.size() - kMaxRows) + " more (--format json has all)\n";
            break;
        }
        text += padded(name.empty() ? "?" : name, width) + padded(std::to_string(count.n_clips), 8, true) +
                padded(fixed(100.0 * static_cast<double>(count.n_clips) / static_cast<double>(n_clips), 1), 7,
                       true) +
                "%" + padded(fixed(count.duration_s / 60, 1), 9, true) + "\n";
    }
    return text;
}

std::string findings_text(const std::vector<Finding>& findings) {
    if (findings.empty()) return "\naudit: nothing found\n";
    std::string text = "\naudit\n";
    for (const Finding& finding : findings) {
        text += std::string(name(finding.kind)) + ":";
        for (const std::string& file : finding.files) text += " " + file;
        text += (finding.detail.empty() ? "" : ": " + finding.detail) + "\n";
    }
    std::map<FindingKind, std::size_t> counts;
    for (const Finding& finding : findings) ++counts[finding.kind];
    text += "found:";
    for (const auto& [kind, count] : counts)
        text += " " + std::to_string(count) + " " + std::string(name(kind));
    return text + "\n";
}

std::string as_text(const Corpus& corpus, const Overview& overview, bool audited) {
    std::string text = corpus.name + ": " + clips(overview.n_clips) + ", " +
                       fixed(overview.duration_s / 60, 1) + " minutes; " +
                       std::to_string(corpus.skipped.size()) + " files left out\n";
    text += "licence: " + (corpus.licence.empty() ? "not known" : corpus.licence) + "\n";
    if (overview.n_read != 0)
        text += "length: " + fixed(overview.shortest_s, 2) + " to " + fixed(overview.longest_s, 2) +
                " s, half of them below " + fixed(overview.median_s, 2) + " s\n";
    for (const Table& table : overview.tables) text += table_text(table, overview.n_clips);
    return text + (audited ? findings_text(overview.findings) : "");
}

std::string json_list(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : ", ") + json_string(item);
    return "[" + text + "]";
}

std::string as_json(const Corpus& corpus, const Overview& overview, bool audited) {
    std::string text = "{\"corpus\": " + json_string(corpus.name) +
                       ",\n \"licence\": " + json_string(corpus.licence) +
                       ",\n \"clips\": " + std::to_string(overview.n_clips) +
                       ",\n \"duration_s\": " + fixed(overview.duration_s, 3) +
                       ",\n \"shortest_s\": " + fixed(overview.shortest_s, 3) +
                       ",\n \"median_s\": " + fixed(overview.median_s, 3) +
                       ",\n \"longest_s\": " + fixed(overview.longest_s, 3);
    for (const Table& table : overview.tables) {
        std::string rows;
        for (const auto& [name, count] : table.counts)
            rows += (rows.empty() ? "" : ", ") + json_string(name) +
                    ": {\"clips\": " + std::to_string(count.n_clips) +
                    ", \"duration_s\": " + fixed(count.duration_s, 3) + "}";
        text += ",\n " + json_string(table.name) + ": {" + rows + "}";
    }
    std::string skipped;
    for (const SkippedFile& file : corpus.skipped)
        skipped += (skipped.empty() ? "" : ",\n  ") + std::string("{\"file\": ") + json_string(file.path) +
                   ", \"reason\": " + json_string(file.reason) + "}";
    text += ",\n \"left_out\": [" + skipped + "],\n \"unreadable\": " + json_list(overview.unreadable);
    if (audited) {
        std::string findings;
        for (const Finding& finding : overview.findings)
            findings += (findings.empty() ? "" : ",\n  ") + std::string("{\"kind\": ") +
                        json_string(name(finding.kind)) + ", \"files\": " + json_list(finding.files) +
                        ", \"detail\": " + json_string(finding.detail) + "}";
        text += ",\n \"audit\": [" + findings + "]";
    }
    return text + "}\n";
}

int corpus_verb(const CorpusSettings& settings) {
    if (settings.print_label_map) {
        print(label_map_csv(label_options(settings.corpus)));
        return 0;
    }
    if (settings.corpus.places.empty())
        throw Error(Errc::invalid_argument,
                    "corpus is required; undertone corpus --help tells what goes here");
    const Corpus corpus = read_corpus(settings.corpus);
    if (!settings.manifest.empty()) write_manifest(corpus, settings.manifest);
    const std::vector<ClipHeader> headers = [&] {
        ProgressBar bar("headers", settings.quiet);
        return read_headers(corpus, settings.n_threads, bar.callback(), settings.limits);
    }();
    Overview overview = overview_of(corpus, headers);
    if (settings.audit) {
        ProgressBar bar("listening", settings.quiet);
        overview.findings =
            audit_corpus(corpus, {.limits = settings.limits}, settings.n_threads, bar.callback());
    }
    print(settings.format == "json" ? as_json(corpus, overview, settings.audit)
                                    : as_text(corpus, overview, settings.audit));
    constexpr std::size_t kShown = 5;
    for (std::size_t i = 0; i < std::min(overview.unreadable.size(), kShown); ++i)
        complain(overview.unreadable[i]);
    if (overview.unreadable.empty()) return 0;
    complain(std::to_string(overview.unreadable.size()) + " of " + clips(overview.n_clips) +
             " cannot be read");
    return 1;
}

}  // namespace

Action declare_corpus(const Arguments& app) {
    auto settings = std::make_shared<CorpusSettings>();
    const Option places = declare_corpus_options(app, settings->corpus);
    const Option print_label_map =
        app.flag("--print-label-map", settings->print_label_map,
                 "what codes and words are called, to be edited and given to --label-map");
    print_label_map.excludes(places).excludes("--labels").excludes("--style");
    app.option("--format", settings->format, "how it is written")
        .one_of({"text", "json"})
        .shows_default()
        .excludes(print_label_map);
    app.option("-o,--output", settings->manifest, "writes a manifest: a CSV that is read as a corpus")
        .excludes(print_label_map);
    app.flag("--audit", settings->audit, "listen to every clip: duplicates, silence, clipping, ...")
        .excludes(print_label_map);
    app.option("--threads", settings->n_threads, "0: one a core").range(0, 1024).shows_default();
    declare_sound_limits(app, settings->limits);
    app.flag("--quiet", settings->quiet, "no progress");
    app.footer(
        "Examples:\n"
        "  undertone corpus ravdess/ emodb.zip\n"
        "  undertone corpus --audit --format json recordings/\n"
        "  undertone corpus --labels angry,happy,neutral,sad -o four.csv ravdess/ emodb/\n"
        "  undertone corpus --print-label-map > labels.csv");
    return [settings] { return corpus_verb(*settings); };
}

}  // namespace undertone::app
