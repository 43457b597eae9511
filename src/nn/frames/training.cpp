#include "nn/frames/training.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/split_mix.hpp"
#include "learn/class_weights.hpp"
#include "learn/training_part.hpp"
#include "nn/frames/steps.hpp"
#include "nn/frames/trimmed.hpp"
#include "nn/kernels/softmax.hpp"
#include "undertone/error.hpp"

namespace undertone::nn {
namespace {

using Network = SequenceNetwork<float>;

/// Kinds of draws, so that none of them repeats another.
enum Draw : std::uint64_t { kAugmentation = 1, kCrop, kMixup, kDropout };

std::uint64_t draw_of(std::uint64_t seed, Draw kind, std::uint64_t epoch, std::uint64_t index) {
    return drawn_at(drawn_at(drawn_at(seed + (std::uint64_t{kind} << 40U)) + epoch) + index);
}

double unit_interval(std::uint64_t draw) { return static_cast<double>(draw >> 11U) * 0x1p-53; }

/// The clips of one step and what is to come out for them.
struct Batch {
    std::vector<Matrix<float>> frames;
    std::vector<std::size_t> first, n_frames;  // the part that is learnt from
    Matrix<float> targets;                     // [n_clips, n_classes], rows sum to 1
    std::vector<float> weights;                // [n_clips]
};

/// The mean of the bands over all frames.
float mean_level(std::size_t n_bands, MatrixView<const float> frames) {
    double sum = 0;
    for (std::size_t t = 0; t < frames.rows(); ++t)
        for (const float value : frames.row(t).first(n_bands)) sum += static_cast<double>(value);
    return static_cast<float>(sum / static_cast<double>(frames.rows() * n_bands));
}

void lower(std::size_t n_bands, float level, MatrixView<float> frames) {
    for (std::size_t t = 0; t < frames.rows(); ++t)
        for (float& value : frames.row(t).first(n_bands)) value -= level;
}

class Trainer {
public:
    Trainer(Network& network, const FrameSource& source, std::span<const int> y,
            const SequenceOptions& options, ThreadPool& pool)
        : network_(network),
          source_(source),
          y_(y),
          options_(options),
          pool_(pool),
          workspace_(network.workspace(pool)) {
        n_train_ = training_part(source.size(), options.validation_split);
        weights_ = class_weights(y.first(n_train_), network.n_outputs(), options.class_weight);
    }

    void run(History& history, const OnProgress& on_progress) {
        const auto batch_size = static_cast<std::size_t>(options_.batch_size);
        std::size_t n_steps = (n_train_ + batch_size - 1) / batch_size;
        // A batch of one has no statistics: who is left over has to wait for the next epoch.
        if (n_steps > 1 && n_train_ % batch_size == 1) --n_steps;
        Steps steps(network_.parameters(), options_, n_steps);
        MovingAverage average(network_.parameters(), options_.ema);
        history.clear();
        last_whole_ = average.values();
        RandomState random(options_.random_state);
        for (int epoch = 0; epoch < options_.epochs; ++epoch) {
            const std::vector<std::size_t> order = random.permutation(n_train_);
            Sums sums;
            for (std::size_t step = 0; step < n_steps; ++step) {
                const std::size_t first = step * batch_size;
                const auto clips = std::span(order).subspan(first, std::min(batch_size, n_train_ - first));
                make_batch(clips, static_cast<std::uint64_t>(epoch));
                learn(static_cast<std::size_t>(epoch), step, sums);
                steps.step(network_.gradients(workspace_));
                check_finite(static_cast<std::size_t>(epoch), step);
                average.update();
                if (on_progress &&
                    !on_progress({static_cast<std::size_t>(epoch), static_cast<std::size_t>(options_.epochs),
                                  sums.loss / std::max(sums.n, 1.0)}))
                    throw Error(Errc::cancelled,
                                "training was stopped in epoch " + std::to_string(epoch + 1));
            }
            history["loss"].push_back(sums.loss / sums.n);
            history["accuracy"].push_back(sums.correct / sums.n);
            if (n_train_ < source_.size()) {
                average.swap();
                const Sums validation = evaluate();
                average.swap();
                history["val_loss"].push_back(validation.loss / validation.n);
                history["val_accuracy"].push_back(validation.correct / validation.n);
            }
            last_whole_ = average.values();
            if (on_progress && !on_progress({static_cast<std::size_t>(epoch + 1),
                                             static_cast<std::size_t>(options_.epochs), sums.loss / sums.n}))
                throw Error(Errc::cancelled, "training was stopped after epoch " + std::to_string(epoch + 1));
        }
        average.swap();
    }

    /// Gives the network the weights that it had after the last whole epoch.
    void go_back() {
        const std::vector<Parameter<float>*> parameters = network_.parameters();
        for (std::size_t i = 0; i < last_whole_.size(); ++i) parameters[i]->values = last_whole_[i];
    }

private:
    struct Sums {
        double loss = 0, correct = 0, n = 0;
    };

