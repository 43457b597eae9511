#pragma once

#include <sndfile.h>

#include <cmath>
#include <string>
#include <vector>

namespace undertone::test {

/// A tone that falls to silence, `[n]`: sound that a test can know again.
inline std::vector<float> made_sound(std::size_t n, float pitch = 0.05F) {
    std::vector<float> samples(n);
    for (std::size_t i = 0; i < n; ++i)
        samples[i] = 0.5F * std::sin(pitch * static_cast<float>(i)) *
                     (1 - static_cast<float>(i) / static_cast<float>(n));
    return samples;
}

/// Writes mono sound. @param format  as libsndfile names it; false where it cannot write that
inline bool write_sound(const std::string& path, const std::vector<float>& samples, int rate = 16000,
                        int format = SF_FORMAT_WAV | SF_FORMAT_PCM_16) {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = 1;
    info.format = format;
    if (sf_format_check(&info) == 0) return false;
    SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
    if (file == nullptr) return false;
    const auto count = static_cast<sf_count_t>(samples.size());
    const bool written = sf_write_float(file, samples.data(), count) == count;
    return sf_close(file) == 0 && written;
}

}  // namespace undertone::test
