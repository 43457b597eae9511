#include "undertone/zero_crossings.hpp"

#include <string>

#include "undertone/error.hpp"

namespace undertone::dsp {
namespace {

void check(std::span<const float> samples, const ZeroCrossingOptions& options) {
    if (samples.empty()) throw Error(Errc::invalid_argument, "there are no samples");
    if (!(options.threshold >= 0))
        throw Error(Errc::invalid_argument,
                    "threshold = " + std::to_string(options.threshold) + ": must be at least 0");
}

}  // namespace

std::vector<std::uint8_t> zero_crossing_marks(std::span<const float> samples,
                                              const ZeroCrossingOptions& options) {
    check(samples, options);
    const auto threshold = static_cast<float>(options.threshold);
    const auto sign = [&](float value) {
        return value < -threshold ? -1 : (!options.zero_pos && value > threshold ? 1 : 0);
    };
    std::vector<std::uint8_t> marks(samples.size());
    marks[0] = options.pad ? 1 : 0;
    for (std::size_t i = 1; i < samples.size(); ++i)
        marks[i] = sign(samples[i - 1]) != sign(samples[i]) ? 1 : 0;
    return marks;
}

std::size_t zero_crossings(std::span<const float> samples, const ZeroCrossingOptions& options) {
    check(samples, options);
    const auto threshold = static_cast<float>(options.threshold);
    std::size_t count = options.pad ? 1 : 0;
    // Branch-free, so that the compiler can count many samples at a time. With zero_pos only "negative"
    // matters, otherwise both signs do.
    unsigned crossings = 0;
    constexpr std::size_t kBlock = std::size_t{1} << 20;  // an unsigned cannot overflow within one block
    for (std::size_t begin = 1; begin < samples.size(); begin += kBlock) {
        const std::size_t end = begin + kBlock < samples.size() ? begin + kBlock : samples.size();
        crossings = 0;
        if (options.zero_pos) {
            for (std::size_t i = begin; i < end; ++i)
                crossings += static_cast<unsigned>(samples[i - 1] < -threshold) ^
                             static_cast<unsigned>(samples[i] < -threshold);
        } else {
            for (std::size_t i = begin; i < end; ++i)
                crossings += (static_cast<unsigned>(samples[i - 1] < -threshold) ^
                              static_cast<unsigned>(samples[i] < -threshold)) |
                             (static_cast<unsigned>(samples[i - 1] > threshold) ^
                              static_cast<unsigned>(samples[i] > threshold));
        }
        count += crossings;
    }
    return count;
}

}  // namespace undertone::dsp
