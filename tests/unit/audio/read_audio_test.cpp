#include <fcntl.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <thread>

#include "os/file.hpp"
#include "support/support.hpp"
#include "undertone/audio.hpp"

namespace undertone {
namespace {

using test::TemporaryFolder;

std::vector<float> tone(std::size_t n) {
    std::vector<float> samples(n);
    for (std::size_t i = 0; i < n; ++i) samples[i] = 0.5F * std::sin(0.05F * static_cast<float>(i));
    return samples;
}

// False when the installed libsndfile cannot write this format.
bool write_sound(const std::string& path, int format, int rate, int channels,
                 const std::vector<float>& samples) {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = format;
    if (sf_format_check(&info) == 0) return false;
    SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
    if (file == nullptr) return false;
    const auto count = static_cast<sf_count_t>(samples.size());
    EXPECT_EQ(sf_write_float(file, samples.data(), count), count);
    return sf_close(file) == 0;
}

std::string text(std::uint64_t value, std::size_t n_bytes, bool big_endian = false) {
    std::string bytes;
    for (std::size_t i = 0; i < n_bytes; ++i)
        bytes += static_cast<char>(value >> 8 * (big_endian ? n_bytes - 1 - i : i) & 0xFFU);
    return bytes;
}

std::string chunk(const std::string& name, const std::string& content) {
    return name + text(content.size(), 4) + content + std::string(content.size() % 2, '\0');
}

struct WavFormat {
    std::uint64_t tag = 1, channels = 1, rate = 16000, bits = 16;
};

std::string fmt(const WavFormat& f = {}) {
    const std::uint64_t frame_bytes = f.channels * f.bits / 8;
    return chunk("fmt ", text(f.tag, 2) + text(f.channels, 2) + text(f.rate, 4) +
                             text(f.rate * frame_bytes, 4) + text(frame_bytes, 2) + text(f.bits, 2));
}

std::string wav(const std::string& chunks) { return "RIFF" + text(chunks.size() + 4, 4) + "WAVE" + chunks; }

std::string pcm(const std::vector<int>& values) {
    std::string bytes;
    for (const int value : values) bytes += text(static_cast<std::uint64_t>(value) & 0xFFFFU, 2);
    return bytes;
}

Clip read(const std::string& bytes) { return read_audio(std::as_bytes(std::span(bytes)), "clip.wav"); }

using Samples = std::vector<float>;

TEST(ReadAudio, LosslessEncodingsGiveTheSamplesBack) {
    struct Encoding {
        const char* name;
        int format;
        double tolerance;
    };
    const TemporaryFolder folder;
    const Samples samples = tone(5000);
    for (const Encoding& encoding :
         {Encoding{"u8.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 1.0 / 128},
          Encoding{"16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"24.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 1.0 / 8388608},
          Encoding{"32.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_32, 1e-7},
          Encoding{"float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 0},
          Encoding{"double.wav", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 0},
          Encoding{"alaw.wav", SF_FORMAT_WAV | SF_FORMAT_ALAW, 0.02},
          Encoding{"ulaw.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 0.02},
          Encoding{"big.wav", SF_FORMAT_WAV | SF_ENDIAN_BIG | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"ext16.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"ext24.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 1.0 / 8388608},
          Encoding{"extfloat.wav", SF_FORMAT_WAVEX | SF_FORMAT_FLOAT, 0},
          Encoding{"64.wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"8.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_S8, 1.0 / 128},
          Encoding{"16.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"sowt.aiff", SF_FORMAT_AIFF | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"float.aiff", SF_FORMAT_AIFF | SF_FORMAT_FLOAT, 0},
          Encoding{"16.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"little.au", SF_FORMAT_AU | SF_ENDIAN_LITTLE | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"16.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"16.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1.0 / 32768},
          Encoding{"24.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 1.0 / 8388608}}) {
        SCOPED_TRACE(encoding.name);
        const std::string path = folder.path(encoding.name);
        ASSERT_TRUE(write_sound(path, encoding.format, 22050, 1, samples));
        const Clip clip = read_audio(path);
        EXPECT_EQ(clip.sample_rate, 22050);
        EXPECT_EQ(clip.n_channels, 1);
        EXPECT_DOUBLE_EQ(clip.duration_s(), 5000.0 / 22050);
        ASSERT_EQ(clip.samples.size(), samples.size());
        for (std::size_t i = 0; i < samples.size(); ++i)
            ASSERT_NEAR(clip.samples[i], samples[i], encoding.tolerance) << i;
        EXPECT_EQ(read(read_file(path)).samples, clip.samples) << "from memory";
    }
}

TEST(ReadAudio, LossyEncodingsComeClose) {
    struct Encoding {
        const char* name;
        int format;
    };
    const TemporaryFolder folder;
    const Samples samples = tone(48000);
    for (const Encoding& encoding : {Encoding{"vorbis.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
                                     Encoding{"opus.ogg", SF_FORMAT_OGG | SF_FORMAT_OPUS},
                                     Encoding{"layer3.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III}}) {
        SCOPED_TRACE(encoding.name);
        const std::string path = folder.path(encoding.name);
        if (!write_sound(path, encoding.format, 48000, 1, samples)) {
            EXPECT_EQ(encoding.format & SF_FORMAT_TYPEMASK, SF_FORMAT_MPEG) << "only MP3 may be missing";
            std::printf("%s: not known to the installed libsndfile\n", encoding.name);
            continue;
        }
        const Clip clip = read_audio(path);
        EXPECT_EQ(clip.sample_rate, 48000);
        ASSERT_GE(clip.samples.size(), samples.size());
        double error = 0, power = 0;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            error += std::pow(clip.samples[i] - samples[i], 2);
            power += std::pow(samples[i], 2);
        }
        EXPECT_LT(error / power, 0.01);
        EXPECT_EQ(read(read_file(path)).samples, clip.samples) << "from memory";
    }
}

TEST(ReadAudio, IntegersAreDividedByTwoToTheBits) {
    EXPECT_EQ(read(wav(fmt() + chunk("data", pcm({16384, -32768, 32767, 1, 0})))).samples,
              (Samples{0.5F, -1, 32767.0F / 32768, 1.0F / 32768, 0}));
    EXPECT_EQ(read(wav(fmt({.bits = 8}) + chunk("data", std::string("\x80\x00\xFF", 3)))).samples,
              (Samples{0, -1, 127.0F / 128}));
    EXPECT_EQ(read(wav(fmt({.bits = 24}) + chunk("data", text(1, 3) + text(0x800000, 3)))).samples,
              (Samples{1.0F / 8388608, -1}));
}

TEST(ReadAudio, ChannelsAreMixedToTheirMean) {
    const Clip clip =
        read(wav(fmt({.channels = 2, .rate = 192000}) + chunk("data", pcm({100, 200, -32768, 32767}))));
    EXPECT_EQ(clip.n_channels, 2);
    EXPECT_EQ(clip.sample_rate, 192000);
    EXPECT_EQ(clip.samples, (Samples{150.0F / 32768, -0.5F / 32768}));

    // More frames than a block holds, so that every border between blocks is crossed.
    std::vector<int> values;
    Samples expected;
    for (int frame = 0; frame < 9000; ++frame) {
        int sum = 0;
        for (int channel = 0; channel < 8; ++channel) {
            values.push_back((frame * 7 + channel * 1001) % 4096);
            sum += values.back();
        }
        expected.push_back(static_cast<float>(sum) / 8 / 32768);  // exact: few bits
    }
    EXPECT_EQ(read(wav(fmt({.channels = 8}) + chunk("data", pcm(values)))).samples, expected);
}

TEST(ReadAudio, UnknownChunksAreSkipped) {
    const std::string data = chunk("data", pcm({1, 2, 3}));
    const Samples samples = read(wav(fmt() + data)).samples;
    EXPECT_EQ(read(wav(fmt() + chunk("FLLR", std::string(4043, '\0')) + data)).samples, samples);
    EXPECT_EQ(
        read(wav(chunk("JUNK", "odd") + fmt() + chunk("abcd", "") + data + chunk("LIST", "INFO"))).samples,
        samples);
}

TEST(ReadAudio, LengthsThatAPipeLeavesOpenRunToTheEnd) {
    for (const std::uint64_t length : {0x0ULL, 0x7FFFF000ULL, 0x80000000ULL, 0xFFFFFFFFULL})
        EXPECT_EQ(read("RIFF" + text(length, 4) + "WAVE" + fmt() + "data" + text(length, 4) + pcm({1, 2, 3}))
                      .samples.size(),
                  3U)
            << length;
    const std::string au = ".snd" + text(24, 4, true) + text(0xFFFFFFFF, 4, true) + text(3, 4, true) +
                           text(8000, 4, true) + text(1, 4, true);
    EXPECT_EQ(read(au + std::string("\x40\x00\xC0\x00", 4)).samples, (Samples{0.5F, -0.5F}));
}

TEST(ReadAudio, OneSampleIsARecording) {
    EXPECT_EQ(read(wav(fmt() + chunk("data", pcm({-16384})))).samples, Samples{-0.5F});
}

TEST(ReadAudio, APipeIsReadAsStandardInputAlone) {
    const TemporaryFolder folder;
    const std::string bytes = wav(fmt() + chunk("data", pcm(std::vector<int>(100000, 8192))));
    const std::string fifo = folder.path("fifo");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    const auto feed = [&] {
        const int to = open(fifo.c_str(), O_WRONLY);
        EXPECT_EQ(write(to, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
        close(to);
    };
    EXPECT_ERROR(read_audio(fifo), Errc::io,
                 "fifo: is a pipe, not a recording; name -");  // it would wait for ever
    EXPECT_ERROR(read_audio("/dev/zero"), Errc::io, "/dev/zero: is a device, not a file");
    const int own = dup(STDIN_FILENO);
    {
        const std::jthread writer(feed);
        const int from = open(fifo.c_str(), O_RDONLY);
        dup2(from, STDIN_FILENO);
        close(from);
        EXPECT_EQ(read_audio("-").samples, Samples(100000, 0.25F));
        EXPECT_ERROR(read_audio("-"), Errc::corrupt_data, "standard input: is empty");  // read to its end
    }
    dup2(own, STDIN_FILENO);
    close(own);
}

TEST(ReadAudio, MemoryIsThatOfTheSamples) {
    const TemporaryFolder folder;
    const std::string path = folder.path("long.wav");
    constexpr std::size_t kFrames = 20'000'000;  // seven minutes at 48 kHz, stereo
    write_file(path, "RIFF" + text(36 + 4 * kFrames, 4) + "WAVE" + fmt({.channels = 2, .rate = 48000}) +
                         "data" + text(4 * kFrames, 4));
    std::filesystem::resize_file(path, 44 + 4 * kFrames);  // zeros that take no place on the disk
    const Clip clip = read_audio(path);
    EXPECT_EQ(clip.samples.size(), kFrames);
    EXPECT_LE(clip.samples.capacity(), kFrames + 100'000);
}

TEST(ReadAudio, WhatIsNoRecordingIsSaidInOneLine) {
    const auto corrupt = Errc::corrupt_data, unsupported = Errc::unsupported_format;
    EXPECT_ERROR(read(""), corrupt, "clip.wav: is empty; copy or record it again");
    EXPECT_ERROR(read("Hello,\nthis is text\n"), unsupported, "clip.wav: is text, not audio; WAV, FLAC, Ogg");
    EXPECT_ERROR(read("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"), corrupt,
                 "clip.wav: is a git-lfs pointer, not the recording; run `git lfs pull`");
    EXPECT_ERROR(read(std::string("\0\0\0\x18"
                                  "ftypM4A ",
                                  12)),
                 unsupported, "is MP4, which is not read; convert it");
    EXPECT_ERROR(read(std::string("\x93NUMPY\x01\x00", 8)), unsupported,
                 "no known audio format begins with 93 4e 55 4d");
    EXPECT_ERROR(read(wav(fmt({.tag = 0x160}) + chunk("data", "x"))), unsupported,
                 "is WAV of encoding 352, which is not read");
    EXPECT_ERROR(read(wav(fmt() + chunk("data", ""))), corrupt, "clip.wav: holds no samples");
    EXPECT_ERROR(read(wav(fmt({.channels = 0}) + chunk("data", pcm({1})))), corrupt, "clip.wav: ");
    EXPECT_ERROR(read(wav(fmt({.rate = 0}) + chunk("data", pcm({1})))), corrupt, "clip.wav: ");
    EXPECT_ERROR(read(wav(fmt({.channels = 65535}) + chunk("data", pcm({1})))), corrupt, "clip.wav: ");
    EXPECT_ERROR(read(wav(fmt())), corrupt, "clip.wav: ");
    EXPECT_ERROR(read(wav(chunk("data", pcm({1, 2})))), corrupt, "clip.wav: ");

    const TemporaryFolder folder;
    EXPECT_ERROR(read_audio(folder.path("gone.wav")), Errc::io, "gone.wav: cannot be opened: No such file");
    EXPECT_ERROR(read_audio(folder.path()), Errc::io, "is a folder, not a recording");
    write_file(folder.path("empty.wav"), "");
    EXPECT_ERROR(read_audio(folder.path("empty.wav")), corrupt, "empty.wav: is empty");
    if (geteuid() != 0) {  // root may read everything
        write_file(folder.path("private.wav"), wav(fmt() + chunk("data", pcm({1}))));
        ASSERT_EQ(chmod(folder.path("private.wav").c_str(), 0), 0);
        EXPECT_ERROR(read_audio(folder.path("private.wav")), Errc::io,
                     "private.wav: cannot be opened: Permission denied");
    }
}

TEST(ReadAudio, CutsAndLiesAreFound) {
    const std::string whole = wav(fmt() + chunk("data", pcm(std::vector<int>(1000, 5))));
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const Error error = test::error_of([&] { (void)read(whole.substr(0, size)); });
        // Of the first two bytes nobody can say what they were to become.
        EXPECT_EQ(name(error.code()), name(size < 3 ? Errc::unsupported_format : Errc::corrupt_data)) << size;
        ASSERT_FALSE(HasFailure()) << size << " bytes: " << error.what();
    }
    EXPECT_ERROR(
        read(whole.substr(0, 1044)), Errc::corrupt_data,
        "clip.wav: is cut: its header announces 2000 bytes of samples, 1000 are there; copy it again");

    const TemporaryFolder folder;
    const auto cut = [&](const char* name, int format, double share) {
        write_sound(folder.path(name), format, 16000, 1, tone(30000));
        const std::string bytes = read_file(folder.path(name));
        return bytes.substr(0, static_cast<std::size_t>(share * static_cast<double>(bytes.size())));
    };
    for (const double share : {0.2, 0.5, 0.8, 0.99}) {
        EXPECT_ERROR(read(cut("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, share)), Errc::corrupt_data,
                     "clip.wav: ");
        EXPECT_ERROR(read(cut("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, share)), Errc::corrupt_data,
                     "clip.wav: ");
        EXPECT_ERROR(read(cut("a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, share)), Errc::corrupt_data,
                     "is cut");
        EXPECT_ERROR(read(cut("a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, share)), Errc::corrupt_data, "is cut");
        EXPECT_ERROR(read(cut("a64.wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, share)), Errc::corrupt_data,
                     "is cut");
    }
    EXPECT_ERROR(read(cut("a.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 0.99)), Errc::corrupt_data, "is cut");

    // FLAC tells its length in the 36 bits that end at byte 26: all of them set, then none: "not known".
    std::string flac = cut("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1);
    flac[21] = static_cast<char>(flac[21] | 0x0F);
    flac.replace(22, 4, "\xFF\xFF\xFF\xFF");
    EXPECT_ERROR(read(flac), Errc::corrupt_data, "its header announces 68719476735 samples, 30000 are there");
    flac[21] = static_cast<char>(flac[21] & 0xF0);
    flac.replace(22, 4, std::string(4, '\0'));
    EXPECT_EQ(read(flac).samples.size(), 30000U);
}

TEST(ReadAudio, CutMp3IsFoundBeforeTheDecoderPrintsWarnings) {
    const std::string whole = read_file(test::project_file("tests/fuzz/corpus/audio/a.mp3"));
    const std::string tagged = std::string("ID3\x04\0\0\0\0\0\x0A", 10) + std::string(10, '\0') + whole;
    const auto read = [](const std::string& bytes) {
        return read_audio(std::as_bytes(std::span(bytes)), "a.mp3");
    };
    testing::internal::CaptureStderr();
    for (const std::string& mp3 : {whole, tagged}) {
        EXPECT_EQ(read(mp3).samples.size(), 400U);
        for (const double share : {0.3, 0.6, 0.95})
            EXPECT_ERROR(
                read(mp3.substr(0, static_cast<std::size_t>(share * static_cast<double>(mp3.size())))),
                Errc::corrupt_data, "a.mp3: is cut: its header announces 1080 bytes");
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ReadAudio, SamplesThatAreNoNumbers) {
    const auto with = [](float value) {
        Samples samples(20000, 0.5F);
        samples[17000] = value;
        std::string bytes(samples.size() * sizeof(float), '\0');
        std::memcpy(bytes.data(), samples.data(), bytes.size());
        return read(wav(fmt({.tag = 3, .bits = 32}) + chunk("data", bytes)));
    };
    EXPECT_EQ(with(1e30F).samples[17000], 1e30F);
    EXPECT_ERROR(with(std::numeric_limits<float>::quiet_NaN()), Errc::numerical,
                 "clip.wav: sample 17000 is NaN");
    EXPECT_ERROR(with(-std::numeric_limits<float>::infinity()), Errc::numerical,
                 "clip.wav: sample 17000 is infinite");
}

}  // namespace
}  // namespace undertone
