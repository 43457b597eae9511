#include "dsp/pitch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace undertone::dsp {

TuningEstimator::TuningEstimator(const TuningOptions& options) : options_(options) {
    validate(options);
    const double bin_hz = options.sample_rate / options.n_fft;
    const double fmax = std::min(options.fmax, options.sample_rate / 2);
    // A peak needs a neighbour on each side, and bin 0 is no pitch.
    first_bin_ = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(options.fmin / bin_hz)));
    last_bin_ = std::min(static_cast<std::size_t>(std::ceil(fmax / bin_hz)),
                         static_cast<std::size_t>(options.n_fft / 2));
}

void TuningEstimator::add(const Lanes* magnitudes, const Lanes& largest, std::size_t n_frames) {
    const Lanes least = largest * static_cast<float>(options_.threshold);
    const std::uint32_t wanted = n_frames >= 32 ? ~0U : (1U << n_frames) - 1U;
    for (std::size_t bin = first_bin_; bin < last_bin_; ++bin) {
        const Lanes here = magnitudes[bin], before = magnitudes[bin - 1], after = magnitudes[bin + 1];
        const IntLanes is_peak = (here > least) & (here > before) & (here >= after);
        for (std::uint32_t mask = mask_of(is_peak) & wanted; mask != 0; mask &= mask - 1) {
            const auto lane = static_cast<std::size_t>(std::countr_zero(mask));
            const float x0 = here[lane], xm = before[lane], xp = after[lane];
            // The vertex of the parabola through three magnitudes, in the precision that librosa takes it.
            const double a = static_cast<double>(xp + xm) - 2.0 * static_cast<double>(x0);
            const double b = static_cast<double>(xp - xm) / 2.0;
            const float shift = std::abs(b) >= std::abs(a) ? 0.0F : static_cast<float>(-b / a);
            const float slope = (xp - xm) / 2.0F;
            pitches_.push_back(static_cast<float>((static_cast<double>(bin) + static_cast<double>(shift)) *
                                                  options_.sample_rate / options_.n_fft));
            magnitudes_.push_back(x0 + 0.5F * slope * shift);
        }
    }
}

void TuningEstimator::forget() {
    pitches_.clear();
    magnitudes_.clear();
}

double TuningEstimator::finish() {
    if (pitches_.empty()) return 0;
    sorted_ = magnitudes_;
    const auto middle = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted_.size() / 2);
    std::nth_element(sorted_.begin(), middle, sorted_.end());
    float median = *middle;
    if (sorted_.size() % 2 == 0) median = (*std::max_element(sorted_.begin(), middle) + median) / 2.0F;

    const auto n_cells = static_cast<std::size_t>(std::ceil(1.0 / options_.resolution));
    counts_.assign(n_cells, 0);
    const auto edge = [&](std::size_t i) {
        return -0.5 + static_cast<double>(i) / static_cast<double>(n_cells);
    };
    const auto per_octave = static_cast<float>(options_.bins_per_octave);
    for (std::size_t i = 0; i < pitches_.size(); ++i) {
        if (magnitudes_[i] < median) continue;
        // 27.5 Hz is A440 four octaves down, where librosa's octaves are counted from.
        const float bins = per_octave * std::log2(pitches_[i] / 27.5F);
        float residual = bins - std::floor(bins);
        if (residual >= 0.5F) residual -= 1.0F;
        const auto value = static_cast<double>(residual);
        auto cell = static_cast<std::size_t>((value + 0.5) * static_cast<double>(n_cells));
        cell = std::min(cell, n_cells - 1);
        if (value < edge(cell))
            --cell;
        else if (cell + 1 < n_cells && value >= edge(cell + 1))
            ++cell;
        ++counts_[cell];
    }
    forget();
    const auto peak = std::max_element(counts_.begin(), counts_.end());
    return edge(static_cast<std::size_t>(peak - counts_.begin()));
}

double estimate_tuning(MatrixView<const float> spectrogram, const TuningOptions& options) {
    TuningEstimator estimator(options);
    const auto n_bins = static_cast<std::size_t>(options.n_fft) / 2 + 1;
    if (spectrogram.cols() != n_bins)
        throw Error(Errc::shape_mismatch, "the spectrogram has " + std::to_string(spectrogram.cols()) +
                                              " bins, n_fft = " + std::to_string(options.n_fft) +
                                              " asks for " + std::to_string(n_bins));
    std::vector<Lanes> batch(n_bins);
    for (std::size_t first = 0; first < spectrogram.rows(); first += kLanes) {
        const std::size_t n_frames = std::min(kLanes, spectrogram.rows() - first);
        Lanes largest = {};
        for (std::size_t k = 0; k < n_bins; ++k) {
            for (std::size_t lane = 0; lane < n_frames; ++lane)
                batch[k][lane] = std::abs(spectrogram(first + lane, k));
            largest = max(largest, batch[k]);
        }
        estimator.add(batch.data(), largest, n_frames);
    }
    return estimator.finish();
}

}  // namespace undertone::dsp
