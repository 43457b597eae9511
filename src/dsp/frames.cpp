#include "dsp/frames.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <tuple>

#include "undertone/error.hpp"

namespace undertone::dsp {
namespace {

double window_value(Window window, double phase) {  // phase = i / length, in [0, 1)
    const double a = 2 * std::numbers::pi * phase;
    switch (window) {
        case Window::hann:
            return 0.5 - 0.5 * std::cos(a);
        case Window::hamming:
            return 0.54 - 0.46 * std::cos(a);
        case Window::blackman:
            return 0.42 - 0.5 * std::cos(a) + 0.08 * std::cos(2 * a);
        case Window::bartlett:
            return 1 - std::abs(2 * phase - 1);
        case Window::boxcar:
            return 1;
    }
    return 0;
}

/// The sample that stands at a place outside 0 ... n - 1, as numpy.pad fills it.
float padded(std::span<const float> samples, std::ptrdiff_t at, PadMode mode) {
    const auto n = static_cast<std::ptrdiff_t>(samples.size());
    if (at >= 0 && at < n) return samples[static_cast<std::size_t>(at)];
    const auto folded = [&](std::ptrdiff_t period) { return ((at % period) + period) % period; };
    switch (mode) {
        case PadMode::constant:
            return 0;
        case PadMode::edge:
            at = at < 0 ? 0 : n - 1;
            break;
        case PadMode::reflect:
            if (n == 1) return samples[0];
            at = folded(2 * n - 2);
            if (at >= n) at = 2 * n - 2 - at;
            break;
        case PadMode::symmetric:
            at = folded(2 * n);
            if (at >= n) at = 2 * n - 1 - at;
            break;
    }
    return samples[static_cast<std::size_t>(at)];
}

}  // namespace

void require_finite(std::span<const float> samples) {
    // The largest exponent first, in a loop without a way out; only where that is of no number, which sample.
    constexpr std::uint32_t kExponent = 0x7f800000;
    std::uint32_t largest = 0;
    for (const float sample : samples)
        largest = std::max(largest, std::bit_cast<std::uint32_t>(sample) & kExponent);
    if (largest != kExponent) return;
    const auto bad = std::find_if(samples.begin(), samples.end(), [](float s) { return !std::isfinite(s); });
    throw Error(Errc::numerical, "sample " + std::to_string(bad - samples.begin()) + " is " +
                                     (std::isnan(*bad) ? "not a number" : "infinite"));
}

FramePlan::FramePlan(const StftOptions& options) : center_(options.center), pad_mode_(options.pad_mode) {
    validate(options);
    const int win_length = options.win_length.value_or(options.n_fft);
    if (win_length > options.n_fft)
        throw Error(Errc::invalid_argument, "win_length = " + std::to_string(win_length) +
                                                ": must be at most n_fft, " + std::to_string(options.n_fft));
    n_fft_ = static_cast<std::size_t>(options.n_fft);
    hop_length_ = static_cast<std::size_t>(options.hop_length.value_or(win_length / 4));
    if (hop_length_ == 0)
        throw Error(Errc::invalid_argument, "win_length = " + std::to_string(win_length) +
                                                ": too short for a hop of a quarter; give hop_length");
    exact_window_.assign(n_fft_, 0);
    const std::size_t left = (n_fft_ - static_cast<std::size_t>(win_length)) / 2;
    for (int i = 0; i < win_length; ++i)
        exact_window_[left + static_cast<std::size_t>(i)] =
            window_value(options.window, static_cast<double>(i) / win_length);
    window_.assign(exact_window_.begin(), exact_window_.end());

    if (n_fft_ >= 4 && std::has_single_bit(n_fft_)) {
        half_.emplace(n_fft_ / 2);
        for (std::size_t k = 0; k < n_bins(); ++k) {
            const double angle = -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n_fft_);
            split_re_.push_back(static_cast<float>(std::cos(angle)));
            split_im_.push_back(static_cast<float>(std::sin(angle)));
        }
    } else {
        any_.emplace(n_fft_);
    }
}

std::size_t FramePlan::n_frames(std::span<const float> samples) const {
    if (samples.empty()) throw Error(Errc::invalid_argument, "there are no samples");
    require_finite(samples);
    if (!center_ && samples.size() < n_fft_)
        throw Error(Errc::invalid_argument,
                    "n_fft = " + std::to_string(n_fft_) + ": longer than the signal, " +
                        std::to_string(samples.size()) + " samples, and center is false");
    const std::size_t length = samples.size() + (center_ ? n_fft_ / 2 * 2 : 0);
    if (length < n_fft_)  // one sample and an odd n_fft
        throw Error(Errc::invalid_argument,
                    "n_fft = " + std::to_string(n_fft_) + ": longer than the padded signal");
    return 1 + (length - n_fft_) / hop_length_;
}

std::ptrdiff_t FramePlan::start_of(std::size_t frame) const {
    return static_cast<std::ptrdiff_t>(frame * hop_length_) -
           (center_ ? static_cast<std::ptrdiff_t>(n_fft_ / 2) : 0);
}

void FramePlan::exact_frame(std::span<const float> samples, std::size_t frame, double* out) const {
    const std::ptrdiff_t start = start_of(frame);
    if (start >= 0 && static_cast<std::size_t>(start) + n_fft_ <= samples.size()) {
        const float* const from = samples.data() + start;
        for (std::size_t i = 0; i < n_fft_; ++i) out[i] = exact_window_[i] * static_cast<double>(from[i]);
        return;
    }
    for (std::size_t i = 0; i < n_fft_; ++i)
        out[i] = exact_window_[i] *
                 static_cast<double>(padded(samples, start + static_cast<std::ptrdiff_t>(i), pad_mode_));
}

