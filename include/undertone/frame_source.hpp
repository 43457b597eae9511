#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "undertone/matrix.hpp"

namespace undertone {

/// Sequences of frames to learn from, drawn anew each epoch. A const object is used by several threads at
/// once.
class FrameSource {
public:
    virtual ~FrameSource() = default;

    /// How many clips there are.
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// The numbers of a frame.
    [[nodiscard]] virtual std::size_t n_columns() const = 0;
    /// How many of them, the first ones, are bands.
    [[nodiscard]] virtual std::size_t n_bands() const { return n_columns(); }

    /// The frames of one clip as it is.
    /// @param clip  below size()
    /// @param out   becomes `[n_frames, n_columns()]`; its memory is used again
    /// @throws Error numerical  a sample is NaN, infinite or far above full scale
    virtual void frames(std::size_t clip, Matrix<float>& out) const = 0;

    /// The frames of one clip changed at random; of a source that changes nothing, frames().
    /// @param draw  decides the changes: the same clip and draw give the same frames, on any thread
    /// @param out   becomes `[n_frames, n_columns()]`, where n_frames may differ from that of frames()
    /// @throws Error as frames()
    virtual void augmented(std::size_t clip, std::uint64_t draw, Matrix<float>& out) const {
        (void)draw;
        frames(clip, out);
    }

    /// Hides parts of augmented frames at random, so that no part is relied upon.
    virtual void mask(std::uint64_t draw, Matrix<float>& frames) const {
        (void)draw;
        (void)frames;
    }

    /// How the clip's speaker usually sounds: mean and deviation over that speaker's clips of each thing that
    /// can be told of a clip as a whole. Made by Model::enroll().
    /// @return  means, then as many deviations, which are above 0; then, where a network told it, what it
    ///          pools of the speaker and usually makes of it; empty: not known. Clips of one speaker have it
    ///          at one address
    [[nodiscard]] virtual std::span<const float> speaker(std::size_t clip) const {
        (void)clip;
        return {};
    }
};

}  // namespace undertone
