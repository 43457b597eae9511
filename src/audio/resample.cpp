#include <soxr.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <new>
#include <string_view>

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
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    const soxr_runtime_spec_t one_thread = soxr_runtime_spec(1);
    std::size_t produced = 0;
    const soxr_error_t error = soxr_oneshot(from_rate, to_rate, 1, samples.data(), samples.size(), nullptr,
                                            result.data(), length, &produced, &io, &quality, &one_thread);
    if (error != nullptr && std::string_view(soxr_strerror(error)).find("malloc") != std::string_view::npos)
        throw std::bad_alloc();
    if (error != nullptr)
        throw Error(Errc::invalid_argument, "resampling from " + std::to_string(from_rate) + " to " +
                                                std::to_string(to_rate) + " Hz: " + soxr_strerror(error));
    return result;  // what soxr did not fill stays zero, as librosa pads
}

}  // namespace undertone
