#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "core/text.hpp"
#include "corpus/known_names.hpp"
#include "corpus/labels.hpp"
#include "corpus/own_data.hpp"
#include "corpus/paths.hpp"
#include "corpus/source.hpp"
#include "formats/zip.hpp"
#include "undertone/corpus.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace fs = std::filesystem;
namespace {

using corpus::file_name;
using corpus::Labels;
using corpus::OwnData;
using corpus::ParsedName;
using corpus::Source;
using corpus::Verdict;

// What stands beside recordings under their names: films, landmarks, transcripts, alignments, features.
constexpr std::array<std::string_view, 21> kNotAudio{
    ".mp4", ".avi", ".mov", ".mkv", ".webm", ".csv",      ".tsv",   ".txt",   ".json",  ".jsonl", ".xml",
    ".npy", ".npz", ".png", ".jpg", ".lab",  ".textgrid", ".wdseg", ".phseg", ".syseg", ".zip"};

void append(std::string& list, std::string_view item) {
    if (!list.empty()) list += " + ";
    list += item;
}

struct Found {
    std::string path;
    ParsedName name;
};

// What read_corpus() gathers on its way through the sources.
struct Gathered {
    Corpus corpus;
    std::map<std::string, std::string> licences;  // of corpora that are not published ones
    std::size_t n_not_learned = 0;
};

[[noreturn]] void fail_without_recordings(std::span<const std::string> folders, const Gathered& gathered) {
    std::string message = folders.front();
    if (folders.size() > 1) message += " and " + std::to_string(folders.size() - 1) + " more";
    message += ": no recording found";
    if (gathered.n_not_learned != 0)
        message +=
            "; " + std::to_string(gathered.n_not_learned) + " are of emotions that are not to be learned";
    const std::vector<SkippedFile>& skipped = gathered.corpus.skipped;
    if (!skipped.empty()) message += "; left out: " + skipped.front().path + ": " + skipped.front().reason;
    if (skipped.size() > 1) message += ", and " + std::to_string(skipped.size() - 1) + " more";
    message += "; names are read of";
    for (const corpus::KnownCorpus& known : corpus::known_corpora())
        message += " " + std::string(known.name) + " (" + std::string(known.example) + ")";
    message +=
        "; one's own recordings go into a folder for each class, beside a table of file,emotion, or "
        "are called like hello_angry.wav";
    throw Error(Errc::invalid_argument, message);
}

// ---- published corpora

// The recordings of a source whose names are known; the other files that are audio go to `strange`.
std::vector<Found> find_known(const Source& source, std::vector<std::string>& strange,
                              std::vector<SkippedFile>& skipped) {
    std::vector<Found> found;
    for (const std::string& path : source.files) {
        const std::string extension = corpus::extension_of(path);
        const bool not_audio = std::find(kNotAudio.begin(), kNotAudio.end(), extension) != kNotAudio.end();
        const std::string folder = corpus::folder_of(path);
        std::optional<ParsedName> name =
            corpus::parse_name((folder.empty() ? "" : folder + "/") + corpus::stem_of(path));
        if (!name) {
            if (corpus::is_audio_name(path)) strange.push_back(path);
        } else if (not_audio) {
            skipped.push_back({path, extension + " is not audio that is read"});
        } else if (std::error_code ignored; fs::is_symlink(path, ignored) && !fs::exists(path, ignored)) {
            skipped.push_back({path, "is a link to nothing"});
        } else {
            found.push_back({path, std::move(*name)});
        }
    }
    return found;
}

void read_side_tables(std::span<const Source> sources, std::vector<Found>& found) {
    for (const corpus::KnownCorpus& known : corpus::known_corpora()) {
        if (known.read_side_tables == nullptr) continue;
        std::vector<ParsedName*> names;
        for (Found& file : found)
            if (file.name.corpus == &known) names.push_back(&file.name);
        if (names.empty()) continue;
        std::vector<std::string> files;
        for (const Source& source : sources)
            files.insert(files.end(), source.files.begin(), source.files.end());
        known.read_side_tables(files, names);
    }
}

Recording recording_of(Found&& file, std::string label) {
    Recording recording;
    recording.path = std::move(file.path);
    recording.emotion = std::move(label);
    recording.speaker = std::move(file.name.speaker);
    recording.text = std::move(file.name.text);
    recording.style = std::move(file.name.style);
    recording.corpus = file.name.corpus->name;
    recording.code = std::move(file.name.emotion_code);
    recording.gender = std::move(file.name.gender);
    recording.language = std::move(file.name.language);
    recording.split = std::move(file.name.split);
    return recording;
}

void take_known(std::vector<Found> found, const Labels& labels, Gathered& gathered) {
    // Copies of one recording come to lie side by side, the one to take first.
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        const auto a_name = file_name(a.path), b_name = file_name(b.path);
        return std::tie(a.name.recording, b.name.copy, a_name, a.path) <
               std::tie(b.name.recording, a.name.copy, b_name, b.path);
    });
    std::string last_key, last_path;
    for (Found& file : found) {
        std::vector<SkippedFile>& skipped = gathered.corpus.skipped;
        if (!last_path.empty() && last_key == file.name.recording) {
            skipped.push_back({file.path, "is the same recording as " + last_path});
            continue;
        }
        if (file.name.emotion_code.empty()) {
            skipped.push_back({file.path, "no table beside it tells its emotion"});
            continue;
        }
        Verdict verdict = labels.judge(*file.name.corpus, file.name.emotion_code);
        if (verdict.kind == Verdict::Kind::unknown) {
            skipped.push_back({file.path, "unknown emotion code " + shown(file.name.emotion_code)});
        } else if (verdict.kind == Verdict::Kind::left_out) {
            skipped.push_back({file.path, "code " + shown(file.name.emotion_code) + " stands for no label"});
        } else if (verdict.kind == Verdict::Kind::not_learned) {
            ++gathered.n_not_learned;
        } else {
            last_key = file.name.recording;
            last_path = file.path;
            gathered.corpus.recordings.push_back(recording_of(std::move(file), std::move(verdict.label)));
        }
    }
}

