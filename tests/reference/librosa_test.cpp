#include <cmath>
#include <map>

#include "support/support.hpp"
#include "undertone/chroma.hpp"
#include "undertone/features.hpp"
#include "undertone/mfcc.hpp"
#include "undertone/zero_crossings.hpp"

namespace undertone::dsp {
namespace {

constexpr double kRate = 16000;

const TensorFile& vectors() {
    static const TensorFile file = test::reference("librosa");
    return file;
}

template <class T>
const std::vector<T>& stored(const std::string& name) {
    return std::get<std::vector<T>>(vectors().find(name)->values);
}

const std::vector<float>& signal() { return stored<float>("y"); }

/// Compares with a stored array, thinned as the generator thins it. The tolerance is relative to its largest
/// value.
template <class Value>
void expect_equal(const std::string& name, std::size_t rows, std::size_t cols, bool thin, double tolerance,
                  Value value) {
    const Tensor* tensor = vectors().find(name);
    ASSERT_NE(tensor, nullptr) << name;
    const auto& expected = std::get<std::vector<float>>(tensor->values);
    const std::size_t row_step = thin ? 3 : 1, col_step = thin ? 7 : 1;
    ASSERT_EQ(tensor->shape,
              (std::vector<std::size_t>{(rows + row_step - 1) / row_step, (cols + col_step - 1) / col_step}))
        << name;
    double largest = 0, worst = 0;
    for (const float e : expected) largest = std::max(largest, std::abs(static_cast<double>(e)));
    std::size_t i = 0;
    for (std::size_t r = 0; r < rows; r += row_step)
        for (std::size_t c = 0; c < cols; c += col_step)
            worst = std::max(worst,
                             std::abs(static_cast<double>(value(r, c)) - static_cast<double>(expected[i++])));
    EXPECT_LE(worst, tolerance * largest) << name;
}

void expect_matrix(const std::string& name, const Matrix<float>& m, bool thin, double tolerance) {
    expect_equal(name, m.rows(), m.cols(), thin, tolerance,
                 [&](std::size_t r, std::size_t c) { return m(r, c); });
}

TEST(Librosa, Stft) {
    const std::map<std::string, StftOptions> grid{
        {"stft_default", {}},
        {"stft_reflect", {.pad_mode = PadMode::reflect}},
        {"stft_left", {.n_fft = 1024, .center = false}},
        {"stft_hamming", {.n_fft = 512, .hop_length = 160, .win_length = 400, .window = Window::hamming}},
        {"stft_blackman", {.n_fft = 512, .window = Window::blackman, .pad_mode = PadMode::edge}},
        {"stft_bartlett", {.n_fft = 512, .window = Window::bartlett, .pad_mode = PadMode::symmetric}},
        {"stft_odd", {.n_fft = 400, .hop_length = 160}},
        {"stft_prime", {.n_fft = 257, .hop_length = 100, .window = Window::boxcar}},
    };
    for (const auto& [name, options] : grid) {
        const auto s = stft(signal(), options);
        expect_equal(name + "_re", s.rows(), s.cols(), true, 1e-6,
                     [&s = s](std::size_t r, std::size_t c) { return s(r, c).real(); });
        expect_equal(name + "_im", s.rows(), s.cols(), true, 1e-6,
                     [&s = s](std::size_t r, std::size_t c) { return s(r, c).imag(); });
    }
}

TEST(Librosa, MelSpectrogram) {
    const std::map<std::string, MelSpectrogramOptions> grid{
        {"mel_default", {.sample_rate = kRate}},
        {"mel_htk", {.sample_rate = kRate, .n_mels = 40, .fmin = 50, .fmax = 7000, .htk = true}},
        {"mel_none", {.sample_rate = kRate, .n_mels = 64, .mel_norm = MelNorm::none}},
        {"mel_l2", {.sample_rate = kRate, .n_fft = 512, .n_mels = 26, .mel_norm = MelNorm::l2}},
        {"mel_power1", {.sample_rate = kRate, .hop_length = 256, .power = 1, .n_mels = 64}},
    };
    for (const auto& [name, options] : grid)
        expect_matrix(name, melspectrogram(signal(), options), false, 1e-6);
}

TEST(Librosa, Mfcc) {
    const std::map<std::string, MfccOptions> grid{
        {"mfcc_default", {.sample_rate = kRate}},
        {"mfcc_40", {.sample_rate = kRate, .n_mfcc = 40}},
        {"mfcc_lifter", {.sample_rate = kRate, .n_mfcc = 13, .lifter = 22}},
        {"mfcc_type1", {.sample_rate = kRate, .dct_type = 1}},
        {"mfcc_type3", {.sample_rate = kRate, .dct_type = 3}},
        {"mfcc_raw", {.sample_rate = kRate, .ortho = false}},
        {"mfcc_type1_raw", {.sample_rate = kRate, .dct_type = 1, .ortho = false}},
        {"mfcc_type3_raw", {.sample_rate = kRate, .dct_type = 3, .ortho = false}},
    };
    for (const auto& [name, options] : grid) expect_matrix(name, mfcc(signal(), options), false, 1e-5);
}

TEST(Librosa, Chroma) {
    const std::map<std::string, ChromaStftOptions> grid{
        {"chroma_default", {.sample_rate = kRate}},
        {"chroma_24", {.sample_rate = kRate, .n_chroma = 24}},
        {"chroma_tuned", {.sample_rate = kRate, .tuning = 0.2, .norm = ChromaNorm::l2, .base_c = false}},
        {"chroma_wide",
         {.sample_rate = kRate, .n_chroma = 36, .norm = ChromaNorm::l1, .octwidth = std::nullopt}},
    };
    for (const auto& [name, options] : grid) expect_matrix(name, chroma_stft(signal(), options), false, 1e-5);
}

TEST(Librosa, FilterBanks) {
    const Matrix<float> bank = mel({.sample_rate = kRate});
    expect_equal("bank_mel", bank.cols(), bank.rows(), true, 1e-6,
                 [&](std::size_t r, std::size_t c) { return bank(c, r); });
    const Matrix<float> classes = chroma({.sample_rate = kRate, .n_chroma = 24, .tuning = -0.13});
    expect_equal("bank_chroma", classes.cols(), classes.rows(), true, 1e-6,
                 [&](std::size_t r, std::size_t c) { return classes(c, r); });
}

TEST(Librosa, TuningDecibelsAndCrossings) {
    const auto spectrum = stft(signal());
    Matrix<float> magnitude(spectrum.rows(), spectrum.cols());
    for (std::size_t i = 0; i < magnitude.size(); ++i) magnitude.values()[i] = std::abs(spectrum.values()[i]);
    const auto& tuning = stored<double>("tuning");
    EXPECT_NEAR(estimate_tuning(magnitude, {.sample_rate = kRate, .bins_per_octave = 24}), tuning[0], 1e-12);
    EXPECT_NEAR(estimate_tuning(magnitude, {.sample_rate = kRate}), tuning[1], 1e-12);

    Matrix<float> power(1, 5);
    const std::vector<float> values{0, 1e-12F, 1e-3F, 1, 50};
    std::copy(values.begin(), values.end(), power.data());
    expect_equal("db", 1, 5, false, 1e-6,
                 [db = power_to_db(power, {.ref_max = true, .top_db = 60.0})](std::size_t, std::size_t c) {
                     return db(0, c);
                 });

    const auto& crossings = stored<std::int64_t>("crossings");
    std::size_t i = 0;
    for (const bool pad : {false, true})
        for (const bool zero_pos : {false, true})
            EXPECT_EQ(zero_crossings(signal(), {.pad = pad, .zero_pos = zero_pos}),
                      static_cast<std::size_t>(crossings[i++]));
}

TEST(Librosa, TheSet193) {
    struct Case {
        std::vector<float> samples;
        int rate;
        const char* pad_mode;
    };
    const auto& y = signal();
    std::vector<float> click(5000, 0.0F);
    click[2500] = 1;
    const std::vector<Case> cases{
        {y, 16000, "constant"},
        {y, 16000, "reflect"},
        {y, 48000, "constant"},
        {{y.begin(), y.begin() + 100}, 16000, "constant"},
        {{y[0]}, 16000, "constant"},
        {std::vector<float>(5000, 0.0F), 16000, "constant"},
        {std::vector<float>(5000, 0.5F), 16000, "constant"},
        {click, 16000, "constant"},
    };
    const auto& expected = stored<double>("features");
    for (std::size_t c = 0; c < cases.size(); ++c) {
        const auto set = make_feature_set("librosa193", {{"pad_mode", cases[c].pad_mode}});
        const auto workspace = set->workspace();
        std::vector<double> features(193);
        set->extract(cases[c].samples, cases[c].rate, features, *workspace);
        for (std::size_t i = 0; i < features.size(); ++i) {
            // The spectrum of a click is flat: its peaks, and so its tuning and chroma, are rounding errors.
            if (c == 7 && i >= 40 && i < 64) continue;
            const double e = expected[c * 193 + i];
            const double tolerance = i < 40    ? 1e-4 * std::max(1.0, std::abs(e))
                                     : i < 64  ? 1e-3
                                     : i < 192 ? 1e-4 * std::max(1e-3, std::abs(e))
                                               : 0;
            EXPECT_NEAR(features[i], e, tolerance) << "case " << c << ", " << set->columns()[i];
        }
    }
}

TEST(Librosa193, RefusesWhatItCannotDo) {
    const auto set = make_feature_set("librosa193");
    const auto workspace = set->workspace();
    std::vector<double> features(193), few(3);
    const std::vector<float> bad{0, NAN};
    EXPECT_ERROR(set->extract({}, 16000, features, *workspace), Errc::invalid_argument, "no samples");
    EXPECT_ERROR(set->extract(bad, 16000, features, *workspace), Errc::numerical, "sample 1 is not a number");
    EXPECT_ERROR(set->extract(signal(), 0, features, *workspace), Errc::invalid_argument, "sample_rate = 0");
    EXPECT_ERROR(set->extract(signal(), 16000, few, *workspace), Errc::shape_mismatch, "room for 3");
    EXPECT_ERROR(make_feature_set("egemaps"), Errc::invalid_argument, "there is librosa193");
    EXPECT_ERROR(make_feature_set("librosa193", {{"pad_mode", "wrap"}}), Errc::invalid_argument,
                 "pad_mode = wrap");
    EXPECT_ERROR(stft(signal(), {.n_fft = 512, .win_length = 600}), Errc::invalid_argument, "at most n_fft");
    EXPECT_ERROR(mel({.sample_rate = kRate, .fmax = 9000}), Errc::invalid_argument,
                 "above half the sample rate");
}

}  // namespace
}  // namespace undertone::dsp
