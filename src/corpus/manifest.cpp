#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>

#include "corpus/own_data.hpp"
#include "corpus/paths.hpp"
#include "os/file.hpp"
#include "tables/csv.hpp"
#include "undertone/corpus.hpp"

namespace undertone {
namespace fs = std::filesystem;
namespace {

// Digits enough to read the same number back; none for 0, which stands for the beginning and the end.
std::string seconds(double time) {
    if (time == 0) return "";
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), time, std::chars_format::fixed);
    return {text.data(), end.ptr};
}

// From the manifest's folder, when the recording lies below it.
std::string path_from(const fs::path& folder, const std::string& path) {
    const fs::path whole = corpus::absolute_path(path);
    const fs::path below = whole.lexically_relative(folder);
    if (below.empty() || *below.begin() == "..") return whole.string();
    return below.string();
}

// The licence of each corpus: names and licences stand in the same order.
std::map<std::string, std::string> licences_of(const Corpus& corpus) {
    std::map<std::string, std::string> licences;
    constexpr std::string_view kJoint = " + ";
    std::string_view names = corpus.name, texts = corpus.licence;
    while (!names.empty() && !texts.empty()) {
        const std::size_t name = names.find(kJoint), text = texts.find(kJoint);
        if (texts.substr(0, text) != corpus::kNoLicence)
            licences.emplace(names.substr(0, name), texts.substr(0, text));
        if (name == std::string_view::npos || text == std::string_view::npos) break;
        names.remove_prefix(name + kJoint.size());
        texts.remove_prefix(text + kJoint.size());
    }
    return licences;
}

}  // namespace

void write_manifest(const Corpus& corpus, const std::string& path) {
    const fs::path folder = fs::path(corpus::absolute_path(path)).parent_path();
    const std::map<std::string, std::string> licences = licences_of(corpus);
    AtomicFile file(path);
    file.write("file,emotion,code,corpus,licence,speaker,gender,language,text,style,split,start,end\n");
    for (const Recording& recording : corpus.recordings) {
        const auto licence = licences.find(recording.corpus);
        const std::array fields{path_from(folder, recording.path),
                                recording.emotion,
                                recording.code,
                                recording.corpus,
                                licence == licences.end() ? std::string() : licence->second,
                                recording.speaker,
                                recording.gender,
                                recording.language,
                                recording.text,
                                recording.style,
                                recording.split,
                                seconds(recording.start_s),
                                seconds(recording.end_s)};
        std::string line;
        for (const std::string& field : fields)
            line += (&field == fields.data() ? "" : ",") + corpus::csv_field(field);
        file.write(line + "\n");
    }
    file.commit();
}

}  // namespace undertone