// ---- one's own data

std::size_t depth_of(const std::string& path) {
    return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

// The tables of recordings that lie in the place itself, or in its one folder; db.yaml before others.
std::vector<std::string> tables_of(const Source& source) {
    std::vector<std::string> tables;
    for (const std::string& file : source.files)
        if (corpus::is_table_name(file) && depth_of(file) <= depth_of(source.root) + 2 &&
            corpus::is_table_of_recordings(file))
            tables.push_back(file);
    if (tables.empty()) return tables;
    for (const std::string& table : tables)
        if (file_name(table) == "db.yaml") return {table};
    std::size_t least = depth_of(tables.front());
    for (const std::string& table : tables) least = std::min(least, depth_of(table));
    tables.erase(std::remove_if(tables.begin(), tables.end(),
                                [&](const std::string& table) { return depth_of(table) > least; }),
                 tables.end());
    return tables;
}

void take_own(OwnData data, const Labels& labels, Gathered& gathered) {
    for (std::size_t i = 0; i < data.recordings.size(); ++i) {
        Recording& recording = data.recordings[i];
        Verdict verdict = labels.judge(recording.corpus, recording.code, recording.emotion);
        const std::string licence =
            i < data.licences.size() && !data.licences[i].empty() ? data.licences[i] : data.licence;
        if (!licence.empty()) gathered.licences.emplace(recording.corpus, licence);
        switch (verdict.kind) {
            case Verdict::Kind::taken:
                recording.emotion = verdict.label;
                gathered.corpus.recordings.push_back(std::move(recording));
                break;
            case Verdict::Kind::not_learned:
                ++gathered.n_not_learned;
                break;
            case Verdict::Kind::left_out:
                gathered.corpus.skipped.push_back(
                    {recording.path, shown(recording.emotion) + " is mapped to no label"});
                break;
            case Verdict::Kind::unknown:
                throw Error(Errc::invalid_argument,
                            (recording.listed_at.empty() ? recording.path : recording.listed_at) +
                                ": emotion " + shown(recording.emotion) +
                                " is no label that is known; map it to one, or to nothing to leave it out, "
                                "with a label map; there are " +
                                corpus::canonical_labels());
        }
    }
    std::move(data.skipped.begin(), data.skipped.end(), std::back_inserter(gathered.corpus.skipped));
}

void take_own_place(const Source& source, const std::vector<std::string>& audio, const Labels& labels,
                    const LabelOptions& options, Gathered& gathered) {
    const std::vector<std::string> tables = tables_of(source);
    if (!tables.empty()) {
        std::set<std::string, std::less<>> named;
        for (const std::string& table : tables) {
            OwnData data = corpus::read_table(table);
            for (const Recording& recording : data.recordings) named.insert(recording.path);
            take_own(std::move(data), labels, gathered);
        }
        for (const std::string& path : audio)
            if (!named.contains(fs::path(path).lexically_normal().string()))
                gathered.corpus.skipped.push_back({path, "no line of " + tables.front() + " names it"});
        return;
    }
    if (auto data = corpus::read_class_folders(audio, source.root, options)) {
        take_own(std::move(*data), labels, gathered);
        return;
    }
    if (auto data = corpus::read_class_names(audio, source.root, options)) {
        take_own(std::move(*data), labels, gathered);
        return;
    }
    for (const std::string& path : audio)
        gathered.corpus.skipped.push_back({path, "its name is of no corpus that is known"});
}

// ---- all together

auto part_of(const Recording& recording) {
    return std::tie(recording.path, recording.start_s, recording.end_s);
}

std::string named(const Recording& recording) {
    return recording.listed_at.empty() ? recording.path : recording.listed_at;
}

// One clip in two tables, or twice in one.
void drop_repeated(Corpus& corpus) {
    std::vector<Recording>& all = corpus.recordings;
    std::stable_sort(all.begin(), all.end(),
                     [](const Recording& a, const Recording& b) { return part_of(a) < part_of(b); });
    std::vector<Recording> kept;
    for (Recording& recording : all) {
        if (kept.empty() || part_of(kept.back()) != part_of(recording)) {
            kept.push_back(std::move(recording));
            continue;
        }
        if (kept.back().emotion != recording.emotion)
            throw Error(Errc::corrupt_data, named(recording) + ": " + recording.path + " is " +
                                                recording.emotion + " here and " + kept.back().emotion +
                                                " at " + named(kept.back()) + "; a clip has one label");
        corpus.skipped.push_back({recording.path, "is named again at " + named(recording)});
    }
    all = std::move(kept);
}

void keep_style(Corpus& corpus, const std::string& style) {
    if (style.empty()) return;
    auto& all = corpus.recordings;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Recording& r) { return (r.style == "song") != (style == "song"); }),
              all.end());
    if (all.empty()) throw Error(Errc::invalid_argument, "style = " + style + ": no recording is of it");
}

