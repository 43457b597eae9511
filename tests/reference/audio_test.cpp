#include "undertone/audio.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "audio/mix.hpp"
#include "support/support.hpp"

namespace undertone {
namespace {

const std::vector<float>& floats(const TensorFile& file, const std::string& name) {
    const Tensor* tensor = file.find(name);
    if (tensor == nullptr) throw Error(Errc::corrupt_data, name + " is not in the reference file");
    return std::get<std::vector<float>>(tensor->values);
}

class AudioReference : public testing::Test {
protected:
    static void SetUpTestSuite() { file = test::reference("audio"); }
    static inline TensorFile file;
};

TEST_F(AudioReference, MixIsLibrosasToMonoBitForBit) {
    for (const std::size_t channels : {2U, 3U, 6U, 7U, 8U, 9U, 16U, 130U, 300U}) {
        const std::string name = "mix." + std::to_string(channels);
        const std::vector<float>& frames = floats(file, name + ".frames");
        std::vector<float> mono(frames.size() / channels);
        audio::mix_channels(frames.data(), mono.size(), channels, mono.data());
        EXPECT_EQ(mono, floats(file, name + ".mono")) << channels << " channels";
    }
}

TEST_F(AudioReference, ResampleIsLibrosasSoxrHq) {
    const std::vector<float>& signal = floats(file, "resample.signal");
    double largest = 0;
    for (const auto& [from, to] : std::vector<std::array<int, 2>>{{48000, 16000},
                                                                  {44100, 22050},
                                                                  {22050, 16000},
                                                                  {16000, 48000},
                                                                  {8000, 44100},
                                                                  {48000, 44100},
                                                                  {192000, 16000},
                                                                  {24414, 22050}}) {
        for (const std::size_t length : {1U, 2U, 100U, 1777U}) {
            const std::string name =
                "resample." + std::to_string(from) + "." + std::to_string(to) + "." + std::to_string(length);
            const std::vector<float>& expected = floats(file, name);
            const std::vector<float> result = resample(std::span(signal).first(length), from, to);
            ASSERT_EQ(result.size(), expected.size()) << name;
            for (std::size_t i = 0; i < result.size(); ++i) {
                const double difference = std::abs(result[i] - expected[i]);
                largest = std::max(largest, difference);
                ASSERT_LE(difference, 1e-6) << name << " [" << i << "]";
            }
        }
    }
    RecordProperty("largest_difference", std::to_string(largest));
}

TEST(Resample, KeepsWhatNeedsNoWork) {
    const std::vector<float> samples{0.5F, -0.25F, 1};
    EXPECT_EQ(resample(samples, 16000, 16000), samples);
    EXPECT_TRUE(resample({}, 48000, 16000).empty());
    EXPECT_ERROR(resample(samples, 0, 16000), Errc::invalid_argument, "sample rate = 0: must be above 0");
    EXPECT_ERROR(resample(samples, 16000, -1), Errc::invalid_argument, "sample rate = -1: must be above 0");
    EXPECT_ERROR(resample(samples, 8, 16000), Errc::invalid_argument,
                 "resampling from 8 to 16000 Hz: the rates must not differ more than 256 times");
}

}  // namespace
}  // namespace undertone
