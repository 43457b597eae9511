#include "dsp/pitch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace undertone::dsp {
namespace {

constexpr float kNone = -1;  // the doubt of what looked like a peak and is none

}  // namespace

TuningEstimator::TuningEstimator(const TuningOptions& options, float noise)
    : options_(options), noise_(noise) {
    validate(options);
    const double bin_hz = options.sample_rate / options.n_fft;
    const double fmax = std::min(options.fmax, options.sample_rate / 2);
    // A peak needs a neighbour on each side, and bin 0 is no pitch.
    first_bin_ = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(options.fmin / bin_hz)));
    last_bin_ = std::min(static_cast<std::size_t>(std::ceil(fmax / bin_hz)),
                         static_cast<std::size_t>(options.n_fft / 2));
    const auto n_cells = static_cast<std::size_t>(std::ceil(1.0 / options.resolution));
    for (std::size_t cell = 0; cell <= n_cells; ++cell)
        edges_.push_back(-0.5 + static_cast<double>(cell) / static_cast<double>(n_cells));
}

void TuningEstimator::add(const Lanes* magnitudes, const Lanes& largest, std::size_t n_frames) {
    const Lanes noise = largest * noise_;
    const Lanes least = largest * static_cast<float>(options_.threshold);
    const std::uint32_t wanted = n_frames >= 32 ? ~0U : (1U << n_frames) - 1U;
    for (std::size_t bin = first_bin_; bin < last_bin_; ++bin) {
        const Lanes here = magnitudes[bin], before = magnitudes[bin - 1], after = magnitudes[bin + 1];
        // Whatever may be a peak: fit() knows how sure that is.
        const Lanes most = here + 2 * noise;
        const IntLanes is_peak = (most > least) & (most > before) & (most >= after) & (here > Lanes{});
        for (std::uint32_t mask = mask_of(is_peak) & wanted; mask != 0; mask &= mask - 1) {
            const auto lane = static_cast<std::size_t>(std::countr_zero(mask));
            Peak& peak = peaks_.emplace_back();
            peak.frame = static_cast<std::uint32_t>(n_frames_ + lane);
            peak.bin = static_cast<std::uint32_t>(bin);
            peak.noise = noise[lane];
            peak.least = least[lane];
            fit(peak, {before[lane], here[lane], after[lane]});
        }
    }
    n_frames_ += n_frames;
}

void TuningEstimator::fit(Peak& peak, const std::array<float, 3>& magnitudes) const {
    const auto [xm, x0, xp] = magnitudes;
    const double a = static_cast<double>(xp + xm) - 2.0 * static_cast<double>(x0);
    const double b = static_cast<double>(xp - xm) / 2.0;
    const float shift = std::abs(b) >= std::abs(a) ? 0.0F : static_cast<float>(-b / a);
    const float slope = (xp - xm) / 2.0F;
    peak.pitch = static_cast<float>((static_cast<double>(peak.bin) + static_cast<double>(shift)) *
                                    options_.sample_rate / options_.n_fft);
    peak.magnitude = x0 + 0.5F * slope * shift;
    peak.doubt = 0;
    if (peak.noise == 0) return;
    const float margin = std::min({x0 - peak.least, x0 - xm, x0 - xp});
    // b is off by at most the noise of one magnitude, a by that of four, and the shift is below one half.
    peak.doubt = margin > 2 * peak.noise
                     ? 3 * peak.noise / (std::abs(static_cast<float>(a)) * static_cast<float>(peak.bin))
                     : std::numeric_limits<float>::infinity();
}

bool TuningEstimator::refine(std::vector<Doubt>& doubts, const ExactMagnitudes& exact) {
    // Frame by frame, so that each frame is transformed once.
    std::sort(doubts.begin(), doubts.end(), [](const Doubt& a, const Doubt& b) {
        return std::pair(a.frame, a.peak) < std::pair(b.frame, b.peak);
    });
    bool all_are_peaks = true;
    for (const Doubt& doubt : doubts) {
        Peak& peak = peaks_[doubt.peak];
        const std::array<float, 3> magnitudes = exact(peak.frame, peak.bin);
        peak.noise = 0;
        fit(peak, magnitudes);
        if (magnitudes[1] > peak.least && magnitudes[1] > magnitudes[0] && magnitudes[1] >= magnitudes[2])
            continue;
        peak.doubt = kNone;
        all_are_peaks = false;
    }
    return all_are_peaks;
}

