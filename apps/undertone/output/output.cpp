#include "output/output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "formats/json.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

[[noreturn]] void fail(int reason) {
    throw Error(Errc::io, std::string("standard output: ") + std::strerror(reason));
}

bool silent = false;

}  // namespace

SilentOutput::SilentOutput() { silent = true; }
SilentOutput::~SilentOutput() { silent = false; }

void print(std::string_view text) {
    if (silent) return;
    const std::string plain = plain_text(text);
    errno = 0;
    if (std::fwrite(plain.data(), 1, plain.size(), stdout) != plain.size()) fail(errno);
}

void finish_output() {
    errno = 0;
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) fail(errno != 0 ? errno : EIO);
}

void complain(std::string_view message) {
    while (!message.empty() && message.back() == '\n') message.remove_suffix(1);
    const std::string line = "undertone: " + one_line(message) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string fixed(double value, int digits) {
    std::array<char, 400> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return {text.data(), static_cast<std::size_t>(size)};
}

std::string nine_digits(double value) {
    std::array<char, 32> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 9);
    return {text.data(), end.ptr};
}

std::string json_string(std::string_view text) { return format_json(Json(text)); }

std::string padded(std::string_view text, std::size_t width, bool right_aligned) {
    const auto size = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    const std::string blanks(width > size ? width - size : 0, ' ');
    return right_aligned ? blanks + std::string(text) : std::string(text) + blanks;
}

std::string shortest(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

std::string spark_line(std::span<const double> values, std::size_t width) {
    constexpr std::array kBlocks{"\u2581", "\u2582", "\u2583", "\u2584",
                                 "\u2585", "\u2586", "\u2587", "\u2588"};
    const std::size_t n = std::min(values.size(), width);
    std::vector<double> means;
    for (std::size_t i = 0; i < n; ++i) {
        const auto part =
            values.subspan(i * values.size() / n, (i + 1) * values.size() / n - i * values.size() / n);
        double sum = 0;
        for (const double value : part) sum += value;
        means.push_back(sum / static_cast<double>(part.size()));
    }
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const double mean : means)
        if (std::isfinite(mean)) {
            low = std::min(low, mean);
            high = std::max(high, mean);
        }
    std::string line;
    for (const double mean : means) {
        if (!std::isfinite(mean)) {
            line += ' ';
            continue;
        }
        const double share = high > low ? (mean - low) / (high - low) : 0;
        line += kBlocks[std::min(static_cast<std::size_t>(share * 8), kBlocks.size() - 1)];
    }
    return line;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += (i == 0 ? "" : "  ") + padded(row[i], widths[i], i > 0);
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

}  // namespace undertone::app
