#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "nn/kernels/aligned_vector.hpp"
#include "undertone/matrix.hpp"

namespace undertone::nn {

/// A batch of sequences of different lengths, each `[n_frames, n_channels]`.
///
/// Before and behind each clip lie `margin` rows of zeros, so that a convolution may read over the ends. Who
/// writes a clip leaves them alone.
template <class T>
class Sequences {
public:
    /// Values are left undefined, margins are zero.
    void resize(std::span<const std::size_t> n_frames, std::size_t n_channels, std::size_t margin) {
        n_frames_.assign(n_frames.begin(), n_frames.end());
        n_channels_ = n_channels;
        margin_ = margin;
        first_.clear();
        std::size_t row = margin;
        for (const std::size_t frames : n_frames) {
            first_.push_back(row);
            row += frames + margin;
        }
        if (values_.size() < row * n_channels) values_.resize(row * n_channels);
        if (margin == 0) return;
        std::fill_n(values_.begin(), margin * n_channels, T{0});
        for (std::size_t i = 0; i < first_.size(); ++i)
            std::fill_n(values_.data() + (first_[i] + n_frames_[i]) * n_channels, margin * n_channels, T{0});
    }

    [[nodiscard]] std::size_t n_clips() const noexcept { return n_frames_.size(); }
    [[nodiscard]] std::size_t n_channels() const noexcept { return n_channels_; }
    [[nodiscard]] std::size_t margin() const noexcept { return margin_; }
    [[nodiscard]] std::size_t n_frames(std::size_t clip) const noexcept { return n_frames_[clip]; }
    [[nodiscard]] std::span<const std::size_t> n_frames() const noexcept { return n_frames_; }
    /// Frames of all clips together.
    [[nodiscard]] std::size_t total_frames() const noexcept {
        std::size_t total = 0;
        for (const std::size_t frames : n_frames_) total += frames;
        return total;
    }
    /// `[n_frames(clip), n_channels]`; margin rows lie before and behind.
    [[nodiscard]] MatrixView<T> clip(std::size_t clip) noexcept {
        return {values_.data() + first_[clip] * n_channels_, n_frames_[clip], n_channels_};
    }
    [[nodiscard]] MatrixView<const T> clip(std::size_t clip) const noexcept {
        return {values_.data() + first_[clip] * n_channels_, n_frames_[clip], n_channels_};
    }

private:
    AlignedVector<T> values_;
    std::vector<std::size_t> n_frames_, first_;
    std::size_t n_channels_ = 0, margin_ = 0;
};

}  // namespace undertone::nn
