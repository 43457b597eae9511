#include <soxr.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

#include "undertone/audio.hpp"
#include "undertone/error.hpp"

namespace undertone {

std::vector<float> resample(std::span<const float> samples, int from_rate, int to_rate) {
    for (const int rate : {from_rate, to_rate})
        if (rate <= 0)
            throw Error(Errc::invalid_argument,
                        "sample rate = " + std::to_string(rate) + ": must be above 0");
    // A header that lies about its rate must not ask for all of the memory.
    constexpr std::int64_t kMaxFactor = 256;
    if (from_rate > kMaxFactor * to_rate || to_rate > kMaxFactor * from_rate)
        throw Error(Errc::invalid_argument, "resampling from " + std::to_string(from_rate) + " to " +
                                                std::to_string(to_rate) +
                                                " Hz: the rates must not differ more than 256 times");
    if (from_rate == to_rate || samples.empty()) return {samples.begin(), samples.end()};

    // librosa rounds the quotient first: ceil(n * (to / from)), not ceil(n * to / from).
    const double ratio = static_cast<double>(to_rate) / from_rate;
    const auto length = static_cast<std::size_t>(std::ceil(static_cast<double>(samples.size()) * ratio));
    std::vector<float> result(length);
    const auto refuse = [&](soxr_error_t error) {
        if (std::string_view(soxr_strerror(error)).find("malloc") != std::string_view::npos)
            throw std::bad_alloc();
        throw Error(Errc::invalid_argument, "resampling from " + std::to_string(from_rate) + " to " +
                                                std::to_string(to_rate) + " Hz: " + soxr_strerror(error));
    };
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    const soxr_runtime_spec_t one_thread = soxr_runtime_spec(1);
    soxr_error_t error = nullptr;
    const std::unique_ptr<std::remove_pointer_t<soxr_t>, decltype(&soxr_delete)> resampler(
        soxr_create(from_rate, to_rate, 1, &error, &io, &quality, &one_thread), &soxr_delete);
    if (error != nullptr) refuse(error);
    // In blocks: soxr keeps copies of what it is given at once. The numbers are the same, to the bit.
    constexpr std::size_t kBlock = std::size_t{1} << 14;
    std::size_t produced = 0;
    for (std::size_t at = 0; produced < length;) {
        const std::size_t count = std::min(kBlock, samples.size() - at);
        const bool ended = count == 0;
        std::size_t taken = 0, made = 0;
        error = soxr_process(resampler.get(), ended ? nullptr : samples.data() + at, count, &taken,
                             result.data() + produced, length - produced, &made);
        if (error != nullptr) refuse(error);
        at += taken;
        produced += made;
        if (taken == 0 && made == 0) break;
    }
    return result;  // what soxr did not fill stays zero, as librosa pads
}

}  // namespace undertone
