#include "undertone/clip_frames.hpp"

#include <mutex>
#include <string>
#include <utility>

#include "feature/augment.hpp"
#include "speech/functionals.hpp"
#include "undertone/error.hpp"

namespace undertone {

/// Workspaces: as many are made as threads compute at the same time.
class ClipFrames::Pool {
public:
    struct Workspace {
        std::unique_ptr<FeatureSet::Workspace> features;
        AugmentBuffers augment;
    };

    /// Calls `work(workspace)`.
    template <class Work>
    void with(const FrameFeatures& features, Work work) {
        std::unique_ptr<Workspace> workspace;
        {
            const std::lock_guard lock(mutex_);
            if (!free_.empty()) {
                workspace = std::move(free_.back());
                free_.pop_back();
            }
        }
        if (!workspace) workspace = std::make_unique<Workspace>(Workspace{features.workspace(), {}});
        work(*workspace);  // one that throws takes its workspace along
        const std::lock_guard lock(mutex_);
        free_.push_back(std::move(workspace));
    }

private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Workspace>> free_;
};

ClipFrames::ClipFrames(const FrameFeatures& features, std::vector<std::span<const float>> clips,
                       const AugmentOptions& options, std::vector<std::span<const float>> speakers)
    : features_(features),
      clips_(std::move(clips)),
      speakers_(std::move(speakers)),
      options_(options),
      pool_(std::make_unique<Pool>()) {
    validate(options);
    if (!speakers_.empty() && speakers_.size() != clips_.size())
        throw Error(Errc::shape_mismatch, std::to_string(clips_.size()) + " clips, but " +
                                              std::to_string(speakers_.size()) + " speakers of clips");
    const std::size_t n_numbers = voice_size(features.n_bands());
    for (const std::span<const float> speaker : speakers_)
        if (!speaker.empty() && speaker.size() != n_numbers)
            throw Error(Errc::shape_mismatch, "a speaker has " + std::to_string(speaker.size()) +
                                                  " numbers, must have " + std::to_string(n_numbers));
    if (options.snr_min_db > options.snr_max_db)
        throw Error(Errc::invalid_argument, "snr_min_db = " + detail::number_text(options.snr_min_db) +
                                                ": must be at most snr_max_db, " +
                                                detail::number_text(options.snr_max_db));
    for (std::size_t clip = 0; clip < clips_.size(); ++clip)
        if (clips_[clip].empty())
            throw Error(Errc::invalid_argument, "clip " + std::to_string(clip) + ": has no samples");
}

ClipFrames::~ClipFrames() = default;

void ClipFrames::frames(std::size_t clip, Matrix<float>& out) const {
    pool_->with(features_, [&](Pool::Workspace& workspace) {
        features_.extract_frames(clips_.at(clip), out, *workspace.features);
    });
}

void ClipFrames::augmented(std::size_t clip, std::uint64_t draw, Matrix<float>& out) const {
    const Drawn what = drawn(options_, draw);
    pool_->with(features_, [&](Pool::Workspace& workspace) {
        std::span<const float> samples = clips_.at(clip);
        if (what.changes_samples()) {
            change_samples(samples, what, features_.sample_rate(), workspace.augment);
            samples = workspace.augment.samples;
        }
        features_.extract_warped(samples, what.warp, out, *workspace.features);
    });
}

void ClipFrames::mask(std::uint64_t draw, Matrix<float>& frames) const {
    pool_->with(features_, [&](Pool::Workspace& workspace) {
        undertone::mask(options_, draw, features_.n_bands(), frames, workspace.augment);
    });
}

}  // namespace undertone
