#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/thread_pool.hpp"
#include "undertone/frame_source.hpp"
#include "undertone/progress.hpp"
#include "undertone/sequence_options.hpp"
#include "undertone/tensor.hpp"

namespace undertone::nn {

/// Deviations from what was learnt, beyond which a functional says no more.
inline constexpr double kFarthestFunctional = 3;

/// A linear classifier of what is told of clips as a whole (speech/functionals.hpp): it knows other things
/// than a network over frames, and is wrong elsewhere.
///
/// Functionals are brought to mean 0 and deviation 1 of the training clips. One that is `by_voice` compares
/// each clip with its speaker's clips before. Deviations of few clips tell little: they count as at least
/// half and at most twice those of the training speakers.
class ClipRegression {
public:
    explicit ClipRegression(bool by_voice) : by_voice_(by_voice) {}

    /// @param y   `[source.size()]`, 0 ... n_classes - 1
    /// @throws Error numerical  a frame or the loss left the numbers; cancelled
    void fit(const FrameSource& source, std::span<const int> y, std::size_t n_classes,
             const SequenceOptions& options, ThreadPool& pool, const OnProgress& on_progress);

    /// @param frames    `[n_frames, n_columns]`, as the feature set gives them
    /// @param speaker   as FrameSource::speaker(); read where it is `by_voice`
    /// @return          `[n_classes]` probabilities
    [[nodiscard]] std::vector<double> predict(MatrixView<const float> frames, std::size_t n_bands,
                                              std::span<const float> speaker,
                                              const SequenceNetworkOptions& options) const;

    /// See Classifier::enrolled(). What a class changes in the training speakers' voices is taken off, the
    /// mean of few clips is drawn towards that of all speakers, and the deviations are theirs.
    [[nodiscard]] std::vector<float> enrolled(std::span<const float> voice, std::size_t n_clips,
                                              int ordinary) const;

    /// Takes something off the scores of classes.
    /// @param adjustment   `[n_classes]`
    void adjust(std::span<const double> adjustment, double factor);

    [[nodiscard]] bool fitted() const noexcept { return !bias_.empty(); }

    [[nodiscard]] std::vector<Tensor> tensors() const;
    /// @param n_classes   that the network has
    /// @return   how many of the tensors are its own
    /// @throws Error corrupt_data
    std::size_t take(const std::vector<Tensor>& tensors, std::size_t n_classes);

    /// Whether tensors hold one of this kind.
    [[nodiscard]] bool among(const std::vector<Tensor>& tensors) const;

private:
    /// Learns of the training speakers.
    /// @param x   functionals brought to their voices
    void know_speakers(const FrameSource& source, const Matrix<double>& x, std::span<const int> y,
                       std::size_t n_classes);
    /// "functionals/", or "voice/" of one that is by_voice.
    [[nodiscard]] std::string prefix() const { return by_voice_ ? "voice/" : "functionals/"; }

    /// What is told of a clip, compared with the voice of one that is by_voice.
    void tell(MatrixView<const float> frames, std::size_t n_bands, std::span<const float> speaker,
              const SequenceNetworkOptions& options, std::span<double> out) const;

    bool by_voice_;
    std::vector<float> mean_, scale_;  // `[n_used]`; of clips, behind their voices where speakers are known
    // Of one that is by_voice, of the training speakers:
    std::vector<float> spread_;    // `[n_used]`, mean deviation of a speaker's clips
    std::vector<float> center_;    // `[n_used]`, mean of their means
    std::vector<float> between_;   // `[n_used]`, variance of their means
    std::vector<float> of_class_;  // `[n_classes, n_used]`, how far a class lies from a speaker's mean
    std::vector<float> kernel_;    // `[n_used, n_classes]`
    std::vector<float> bias_;      // `[n_classes]`
};

}  // namespace undertone::nn
