#include "undertone/chroma.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dsp/buffers.hpp"
#include "dsp/chroma_bank.hpp"
#include "dsp/pitch.hpp"

namespace undertone::dsp {
namespace {

// Weights that are computed side by side.
constexpr std::size_t kRun = 8;
typedef double Run __attribute__((vector_size(kRun * sizeof(double))));

double total(const Run& v) { return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7])); }

/// @param column  zeros behind its end
double length_of(const std::vector<Run>& column, ChromaNorm norm) {
    Run sum = {}, squares = {}, largest = {};
    for (const Run& w : column) {
        sum += w;
        squares += w * w;
        largest = w > largest ? w : largest;
    }
    switch (norm) {
        case ChromaNorm::none:
            return 1;
        case ChromaNorm::l1:
            return total(sum);
        case ChromaNorm::l2:
            return std::sqrt(total(squares));
        case ChromaNorm::inf:
            return std::max({largest[0], largest[1], largest[2], largest[3], largest[4], largest[5],
                             largest[6], largest[7]});
    }
    return 1;
}

ChromaOptions bank_options(const ChromaStftOptions& o) {
    return {o.sample_rate, o.n_fft, o.n_chroma, 0, o.ctroct, o.octwidth, ChromaNorm::l2, o.base_c};
}

/// From `read(first_frame, batch) -> n_bins filled lanes`, called for each batch, twice when the tuning is
/// asked.
/// @param noise, exact  as TuningEstimator takes them
template <class Read>
Matrix<float> chroma_of(std::size_t n_frames, const ChromaStftOptions& o, Read read, float noise,
                        const ExactMagnitudes& exact) {
    const ChromaBank bank(bank_options(o));
    std::vector<Lanes> batch(bank.n_bins()), chroma_of_batch(bank.n_chroma());
    double tuning = o.tuning.value_or(0);
    if (!o.tuning) {
        TuningEstimator estimator(
            {.sample_rate = o.sample_rate, .n_fft = o.n_fft / 2 * 2, .bins_per_octave = o.n_chroma}, noise);
        for (std::size_t first = 0; first < n_frames; first += kLanes) {
            read(first, batch.data());
            Lanes largest = {};
            for (const Lanes& bin : batch) largest = max(largest, bin);
            estimator.add(batch.data(), largest, std::min(kLanes, n_frames - first));
        }
        tuning = estimator.finish(exact);
    }
    std::vector<float> weights;
    bank.weights(tuning, weights);
    Matrix<float> out(n_frames, bank.n_chroma());
    for (std::size_t first = 0; first < n_frames; first += kLanes) {
        read(first, batch.data());
        bank.apply(weights, batch.data(), chroma_of_batch.data());
        normalise(chroma_of_batch.data(), bank.n_chroma(), o.norm);
        store(chroma_of_batch.data(), first, out);
    }
    return out;
}

}  // namespace

ChromaBank::ChromaBank(const ChromaOptions& options)
    : n_chroma_(static_cast<std::size_t>(options.n_chroma)),
      n_bins_(static_cast<std::size_t>(options.n_fft) / 2 + 1),
      options_(options) {
    validate(options);
    octaves_.resize(n_bins_ + 1);
    for (std::size_t bin = 1; bin <= n_bins_; ++bin)
        octaves_[bin] = std::log2(static_cast<double>(bin) * options.sample_rate / options.n_fft / 27.5);
}

void ChromaBank::weights(double tuning, std::vector<float>& out) const {
    const auto n = static_cast<double>(n_chroma_);
    const double half = std::nearbyint(n / 2);  // half to even, as numpy rounds
    const auto place = [&](std::size_t bin) {  // of a bin, in chroma bins; bin 0 lies 1.5 octaves below bin 1
        return bin == 0 ? n * octaves_[1] - tuning - 1.5 * n : n * octaves_[bin] - tuning;
    };
    const std::size_t n_runs = (n_chroma_ + kRun - 1) / kRun;
    std::vector<Run> column(n_runs), by_distance(n_runs), narrow(n_runs);
    std::vector<float> reversed(n_chroma_);
    // The bump exp(-2 (f + j)^2 / w^2) at whole distances j from a bin's fraction f factorises into
    // exp(-2 f^2 / w^2) * exp(-4 f / w^2)^j * exp(-2 j^2 / w^2): two exponentials a bin instead of one a
    // weight.
    const auto squares = [&](double w2, std::vector<Run>& table) {
        for (std::size_t m = 0; m < n_chroma_; ++m) {
            const double j = static_cast<double>(m) - half;
            table[m / kRun][m % kRun] = std::exp(-2 * j * j / w2);
        }
    };
    squares(1, narrow);
    const std::size_t roll = options_.base_c ? 3 * (n_chroma_ / 12) : 0;
    out.resize(n_bins_ * n_chroma_);
    for (std::size_t bin = 0; bin < n_bins_; ++bin) {
        const double here = place(bin);
        const bool last =
            bin + 1 == static_cast<std::size_t>(options_.n_fft);  // of librosa's full-length bank
        const double width = last ? 1 : std::max(place(bin + 1) - here, 1.0);
        const double w2 = width * width;
        double base = std::fmod(here + half + 10 * n, n);
        if (base < 0) base += n;
        const double fraction = base - std::floor(base);
        const auto whole = static_cast<std::size_t>(std::floor(base)) % n_chroma_;
        // Powers overflow only for n_chroma far beyond use; there each bump is computed alone.
        if (n_chroma_ <= 48) {
            if (width > 1) squares(w2, by_distance);
            const std::vector<Run>& table = width > 1 ? by_distance : narrow;
            const double step = std::exp(-4 * fraction / w2);
            Run factors = {std::exp((-2 * fraction * fraction + 4 * fraction * half) / w2)};
            for (std::size_t i = 1; i < kRun; ++i) factors[i] = factors[i - 1] * step;
            const double two = step * step, four = two * two, eight = four * four;
            for (std::size_t run = 0; run < n_runs; ++run, factors *= eight)
                column[run] = factors * table[run];
        } else {
            for (std::size_t m = 0; m < n_chroma_; ++m) {
                const double d = static_cast<double>(m) + fraction - half;
                column[m / kRun][m % kRun] = std::exp(-2 * d * d / w2);
            }
        }
        const double length = length_of(column, options_.norm);
        double scale = length < std::numeric_limits<double>::min() ? 1 : 1 / length;
        if (options_.octwidth) {
            const double distance = (here / n - options_.ctroct) / *options_.octwidth;
            scale *= std::exp(-0.5 * distance * distance);
        }
        // Weights too small for a normal float add nothing, and cost a hundred cycles each on some machines.
        constexpr double kLeast = std::numeric_limits<float>::min();
        for (std::size_t m = 0; m < n_chroma_; m += kRun) {
            const Run scaled = column[m / kRun] * scale;
            const Run weights = scaled < kLeast ? Run{} : scaled;
            for (std::size_t i = 0; i < std::min(kRun, n_chroma_ - m); ++i)
                reversed[n_chroma_ - 1 - m - i] = static_cast<float>(weights[i]);
        }
        // The first of the column falls on row `top`, the others on those below it, and on from the last row.
        const std::size_t top = (whole + n_chroma_ - roll) % n_chroma_;
        float* const row = out.data() + bin * n_chroma_;
        std::rotate_copy(reversed.data(), reversed.data() + (n_chroma_ - 1 - top),
                         reversed.data() + n_chroma_, row);
    }
}

