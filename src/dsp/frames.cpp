#include "dsp/frames.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

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

    if (FrameFft::fits(n_fft_))
        fft_.emplace(n_fft_);
    else
        any_.emplace(n_fft_);
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

FramePlan::Starts FramePlan::starts(std::span<const float> samples, std::size_t first_frame,
                                    std::size_t n_frames, Workspace& workspace) const {
    Starts from{};
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
    return from;
}

void FramePlan::transform_any(const Starts& from, Workspace& workspace) const {
    workspace.any_re.resize(n_bins());
    workspace.any_im.resize(n_bins());
    workspace.dft_re.resize(n_fft_);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        for (std::size_t i = 0; i < n_fft_; ++i)
            workspace.dft_re[i] = static_cast<double>(from[lane][i] * window_[i]);
        workspace.dft_im.assign(n_fft_, 0);
        any_->transform(workspace.dft_re, workspace.dft_im);
        for (std::size_t k = 0; k < n_bins(); ++k) {
            workspace.any_re[k][lane] = static_cast<float>(workspace.dft_re[k]);
            workspace.any_im[k][lane] = static_cast<float>(workspace.dft_im[k]);
        }
    }
}

void ExactFrames::compute(std::size_t frame) {
    const std::size_t n = plan_.n_fft(), n_bins = plan_.n_bins();
    windowed_.resize(n);
    magnitudes_.resize(n_bins);
    plan_.exact_frame(samples_, frame, windowed_.data());
    // |z| as NumPy computes it in single precision.
    const auto magnitude = [](double re, double im) {
        const float x = std::abs(static_cast<float>(re)), y = std::abs(static_cast<float>(im));
        const float large = x > y ? x : y, small = x > y ? y : x;
        const float ratio = small / (large > 0 ? large : 1);
        return large * std::sqrt(std::fma(ratio, ratio, 1.0F));
    };
    if (n < 4 || !std::has_single_bit(n)) {
        if (!any_) any_.emplace(n);
        re_ = windowed_;
        im_.assign(n, 0);
        any_->transform(re_, im_);
        for (std::size_t k = 0; k < n_bins; ++k) magnitudes_[k] = magnitude(re_[k], im_[k]);
        return;
    }
    const std::size_t half = n / 2;
    if (!half_) {
        split_re_.clear();
        split_im_.clear();
        for (std::size_t k = 0; k < n_bins; ++k) {
            const double angle = -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n);
            split_re_.push_back(std::cos(angle));
            split_im_.push_back(std::sin(angle));
        }
        for (auto* buffer : {&re_, &im_, &spare_re_, &spare_im_}) buffer->resize(half);
        for (auto* buffer : {&mirror_re_, &mirror_im_}) buffer->resize(half + 1);
        half_.emplace(half);  // last, for it says that the others are there: there may be no memory for one
    }
    for (std::size_t i = 0; i < half; ++i) {
        re_[i] = windowed_[2 * i];
        im_[i] = windowed_[2 * i + 1];
    }
    const auto [z_re, z_im] = half_->transform(re_.data(), im_.data(), spare_re_.data(), spare_im_.data());
    // Even and odd samples are taken apart; bin n / 2 is bin 0 with the other sign.
    mirror_re_[0] = mirror_re_[half] = z_re[0];
    mirror_im_[0] = mirror_im_[half] = z_im[0];
    std::reverse_copy(z_re + 1, z_re + half, mirror_re_.begin() + 1);
    std::reverse_copy(z_im + 1, z_im + half, mirror_im_.begin() + 1);
    const double *const w_re = split_re_.data(), *const w_im = split_im_.data();
    const double *const m_re = mirror_re_.data(), *const m_im = mirror_im_.data();
    const double *const here_re = z_re, *const here_im = z_im;
    float* const out = magnitudes_.data();
    for (std::size_t k = 0; k < half; ++k) {
        const double even_re = (here_re[k] + m_re[k]) / 2, even_im = (here_im[k] - m_im[k]) / 2;
        const double odd_re = (here_im[k] + m_im[k]) / 2, odd_im = (m_re[k] - here_re[k]) / 2;
        out[k] = magnitude(even_re + odd_re * w_re[k] - odd_im * w_im[k],
                           even_im + odd_re * w_im[k] + odd_im * w_re[k]);
    }
    out[half] = magnitude(z_re[0] - z_im[0], 0);
}

std::array<float, 3> ExactFrames::operator()(std::size_t frame, std::size_t bin) {
    if (frame_ != frame) {
        frame_.reset();
        compute(frame);
        frame_ = frame;
    }
    return {magnitudes_[bin - 1], magnitudes_[bin], magnitudes_[bin + 1]};
}

}  // namespace undertone::dsp
