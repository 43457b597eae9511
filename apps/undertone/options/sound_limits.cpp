#include "options/sound_limits.hpp"

#include <string>

namespace undertone::app {

namespace {

constexpr std::uint64_t kMegabyte = 1'000'000, kMostMegabytes = 100'000'000;

void declare(const Arguments& app, const std::string& flag, std::uint64_t& bytes, const std::string& help) {
    app.option<std::uint64_t>(
           flag, [&bytes](const std::uint64_t& megabytes) { bytes = megabytes * kMegabyte; }, help)
        .range(1, static_cast<std::int64_t>(kMostMegabytes))
        .shows_default(std::to_string(bytes / kMegabyte));
}

}  // namespace

void declare_sound_limits(const Arguments& app, SoundLimits& limits, Sound sound) {
    declare(app, "--clip-memory", limits.clip_bytes, "MB of memory for the sound of one recording");
    declare(app, "--memory", limits.total_bytes, "MB of memory for the sound of all threads together");
    if (sound == Sound::is_kept)
        declare(app, "--corpus-memory", limits.corpus_bytes,
                "MB of memory for the sound of a corpus, when training on frames");
}

}  // namespace undertone::app
