#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace undertone {

/// A named, versioned way from samples to numbers: one vector a clip, or one a frame. Const objects are
/// shared between threads; each thread brings its own Workspace.
class FeatureSet {
public:
    /// What changes while features are computed. Made by workspace(), used by one thread at a time.
    class Workspace {
    public:
        virtual ~Workspace() = default;
    };

    virtual ~FeatureSet() = default;

    /// Name and version: "librosa193/1". A published name never changes its numbers.
    [[nodiscard]] virtual std::string name() const = 0;
    /// Every option as text, enough to make the same set again with make_feature_set().
    [[nodiscard]] virtual std::map<std::string, std::string> options() const = 0;
    /// The names of the values, in order: "mfcc_0", ..., "zero_crossings".
    [[nodiscard]] virtual const std::vector<std::string>& columns() const = 0;
    /// The rate in Hz that samples are resampled to first; 0 when each clip keeps its own.
    [[nodiscard]] virtual int sample_rate() const = 0;
    /// Whether a clip gives a sequence of frames, as many as its length asks for, instead of one vector. Such
    /// a set is a FrameFeatures (frame_features.hpp).
    [[nodiscard]] virtual bool per_frame() const { return false; }
    /// How many frames a clip gives: 1 unless per_frame().
    /// @param n_samples  of the clip at sample_rate()
    [[nodiscard]] virtual std::size_t n_frames([[maybe_unused]] std::size_t n_samples) const { return 1; }
    [[nodiscard]] virtual std::unique_ptr<Workspace> workspace() const = 0;

    /// Computes the features of one clip.
    /// @param samples      `[n_samples]`, at least one
    /// @param sample_rate  of the samples, Hz
    /// @param out          `[n_frames(n_samples) * columns().size()]`, frame after frame, written whole
    /// @throws Error invalid_argument  no samples, a rate that the set cannot use; shape_mismatch; numerical
    virtual void extract(std::span<const float> samples, int sample_rate, std::span<double> out,
                         Workspace& workspace) const = 0;
};

/// Makes a feature set by name: "librosa193" (its newest version) or "librosa193/1"; "logmel64" gives frames.
/// @param options   name -> text, as FeatureSet::options() gives; what is missing takes its default
/// @throws Error invalid_argument  an unknown name (the message lists those there are) or option
[[nodiscard]] std::unique_ptr<FeatureSet> make_feature_set(
    std::string_view name, const std::map<std::string, std::string>& options = {});

}  // namespace undertone
