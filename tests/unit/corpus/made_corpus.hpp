#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "os/file.hpp"
#include "support/support.hpp"
#include "undertone/corpus.hpp"

namespace undertone::test {

/// A folder of made files under real names: what is in them matters for tables alone.
class MadeCorpus : public TemporaryFolder {
public:
    using Files = std::vector<std::pair<std::string, std::string>>;
    explicit MadeCorpus(const Files& files) {
        for (const auto& [name, content] : files) add(name, content);
    }
    void add(const std::string& name, const std::string& content) const {
        std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
        write_file(path(name), content);
    }
    [[nodiscard]] Corpus read(const LabelOptions& labels = {}) const { return read_below("", labels); }
    [[nodiscard]] Corpus read_below(const std::string& name, const LabelOptions& labels = {}) const {
        const std::vector<std::string> places{path(name)};
        return read_corpus(places, labels);
    }
};

/// "name emotion speaker gender split" of each recording.
inline std::vector<std::string> told(const Corpus& corpus) {
    std::vector<std::string> lines;
    for (const Recording& r : corpus.recordings)
        lines.push_back(r.path.substr(r.path.rfind('/') + 1) + " " + r.emotion + " " + r.speaker + " " +
                        r.gender + " " + r.split);
    return lines;
}

}  // namespace undertone::test
