#include "undertone/mel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "dsp/mel_frames.hpp"

namespace undertone::dsp {
namespace {

// Slaney's scale: 200/3 Hz a mel up to 1000 Hz (mel 15), then 27 mels for each factor of 6.4.
constexpr double kLinearHz = 200.0 / 3.0;
constexpr double kBreakHz = 1000.0;
constexpr double kBreakMel = kBreakHz / kLinearHz;
const double kLogStep = std::log(6.4) / 27.0;

double norm_of(std::span<const float> weights, MelNorm norm) {
    double sum = 0, squares = 0, largest = 0;
    for (const float weight : weights) {
        const double w = static_cast<double>(weight);
        sum += w;
        squares += w * w;
        largest = std::max(largest, w);
    }
    const double length = norm == MelNorm::l1 ? sum : norm == MelNorm::l2 ? std::sqrt(squares) : largest;
    return length > 0 ? length : 1;
}

}  // namespace

double hz_to_mel(double hz, bool htk) noexcept {
    if (htk) return 2595.0 * std::log10(1.0 + hz / 700.0);
    return hz < kBreakHz ? hz / kLinearHz : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double mel_to_hz(double mel, bool htk) noexcept {
    if (htk) return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0);
    return mel < kBreakMel ? mel * kLinearHz : kBreakHz * std::exp(kLogStep * (mel - kBreakMel));
}

namespace {

// The weights of a band that are not zero.
struct Triangle {
    std::size_t first = 0;  // bin
    std::vector<float> weights;
};

struct Triangles {
    std::size_t n_bins;
    std::vector<Triangle> bands;
};

Triangles triangles_of(const MelOptions& options, double stretch = 1) {
    validate(options);
    const double nyquist = options.sample_rate / 2;
    const double fmax = options.fmax.value_or(nyquist);
    const auto text = [](double value) { return undertone::detail::number_text(value); };
    if (fmax > nyquist)
        throw Error(Errc::invalid_argument,
                    "fmax = " + text(fmax) + ": above half the sample rate, " + text(nyquist));
    if (options.fmin >= fmax)
        throw Error(Errc::invalid_argument,
                    "fmin = " + text(options.fmin) + ": not below fmax, " + text(fmax));

    const double low = hz_to_mel(options.fmin, options.htk);
    const double step = (hz_to_mel(fmax, options.htk) - low) / (options.n_mels + 1);
    const auto edge = [&](std::size_t i) {
        return stretch * mel_to_hz(low + step * static_cast<double>(i), options.htk);
    };
    const double bin_hz = options.sample_rate / options.n_fft;

    Triangles triangles{static_cast<std::size_t>(options.n_fft / 2 + 1), {}};
    for (std::size_t band = 0; band < static_cast<std::size_t>(options.n_mels); ++band) {
        const double left = edge(band), centre = edge(band + 1), right = edge(band + 2);
        const double height = options.mel_norm == MelNorm::slaney ? 2.0 / (right - left) : 1.0;
        Triangle& triangle = triangles.bands.emplace_back();
        triangle.first = static_cast<std::size_t>(left / bin_hz);
        if (triangle.first > 0) --triangle.first;  // so that rounding loses none
        triangle.first = std::min(triangle.first, triangles.n_bins);
        for (std::size_t bin = triangle.first; bin < triangles.n_bins; ++bin) {
            const double hz = static_cast<double>(bin) * bin_hz;
            const double weight = std::min((hz - left) / (centre - left), (right - hz) / (right - centre));
            if (weight <= 0) {
                if (hz >= right) break;
                if (triangle.weights.empty()) ++triangle.first;
                continue;
            }
            // librosa rounds the triangle before it scales it
            triangle.weights.push_back(
                static_cast<float>(static_cast<double>(static_cast<float>(weight)) * height));
        }
        if (options.mel_norm == MelNorm::slaney || options.mel_norm == MelNorm::none) continue;
        const double length = norm_of(triangle.weights, options.mel_norm);
        for (float& weight : triangle.weights)
            weight = static_cast<float>(static_cast<double>(weight) / length);
    }
    return triangles;
}

}  // namespace

Matrix<float> mel(const MelOptions& options) {
    const Triangles triangles = triangles_of(options);
    Matrix<float> bank(triangles.bands.size(), triangles.n_bins);
    for (std::size_t band = 0; band < bank.rows(); ++band) {
        const auto& [first, weights] = triangles.bands[band];
        std::copy(weights.begin(), weights.end(),
                  bank.row(band).begin() + static_cast<std::ptrdiff_t>(first));
    }
    return bank;
}

MelBank::MelBank(const MelOptions& options, double stretch) {
    const Triangles triangles = triangles_of(options, stretch);
    n_bins_ = triangles.n_bins;
    for (const auto& [first, weights] : triangles.bands) {
        bands_.push_back({first, weights.size(), weights_.size()});
        weights_.insert(weights_.end(), weights.begin(), weights.end());
    }
}

void MelBank::apply(const Lanes* spectrogram, Lanes* mel) const {
    for (std::size_t band = 0; band < bands_.size(); ++band) {
        const auto [first_bin, n_weights, first_weight] = bands_[band];
        const Lanes* bins = spectrogram + first_bin;
        const float* weights = weights_.data() + first_weight;
        Lanes even = {}, odd = {};
        std::size_t i = 0;
        for (; i + 1 < n_weights; i += 2) {
            even += bins[i] * weights[i];
            odd += bins[i + 1] * weights[i + 1];
        }
        if (i < n_weights) even += bins[i] * weights[i];
        mel[band] = even + odd;
    }
}

MelFrames::MelFrames(const MelSpectrogramOptions& o)
    : power_((validate(o), o.power)),
      frames_({o.n_fft, o.hop_length, o.win_length, o.window, o.center, o.pad_mode}),
      bank_({o.sample_rate, o.n_fft, o.n_mels, o.fmin, o.fmax, o.htk, o.mel_norm}) {}

void MelFrames::batch(std::span<const float> samples, std::size_t first, std::size_t n_frames,
                      Workspace::Buffers& buffers, Lanes* mel) const {
    buffers.spectrogram.resize(frames_.n_bins());
    Lanes* const spectrogram = buffers.spectrogram.data();
    frames_.spectrum(
        samples, first, n_frames, buffers.frames,
        [&](std::size_t k, const Lanes& re, const Lanes& im) { spectrogram[k] = re * re + im * im; });
    if (power_ == 1) {
        for (Lanes& value : buffers.spectrogram) value = sqrt(value);
    } else if (power_ != 2) {
        for (Lanes& value : buffers.spectrogram)
            for (std::size_t lane = 0; lane < kLanes; ++lane)
                value[lane] = std::pow(value[lane], static_cast<float>(power_ / 2));
    }
    bank_.apply(buffers.spectrogram.data(), mel);
}

struct MelSpectrogram::Plan {
    MelFrames frames;
};

MelSpectrogram::MelSpectrogram(const MelSpectrogramOptions& options)
    : plan_(std::make_shared<const Plan>(Plan{MelFrames(options)})) {}

Matrix<float> MelSpectrogram::operator()(std::span<const float> samples, Workspace& workspace) const {
    const MelFrames& frames = plan_->frames;
    Workspace::Buffers& buffers = workspace.buffers();
    Matrix<float> out(frames.n_frames(samples), frames.n_mels());
    buffers.bands.resize(frames.n_mels());
    for (std::size_t first = 0; first < out.rows(); first += kLanes) {
        frames.batch(samples, first, out.rows(), buffers, buffers.bands.data());
        store(buffers.bands.data(), first, out);
    }
    return out;
}

Matrix<float> melspectrogram(std::span<const float> samples, const MelSpectrogramOptions& options) {
    Workspace workspace;
    return MelSpectrogram(options)(samples, workspace);
}

Matrix<float> melspectrogram(MatrixView<const float> spectrogram, const MelOptions& options) {
    const MelBank bank(options);
    if (spectrogram.cols() != bank.n_bins())
        throw Error(Errc::shape_mismatch, "the spectrogram has " + std::to_string(spectrogram.cols()) +
                                              " bins, n_fft = " + std::to_string(options.n_fft) +
                                              " asks for " + std::to_string(bank.n_bins()));
    Matrix<float> out(spectrogram.rows(), bank.n_mels());
    std::vector<Lanes> batch(bank.n_bins()), mel_of_batch(bank.n_mels());
    for (std::size_t first = 0; first < out.rows(); first += kLanes) {
        for (std::size_t lane = 0; lane < kLanes && first + lane < out.rows(); ++lane)
            for (std::size_t k = 0; k < bank.n_bins(); ++k) batch[k][lane] = spectrogram(first + lane, k);
        bank.apply(batch.data(), mel_of_batch.data());
        store(mel_of_batch.data(), first, out);
    }
    return out;
}

Matrix<float> power_to_db(MatrixView<const float> power, const DecibelOptions& options) {
    validate(options);
    Matrix<float> out(power.rows(), power.cols());
    if (power.size() == 0) return out;
    const auto amin = static_cast<float>(options.amin);
    const auto values = power.values();
    const float ref =
        options.ref_max ? *std::max_element(values.begin(), values.end()) : static_cast<float>(options.ref);
    const float ref_db = 10.0F * std::log10(std::max(amin, ref));
    for (std::size_t i = 0; i < values.size(); ++i)
        out.values()[i] = 10.0F * std::log10(std::max(values[i], amin)) - ref_db;  // a NaN stays one
    if (options.top_db) {
        float most = -std::numeric_limits<float>::infinity();
        for (const float value : out.values()) most = value > most || std::isnan(value) ? value : most;
        const float floor_db = most - static_cast<float>(*options.top_db);
        for (float& value : out.values()) value = value >= floor_db ? value : floor_db;
    }
    return out;
}

}  // namespace undertone::dsp
