#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <tuple>

#include "corpus/folder.hpp"
#include "corpus/known_names.hpp"
#include "undertone/corpus.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace fs = std::filesystem;
namespace {

using corpus::ParsedName;
using corpus::same_code;

constexpr std::array<std::string_view, 15> kAudio{".wav",  ".wave", ".flac", ".ogg", ".oga",
                                                  ".opus", ".mp3",  ".m4a",  ".aif", ".aiff",
                                                  ".aifc", ".au",   ".snd",  ".caf", ".w64"};
// What stands beside recordings under their names: films, landmarks, transcripts, features.
constexpr std::array<std::string_view, 17> kNotAudio{".mp4", ".avi", ".mov",  ".mkv",      ".webm", ".csv",
                                                     ".tsv", ".txt", ".json", ".xml",      ".npy",  ".npz",
                                                     ".png", ".jpg", ".lab",  ".textgrid", ".zip"};

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

template <class List>
bool holds(const List& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

// Which label a code stands for, and whether it is to be learned.
class Labels {
public:
    explicit Labels(const LabelOptions& options) : options_(options) {
        for (const std::string& code : options.learn)
            if (!options.emotions.empty() && !find(options.emotions, code))
                throw Error(Errc::invalid_argument, "learn = " + code +
                                                        ": no such code among the emotions; there are" +
                                                        codes(options.emotions));
    }

    [[nodiscard]] std::optional<std::string> label(const ParsedName& name) const {
        if (!options_.emotions.empty()) return find(options_.emotions, name.emotion_code);
        for (const corpus::Code& code : name.corpus->emotions)
            if (same_code(code.code, name.emotion_code)) return std::string(code.meaning);
        return std::nullopt;
    }

    [[nodiscard]] bool is_learned(const ParsedName& name) const {
        return options_.learn.empty() ||
               std::any_of(options_.learn.begin(), options_.learn.end(),
                           [&](const std::string& code) { return same_code(code, name.emotion_code); });
    }

private:
    using Map = std::map<std::string, std::string>;

    static std::optional<std::string> find(const Map& emotions, const std::string& code) {
        const auto found = std::find_if(emotions.begin(), emotions.end(),
                                        [&](const auto& entry) { return same_code(entry.first, code); });
        if (found == emotions.end()) return std::nullopt;
        return found->second;
    }

    static std::string codes(const Map& emotions) {
        std::string text;
        for (const auto& entry : emotions) text += " " + entry.first;
        return text;
    }

    const LabelOptions& options_;
};

void append(std::string& list, std::string_view item) {
    if (!list.empty()) list += " + ";
    list += item;
}

struct Found {
    std::string file_name, path;
    ParsedName name;
};

std::vector<std::string> all_files(std::span<const std::string> folders) {
    std::vector<std::string> files;
    for (const std::string& folder : folders) {
        std::error_code error;
        const fs::file_status status = fs::status(folder, error);
        if (!fs::exists(status))
            throw Error(Errc::io,
                        folder + ": no such folder or file" +
                            (error && status.type() == fs::file_type::none ? ": " + error.message() : ""));
        if (!fs::is_directory(status)) {
            files.push_back(folder);
            continue;
        }
        for (std::string& file : corpus::files_below(folder)) files.push_back(std::move(file));
    }
    std::sort(files.begin(), files.end());  // a folder may be given twice, or with a file that is in it
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

[[noreturn]] void fail_without_recordings(std::span<const std::string> folders,
                                          const std::vector<SkippedFile>& skipped,
                                          std::size_t n_not_learned) {
    std::string message = folders.front();
    if (folders.size() > 1) message += " and " + std::to_string(folders.size() - 1) + " more";
    message += ": no recording found";
    if (n_not_learned != 0)
        message += "; " + std::to_string(n_not_learned) + " are of emotions that are not to be learned";
    if (!skipped.empty()) message += "; left out: " + skipped.front().path + ": " + skipped.front().reason;
    if (skipped.size() > 1) message += ", and " + std::to_string(skipped.size() - 1) + " more";
    message += "; names are read of";
    for (const corpus::KnownCorpus& known : corpus::known_corpora())
        message += " " + std::string(known.name) + " (" + std::string(known.example) + ")";
    throw Error(Errc::invalid_argument, message);
}

}  // namespace

Corpus read_corpus(std::span<const std::string> folders, const LabelOptions& options) {
    if (folders.empty()) throw Error(Errc::invalid_argument, "no folder of recordings given");
    const Labels labels(options);
    Corpus result;
    std::vector<Found> found;
    for (const std::string& path : all_files(folders)) {
        const fs::path file = path;
        const std::string extension = lower_case(file.extension().string());
        std::optional<ParsedName> name = corpus::parse_name(file.stem().string());
        std::error_code ignored;
        if (!name) {
            if (holds(kAudio, extension))
                result.skipped.push_back({path, "its name is of no corpus that is known"});
        } else if (holds(kNotAudio, extension)) {
            result.skipped.push_back({path, extension + " is not audio that is read"});
        } else if (!fs::exists(file, ignored)) {
            result.skipped.push_back({path, "is a link to nothing"});
        } else {
            found.push_back({file.filename().string(), path, std::move(*name)});
        }
    }

    // Copies of one recording come to lie side by side, the one to take first.
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        return std::tie(a.name.recording, b.name.copy, a.file_name, a.path) <
               std::tie(b.name.recording, a.name.copy, b.file_name, b.path);
    });
    std::vector<Found> taken;
    std::size_t n_not_learned = 0;
    for (Found& file : found) {
        if (!taken.empty() && taken.back().name.recording == file.name.recording) {
            result.skipped.push_back({file.path, "is the same recording as " + taken.back().path});
            continue;
        }
        if (!labels.label(file.name)) {
            result.skipped.push_back({file.path, "unknown emotion code " + file.name.emotion_code});
        } else if (!labels.is_learned(file.name)) {
            ++n_not_learned;
        } else {
            taken.push_back(std::move(file));
        }
    }
    if (taken.empty()) fail_without_recordings(folders, result.skipped, n_not_learned);

    std::sort(taken.begin(), taken.end(), [](const Found& a, const Found& b) {
        return std::tie(a.file_name, a.path) < std::tie(b.file_name, b.path);
    });
    std::sort(result.skipped.begin(), result.skipped.end(), [](const SkippedFile& a, const SkippedFile& b) {
        return std::tie(a.path, a.reason) < std::tie(b.path, b.reason);
    });
    for (const corpus::KnownCorpus& known : corpus::known_corpora()) {
        if (std::none_of(taken.begin(), taken.end(), [&](const Found& f) { return f.name.corpus == &known; }))
            continue;
        append(result.name, known.name);
        append(result.licence, known.licence);
    }
    for (Found& file : taken)
        result.recordings.push_back({std::move(file.path), *labels.label(file.name),
                                     std::move(file.name.speaker), std::move(file.name.text),
                                     std::move(file.name.style)});
    return result;
}

}  // namespace undertone
