#include <sndfile.h>

#include <cmath>

#include "support/support.hpp"
#include "undertone/audio.hpp"

namespace undertone {
namespace {

using test::TemporaryFolder;

void write_sound(const std::string& path, int format, int rate, int channels,
                 const std::vector<float>& samples) {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = format;
    SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
    ASSERT_NE(file, nullptr) << sf_strerror(nullptr);
    ASSERT_EQ(sf_write_float(file, samples.data(), static_cast<sf_count_t>(samples.size())),
              static_cast<sf_count_t>(samples.size()));
    sf_close(file);
}

TEST(ReadAudio, SixteenBitWavIsTheIntegersOver32768) {
    const TemporaryFolder folder;
    const std::string path = folder.path("a.wav");
    write_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 1, {0.5F, -1.0F, 0.25F});
    const Clip clip = read_audio(path);
    EXPECT_EQ(clip.sample_rate, 48000);
    EXPECT_EQ(clip.n_channels, 1);
    ASSERT_EQ(clip.samples.size(), 3U);
    EXPECT_NEAR(clip.samples[0], 0.5, 1.0 / 32768);
    EXPECT_EQ(clip.samples[0] * 32768, std::round(clip.samples[0] * 32768));
}

TEST(ReadAudio, NamesTheFileThatIsNotThere) {
    EXPECT_ERROR(read_audio("no/such.wav"), Errc::io, "no/such.wav: cannot be opened: No such file");
}

}  // namespace
}  // namespace undertone
