#include <cmath>

#include "fuzz.hpp"
#include "undertone/audio.hpp"

// libsndfile 1.2.0 forgets some 6 kB that belong to libvorbis when it refuses a Vorbis header. Not ours to
// free.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the name that the sanitizer looks for
extern "C" const char* __lsan_default_suppressions() { return "leak:libvorbis.so\n"; }  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        const Clip clip = read_audio(std::as_bytes(std::span(data, size)), "fuzz");
        fuzz::require(!clip.samples.empty() && clip.sample_rate > 0 && clip.n_channels > 0);
        for (const float sample : clip.samples) fuzz::require(std::isfinite(sample));
    });
    return 0;
}