void TuningEstimator::forget() {
    peaks_.clear();
    n_frames_ = 0;
}

void TuningEstimator::refine_doubtful(const ExactMagnitudes& exact) {
    const auto limit =
        static_cast<float>(0.25 * std::numbers::ln2 / (options_.bins_per_octave * double(n_cells())));
    doubts_.clear();
    for (std::size_t i = 0; i < peaks_.size(); ++i)
        if (peaks_[i].doubt > limit) doubts_.push_back({peaks_[i].frame, i});
    if (!refine(doubts_, exact)) std::erase_if(peaks_, [](const Peak& peak) { return peak.doubt == kNone; });
}

bool TuningEstimator::refine_near(float median, const ExactMagnitudes& exact) {
    doubts_.clear();
    for (std::size_t i = 0; i < peaks_.size(); ++i)
        if (peaks_[i].noise > 0 && std::abs(peaks_[i].magnitude - median) <= 4 * peaks_[i].noise)
            doubts_.push_back({peaks_[i].frame, i});
    refine(doubts_, exact);
    return !doubts_.empty();
}

float TuningEstimator::median() {
    sorted_.clear();
    for (const Peak& peak : peaks_) sorted_.push_back(peak.magnitude);
    const auto middle = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted_.size() / 2);
    std::nth_element(sorted_.begin(), middle, sorted_.end());
    if (sorted_.size() % 2 != 0) return *middle;
    return (*std::max_element(sorted_.begin(), middle) + *middle) / 2.0F;
}

float TuningEstimator::bins_of(float pitch) const {
    // 27.5 Hz is A440 four octaves down, where librosa's octaves are counted from.
    return static_cast<float>(options_.bins_per_octave) * std::log2(pitch / 27.5F);
}

std::size_t TuningEstimator::cell_of(float bins) const {
    float residual = bins - std::floor(bins);
    if (residual >= 0.5F) residual -= 1.0F;
    const auto value = static_cast<double>(residual);
    auto cell = static_cast<std::size_t>((value + 0.5) * static_cast<double>(n_cells()));
    cell = std::min(cell, n_cells() - 1);
    if (value < edges_[cell]) return cell - 1;
    return cell + 1 < n_cells() && value >= edges_[cell + 1] ? cell + 1 : cell;
}

double TuningEstimator::finish(const ExactMagnitudes& exact) {
    if (noise_ > 0) refine_doubtful(exact);
    if (peaks_.empty()) return 0;
    float threshold = median();
    if (noise_ > 0 && refine_near(threshold, exact)) threshold = median();

    std::vector<std::size_t> counts(n_cells()), possible(n_cells());
    struct Between {
        std::size_t peak, cells[2];
    };
    std::vector<Between> between;
    for (std::size_t i = 0; i < peaks_.size(); ++i) {
        const Peak& peak = peaks_[i];
        if (peak.magnitude < threshold) continue;
        const float bins = bins_of(peak.pitch);
        const std::size_t cell = cell_of(bins);
        ++possible[cell];
        if (peak.noise > 0) {
            constexpr float kRounding =
                2.4e-7F;  // of pitch, logarithm and product: four halves of a last place
            const float reach =
                static_cast<float>(options_.bins_per_octave) / std::numbers::ln2_v<float> * peak.doubt +
                (bins + static_cast<float>(options_.bins_per_octave)) * kRounding;
            const std::size_t low = cell_of(bins - reach), high = cell_of(bins + reach);
            if (low != high) {
                const std::size_t other = low == cell ? high : low;
                ++possible[other];
                between.push_back({i, {cell, other}});
                continue;
            }
        }
        ++counts[cell];
    }
    const std::size_t sure = *std::max_element(counts.begin(), counts.end());
    doubts_.clear();
    for (const auto& [i, cells] : between)
        if (possible[cells[0]] >= sure || possible[cells[1]] >= sure) doubts_.push_back({peaks_[i].frame, i});
    refine(doubts_, exact);
    for (const auto& [i, cells] : between) ++counts[cell_of(bins_of(peaks_[i].pitch))];
    forget();
    return edges_[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
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
