#pragma once

#include <algorithm>

#include "mutate_json.hpp"

/// Text whose lines, and cells in them, are moved, doubled, left out and filled otherwise.
namespace undertone::fuzz {

inline std::vector<std::string> cut(const std::string& text, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : text)
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

inline std::string joined(const std::vector<std::string>& parts, char separator) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i)
        text += (i == 0 ? "" : std::string(1, separator)) + parts[i];
    return text;
}

/// Doubles, drops or swaps one of the parts.
inline void shuffle_parts(std::vector<std::string>& parts, Dice& dice) {
    const auto at = [&] { return parts.begin() + static_cast<std::ptrdiff_t>(dice.below(parts.size())); };
    switch (dice.below(3)) {
        case 0: {
            const std::string copy = *at();
            parts.insert(at(), 1 + dice.below(dice.one_in(16) ? 100 : 2), copy);
            break;
        }
        case 1:
            if (parts.size() > 1) parts.erase(at());
            break;
        default:
            std::swap(*at(), *at());
    }
}

inline std::string odd_cell(Dice& dice, Words words) {
    switch (dice.below(5)) {
        case 0:
            return std::to_string(dice.of(kOddNumbers));
        case 1:
            return std::array<const char*, 8>{
                "", "nan", "-1", "1e300", "0.5", "\"a,b\"", "\"", "1:02:03.5"}[dice.below(8)];
        case 2:
            return "\"" + std::string(dice.below(40), ',') + "\"";
        default:
            return words.empty() ? "x" : std::string(dice.of(words));
    }
}

/// A table of cells between `separator`.
inline std::string changed_table(const std::string& text, Dice& dice, Words words, char separator = ',') {
    std::vector<std::string> lines = cut(text, '\n');
    for (std::size_t n = 1 + dice.below(3); n > 0; --n) {
        if (dice.one_in(4)) {
            shuffle_parts(lines, dice);
            continue;
        }
        // The header as often as all rows together.
        std::string& line = dice.one_in(2) ? lines.front() : dice.of(lines);
        std::vector<std::string> cells = cut(line, separator);
        std::string& cell = dice.of(cells);
        if (dice.one_in(3))
            shuffle_parts(cells, dice);
        else if (dice.one_in(2))
            cell = plain(cell);
        else
            cell = odd_cell(dice, words);
        line = joined(cells, separator);
    }
    return joined(lines, '\n');
}

/// A column more, in every row: a table stays one.
inline std::string with_column(const std::string& text, Dice& dice, Words words) {
    std::vector<std::string> lines = cut(text, '\n');
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (!lines[i].empty())
            lines[i] += "," + (i == 0 && !words.empty() ? std::string(dice.of(words)) : odd_cell(dice, {}));
    return joined(lines, '\n');
}

/// A line of JSON each.
inline std::string changed_json_lines(const std::string& text, Dice& dice, Words words) {
    std::vector<std::string> lines = cut(text, '\n');
    if (dice.one_in(3)) {
        shuffle_parts(lines, dice);
    } else {
        std::string& line = dice.of(lines);
        line = changed_json(line, dice, words);
    }
    return joined(lines, '\n');
}

}  // namespace undertone::fuzz
