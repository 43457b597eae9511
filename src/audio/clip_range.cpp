#include "audio/clip_range.hpp"

#include <cmath>

#include "undertone/error.hpp"

namespace undertone::audio {
namespace {

std::string seconds(double value) {
    std::string text = std::to_string(value);
    text.resize(text.size() - 3);  // milliseconds
    return text + " s";
}

}  // namespace

ClipRange range_of(const Segment& segment, int rate, const std::string& origin) {
    constexpr double kMaxTime = 1e9;  // thirty years; the product with any rate fits
    const auto in_range = [](double time) { return time >= 0 && time <= kMaxTime; };
    if (!in_range(segment.start_s) || !in_range(segment.end_s) ||
        (segment.end_s != 0 && segment.end_s <= segment.start_s))
        throw Error(Errc::invalid_argument, origin + ": a part from " + std::to_string(segment.start_s) +
                                                " s to " + std::to_string(segment.end_s) +
                                                " s: both must not be negative, and the end after the start");
    ClipRange range;
    range.begin = static_cast<std::uint64_t>(std::llround(segment.start_s * rate));
    if (segment.end_s != 0) range.end = static_cast<std::uint64_t>(std::llround(segment.end_s * rate));
    return range;
}

void check_range(const Segment& segment, const ClipRange& range, std::uint64_t n_samples, int rate,
                 const std::string& origin) {
    constexpr double kRounded = 0.01;  // tables give times to hundredths of a second
    const auto slack = static_cast<std::uint64_t>(std::llround(kRounded * rate));
    if (range.begin < n_samples && (range.end == UINT64_MAX || range.end <= n_samples + slack)) {
        if (range.end > range.begin) return;
        throw Error(Errc::invalid_argument, origin + ": no sample lies between " + seconds(segment.start_s) +
                                                " and " + seconds(segment.end_s));
    }
    throw Error(Errc::invalid_argument,
                origin + ": a part from " + seconds(segment.start_s) + " to " +
                    (segment.end_s == 0 ? "its end" : seconds(segment.end_s)) + " is asked, but it ends at " +
                    seconds(static_cast<double>(n_samples) / rate) + "; correct the times");
}

}  // namespace undertone::audio
