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
        if (labels.knows(corpus, name)) return name;
    }
    return "";
}

// "angry" of `hello_angry.wav`; empty where there is no such end.
std::string last_word(const std::string& file) {
    const std::string stem = stem_of(file);
    const std::size_t at = stem.rfind('_');
    return at == std::string::npos ? "" : stem.substr(at + 1);
}

// Gathers recordings by the word that a folder or a name has for their class.
class Classes {
public:
    Classes(std::string name, const LabelOptions& options) : labels_(options) {
        data_.name = std::move(name);
    }

    [[nodiscard]] const Labels& labels() const noexcept { return labels_; }
    [[nodiscard]] const std::string& name() const noexcept { return data_.name; }

    void take(const std::string& file, const std::string& word) {
        const bool known = labels_.knows(data_.name, word);
        n_known_ += known ? 1 : 0;
        if (!known && !labels_.has_rest(data_.name)) {  // the label map has no line for it
            if (n_strangers_++ == 0) stranger_ = {file, word};
            return;
        }
        Recording recording;
        recording.path = file;
        recording.corpus = data_.name;
        recording.code = recording.emotion = word;
        data_.recordings.push_back(std::move(recording));
    }

    void leave_out(const std::string& file, const std::string& reason) {
        data_.skipped.push_back({file, reason});
    }

    /// What was gathered; nothing when no word was a label.
    /// @param before, after  what stands around a word that is none, in a message
    std::optional<OwnData> data(const std::string& before, const std::string& after) {
        if (n_known_ == 0) return std::nullopt;
        if (n_strangers_ != 0)
            throw Error(Errc::invalid_argument,
                        stranger_.path + ": its " + before + " " + shown(stranger_.reason) + after + " (" +
                            std::to_string(n_strangers_) +
                            " such recordings); map it to one, or to nothing to leave it out, with a label "
                            "map; there are " +
                            canonical_labels());
        return std::move(data_);
    }

private:
    Labels labels_;
    OwnData data_;
    SkippedFile stranger_;
    std::size_t n_known_ = 0, n_strangers_ = 0;
};

}  // namespace

std::optional<OwnData> read_class_folders(std::span<const std::string> files, const std::string& root,
                                          const LabelOptions& options) {
    Classes classes(name_of_place(root), options);
    for (const std::string& file : files) {
        const std::string word = class_folder(file, root, classes.labels(), classes.name());
        if (word.empty() && folder_of(file).size() <= root.size())
            classes.leave_out(file, "lies in no folder of a class");
        else
            classes.take(file, word.empty() ? std::string(file_name(folder_of(file))) : word);
    }
    return classes.data("folder", " is called like no label");
}

std::optional<OwnData> read_class_names(std::span<const std::string> files, const std::string& root,
                                        const LabelOptions& options) {
    Classes classes(name_of_place(root), options);
    for (const std::string& file : files) {
        const std::string word = last_word(file);
        if (word.empty())
            classes.leave_out(file, "its name does not end in _ and a label");
        else
            classes.take(file, word);
    }
    return classes.data("name ends in", ", which is no label");
}

}  // namespace undertone::corpus