    void make_batch(std::span<const std::size_t> clips, std::uint64_t epoch) {
        const std::size_t n = clips.size(), n_classes = network_.n_outputs();
        const std::uint64_t seed = options_.random_state;
        batch_.frames.resize(n);
        batch_.first.assign(n, 0);
        batch_.n_frames.assign(n, 0);
        pool_.for_each(n, [&](std::size_t i) {
            Matrix<float>& frames = batch_.frames[i];
            const std::uint64_t draw = draw_of(seed, kAugmentation, epoch, clips[i]);
            source_.augmented(clips[i], draw, frames);
            source_.mask(draw, frames);
            check_frames(frames, clips[i]);
            const MatrixView<const float> heard = trimmed(frames, options_.trim_db);
            const auto longest = static_cast<std::size_t>(options_.crop_frames);
            batch_.first[i] = static_cast<std::size_t>(heard.data() - frames.data()) / frames.cols();
            batch_.n_frames[i] = heard.rows();
            if (!options_.level) lower(source_.n_bands(), mean_level(source_.n_bands(), heard), frames);
            if (longest == 0 || heard.rows() <= longest) return;
            batch_.first[i] += static_cast<std::size_t>(unit_interval(draw_of(seed, kCrop, epoch, clips[i])) *
                                                        static_cast<double>(heard.rows() - longest + 1));
            batch_.n_frames[i] = longest;
        });
        const auto smoothing = static_cast<float>(options_.label_smoothing);
        batch_.targets = Matrix<float>(n, n_classes, smoothing / static_cast<float>(n_classes));
        batch_.weights.resize(n);
        for (std::size_t i = 0; i < n; ++i) {
            const auto label = static_cast<std::size_t>(y_[clips[i]]);
            batch_.targets(i, label) += 1 - smoothing;
            batch_.weights[i] = weights_[label];
        }
        Sequences<float>& input = network_.begin(batch_.n_frames, workspace_);
        // Partners in a ring, in the batch's random order.
        std::vector<float> share(n, 0.0F);
        if (options_.mixup > 0)
            for (std::size_t i = 0; i < n; ++i)
                share[i] = static_cast<float>(options_.mixup *
                                              unit_interval(draw_of(seed, kMixup, epoch, clips[i])));
        pool_.for_each(n, [&](std::size_t i) {
            const Matrix<float>& frames = batch_.frames[i];
            const MatrixView<float> to = input.clip(i);
            std::copy_n(frames.data() + batch_.first[i] * frames.cols(), to.size(), to.data());
            if (share[i] == 0) return;
            const std::size_t other = (i + 1) % n;
            const Matrix<float>& second = batch_.frames[other];
            for (std::size_t t = 0; t < to.rows(); ++t) {
                const std::size_t at = batch_.first[other] + t % batch_.n_frames[other];
                for (std::size_t c = 0; c < to.cols(); ++c)
                    to(t, c) = (1 - share[i]) * to(t, c) + share[i] * second(at, c);
            }
        });
        if (options_.mixup == 0) return;
        const Matrix<float> pure = batch_.targets;
        const std::vector<float> weights = batch_.weights;
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t other = (i + 1) % n;
            for (std::size_t c = 0; c < n_classes; ++c)
                batch_.targets(i, c) = (1 - share[i]) * pure(i, c) + share[i] * pure(other, c);
            batch_.weights[i] = (1 - share[i]) * weights[i] + share[i] * weights[other];
        }
    }

    void learn(std::size_t epoch, std::size_t step, Sums& sums) {
        const std::uint64_t draw = draw_of(options_.random_state, kDropout, epoch, step);
        const Sequences<float>& output = network_.forward(workspace_, true, draw);
        network_.update_moving(workspace_);
        Sequences<float>& gradient = network_.output_gradient(workspace_);
        const std::size_t n = output.n_clips();
        for (std::size_t i = 0; i < n; ++i) {
            const auto logits = output.clip(i).row(0);
            const auto error = gradient.clip(i).row(0);
            const auto target = batch_.targets.row(i);
            const float most = *std::max_element(logits.begin(), logits.end());
            float total = 0, loss = 0;
            for (const float value : logits) total += std::exp(value - most);
            const float log_total = std::log(total) + most;
            for (std::size_t c = 0; c < logits.size(); ++c) {
                loss -= target[c] * (logits[c] - log_total);
                error[c] =
                    batch_.weights[i] * (std::exp(logits[c] - log_total) - target[c]) / static_cast<float>(n);
            }
            if (!std::isfinite(loss))
                throw Error(Errc::numerical, "the loss is not a number any more in epoch " +
                                                 std::to_string(epoch + 1) + ", step " +
                                                 std::to_string(step + 1) + ": lower the learning rate (" +
                                                 detail::number_text(options_.learning_rate) + ")");
            sums.loss += static_cast<double>(batch_.weights[i] * loss);
            sums.correct += std::max_element(logits.begin(), logits.end()) - logits.begin() ==
                            std::max_element(target.begin(), target.end()) - target.begin();
            sums.n += 1;
        }
        network_.backward(workspace_);
    }