void FramePlan::gather(std::span<const float> samples, std::size_t first_frame, std::size_t n_frames,
                       Lanes* re, Lanes* im, Workspace& workspace) const {
    std::array<const float*, kLanes> from{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const bool exists = first_frame + lane < n_frames;
        const std::ptrdiff_t start = start_of(first_frame + lane);
        if (exists && start >= 0 && static_cast<std::size_t>(start) + n_fft_ <= samples.size()) {
            from[lane] = samples.data() + start;
            continue;
        }
        workspace.edge.resize(kLanes * n_fft_);
        float* const edge = workspace.edge.data() + lane * n_fft_;
        for (std::size_t i = 0; i < n_fft_; ++i)
            edge[i] = exists ? padded(samples, start + static_cast<std::ptrdiff_t>(i), pad_mode_) : 0;
        from[lane] = edge;
    }
    // Where half the size is transformed, even samples are the real part and odd ones the imaginary.
    const auto place = [&](std::size_t i) -> Lanes& { return half_ ? (i % 2 == 0 ? re : im)[i / 2] : re[i]; };
    std::size_t i = 0;
    for (; i + kLanes <= n_fft_; i += kLanes) {
        Lanes square[kLanes];
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            std::memcpy(&square[lane], from[lane] + i, sizeof(Lanes));
        transpose(square);
        for (std::size_t j = 0; j < kLanes; ++j) place(i + j) = square[j] * window_[i + j];
    }
    for (; i < n_fft_; ++i)
        for (std::size_t lane = 0; lane < kLanes; ++lane) place(i)[lane] = from[lane][i] * window_[i];
}

/// The transform of half the size of even and odd samples, or, where any_ is set, the spectrum itself.
std::pair<Lanes*, Lanes*> FramePlan::transform(std::span<const float> samples, std::size_t first_frame,
                                               std::size_t n_frames, Workspace& workspace) const {
    // The four parts stand apart by an odd number of cache lines: at distances of a power of two, reading one
    // and writing another would wait for each other.
    const std::size_t apart = n_fft_ + 17;
    workspace.buffers.resize(4 * apart);
    Lanes* const re = workspace.buffers.data();
    Lanes* const im = re + apart;
    gather(samples, first_frame, n_frames, re, im, workspace);
    if (half_) return half_->transform(re, im, re + 2 * apart, im + 2 * apart);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        workspace.dft_re.resize(n_fft_);
        workspace.dft_im.assign(n_fft_, 0);
        for (std::size_t i = 0; i < n_fft_; ++i) workspace.dft_re[i] = static_cast<double>(re[i][lane]);
        any_->transform(workspace.dft_re, workspace.dft_im);
        for (std::size_t k = 0; k < n_bins(); ++k) {
            re[k][lane] = static_cast<float>(workspace.dft_re[k]);
            im[k][lane] = static_cast<float>(workspace.dft_im[k]);
        }
    }
    return {re, im};
}

void ExactFrames::compute(std::size_t frame) {
    const std::size_t n = plan_.n_fft();
    windowed_.resize(n);
    plan_.exact_frame(samples_, frame, windowed_.data());
    frame_ = frame;
    if (n < 4 || !std::has_single_bit(n)) {
        if (!any_) any_.emplace(n);
        re_ = windowed_;
        im_.assign(n, 0);
        any_->transform(re_, im_);
        z_re_ = re_.data();
        z_im_ = im_.data();
        return;
    }
    if (!half_) {
        half_.emplace(n / 2);
        for (std::size_t k = 0; k < plan_.n_bins(); ++k) {
            const double angle = -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
            split_re_.push_back(std::cos(angle));
            split_im_.push_back(std::sin(angle));
        }
        for (auto* buffer : {&re_, &im_, &spare_re_, &spare_im_}) buffer->resize(n / 2);
    }
    for (std::size_t i = 0; i < n / 2; ++i) {
        re_[i] = windowed_[2 * i];
        im_[i] = windowed_[2 * i + 1];
    }
    std::tie(z_re_, z_im_) = half_->transform(re_.data(), im_.data(), spare_re_.data(), spare_im_.data());
}

std::array<float, 3> ExactFrames::operator()(std::size_t frame, std::size_t bin) {
    if (frame_ != frame) compute(frame);
    std::array<float, 3> magnitudes;
    for (std::size_t i = 0; i < magnitudes.size(); ++i) {
        const std::size_t k = bin - 1 + i;
        double re = 0, im = 0;
        if (half_) {
            const std::size_t n = half_->size(), a = k & (n - 1), b = (n - k) & (n - 1);
            const double even_re = (z_re_[a] + z_re_[b]) / 2, even_im = (z_im_[a] - z_im_[b]) / 2;
            const double odd_re = (z_im_[a] + z_im_[b]) / 2, odd_im = (z_re_[b] - z_re_[a]) / 2;
            re = even_re + odd_re * split_re_[k] - odd_im * split_im_[k];
            im = even_im + odd_re * split_im_[k] + odd_im * split_re_[k];
        } else {
            re = z_re_[k];
            im = z_im_[k];
        }
        // |z| as NumPy computes it in single precision.
        const float x = std::abs(static_cast<float>(re)), y = std::abs(static_cast<float>(im));
        const float large = std::max(x, y), small = std::min(x, y);
        const float ratio = large > 0 ? small / large : 0;
        magnitudes[i] = large * std::sqrt(std::fma(ratio, ratio, 1.0F));
    }
    return magnitudes;
}

}  // namespace undertone::dsp
