#include <algorithm>

#include "corpus/audformat.hpp"
#include "mutate_text.hpp"
#include "parts.hpp"

// A database: db.yaml, and after lines `==> db.NAME.csv` its tables.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    static const fuzz::ScratchFolder folder("audformat");
    std::vector<fuzz::Part> parts = fuzz::parts_of(fuzz::as_text(data, size), "db.yaml");
    fuzz::parse_or_refuse([&] {
        const auto header = corpus::parse_audformat_header(parts.front().content, "fuzz");
        fuzz::require(header.tables.size() <= size);
    });
    if (parts.size() == 1) return 0;
    constexpr std::size_t kMostParts = 6;
    parts.resize(std::min(parts.size(), kMostParts));
    parts.front().name = "db.yaml";
    std::erase_if(parts, [](const fuzz::Part& part) {
        return !part.name.starts_with("db.") || part.name.size() > 40 ||
               part.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz.") != std::string::npos;
    });
    fuzz::parse_or_refuse([&] {
        struct Files {
            explicit Files(const std::vector<fuzz::Part>& all) : parts(all) {
                for (const fuzz::Part& part : parts) folder.write(part.name, part.content);
            }
            ~Files() {
                for (const fuzz::Part& part : parts) folder.remove(part.name);
            }
            const std::vector<fuzz::Part>& parts;
        } const files(parts);
        for (const Recording& recording : corpus::read_audformat(folder.path() + "/db.yaml").recordings)
            fuzz::require(!recording.path.empty());
    });
    return 0;
}

namespace {

using namespace undertone::fuzz;

constexpr std::array<std::string_view, 40> kWords{"name",
                                                  "license",
                                                  "usage",
                                                  "languages",
                                                  "tables",
                                                  "misc_tables",
                                                  "schemes",
                                                  "columns",
                                                  "scheme_id",
                                                  "split_id",
                                                  "type",
                                                  "filewise",
                                                  "segmented",
                                                  "misc",
                                                  "labels",
                                                  "emotion",
                                                  "speaker",
                                                  "gender",
                                                  "sex",
                                                  "language",
                                                  "transcription",
                                                  "text",
                                                  "sentence",
                                                  "file",
                                                  "start",
                                                  "end",
                                                  "deu",
                                                  "eng",
                                                  "female",
                                                  "&a",
                                                  "*a",
                                                  "[*a, *a]",
                                                  "{a: *a}",
                                                  "<<",
                                                  "!!map",
                                                  "|",
                                                  "? ",
                                                  "- ",
                                                  "happy",
                                                  "0 days 00:00:01"};

// Lines of YAML with their indents: moved, doubled, given other keys, named by anchors and aliases.
std::string changed_yaml(const std::string& text, Dice& dice) {
    std::vector<std::string> lines = cut(text, '\n');
    for (std::size_t n = 1 + dice.below(3); n > 0; --n) {
        std::string& line = dice.of(lines);
        const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
        const std::size_t colon = line.find(':');
        switch (dice.below(7)) {
            case 0:
                line.insert(0, dice.below(5), ' ');
                break;
            case 1:
                line.erase(0, std::min(indent, 1 + dice.below(4)));
                break;
            case 2:
                if (colon != std::string::npos) line.replace(indent, colon - indent, dice.of(kWords));
                break;
            case 3:
                if (colon != std::string::npos)
                    line = line.substr(0, colon + 1) + " " + std::string(dice.of(kWords));
                break;
            case 4:
                if (colon != std::string::npos) line.insert(colon + 1, dice.one_in(2) ? " &a" : " *a");
                break;
            case 5:
                line = plain(line);
                break;
            default:
                shuffle_parts(lines, dice);
        }
    }
    return joined(lines, '\n');
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    return mutate(data, size, max_size, seed, [](const std::string& text, Dice& dice) {
        std::vector<Part> parts = parts_of(text, "db.yaml");
        Part& part = dice.one_in(2) ? parts.front() : dice.of(parts);
        if (part.name.ends_with(".csv"))
            part.content = changed_table(part.content, dice, kWords);
        else if (part.name.ends_with(".yaml"))
            part.content = changed_yaml(part.content, dice);
        else
            part.content = plain(part.content);
        return parts.size() == 1 ? parts.front().content : joined(parts);
    });
}
