#include "audio/sound_memory.hpp"

#include <sndfile.h>

#include <atomic>
#include <functional>

#include "audio/read_in_order.hpp"
#include "audio/read_sound.hpp"
#include "os/file.hpp"
#include "support/support.hpp"
#include "support/zip.hpp"

namespace undertone {
namespace {

using test::TemporaryFolder;

constexpr std::size_t kMegabyte = 1'000'000;

// Seconds of silence, which FLAC packs some thousand times.
std::string silence(const TemporaryFolder& folder, const std::string& name, int format, int seconds) {
    SF_INFO info{};
    info.samplerate = 48000;
    info.channels = 1;
    info.format = format | SF_FORMAT_PCM_16;
    const std::string path = folder.path(name);
    SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
    EXPECT_NE(file, nullptr);
    const std::vector<short> second(48000);
    for (int i = 0; i < seconds; ++i) sf_writef_short(file, second.data(), 48000);
    sf_close(file);
    return path;
}

std::string message_of(const std::function<void()>& act) { return test::error_of(act).what(); }

TEST(SoundLimits, ALongFileThatIsSmallIsRefusedBeforeItIsDecodedAndTheFlagThatIsNamedAllowsIt) {
    const TemporaryFolder folder;
    const std::string path = silence(folder, "long.flac", SF_FORMAT_FLAC, 100);  // 19.2 MB
    EXPECT_LT(read_file(path).size(), 100'000U);
    const std::string said =
        message_of([&] { static_cast<void>(read_audio(path, {}, {.clip_bytes = kMegabyte})); });
    EXPECT_EQ(said,
              path + ": its sound needs 20 MB of memory, the limit is 1 MB: --clip-memory 20 allows it");
    EXPECT_EQ(read_audio(path, {}, {.clip_bytes = 20 * kMegabyte}).samples.size(), 4'800'000U);
    EXPECT_ERROR(read_audio(path, {}, {.clip_bytes = 19 * kMegabyte}), Errc::io, "--clip-memory 20");
    EXPECT_ERROR(read_audio(path, {}, {.total_bytes = kMegabyte}), Errc::io, "1 MB: --memory 20 allows it");
    EXPECT_ERROR(read_audio(path, {}, {.clip_bytes = kMegabyte, .total_bytes = kMegabyte}), Errc::io,
                 "--clip-memory 20 --memory 20 allow it");
    // A part of it takes what the part takes.
    EXPECT_EQ(read_audio(path, {10, 12}, {.clip_bytes = kMegabyte}).samples.size(), 96000U);
    EXPECT_EQ(read_audio_info(path, {.clip_bytes = kMegabyte}).n_samples, 4'800'000U);
}

TEST(SoundLimits, ALengthThatTheHeaderLacksIsCountedFirst) {
    const TemporaryFolder folder;
    const std::string path = silence(folder, "long.flac", SF_FORMAT_FLAC, 100);
    std::string bytes = read_file(path);
    // STREAMINFO: the last 36 bits before the checksum are the number of samples; 0: not known.
    bytes[21] = static_cast<char>(bytes[21] & 0xF0);
    for (std::size_t i = 22; i < 26; ++i) bytes[i] = 0;
    write_file(path, bytes);
    EXPECT_ERROR(read_audio(path, {}, {.clip_bytes = kMegabyte}), Errc::io, "--clip-memory");
    EXPECT_EQ(read_audio(path, {}, {.clip_bytes = 20 * kMegabyte}).samples.size(), 4'800'000U);
    EXPECT_EQ(read_audio_info(path).n_samples, 4'800'000U);
}

TEST(SoundLimits, AnEntryOfAZipCountsPackedAndUnpacked) {
    const TemporaryFolder folder;
    const std::string wav = silence(folder, "long.wav", SF_FORMAT_WAV, 50);  // 4.8 MB, 9.6 MB as samples
    test::write_zip(folder.path("all.zip"), {{"long.wav", read_file(wav)}});
    const std::string path = folder.path("all.zip/long.wav");
    EXPECT_ERROR(read_audio(path, {}, {.clip_bytes = 4 * kMegabyte}), Errc::io, "--clip-memory");
    EXPECT_ERROR(read_audio(path, {}, {.clip_bytes = 14 * kMegabyte}), Errc::io, "15 MB of memory");
    EXPECT_EQ(read_audio(path, {}, {.clip_bytes = 15 * kMegabyte}).samples.size(), 2'400'000U);
    EXPECT_EQ(read_audio_info(path, {.clip_bytes = 5 * kMegabyte}).n_samples, 2'400'000U);
    EXPECT_ERROR(read_audio_info(path, {.clip_bytes = 4 * kMegabyte}), Errc::io, "--clip-memory");
}

TEST(SharedSoundMemory, AllTogetherStayWithinTheLimitAndNobodyWaitsForEver) {
    const SoundLimits limits{.clip_bytes = 100, .total_bytes = 250};
    std::atomic<std::int64_t> held = 0, most = 0;
    const auto count = [&](std::int64_t change) {
        const std::int64_t now = held += change;
        for (std::int64_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
    };
    struct Counted {  // what the test holds, for as long as the result lives
        std::function<void()> end;
        explicit Counted(std::function<void()> at_end) : end(std::move(at_end)) {}
        Counted(Counted&& other) noexcept : end(std::exchange(other.end, {})) {}
        Counted& operator=(Counted&&) = delete;
        ~Counted() {
            if (end) end();
        }
    };
    std::size_t n_consumed = 0;
    audio::read_in_order(
        2000, 8, limits,
        [&](std::size_t index, std::size_t, audio::SoundMemory& memory) {
            // In two steps, as a header is read before its samples: it is here that threads could block.
            const std::uint64_t first = 1 + index * 7919 % 50, whole = first + index * 104729 % 51;
            memory.need(first, "clip");
            count(static_cast<std::int64_t>(first));
            memory.need(whole, "clip");
            count(static_cast<std::int64_t>(whole - first));
            return Counted([&, whole] { count(-static_cast<std::int64_t>(whole)); });
        },
        [&](std::size_t index, Counted&&) { EXPECT_EQ(index, n_consumed++); });
    EXPECT_EQ(n_consumed, 2000U);
    EXPECT_EQ(held, 0);
    EXPECT_LE(most, 250);
    EXPECT_GT(most, 100) << "only one was ever read at a time";
}

TEST(SharedSoundMemory, WhatFailsOrIsStoppedLeavesNobodyWaiting) {
    const SoundLimits limits{.clip_bytes = 100, .total_bytes = 100};  // one at a time
    const auto read = [&](std::size_t fails, std::size_t stops) {
        audio::read_in_order(
            100, 4, limits,
            [&](std::size_t index, std::size_t, audio::SoundMemory& memory) {
                memory.need(60, "clip");
                if (index == fails) throw std::bad_alloc();
                return index;
            },
            [&](std::size_t index, std::size_t&&) {
                if (index == stops) throw Error(Errc::cancelled, "enough");
            });
    };
    EXPECT_THROW(read(5, 1000), std::bad_alloc);
    EXPECT_ERROR(read(1000, 7), Errc::cancelled, "enough");
    read(1000, 1000);
}

}  // namespace
}  // namespace undertone
