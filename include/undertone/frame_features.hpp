#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "undertone/features.hpp"
#include "undertone/matrix.hpp"

namespace undertone {

/// Frames of a signal that comes in blocks of any length. The same samples give the same bits, however they
/// are cut. Made by FrameFeatures::stream(), which must outlive it; used by one thread at a time. Once it is
/// made, nothing is allocated and nothing thrown.
class FrameStream {
public:
    virtual ~FrameStream() = default;

    /// How many frames push() of that many samples would give now.
    [[nodiscard]] virtual std::size_t frames_after(std::size_t n_samples) const noexcept = 0;
    /// How many frames finish() would give now.
    [[nodiscard]] virtual std::size_t frames_left() const noexcept = 0;

    /// Takes up samples and writes the frames that are whole by now.
    /// @param samples  `[n_samples]` at the set's rate. One that is NaN or infinite spoils the frames that it
    ///                 is in, which hold numbers still; others only in a set that remembers, as pcen64 does.
    /// @param out      room for `[frames_after(n_samples), n_columns]`. With less, nothing is done.
    /// @return         the number of frames written
    virtual std::size_t push(std::span<const float> samples, std::span<float> out) noexcept = 0;

    /// Ends the signal, writes the frames that reach over its end, and is ready for another signal.
    /// @param out  room for `[frames_left(), n_columns]`. With less, nothing is done.
    /// @return     the number of frames written; 0 when there were no samples
    virtual std::size_t finish(std::span<float> out) noexcept = 0;
};

/// A clip as if it had been spoken or heard otherwise. It costs nothing: frames are cut closer or wider and
/// the bands lie elsewhere, and no sample is computed anew.
struct FrameWarp {
    double speed = 1;        ///< times faster and higher, as a tape is; 0.25 ... 4
    double tempo = 1;        ///< times faster at the same pitch; 0.25 ... 4
    double vocal_tract = 1;  ///< formants and pitch lie at this many times their frequency; 0.5 ... 2
    bool telephone = false;  ///< 300 to 3400 Hz alone: a Butterworth filter of fourth order at each end
    double gain_db = 0;
    /// A smooth change of colour: band b of n gains sum over j = 1 ... 3 of `colour_db[j - 1]`
    /// cos(pi j (b + 1/2) / n) dB.
    std::array<double, 3> colour_db{};

    bool operator==(const FrameWarp&) const = default;
};

/// A feature set that gives a sequence of frames, in float, so that a network is fed without a conversion.
class FrameFeatures : public FeatureSet {
public:
    [[nodiscard]] bool per_frame() const final { return true; }
    /// How many of the columns are bands; they come first, by rising frequency.
    [[nodiscard]] virtual std::size_t n_bands() const = 0;

    /// Computes the frames of one clip.
    /// @param samples  `[n_samples]` at sample_rate() Hz, at least one
    /// @param out      becomes `[n_frames(n_samples), columns().size()]`; its memory is used again
    /// @throws Error invalid_argument  no samples; numerical: one is NaN, infinite or above 1e15
    virtual void extract_frames(std::span<const float> samples, Matrix<float>& out,
                                Workspace& workspace) const = 0;

    /// The same of a clip that sounds otherwise. `FrameWarp{}` changes no bit.
    /// @param out  becomes `[1 + n_samples / (hop_length * speed * tempo), columns().size()]`
    /// @throws Error invalid_argument  a factor is out of its range; else as extract_frames()
    virtual void extract_warped(std::span<const float> samples, const FrameWarp& warp, Matrix<float>& out,
                                Workspace& workspace) const = 0;

    /// A stream whose frames are those of extract_frames(), bit for bit.
    [[nodiscard]] virtual std::unique_ptr<FrameStream> stream() const = 0;
};

/// The set as one that gives frames.
/// @throws Error invalid_argument  it gives one vector a clip
[[nodiscard]] const FrameFeatures& frame_features(const FeatureSet& set);

}  // namespace undertone
