#include "dsp/pitch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <utility>

namespace undertone::dsp {
namespace {

constexpr float kNone = -1;       // the doubt of what looked like a peak and is none
constexpr float kOrigin = 27.5F;  // Hz, A440 four octaves down: where librosa's octaves are counted from

typedef double DoubleLanes __attribute__((vector_size(kLanes * sizeof(double))));

DoubleLanes max(const DoubleLanes& a, const DoubleLanes& b) { return a > b ? a : b; }

template <class V, class T>
V lanes_at(const std::vector<T>& from, std::size_t first) {
    V lanes;
    std::memcpy(&lanes, from.data() + first, sizeof lanes);
    return lanes;
}

void put_lanes(const Lanes& lanes, std::vector<float>& to, std::size_t first) {
    std::memcpy(to.data() + first, &lanes, sizeof lanes);
}

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

void TuningEstimator::Peaks::make_room(std::size_t size) {
    if (here.size() >= size) return;
    size = std::max(size, 2 * here.size());
    for (auto* array : {&frame, &bin}) array->resize(size);
    for (auto* array : {&before, &here, &after, &largest, &pitch, &magnitude, &doubt}) array->resize(size);
}

void TuningEstimator::Peaks::remove(std::size_t i) {
    --count;
    for (auto* array : {&frame, &bin}) (*array)[i] = (*array)[count];
    for (auto* array : {&before, &here, &after, &largest, &pitch, &magnitude, &doubt})
        (*array)[i] = (*array)[count];
}

void TuningEstimator::add(const Lanes* magnitudes, const Lanes& largest, std::size_t n_frames) {
    const Lanes noise = largest * noise_;
    const Lanes least = largest * static_cast<float>(options_.threshold);
    const std::uint32_t wanted = n_frames >= 32 ? ~0U : (1U << n_frames) - 1U;
    if (first_bin_ < last_bin_) peaks_.make_room(peaks_.count + kLanes * (last_bin_ - first_bin_));
    std::size_t i = peaks_.count;
    for (std::size_t bin = first_bin_; bin < last_bin_; ++bin) {
        const Lanes here = magnitudes[bin], before = magnitudes[bin - 1], after = magnitudes[bin + 1];
        // Whatever may be a peak: fit() knows how sure that is.
        const Lanes most = here + 2 * noise;
        const IntLanes is_peak = (most > least) & (most > before) & (most >= after) & (here > Lanes{});
        for (std::uint32_t mask = mask_of(is_peak) & wanted; mask != 0; mask &= mask - 1, ++i) {
            const auto lane = static_cast<std::size_t>(std::countr_zero(mask));
            peaks_.frame[i] = static_cast<std::uint32_t>(n_frames_ + lane);
            peaks_.bin[i] = static_cast<std::uint32_t>(bin);
            peaks_.before[i] = before[lane];
            peaks_.here[i] = here[lane];
            peaks_.after[i] = after[lane];
            peaks_.largest[i] = largest[lane];
        }
    }
    peaks_.count = i;
    n_frames_ += n_frames;
}

TuningEstimator::Parabolas TuningEstimator::fit(const IntLanes& bin, const Lanes& before, const Lanes& here,
                                                const Lanes& after, const Lanes& largest) const {
    const auto to_double = [](const Lanes& v) { return __builtin_convertvector(v, DoubleLanes); };
    const auto to_float = [](const DoubleLanes& v) { return __builtin_convertvector(v, Lanes); };
    const Lanes zero = {};
    Parabolas out;
    const DoubleLanes a = to_double(after + before) - 2.0 * to_double(here);
    const DoubleLanes b = to_double(after - before) / 2.0;
    // Where the parabola is too flat, its top is the bin itself.
    const Lanes top = to_float(-b / a);
    const Lanes distance = to_float(max(b, -b) - max(a, -a));
    const Lanes shift = distance < 0 ? top : zero;
    const Lanes slope = (after - before) / 2.0F;
    out.pitch = to_float((__builtin_convertvector(bin, DoubleLanes) + to_double(shift)) *
                         options_.sample_rate / static_cast<double>(options_.n_fft));
    out.magnitude = here + 0.5F * slope * shift;
    // b is off by at most the noise of one magnitude, a by that of four, and the shift is below one half.
    const Lanes noise = largest * noise_;
    const Lanes above = here - largest * static_cast<float>(options_.threshold);
    const Lanes beside = here - max(before, after);
    const Lanes margin = above < beside ? above : beside;
    const Lanes moved = 3 * noise / (to_float(max(a, -a)) * __builtin_convertvector(bin, Lanes));
    const Lanes unknown = zero + (noise_ > 0 ? std::numeric_limits<float>::infinity() : 0.0F);
    out.doubt = margin > 2 * noise ? moved : unknown;
    return out;
}

void TuningEstimator::fit_all() {
    peaks_.make_room(peaks_.count + kLanes);
    for (std::size_t i = 0; i < peaks_.count; i += kLanes) {
        const Parabolas fitted = fit(lanes_at<IntLanes>(peaks_.bin, i), lanes_at<Lanes>(peaks_.before, i),
                                     lanes_at<Lanes>(peaks_.here, i), lanes_at<Lanes>(peaks_.after, i),
                                     lanes_at<Lanes>(peaks_.largest, i));
        put_lanes(fitted.pitch, peaks_.pitch, i);
        put_lanes(fitted.magnitude, peaks_.magnitude, i);
        put_lanes(fitted.doubt, peaks_.doubt, i);
    }
}

bool TuningEstimator::refine(const ExactMagnitudes& exact) {
    // Frame by frame, so that each frame is transformed once.
    std::sort(doubts_.begin(), doubts_.end(), [this](std::size_t a, std::size_t b) {
        return std::pair(peaks_.frame[a], a) < std::pair(peaks_.frame[b], b);
    });
    bool all_are_peaks = true;
    for (std::size_t first = 0; first < doubts_.size(); first += kLanes) {
        const std::size_t n = std::min(kLanes, doubts_.size() - first);
        IntLanes bin = {};
        Lanes before = {}, here = {}, after = {}, largest = {};
        for (std::size_t lane = 0; lane < n; ++lane) {
            const std::size_t i = doubts_[first + lane];
            const std::array<float, 3> magnitudes = exact(peaks_.frame[i], peaks_.bin[i]);
            bin[lane] = static_cast<std::int32_t>(peaks_.bin[i]);
            before[lane] = magnitudes[0];
            here[lane] = magnitudes[1];
            after[lane] = magnitudes[2];
            largest[lane] = peaks_.largest[i];
        }
        const Parabolas fitted = fit(bin, before, here, after, largest);
        for (std::size_t lane = 0; lane < n; ++lane) {
            const std::size_t i = doubts_[first + lane];
            const bool is_peak = here[lane] > largest[lane] * static_cast<float>(options_.threshold) &&
                                 here[lane] > before[lane] && here[lane] >= after[lane];
            peaks_.pitch[i] = fitted.pitch[lane];
            peaks_.magnitude[i] = fitted.magnitude[lane];
            peaks_.doubt[i] = is_peak ? 0 : kNone;
            all_are_peaks = all_are_peaks && is_peak;
        }
    }
    return all_are_peaks;
}

void TuningEstimator::forget() {
    peaks_.count = 0;
    n_frames_ = 0;
}

void TuningEstimator::refine_doubtful(const ExactMagnitudes& exact) {
    const auto limit =
        static_cast<float>(0.25 * std::numbers::ln2 / (options_.bins_per_octave * double(n_cells())));
    doubts_.clear();
    for (std::size_t i = 0; i < peaks_.count; ++i)
        if (peaks_.doubt[i] > limit) doubts_.push_back(i);
    if (refine(exact)) return;
    for (std::size_t i = peaks_.count; i-- > 0;)
        if (peaks_.doubt[i] == kNone) peaks_.remove(i);
}

bool TuningEstimator::refine_near(float median, const ExactMagnitudes& exact) {
    doubts_.clear();
    for (std::size_t i = 0; i < peaks_.count; ++i)
        if (peaks_.doubt[i] > 0 && std::abs(peaks_.magnitude[i] - median) <= 4 * (peaks_.largest[i] * noise_))
            doubts_.push_back(i);
    refine(exact);
    return !doubts_.empty();
}

float TuningEstimator::median() {
    sorted_.assign(peaks_.magnitude.begin(),
                   peaks_.magnitude.begin() + static_cast<std::ptrdiff_t>(peaks_.count));
    const auto middle = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted_.size() / 2);
    std::nth_element(sorted_.begin(), middle, sorted_.end());
    if (sorted_.size() % 2 != 0) return *middle;
    return (*std::max_element(sorted_.begin(), middle) + *middle) / 2.0F;
}

float TuningEstimator::bins_of(float pitch) const {
    return static_cast<float>(options_.bins_per_octave) * std::log2(pitch / kOrigin);
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

void TuningEstimator::place() {
    // Of pitch, logarithm and product: halves of a last place; and what the logarithm of lanes is off by.
    constexpr float kRounding = 4e-7F;
    const auto per_octave = static_cast<float>(options_.bins_per_octave),
               cells = static_cast<float>(n_cells());
    places_.resize(peaks_.count + kLanes);
    reach_.resize(peaks_.count + kLanes);
    peaks_.make_room(peaks_.count + kLanes);
    for (std::size_t i = 0; i < peaks_.count; i += kLanes) {
        const Lanes pitch = lanes_at<Lanes>(peaks_.pitch, i), doubt = lanes_at<Lanes>(peaks_.doubt, i);
        const Lanes octaves = log2(max(pitch, Lanes{} + std::numeric_limits<float>::min()) / kOrigin);
        const Lanes bins = octaves * per_octave + 0.5F;
        const Lanes whole = __builtin_convertvector(__builtin_convertvector(bins, IntLanes), Lanes);
        const Lanes rest = bins - whole;  // above -1: whole is cut towards 0
        const Lanes at = (rest < 0 ? rest + 1 : rest) * cells;
        const Lanes size = max(bins, -bins) + per_octave;
        const Lanes off = (doubt * (per_octave / std::numbers::ln2_v<float>)+size * kRounding) * cells;
        put_lanes(at, places_, i);
        put_lanes(off, reach_, i);
    }
}

double TuningEstimator::finish(const ExactMagnitudes& exact) {
    fit_all();
    if (noise_ > 0) refine_doubtful(exact);
    if (peaks_.count == 0) return 0;
    float threshold = median();
    if (noise_ > 0 && refine_near(threshold, exact)) threshold = median();

    // Those that lie well within a cell are counted at once; of the others it is known where they may fall.
    place();
    std::vector<std::size_t> counts(n_cells()), possible(n_cells());
    struct Between {
        std::size_t peak, cells[2];
    };
    std::vector<Between> between;
    for (std::size_t i = 0; i < peaks_.count; ++i) {
        if (peaks_.magnitude[i] < threshold) continue;
        const auto cell = std::min(static_cast<std::size_t>(places_[i]), n_cells() - 1);
        const float within = places_[i] - static_cast<float>(cell), reach = reach_[i];
        if (within > reach && within < 1 - reach) {
            ++counts[cell];
            ++possible[cell];
        } else if (peaks_.doubt[i] == 0) {
            const std::size_t exact_cell = cell_of_peak(i);
            ++counts[exact_cell];
            ++possible[exact_cell];
        } else {
            const std::size_t other = (cell + (within < 0.5F ? n_cells() - 1 : 1)) % n_cells();
            ++possible[cell];
            ++possible[other];
            between.push_back({i, {cell, other}});
        }
    }
    // Only those that can decide the vote are made exact.
    const std::size_t sure = *std::max_element(counts.begin(), counts.end());
    doubts_.clear();
    for (const auto& [i, cells] : between)
        if (possible[cells[0]] >= sure || possible[cells[1]] >= sure) doubts_.push_back(i);
    refine(exact);
    for (const auto& [i, cells] : between) ++counts[cell_of_peak(i)];
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
