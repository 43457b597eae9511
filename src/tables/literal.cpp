#include "tables/literal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace undertone::corpus {
namespace {

constexpr int kMaxDepth = 32;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

void append_utf8(std::string& text, std::uint32_t code) {
    const auto byte = [](std::uint32_t value) {
        return static_cast<char>(static_cast<unsigned char>(value));
    };
    if (code < 0x80) {
        text += byte(code);
    } else if (code < 0x800) {
        text += {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
    } else if (code < 0x10000) {
        text += {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
    } else {
        text += {byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)),
                 byte(0x80 | (code & 0x3F))};
    }
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Literal whole() {
        Literal literal = value(0);
        skip_space();
        if (at_ < text_.size()) fail("the value ends here, but " + here() + " follows");
        return literal;
    }

private:
    [[noreturn]] void fail(const std::string& reason) const { throw LiteralError(reason, at_); }

    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

    // What stands at this place, for messages.
    [[nodiscard]] std::string here() const {
        if (at_ >= text_.size()) return "the end";
        const char c = text_[at_];
        if (c == '\n') return "the end of the line";
        if (c < ' ' || c > '~') return "a byte that is no ASCII text";
        return std::string("'") + c + "'";
    }

    void skip_space() noexcept {
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == '#')
                at_ = std::min(text_.find('\n', at_), text_.size() - 1);  // a comment, as in Python
            else if (std::string_view(" \t\r\n").find(text_[at_]) == std::string_view::npos)
                break;
        }
    }

    bool take(char c) noexcept {
        skip_space();
        if (at_ >= text_.size() || peek() != c) return false;
        ++at_;
        return true;
    }

    Literal value(int depth) {
        skip_space();
        if (depth > kMaxDepth) fail("brackets are nested more than " + std::to_string(kMaxDepth) + " deep");
        Literal literal;
        literal.offset = at_;
        const char c = peek();
        if (take('[')) {
            literal.value = items(']', depth).first;
        } else if (take('(')) {
            auto [list, commas] = items(')', depth);
            if (list.size() == 1 && !commas) return std::move(list.front());  // (1) is 1, (1,) is a tuple
            literal.value = std::move(list);
        } else if (take('{')) {
            literal.value = pairs(depth);
        } else if (c == '\'' || c == '"') {
            std::string text = string();
            for (skip_space(); peek() == '\'' || peek() == '"'; skip_space())
                text += string();  // 'a' 'b' is 'ab'
            literal.value = std::move(text);
        } else if (is_digit(c) || c == '-' || c == '+' || c == '.') {
            number(literal);
        } else if (is_letter(c)) {
            word(literal);
        } else {
            fail("a value must stand here, not " + here());
        }
        return literal;
    }

    // The items up to the closing bracket, and whether there was a comma.
    std::pair<Literal::List, bool> items(char close, int depth) {
        Literal::List list;
        bool commas = false;
        while (!take(close)) {
            list.push_back(value(depth + 1));
            if (take(','))
                commas = true;
            else if (!take(close))
                fail(std::string("',' or '") + close + "' must stand here, not " + here());
            else
                break;
        }
        return {std::move(list), commas};
    }

    Literal::Dict pairs(int depth) {
        Literal::Dict dict;
        while (!take('}')) {
            Literal key = value(depth + 1);
            if (!take(':')) fail("':' must stand here, not " + here());
            dict.push_back({std::move(key), value(depth + 1)});
            if (take(',')) continue;
            if (!take('}')) fail("',' or '}' must stand here, not " + here());
            break;
        }
        return dict;
    }

    void word(Literal& literal) {
        std::size_t end = at_;
        while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) ++end;
        const std::string_view name = text_.substr(at_, end - at_);
        if (name == "True")
            literal.value = true;
        else if (name == "False")
            literal.value = false;
        else if (name != "None")
            fail(std::string(name.substr(0, 40)) +
                 " is no literal; text is written in quotes, and nothing is evaluated");
        at_ = end;
    }

    void number(Literal& literal) {
        const std::size_t begin = at_;
        if (peek() == '-' || peek() == '+') ++at_;
        const std::size_t digits = at_;
        bool whole = true;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            const bool sign = (c == '-' || c == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E');
            if (!is_digit(c) && !is_letter(c) && c != '.' && !sign) break;
            if (!is_digit(c)) whole = false;
        }
        const std::size_t end = at_;
        at_ = begin;
        const std::string_view shown = text_.substr(begin, std::min<std::size_t>(end - begin, 40));
        const std::size_t first = text_[begin] == '+' ? digits : begin;  // from_chars knows no plus sign
        const std::string_view exact = text_.substr(first, end - first);
        if (whole && end - digits > 1 && text_[digits] == '0')
            fail(std::string(shown) + ": a number does not begin with 0; write '" + std::string(shown) +
                 "' for text");
        const char* const last = exact.data() + exact.size();
        std::from_chars_result result{};
        if (whole) {
            std::int64_t integer = 0;
            result = std::from_chars(exact.data(), last, integer);
            literal.value = integer;
        } else {
            double real = 0;
            const bool begins_well = is_digit(text_[digits]) || text_[digits] == '.';
            result = begins_well ? std::from_chars(exact.data(), last, real)
                                 : std::from_chars_result{exact.data(), std::errc::invalid_argument};
            literal.value = real;
        }
        if (result.ec == std::errc::result_out_of_range) fail(std::string(shown) + ": too large a number");
        if (result.ec != std::errc() || result.ptr != last) fail(std::string(shown) + ": no decimal number");
        at_ = end;
    }

    std::string string() {
        const std::size_t begin = at_;
        const char quote = text_[at_++];
        std::string text;
        for (;;) {
            const char c = peek();
            if (at_ >= text_.size() || c == '\n' || c == '\r') {
                at_ = begin;
                fail(std::string("the string that begins here is not closed by ") + quote);
            }
            ++at_;
            if (c == quote) return text;
            if (c == '\\')
                escape(text);
            else
                text += c;
        }
    }

    void escape(std::string& text) {
        struct Escape {
            char name, value;
        };
        constexpr std::array kSimple{
            Escape{'\\', '\\'}, Escape{'\'', '\''}, Escape{'"', '"'},  Escape{'a', '\a'}, Escape{'b', '\b'},
            Escape{'f', '\f'},  Escape{'n', '\n'},  Escape{'r', '\r'}, Escape{'t', '\t'}, Escape{'v', '\v'}};
        const char c = peek();
        if (at_ >= text_.size()) return;  // the string is not closed; the caller says so
        for (const Escape& simple : kSimple) {
            if (c != simple.name) continue;
            text += simple.value;
            ++at_;
            return;
        }
        if (c == '\n') {
            ++at_;
        } else if (c == 'x' || c == 'u' || c == 'U') {
            ++at_;
            append_code(text, digits(c == 'x' ? 2 : c == 'u' ? 4 : 8, 16));
        } else if (c >= '0' && c <= '7') {
            std::size_t count = 1;
            while (count < 3 && at_ + count < text_.size() && text_[at_ + count] >= '0' &&
                   text_[at_ + count] <= '7')
                ++count;
            append_code(text, digits(count, 8));
        } else if (c == 'N') {
            fail("the escape \\N{...} is not read");
        } else {
            text += '\\';  // as Python keeps what it does not know
        }
    }

    std::uint32_t digits(std::size_t count, int base) {
        std::uint32_t code = 0;
        const std::string_view part = text_.substr(at_, count);
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), code, base);
        if (error != std::errc() || end != part.data() + count)
            fail("an escape of " + std::to_string(count) + " digits is cut");
        at_ += count;
        return code;
    }

    void append_code(std::string& text, std::uint32_t code) {
        if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
            fail("an escape of no character");
        append_utf8(text, code);
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::string_view Literal::kind() const noexcept {
    constexpr std::array<std::string_view, 7> kKinds{"None", "a truth value", "a whole number", "a number",
                                                     "text", "a list",        "a dictionary"};
    return kKinds[value.index()];
}

Literal parse_literal(std::string_view text) { return Parser(text).whole(); }

}  // namespace undertone::corpus
