#include <cmath>

#include "support/support.hpp"
#include "undertone/sound_plot.hpp"

namespace undertone::plot {
namespace {

/// Compares the array behind a picture with librosa's.
/// @param tolerance  of |ours - theirs| / max(1, |theirs|)
void expect_array(SoundKind kind, const std::string& stored, double tolerance) {
    const TensorFile vectors = test::reference("librosa_pictures");
    const Clip clip{std::get<std::vector<float>>(vectors.find("y")->values), 16000, 1};
    const SoundArray array = sound_array(clip, kind, {.hop_length = 1024});
    const Tensor* tensor = vectors.find(stored);
    ASSERT_NE(tensor, nullptr) << stored;
    ASSERT_EQ(tensor->shape, (std::vector<std::size_t>{array.values.rows(), array.values.cols()})) << stored;
    const auto& theirs = std::get<std::vector<float>>(tensor->values);
    double worst = 0;
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        const auto a = static_cast<double>(array.values.values()[i]), b = static_cast<double>(theirs[i]);
        worst = std::max(worst, std::abs(a - b) / std::max(1.0, std::abs(b)));
    }
    EXPECT_LE(worst, tolerance) << stored;
}

TEST(LibrosaPictures, Spectrogram) { expect_array(SoundKind::spectrogram, "spectrogram", 1e-4); }
TEST(LibrosaPictures, Mel) { expect_array(SoundKind::mel, "mel", 1e-4); }
TEST(LibrosaPictures, Chroma) { expect_array(SoundKind::chroma, "chroma", 1e-4); }
TEST(LibrosaPictures, Mfcc) { expect_array(SoundKind::mfcc, "mfcc", 1e-3); }
TEST(LibrosaPictures, ZeroCrossingRate) { expect_array(SoundKind::zero_crossings, "zero-crossings", 1e-7); }

}  // namespace
}  // namespace undertone::plot
