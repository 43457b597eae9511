#include "undertone/config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

#include "core/text.hpp"
#include "corpus/folder.hpp"
#include "corpus/known_names.hpp"
#include "os/file.hpp"
#include "tables/ini.hpp"
#include "tables/literal.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace fs = std::filesystem;
namespace {

using corpus::IniEntry;
using corpus::Literal;
using corpus::LiteralError;

[[noreturn]] void refuse(const Literal& literal, const std::string& rule) {
    throw LiteralError("must be " + rule + ", not " + std::string(literal.kind()), literal.offset);
}

std::string as_text(const IniEntry& entry) {
    if (entry.value.empty()) throw LiteralError("has no value", 0);
    if (entry.value.find('\n') != std::string::npos)
        throw LiteralError("goes over several lines; the next key must not be indented",
                           entry.value.find('\n') + 1);
    if (entry.value.find("%(") != std::string::npos)
        throw LiteralError("%(name)s is not replaced here; write the value out", entry.value.find("%("));
    if (entry.value.front() != '\'' && entry.value.front() != '"') return entry.value;
    const Literal literal = corpus::parse_literal(entry.value);
    const auto* text = std::get_if<std::string>(&literal.value);
    if (text == nullptr || text->empty()) refuse(literal, "text");
    return *text;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }

int whole_number(const Literal& literal, int low, int high) {
    const auto* number = std::get_if<std::int64_t>(&literal.value);
    if (number == nullptr) refuse(literal, "a whole number");
    if (*number < low || *number > high)
        throw LiteralError(std::to_string(*number) + ": must be at least " + std::to_string(low) +
                               " and at most " + std::to_string(high),
                           literal.offset);
    return static_cast<int>(*number);
}

int as_number(const IniEntry& entry, int low, int high = std::numeric_limits<int>::max()) {
    return whole_number(corpus::parse_literal(entry.value), low, high);
}

std::vector<int> as_sizes(const IniEntry& entry) {
    constexpr int kMaxUnits = 1 << 20;
    const Literal literal = corpus::parse_literal(entry.value);
    const auto* list = std::get_if<Literal::List>(&literal.value);
    if (list == nullptr) return {whole_number(literal, 1, kMaxUnits)};
    std::vector<int> sizes;
    for (const Literal& item : *list) sizes.push_back(whole_number(item, 1, kMaxUnits));
    return sizes;
}

// A code is text, '01', or its number, 1.
std::string as_code(const Literal& literal) {
    if (const auto* number = std::get_if<std::int64_t>(&literal.value)) {
        if (*number < 0)
            throw LiteralError(std::to_string(*number) + ": a code is not negative", literal.offset);
        return std::to_string(*number);
    }
    const auto* text = std::get_if<std::string>(&literal.value);
    if (text == nullptr || text->empty()) refuse(literal, "a code, 1 or '01'");
    if (std::any_of(text->begin(), text->end(), is_control))
        throw LiteralError("a code is one line of text without control characters", literal.offset);
    return *text;
}

// Each is compared with all before it; no corpus has more than some dozens.
void check_number_of_codes(std::size_t n, const Literal& literal) {
    constexpr std::size_t kMost = 1000;
    if (n == 0) throw LiteralError("names no emotion", literal.offset);
    if (n > kMost)
        throw LiteralError(
            "names " + std::to_string(n) + " emotions; up to " + std::to_string(kMost) + " are read",
            literal.offset);
}

std::map<std::string, std::string> as_emotions(const IniEntry& entry) {
    const Literal literal = corpus::parse_literal(entry.value);
    const auto* dict = std::get_if<Literal::Dict>(&literal.value);
    if (dict == nullptr) refuse(literal, "a dictionary, {'01': 'neutral', ...}");
    check_number_of_codes(dict->size(), literal);
    std::map<std::string, std::string> emotions;
    for (const auto& [key, value] : *dict) {
        const std::string code = as_code(key);
        const auto* label = std::get_if<std::string>(&value.value);
        if (label == nullptr || label->empty()) refuse(value, "a label, text that is not empty");
        if (std::any_of(label->begin(), label->end(), is_control))
            throw LiteralError("a label is one line of text without control characters", value.offset);
        for (const auto& known : emotions)
            if (corpus::same_code(known.first, code))
                throw LiteralError("code " + shown(code) + " is given twice", key.offset);
        emotions[code] = *label;
    }
    return emotions;
}

std::vector<std::string> as_codes(const IniEntry& entry) {
    const Literal literal = corpus::parse_literal(entry.value);
    const auto* list = std::get_if<Literal::List>(&literal.value);
    if (list == nullptr) refuse(literal, "a list of codes, [1, 2, ...]");
    check_number_of_codes(list->size(), literal);
    std::vector<std::string> codes;
    for (const Literal& item : *list) {
        const std::string code = as_code(item);
        for (const std::string& known : codes)
            if (corpus::same_code(known, code))
                throw LiteralError("code " + shown(code) + " is given twice", item.offset);
        codes.push_back(code);
    }
    return codes;
}

// The one list of what a config may say.
struct Key {
    std::string_view section, name;
    void (*read)(Config&, const IniEntry&);
};
constexpr std::array kKeys{
    Key{"DATA", "data_dir", [](Config& c, const IniEntry& e) { c.data_dir = as_text(e); }},
    Key{"DATA", "file_glob", [](Config& c, const IniEntry& e) { c.file_glob = as_text(e); }},
    Key{"DATA", "emotions", [](Config& c, const IniEntry& e) { c.labels.emotions = as_emotions(e); }},
    Key{"DATA", "learn_emotions", [](Config& c, const IniEntry& e) { c.labels.learn = as_codes(e); }},
    Key{"MODEL", "hidden_layer_shape",
        [](Config& c, const IniEntry& e) { c.hidden_layer_shape = as_sizes(e); }},
    Key{"MODEL", "batch_size", [](Config& c, const IniEntry& e) { c.batch_size = as_number(e, 1); }},
    Key{"MODEL", "epoch", [](Config& c, const IniEntry& e) { c.epoch = as_number(e, 1); }},
    Key{"MODEL", "num_features", [](Config& c, const IniEntry& e) { c.num_features = as_number(e, 1); }},
    Key{"MODEL", "model_save_path", [](Config& c, const IniEntry& e) { c.model_save_path = as_text(e); }},
    Key{"API", "port", [](Config& c, const IniEntry& e) { c.port = as_number(e, 0, 65535); }},
};

std::string known_sections() {
    std::string text;
    std::string_view last;
    for (const Key& key : kKeys)
        if (key.section != last) text += " [" + std::string(last = key.section) + "]";
    return text;
}

std::string known_keys(std::string_view section) {
    std::string text;
    for (const Key& key : kKeys)
        if (key.section == section) text += " " + std::string(key.name);
    return text;
}

std::string place(const std::string& origin, const IniEntry& entry, std::size_t offset) {
    const auto end = entry.value.begin() + static_cast<std::ptrdiff_t>(std::min(offset, entry.value.size()));
    const auto lines = static_cast<std::size_t>(std::count(entry.value.begin(), end, '\n'));
    return origin + ":" + std::to_string(entry.line + lines) + ": ";
}

void read_section(Config& config, const corpus::IniSection& section) {
    const auto fail = [&](std::size_t line, std::string_view shown, const std::string& rule) {
        throw Error(Errc::corrupt_data, config.path + ":" + std::to_string(line) + ": unknown " +
                                            std::string(shown.substr(0, 60)) + "; there are" + rule);
    };
    if (std::none_of(kKeys.begin(), kKeys.end(), [&](const Key& key) { return key.section == section.name; }))
        fail(section.line, "section [" + section.name + "]", known_sections());
    for (const IniEntry& entry : section.entries) {
        const auto key = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& k) {
            return k.section == section.name && k.name == entry.key;
        });
        if (key == kKeys.end())
            fail(entry.line, "key " + entry.key, known_keys(section.name) + " in [" + section.name + "]");
        try {
            key->read(config, entry);
        } catch (const LiteralError& error) {
            throw Error(Errc::corrupt_data,
                        place(config.path, entry, error.offset) + entry.key + ": " + error.what());
        }
    }
}

