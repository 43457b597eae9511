#include <cmath>

#include "support/support.hpp"
#include "undertone/frame_features.hpp"

namespace undertone {
namespace {

const TensorFile& vectors() {
    static const TensorFile file = test::reference("librosa_frames");
    return file;
}

using Options = std::map<std::string, std::string>;

/// Compares frames with a stored array: every third column of every second frame.
/// @param tolerance  of |ours - theirs| / max(1, |theirs|)
void expect_frames(std::string_view set_name, const std::string& stored, std::span<const float> samples,
                   const Options& options, double tolerance) {
    const auto set = make_feature_set(set_name, options);
    Matrix<float> ours;
    frame_features(*set).extract_frames(samples, ours, *set->workspace());
    const Tensor* tensor = vectors().find(stored);
    ASSERT_NE(tensor, nullptr) << stored;
    ASSERT_EQ(tensor->shape, (std::vector<std::size_t>{(ours.rows() + 1) / 2, (ours.cols() + 2) / 3}));
    const auto& theirs = std::get<std::vector<float>>(tensor->values);
    double worst = 0;
    std::size_t i = 0;
    for (std::size_t r = 0; r < ours.rows(); r += 2)
        for (std::size_t c = 0; c < ours.cols(); c += 3) {
            const auto a = static_cast<double>(ours(r, c)), b = static_cast<double>(theirs[i++]);
            worst = std::max(worst, std::abs(a - b) / std::max(1.0, std::abs(b)));
        }
    EXPECT_LE(worst, tolerance) << stored;
}

TEST(LibrosaFrames, LogMel) {
    const auto& y = std::get<std::vector<float>>(vectors().find("y")->values);
    const double tolerance = 1e-5;
    expect_frames("logmel64", "log_default", y, {}, tolerance);
    expect_frames("logmel64", "log_fine", y,
                  {{"n_fft", "1024"},
                   {"win_length", "1024"},
                   {"hop_length", "200"},
                   {"n_mels", "80"},
                   {"fmin", "0"},
                   {"fmax", "7600"}},
                  tolerance);
    expect_frames("logmel64", "log_few", y,
                  {{"win_length", "321"}, {"n_mels", "24"}, {"fmin", "50"}, {"fmax", "6000"}}, tolerance);
    expect_frames("logmel64", "log_short", std::span(y).first(100), {}, tolerance);
    expect_frames("logmel64", "log_one", std::span(y).first(1), {}, tolerance);
    expect_frames("logmel64", "log_silence", std::vector<float>(1600), {}, tolerance);
}

TEST(LibrosaFrames, Pcen) {
    const auto& y = std::get<std::vector<float>>(vectors().find("y")->values);
    const double tolerance = 3e-5;
    expect_frames("pcen64", "pcen_default", y, {}, tolerance);
    expect_frames(
        "pcen64", "pcen_slow", y,
        {{"gain", "0.8"}, {"bias", "10"}, {"power", "0.25"}, {"time_constant", "0.06"}, {"eps", "1e-5"}},
        tolerance);
    expect_frames("pcen64", "pcen_silence", std::vector<float>(1600), {}, tolerance);
}

}  // namespace
}  // namespace undertone
