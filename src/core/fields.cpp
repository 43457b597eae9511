#include "undertone/fields.hpp"

#include <charconv>

namespace undertone::detail {
namespace {

template <class T>
std::string shortest(T value) {
    std::array<char, 64> buffer;
    const auto [end, code] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), end};
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

template <class T>
void parse(std::string_view name, std::string_view text, T& value, const char* kind) {
    const std::string_view digits = trimmed(text);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (code == std::errc::result_out_of_range)
        throw_bad_value(name, std::string(text), std::string("is too large for ") + kind);
    if (code != std::errc{} || end != digits.data() + digits.size())
        throw_bad_value(name, std::string(text), std::string("must be ") + kind);
}

}  // namespace

std::string number_text(double value) { return shortest(value); }
std::string number_text(float value) { return shortest(value); }
std::string number_text(std::int64_t value) { return shortest(value); }
std::string number_text(std::uint64_t value) { return shortest(value); }

void parse_number(std::string_view name, std::string_view text, double& value) {
    parse(name, text, value, "a number");
}
void parse_number(std::string_view name, std::string_view text, std::int64_t& value) {
    parse(name, text, value, "a whole number");
}
void parse_number(std::string_view name, std::string_view text, std::uint64_t& value) {
    parse(name, text, value, "a whole number, not negative");
}

bool parse_bool(std::string_view name, std::string_view text) {
    const std::string_view word = trimmed(text);
    if (word == "true" || word == "True") return true;
    if (word == "false" || word == "False") return false;
    throw_bad_value(name, std::string(text), "must be true or false");
}

std::vector<std::string_view> split_list(std::string_view text) {
    text = trimmed(text);
    if (text.size() >= 2 &&
        ((text.front() == '[' && text.back() == ']') || (text.front() == '(' && text.back() == ')')))
        text = trimmed(text.substr(1, text.size() - 2));
    std::vector<std::string_view> items;
    while (!text.empty()) {
        const auto comma = text.find(',');
        items.push_back(trimmed(text.substr(0, comma)));
        if (comma == std::string_view::npos) break;
        text = trimmed(text.substr(comma + 1));
    }
    return items;
}

void throw_bad_value(std::string_view name, const std::string& value, const std::string& rule) {
    throw Error(Errc::invalid_argument, std::string(name) + " = " + value + ": " + rule);
}

void throw_unknown_field(std::string_view name, const std::vector<std::string_view>& known) {
    std::string message = std::string(name) + ": no such option; there are";
    for (const std::string_view one : known) message += " " + std::string(one);
    throw Error(Errc::invalid_argument, message);
}

}  // namespace undertone::detail
