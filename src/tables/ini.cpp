#include "tables/ini.hpp"

#include <algorithm>

#include "undertone/error.hpp"

namespace undertone::corpus {
namespace {

constexpr std::string_view kSpace = " \t\r";
constexpr std::size_t kMaxShown = 60;  // of a line, in a message

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; }

std::string_view trim(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(kSpace), text.size());
    return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

}  // namespace

std::vector<IniSection> parse_ini(std::string_view text, const std::string& origin) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<IniSection> sections;
    IniEntry* entry = nullptr;  // whose value the next indented lines belong to
    std::size_t key_indent = 0, line_number = 0;
    const auto fail = [&](std::string_view shown, const std::string& rule) {
        throw Error(Errc::corrupt_data, origin + ":" + std::to_string(line_number) + ": " +
                                            std::string(shown.substr(0, kMaxShown)) + ": " + rule);
    };

    while (!text.empty()) {
        ++line_number;
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string_view content = trim(line);
        const std::size_t indent = std::min(line.find_first_not_of(kSpace), line.size());
        if (std::any_of(content.begin(), content.end(), is_control))
            fail("the line", "holds a control character; this is no text file");
        if (content.empty() || content.front() == '#' || content.front() == ';') {
            if (entry != nullptr) entry->value += '\n';  // so that lines can be counted
        } else if (entry != nullptr && indent > key_indent) {
            entry->value.append("\n").append(content);
        } else if (content.front() == '[') {
            const std::size_t close = std::min(content.find(']'), content.size());
            const std::string_view rest = trim(content.substr(std::min(close + 1, content.size())));
            if (close == content.size() || (!rest.empty() && rest.front() != '#' && rest.front() != ';'))
                fail(content, "a section is written [NAME]");
            const std::string name(content.substr(1, close - 1));
            for (const IniSection& section : sections)
                if (section.name == name)
                    fail("[" + name + "]",
                         "the section is given twice, before on line " + std::to_string(section.line));
            sections.push_back({name, line_number, {}});
            entry = nullptr;
        } else {
            const std::size_t delimiter = content.find_first_of("=:");
            if (delimiter == std::string_view::npos || delimiter == 0)
                fail(content, "must be [section], key = value, or # comment");
            if (sections.empty()) fail(content, "stands before the first [section]");
            const std::string key = lower_case(trim(content.substr(0, delimiter)));
            for (const IniEntry& known : sections.back().entries)
                if (known.key == key)
                    fail(key, "is given twice, before on line " + std::to_string(known.line));
            sections.back().entries.push_back(
                {key, std::string(trim(content.substr(delimiter + 1))), line_number});
            entry = &sections.back().entries.back();
            key_indent = indent;
        }
    }
    for (IniSection& section : sections)
        for (IniEntry& each : section.entries) each.value.resize(each.value.find_last_not_of('\n') + 1);
    return sections;
}

}  // namespace undertone::corpus
