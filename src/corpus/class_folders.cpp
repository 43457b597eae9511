#include <algorithm>

#include "core/text.hpp"
#include "corpus/labels.hpp"
#include "corpus/own_data.hpp"
#include "corpus/paths.hpp"
#include "undertone/error.hpp"

namespace undertone::corpus {
namespace {

// The nearest folder above the file, and below the root, that is called like a label.
std::string class_folder(const std::string& file, const std::string& root, const Labels& labels,
                         const std::string& corpus) {
    for (std::string at = folder_of(file); at.size() > root.size(); at = folder_of(at)) {
        std::string name(file_name(at));
        if (labels.judge(corpus, name, name).kind != Verdict::Kind::unknown) return name;
    }
    return "";
}

}  // namespace

std::optional<OwnData> read_class_folders(std::span<const std::string> files, const std::string& root,
                                          const LabelOptions& options) {
    const Labels labels(options);
    OwnData data;
    data.name = name_of_place(root);
    std::string stranger;
    std::size_t n_strangers = 0;
    for (const std::string& file : files) {
        Recording recording;
        recording.path = file;
        recording.corpus = data.name;
        recording.code = recording.emotion = class_folder(file, root, labels, data.name);
        if (!recording.code.empty()) {
            data.recordings.push_back(std::move(recording));
        } else if (folder_of(file).size() <= root.size()) {
            data.skipped.push_back({file, "lies in no folder of a class"});
        } else if (n_strangers++ == 0) {
            stranger = file;
        }
    }
    if (data.recordings.empty()) return std::nullopt;
    if (n_strangers != 0)
        throw Error(Errc::invalid_argument,
                    stranger + ": its folder " + shown(file_name(folder_of(stranger))) +
                        " is called like no label (" + std::to_string(n_strangers) +
                        " such recordings); map it to one, or to nothing to leave it out, with a label map; "
                        "there are " +
                        canonical_labels());
    return data;
}

}  // namespace undertone::corpus