void keep_labels(Corpus& corpus, const std::vector<std::string>& labels) {
    if (labels.empty()) return;
    std::map<std::string, std::size_t> counts;
    for (const Recording& recording : corpus.recordings) ++counts[recording.emotion];
    for (const std::string& label : labels) {
        if (counts.contains(label)) continue;
        std::string there;
        for (const auto& [name, count] : counts) there += " " + name + " (" + std::to_string(count) + ")";
        throw Error(Errc::invalid_argument,
                    "labels: no recording is labelled " + shown(label) + "; there are" + there);
    }
    auto& all = corpus.recordings;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const Recording& r) {
                                 return std::find(labels.begin(), labels.end(), r.emotion) == labels.end();
                             }),
              all.end());
}

// Published corpora in the order of their table, then others by name.
void name_corpora(Gathered& gathered) {
    std::set<std::string> names;
    for (const Recording& recording : gathered.corpus.recordings) names.insert(recording.corpus);
    const bool several = names.size() > 1;
    const auto take = [&](const std::string& name, std::string_view licence) {
        append(gathered.corpus.name, name);
        // One that lacks a licence keeps its place among the others.
        if (!licence.empty() || several)
            append(gathered.corpus.licence, licence.empty() ? corpus::kNoLicence : licence);
    };
    for (const corpus::KnownCorpus& known : corpus::known_corpora())
        if (names.erase(std::string(known.name)) != 0) take(std::string(known.name), known.licence);
    for (const std::string& name : names) take(name, gathered.licences[name]);
}

}  // namespace

Corpus read_corpus(std::span<const std::string> folders, const LabelOptions& options) {
    if (folders.empty()) throw Error(Errc::invalid_argument, "no folder of recordings given");
    const Labels labels(options);
    Gathered gathered;
    const std::vector<Source> sources = corpus::find_sources(folders);
    std::vector<Found> found;
    for (const Source& source : sources) {
        if (source.kind == Source::Kind::table) {
            take_own(corpus::read_table(source.root), labels, gathered);
            continue;
        }
        std::vector<std::string> strange;
        std::vector<SkippedFile> skipped;
        std::vector<Found> here = find_known(source, strange, skipped);
        std::move(skipped.begin(), skipped.end(), std::back_inserter(gathered.corpus.skipped));
        if (here.empty() && source.kind == Source::Kind::place) {
            take_own_place(source, strange, labels, options, gathered);
            continue;
        }
        std::move(here.begin(), here.end(), std::back_inserter(found));
        for (std::string& path : strange)
            gathered.corpus.skipped.push_back({std::move(path), "its name is of no corpus that is known"});
    }
    read_side_tables(sources, found);
    take_known(std::move(found), labels, gathered);
    if (gathered.corpus.recordings.empty()) fail_without_recordings(folders, gathered);

    Corpus& result = gathered.corpus;
    drop_repeated(result);
    keep_style(result, options.style);
    keep_labels(result, options.labels);
    name_corpora(gathered);
    std::sort(result.recordings.begin(), result.recordings.end(), [](const Recording& a, const Recording& b) {
        const auto a_name = file_name(a.path), b_name = file_name(b.path);
        return std::tie(a_name, a.path, a.start_s, a.end_s) < std::tie(b_name, b.path, b.start_s, b.end_s);
    });
    std::sort(result.skipped.begin(), result.skipped.end(), [](const SkippedFile& a, const SkippedFile& b) {
        return std::tie(a.path, a.reason) < std::tie(b.path, b.reason);
    });
    return std::move(gathered.corpus);
}

}  // namespace undertone