// The codes to learn as `emotions` spells them: 1 -> "01".
void match_codes(Config& config, const IniEntry& entry) {
    LabelOptions& labels = config.labels;
    if (labels.emotions.empty()) return;
    for (std::string& code : labels.learn) {
        const auto known =
            std::find_if(labels.emotions.begin(), labels.emotions.end(),
                         [&](const auto& emotion) { return corpus::same_code(emotion.first, code); });
        if (known == labels.emotions.end())
            throw Error(Errc::corrupt_data, place(config.path, entry, 0) + "learn_emotions: code " +
                                                shown(code) + " is not among emotions");
        code = known->first;
    }
}

}  // namespace

Config parse_config(std::string_view text, const std::string& origin) {
    Config config;
    config.path = origin;
    const std::vector<corpus::IniSection> sections = corpus::parse_ini(text, origin);
    for (const corpus::IniSection& section : sections) read_section(config, section);
    for (const corpus::IniSection& section : sections)
        for (const IniEntry& entry : section.entries)
            if (entry.key == "learn_emotions") match_codes(config, entry);
    return config;
}

Config read_config(const std::string& path) {
    constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
    return parse_config(read_file(path, kMaxBytes), path);
}

std::vector<std::string> config_files(const Config& config) {
    if (!config.data_dir) throw Error(Errc::invalid_argument, config.path + ": has no data_dir in [DATA]");
    const fs::path folder = fs::path(config.path).parent_path() / *config.data_dir;
    std::error_code error;
    if (!fs::is_directory(folder, error))
        throw Error(Errc::io, config.path + ": data_dir = " + *config.data_dir + ": there is no folder " +
                                  folder.string() + "; change it, or name the folder of recordings itself");
    if (!config.file_glob) return {folder.string()};
    std::vector<std::string> files = corpus::glob(folder.string(), *config.file_glob);
    if (files.empty())
        throw Error(Errc::invalid_argument, config.path + ": no file below " + folder.string() +
                                                " fits file_glob = " + *config.file_glob +
                                                "; change it, or name the folder of recordings itself");
    return files;
}

}  // namespace undertone
