#include "corpus/side_tables.hpp"

#include <map>
#include <string_view>

#include "core/text.hpp"
#include "corpus/paths.hpp"
#include "formats/zip.hpp"
#include "tables/csv.hpp"

namespace undertone::corpus {
namespace {

constexpr std::size_t kMaxTable = std::size_t{1} << 26;

std::string decimal(std::string_view digits) {  // "007" -> "7"
    const std::size_t begin = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return std::string(digits.substr(begin));
}

template <class Use>
void for_each_table(std::span<const std::string> files, std::string_view name, Use use) {
    for (const std::string& file : files)
        if (same_letters(file_name(file), name)) use(parse_csv(read_bytes(file, kMaxTable), file));
}

template <class Use>
void for_each_line(std::string_view text, Use use) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        use(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::string field(const CsvRow& row, std::optional<std::size_t> column) {
    return column ? row.fields[*column] : "";
}

}  // namespace

void read_nemo_table(std::span<const std::string> files, std::span<ParsedName*> names) {
    std::map<std::string, std::string> genders;  // speaker -> gender
    for_each_table(files, "data.tsv", [&](const CsvTable& table) {
        const auto speaker = table.find({"speaker_id"}), gender = table.find({"gender"});
        if (!speaker || !gender) return;  // some other table of that name
        for (const CsvRow& row : table.rows)
            genders["nemo:" + upper_case(row.fields[*speaker])] = lower_case(row.fields[*gender]);
    });
    for (ParsedName* name : names)
        if (const auto found = genders.find(name->speaker); found != genders.end())
            name->gender = found->second;
}

void read_cremad_demographics(std::span<const std::string> files, std::span<ParsedName*> names) {
    std::map<std::string, std::string> genders;
    for_each_table(files, "VideoDemographics.csv", [&](const CsvTable& table) {
        const std::size_t actor = table.need({"ActorID"}), sex = table.need({"Sex"});
        for (const CsvRow& row : table.rows)
            genders["cremad:" + row.fields[actor]] = lower_case(row.fields[sex]);
    });
    for (ParsedName* name : names)
        if (const auto found = genders.find(name->speaker); found != genders.end())
            name->gender = found->second;
}

void read_esd_texts(std::span<const std::string> files, std::span<ParsedName*> names) {
    std::map<std::string, std::string, std::less<>> emotions;  // stem -> code
    for (const std::string& file : files) {
        const std::string_view name = file_name(file);
        if (name.size() != 8 || !name.starts_with("00") || !name.ends_with(".txt")) continue;
        for_each_line(read_bytes(file, kMaxTable), [&](std::string_view line) {
            const std::size_t first = line.find('\t'), last = line.rfind('\t');
            if (first == std::string_view::npos || first == last) return;
            const std::string code(trimmed(line.substr(last + 1)));
            // A code in another encoding is unknown here; the number of the utterance tells the same.
            if (meaning(find_known_corpus("esd")->emotions, code))
                emotions[std::string(trimmed(line.substr(0, first)))] = code;
        });
    }
    if (emotions.empty()) return;
    for (ParsedName* name : names)
        if (const auto found = emotions.find(name->stem); found != emotions.end() && !name->emotion_in_folder)
            name->emotion_code = found->second;
}

void read_iemocap_evaluation(std::span<const std::string> files, std::span<ParsedName*> names) {
    std::map<std::string, std::string, std::less<>> emotions;  // turn -> code
    for (const std::string& file : files) {
        if (!same_letters(file_name(folder_of(file)), "EmoEvaluation") || !lower_case(file).ends_with(".txt"))
            continue;
        // [6.2901 - 8.2357]<tab>Ses01F_impro01_F000<tab>neu<tab>[2.5000, 2.5000, 2.5000]
        for_each_line(read_bytes(file, kMaxTable), [&](std::string_view line) {
            const std::size_t turn = line.find('\t');
            if (!line.starts_with('[') || turn == std::string_view::npos) return;
            const std::size_t code = line.find('\t', turn + 1);
            if (code == std::string_view::npos) return;
            const std::size_t end = std::min(line.find('\t', code + 1), line.size());
            emotions[lower_case(trimmed(line.substr(turn + 1, code - turn - 1)))] =
                trimmed(line.substr(code + 1, end - code - 1));
        });
    }
    for (ParsedName* name : names)
        if (const auto found = emotions.find(lower_case(name->stem)); found != emotions.end())
            name->emotion_code = found->second;
}

void read_meld_tables(std::span<const std::string> files, std::span<ParsedName*> names) {
    struct Row {
        std::string emotion, speaker;
    };
    std::map<std::string, Row> rows;  // "meld/train/dia0_utt0": the numbers begin anew in each part
    for (const std::string split : {"train", "dev", "test"})
        for_each_table(files, split + "_sent_emo.csv", [&](const CsvTable& table) {
            const std::size_t emotion = table.need({"Emotion"}), dialogue = table.need({"Dialogue_ID"}),
                              utterance = table.need({"Utterance_ID"});
            const auto speaker = table.find({"Speaker"});
            for (const CsvRow& row : table.rows) {
                const std::string& d = row.fields[dialogue];
                const std::string& u = row.fields[utterance];
                if (d.empty() || u.empty()) continue;
                rows["meld/" + split + "/" + decimal(d) + "/" + decimal(u)] = {row.fields[emotion],
                                                                               field(row, speaker)};
            }
        });
    for (ParsedName* name : names) {
        const std::size_t dialogue = name->stem.find_first_of("0123456789"),
                          utterance = name->stem.find_last_not_of("0123456789") + 1;
        const std::string digits = name->stem.substr(dialogue, name->stem.find('_') - dialogue);
        const auto found = rows.find("meld/" + name->split + "/" + decimal(digits) + "/" +
                                     decimal(std::string_view(name->stem).substr(utterance)));
        if (found == rows.end()) continue;
        name->emotion_code = found->second.emotion;
        if (!found->second.speaker.empty()) name->speaker = "meld:" + found->second.speaker;
    }
}

}  // namespace undertone::corpus