void ChromaBank::apply(const std::vector<float>& weights, const Lanes* spectrogram, Lanes* chroma) const {
    constexpr std::size_t kBlock = 12;  // sums that stay in registers
    std::size_t c = 0;
    for (; c + kBlock <= n_chroma_; c += kBlock) {
        Lanes sums[kBlock] = {};
        for (std::size_t bin = 0; bin < n_bins_; ++bin) {
            const Lanes value = spectrogram[bin];
            const float* const w = weights.data() + bin * n_chroma_ + c;
            for (std::size_t i = 0; i < kBlock; ++i) sums[i] += value * w[i];
        }
        std::copy(sums, sums + kBlock, chroma + c);
    }
    for (; c < n_chroma_; ++c) {
        Lanes sum = {};
        for (std::size_t bin = 0; bin < n_bins_; ++bin)
            sum += spectrogram[bin] * weights[bin * n_chroma_ + c];
        chroma[c] = sum;
    }
}

void normalise(Lanes* chroma, std::size_t n_chroma, ChromaNorm norm) {
    if (norm == ChromaNorm::none) return;
    Lanes length = {};
    for (std::size_t c = 0; c < n_chroma; ++c) {
        if (norm == ChromaNorm::inf)
            length = max(length, chroma[c]);
        else
            length += norm == ChromaNorm::l1 ? chroma[c] : chroma[c] * chroma[c];
    }
    if (norm == ChromaNorm::l2) length = sqrt(length);
    const Lanes one = Lanes{} + 1.0F;
    length = length < std::numeric_limits<float>::min() ? one : length;  // silence stays silence
    for (std::size_t c = 0; c < n_chroma; ++c) chroma[c] /= length;
}

Matrix<float> chroma(const ChromaOptions& options) {
    const ChromaBank bank(options);
    std::vector<float> weights;
    bank.weights(options.tuning, weights);
    Matrix<float> out(bank.n_chroma(), bank.n_bins());
    for (std::size_t c = 0; c < out.rows(); ++c)
        for (std::size_t bin = 0; bin < out.cols(); ++bin) out(c, bin) = weights[bin * out.rows() + c];
    return out;
}

Matrix<float> chroma_stft(std::span<const float> samples, const ChromaStftOptions& o) {
    validate(o);
    const FramePlan plan({o.n_fft, o.hop_length, o.win_length, o.window, o.center, o.pad_mode});
    FramePlan::Workspace workspace;
    const std::size_t n_frames = plan.n_frames(samples);
    const auto powers = [&](std::size_t first, Lanes* batch) {
        plan.spectrum(samples, first, n_frames, workspace,
                      [&](std::size_t k, const Lanes& re, const Lanes& im) { batch[k] = re * re + im * im; });
    };
    ExactFrames exact(plan);
    exact.begin(samples);
    const auto exact_powers = [&](std::size_t frame, std::size_t bin) {
        std::array<float, 3> values = exact(frame, bin);
        for (float& value : values) value *= value;
        return values;
    };
    return chroma_of(n_frames, o, powers, 2 * kSpectrumNoise, exact_powers);
}

Matrix<float> chroma_stft(MatrixView<const float> spectrogram, const ChromaStftOptions& o) {
    validate(o);
    const auto n_bins = static_cast<std::size_t>(o.n_fft) / 2 + 1;
    if (spectrogram.cols() != n_bins)
        throw Error(Errc::shape_mismatch, "the spectrogram has " + std::to_string(spectrogram.cols()) +
                                              " bins, n_fft = " + std::to_string(o.n_fft) + " asks for " +
                                              std::to_string(n_bins));
    const auto given = [&](std::size_t first, Lanes* batch) {
        for (std::size_t lane = 0; lane < kLanes && first + lane < spectrogram.rows(); ++lane)
            for (std::size_t k = 0; k < n_bins; ++k) batch[k][lane] = spectrogram(first + lane, k);
    };
    return chroma_of(spectrogram.rows(), o, given, 0, {});
}

}  // namespace undertone::dsp
