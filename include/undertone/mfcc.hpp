#pragma once

#include "undertone/mel.hpp"

namespace undertone::dsp {

/// Mel-frequency cepstral coefficients: a mel spectrogram in dB, then a cosine transform of each frame.
struct MfccOptions {
    double sample_rate = 22050;
    int n_mfcc = 20;
    int dct_type = 2;
    bool ortho = true;
    double lifter = 0;
    int n_fft = 2048;
    std::optional<int> hop_length = 512;
    std::optional<int> win_length = std::nullopt;
    Window window = Window::hann;
    bool center = true;
    PadMode pad_mode = PadMode::constant;
    double power = 2;
    int n_mels = 128;
    double fmin = 0;
    std::optional<double> fmax = std::nullopt;
    bool htk = false;
    MelNorm mel_norm = MelNorm::slaney;

    static constexpr auto fields() {
        using O = MfccOptions;
        return std::tuple_cat(
            detail::stft_fields<O>(), detail::mel_fields<O>(),
            std::tuple{
                Field{"power", &O::power, "", {0.0, 10.0, true}, "1 for magnitudes, 2 for powers"},
                Field{"n_mfcc", &O::n_mfcc, "", {1, 4096}, "coefficients kept; at most n_mels"},
                Field{"dct_type", &O::dct_type, "", {1, 3}, "cosine transform, as scipy numbers them"},
                Field{"ortho", &O::ortho, "", {}, "scale the transform to be orthonormal"},
                Field{"lifter", &O::lifter, "", {0.0, 1e6}, "weight of higher coefficients; 0: none"}});
    }
};

/// Everything between samples and cepstra, the cosine transform included: computed once, used again. Const,
/// so that threads share it; each brings a Workspace of its own.
class Mfcc {
public:
    /// @throws Error invalid_argument
    explicit Mfcc(const MfccOptions& options = {});

    /// As mfcc() of samples.
    [[nodiscard]] Matrix<float> operator()(std::span<const float> samples, Workspace& workspace) const;

private:
    struct Plan;
    std::shared_ptr<const Plan> plan_;
};

/// @param samples  `[n_samples]`
/// @return         `[n_frames, n_mfcc]`, the transpose of librosa's
/// @throws Error   as melspectrogram() does; invalid_argument: n_mfcc above n_mels
/// Matches: librosa 0.11.0 `feature.mfcc`, to 1e-3 absolute (dB); librosa cuts n_mfcc down to n_mels
/// silently.
[[nodiscard]] Matrix<float> mfcc(std::span<const float> samples, const MfccOptions& options = {});

/// The same from a mel spectrogram in dB, `[n_frames, n_mels]`. Only n_mfcc, dct_type, ortho and lifter are
/// used.
[[nodiscard]] Matrix<float> mfcc(MatrixView<const float> log_mel, const MfccOptions& options);

}  // namespace undertone::dsp