    Sums evaluate() {
        Sums sums;
        for (std::size_t i = n_train_; i < source_.size(); ++i) {
            source_.frames(i, batch_.frames[0]);
            const auto proba =
                answer(network_, pool(network_, batch_.frames[0], source_.n_bands(), options_, workspace_),
                       workspace_);
            const auto label = static_cast<std::size_t>(y_[i]);
            sums.loss -= std::log(std::max(static_cast<double>(proba[label]), 1e-12));
            sums.correct += static_cast<std::size_t>(std::max_element(proba.begin(), proba.end()) -
                                                     proba.begin()) == label;
            sums.n += 1;
        }
        return sums;
    }

    void check_finite(std::size_t epoch, std::size_t step) const {
        for (const Parameter<float>* parameter : std::as_const(network_).parameters())
            for (const float value : parameter->values)
                if (!std::isfinite(value))
                    throw Error(Errc::numerical,
                                parameter->name + " holds a value that is not a number after epoch " +
                                    std::to_string(epoch + 1) + ", step " + std::to_string(step + 1) +
                                    ": lower the learning rate (" +
                                    detail::number_text(options_.learning_rate) + ")");
    }

    Network& network_;
    const FrameSource& source_;
    std::span<const int> y_;
    const SequenceOptions& options_;
    ThreadPool& pool_;
    Network::Workspace workspace_;
    Batch batch_;
    std::vector<float> weights_;
    std::vector<std::vector<float>> last_whole_;  // `[n_parameters]`, after the last epoch
    std::size_t n_train_ = 0;
};

}  // namespace

void check_frames(const Matrix<float>& frames, std::size_t clip) {
    if (frames.rows() == 0)
        throw Error(Errc::invalid_argument, "clip " + std::to_string(clip) + " has no frame");
    for (const float value : frames.values())
        if (!std::isfinite(value))
            throw Error(Errc::numerical, "clip " + std::to_string(clip) + " has a frame that is not finite");
}

void fit(Network& network, const FrameSource& source, std::span<const int> y, const SequenceOptions& options,
         ThreadPool& pool, History& history, const OnProgress& on_progress) {
    Trainer trainer(network, source, y, options, pool);
    try {
        trainer.run(history, on_progress);
    } catch (...) {
        trainer.go_back();
        throw;
    }
}

Matrix<float> pool(const Network& network, MatrixView<const float> frames, std::size_t n_bands,
                   const SequenceNetworkOptions& options, Network::Workspace& workspace) {
    const MatrixView<const float> heard = trimmed(frames, options.trim_db);
    // A recording of an hour goes through in parts: what all layers keep of it is more than a machine has.
    const std::size_t n_parts = (heard.rows() - 1) / kMostFrames + 1;
    const float level = options.level ? 0 : mean_level(n_bands, heard);
    const std::size_t norm = network.node(kPoolingNorm);
    const std::size_t n_pooled = network.nodes()[network.nodes()[norm].inputs[0]].n_channels;
    Matrix<float> pooled(n_parts, n_pooled);
    for (std::size_t part = 0; part < n_parts; ++part) {
        const std::size_t first = part * heard.rows() / n_parts, end = (part + 1) * heard.rows() / n_parts;
        const std::size_t n_frames = end - first;
        Sequences<float>& input = network.begin({&n_frames, 1}, workspace);
        std::copy_n(heard.row(first).data(), n_frames * heard.cols(), input.clip(0).data());
        lower(n_bands, level, input.clip(0));
        const auto of_part = network.forward(workspace, false, 0, 1, norm).clip(0).row(0);
        std::copy(of_part.begin(), of_part.end(), pooled.row(part).begin());
    }
    return pooled;
}

std::vector<float> answer(const Network& network, MatrixView<const float> pooled,
                          Network::Workspace& workspace) {
    const std::size_t norm = network.node(kPoolingNorm);
    Sequences<float>& input = workspace.outputs[network.nodes()[norm].inputs[0]];
    const std::size_t one = 1;
    input.resize({&one, 1}, pooled.cols(), 0);
    std::vector<float> proba(network.n_outputs()), of_part(proba.size());
    for (std::size_t part = 0; part < pooled.rows(); ++part) {
        std::copy_n(pooled.row(part).data(), pooled.cols(), input.clip(0).data());
        const auto logits = network.forward(workspace, false, 0, norm, network.nodes().size()).clip(0).row(0);
        std::copy(logits.begin(), logits.end(), of_part.begin());
        softmax(std::span(of_part));
        for (std::size_t c = 0; c < proba.size(); ++c)
            proba[c] += of_part[c] / static_cast<float>(pooled.rows());
    }
    return proba;
}

}  // namespace undertone::nn
