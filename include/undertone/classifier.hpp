#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/error.hpp"
#include "undertone/frame_source.hpp"
#include "undertone/history.hpp"
#include "undertone/matrix.hpp"
#include "undertone/progress.hpp"
#include "undertone/tensor.hpp"

namespace undertone {

/// In which numbers a network is trained and kept.
enum class Dtype { float32, float64 };

/// What every framework's classifier can do: from vectors, or from sequences of frames, to a class. Made by
/// make_classifier(). A fitted const object may be used by several threads at once.
class Classifier {
public:
    virtual ~Classifier() = default;

    /// One of framework_names().
    [[nodiscard]] virtual std::string_view framework() const = 0;
    /// True: it learns from a FrameSource. False: from a matrix, a row a clip.
    [[nodiscard]] virtual bool takes_frames() const { return false; }
    [[nodiscard]] virtual Dtype dtype() const = 0;
    /// Every option of the framework as text, in the order of its table.
    [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> options() const = 0;

    /// Trains from new weights.
    /// @param x          `[n_samples, n_features]`, finite
    /// @param y          `[n_samples]`, classes 0 ... n_classes - 1; each class has at least one sample
    /// @param n_classes  at least 2
    /// @throws Error shape_mismatch, invalid_argument (no sample, one class, a label out of range, options
    ///         that do not fit the data), numerical (NaN in x, or weights that overflowed), cancelled
    virtual void fit(MatrixView<const double> x, std::span<const int> y, int n_classes,
                     const OnProgress& on_progress = {}) = 0;

    /// @param x   `[n_samples, n_features]`
    /// @return    `[n_samples, n_classes]`, each row sums to 1
    /// @throws Error not_fitted, shape_mismatch, numerical
    [[nodiscard]] virtual Matrix<double> predict_proba(MatrixView<const double> x) const = 0;

    /// Trains from new weights on sequences, drawn anew each epoch.
    /// @param clips      with n_features() columns
    /// @param y          `[clips.size()]`, as above
    /// @param n_threads  0: one a core; changes no weight
    /// @throws Error as above; Diverged  weights or loss left the numbers after a whole epoch;
    ///         incompatible_model  the framework learns from vectors
    virtual void fit_frames(const FrameSource& clips, std::span<const int> y, int n_classes,
                            std::size_t n_threads, const OnProgress& on_progress = {});

    /// Clips of a speaker who is known are heard against the other clips of that speaker too.
    /// @return    `[clips.size(), n_classes]`, each row sums to 1
    /// @throws Error not_fitted, shape_mismatch, numerical; incompatible_model  it reads vectors
    [[nodiscard]] virtual Matrix<double> predict_frames(const FrameSource& clips) const;

    /// How a speaker sounds in general, told from a few clips of one class.
    /// @param clips      of the speaker, at least 1
    /// @param voice      as FrameSource::speaker(), of those clips
    /// @param ordinary   their class; -1: of any
    /// @return           as FrameSource::speaker(); of a framework that knows no better, `voice`
    [[nodiscard]] virtual std::vector<float> enrolled(const FrameSource& clips, std::vector<float> voice,
                                                      int ordinary) const {
        (void)clips;
        (void)ordinary;
        return voice;
    }

    [[nodiscard]] virtual int n_features() const = 0;  ///< or columns of a frame; 0 before fit()
    [[nodiscard]] virtual int n_classes() const = 0;   ///< 0 before fit()
    [[nodiscard]] virtual const History& history() const = 0;

    /// The weights, enough for load_classifier(). Empty before fit().
    [[nodiscard]] virtual std::vector<Tensor> tensors() const = 0;
};

/// Makes an unfitted classifier.
/// @param framework  one of framework_names()
/// @param options    name -> text; what is missing takes the framework's default
/// @throws Error invalid_argument  an unknown framework, option or value
[[nodiscard]] std::unique_ptr<Classifier> make_classifier(
    std::string_view framework, Dtype dtype, const std::map<std::string, std::string>& options = {});

/// Makes a fitted classifier again from what options() and tensors() gave.
/// @throws Error corrupt_data  tensors missing, of the wrong dtype, or whose shapes do not fit together
[[nodiscard]] std::unique_ptr<Classifier> load_classifier(std::string_view framework, Dtype dtype,
                                                          const std::map<std::string, std::string>& options,
                                                          const std::vector<Tensor>& tensors);

/// Training that left the numbers after at least one whole epoch: an Error numerical that brings what had
/// been learnt until then.
class Diverged : public Error {
public:
    /// @param last_whole   fitted: it has the weights of the last whole epoch
    Diverged(const std::string& message, std::size_t n_epochs, std::shared_ptr<const Classifier> last_whole)
        : Error(Errc::numerical, message), n_epochs_(n_epochs), last_whole_(std::move(last_whole)) {}
    [[nodiscard]] std::size_t n_epochs() const noexcept { return n_epochs_; }  ///< gone through, at least 1
    [[nodiscard]] const std::shared_ptr<const Classifier>& last_whole() const noexcept { return last_whole_; }

private:
    std::size_t n_epochs_;
    std::shared_ptr<const Classifier> last_whole_;
};

/// The frameworks that are built in.
[[nodiscard]] std::vector<std::string_view> framework_names();

/// Whether a framework's classifiers take frames, and the feature set that it is used with unless another is
/// named.
/// @throws Error invalid_argument  an unknown framework
[[nodiscard]] bool framework_takes_frames(std::string_view framework);
[[nodiscard]] std::string_view default_features(std::string_view framework);

/// One option of a framework, for help texts and completion.
struct OptionHelp {
    std::string name, default_text, unit, rule, help;
};

/// The options of a framework, in the order of its table.
/// @throws Error invalid_argument  an unknown framework
[[nodiscard]] std::vector<OptionHelp> framework_options(std::string_view framework);

}  // namespace undertone
