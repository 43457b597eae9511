#include "undertone/clip_frames.hpp"

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "core/split_mix.hpp"
#include "core/voice.hpp"
#include "feature/augment.hpp"
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

/// Speakers as they might sound. A clip is heard against its speaker, so that a voice that is changed must be
/// changed in all clips alike.
class ClipFrames::Voices {
public:
    explicit Voices(const std::vector<std::span<const float>>& speakers) {
        std::map<const float*, std::size_t> known;
        for (std::size_t clip = 0; clip < speakers.size(); ++clip) {
            const std::size_t speaker = known.emplace(speakers[clip].data(), known.size()).first->second;
            speaker_of_.push_back(speaker);
            clips_of_.resize(known.size());
            clips_of_[speaker].push_back(clip);
        }
        voices_ = std::vector<Voice>(known.size() * kVoices);
    }

    /// What is done to the voice and the recording.
    [[nodiscard]] FrameWarp warp(const AugmentOptions& options, std::size_t clip, std::uint64_t draw) const {
        return drawn(options, drawn_at(place(clip, draw))).warp;
    }

    [[nodiscard]] std::span<const float> moments(const ClipFrames& clips, std::size_t clip,
                                                 std::uint64_t draw) {
        Voice& voice = voices_[place(clip, draw)];
        std::call_once(voice.once, [&] {
            voice.moments =
                voice_of(Warped(clips, clips_of_[speaker_of_[clip]], warp(clips.options_, clip, draw)));
        });
        return voice.moments;
    }

private:
    static constexpr std::size_t kVoices = 8;  // of each speaker

    struct Voice {
        std::once_flag once;
        std::vector<float> moments;
    };

    /// Some clips, all warped alike.
    class Warped final : public FrameSource {
    public:
        Warped(const ClipFrames& clips, std::span<const std::size_t> which, const FrameWarp& warp)
            : clips_(clips), which_(which), warp_(warp) {}
        std::size_t size() const override { return which_.size(); }
        std::size_t n_columns() const override { return clips_.n_columns(); }
        void frames(std::size_t clip, Matrix<float>& out) const override {
            clips_.pool_->with(clips_.features_, [&](Pool::Workspace& workspace) {
                clips_.features_.extract_warped(clips_.clips_[which_[clip]], warp_, out, *workspace.features);
            });
        }

    private:
        const ClipFrames& clips_;
        std::span<const std::size_t> which_;
        FrameWarp warp_;
    };

    [[nodiscard]] std::size_t place(std::size_t clip, std::uint64_t draw) const {
        return speaker_of_[clip] * kVoices + static_cast<std::size_t>(drawn_at(draw) % kVoices);
    }

    std::vector<std::size_t> speaker_of_;
    std::vector<std::vector<std::size_t>> clips_of_;
    std::vector<Voice> voices_;
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
    for (const std::span<const float> speaker : speakers_)
        if (!speaker.empty() && speaker.size() != 2 * features.columns().size())
            throw Error(Errc::shape_mismatch, "a speaker has " + std::to_string(speaker.size()) +
                                                  " numbers, must have two a column, " +
                                                  std::to_string(2 * features.columns().size()));
    if (options.snr_min_db > options.snr_max_db)
        throw Error(Errc::invalid_argument, "snr_min_db = " + detail::number_text(options.snr_min_db) +
                                                ": must be at most snr_max_db, " +
                                                detail::number_text(options.snr_max_db));
    for (std::size_t clip = 0; clip < clips_.size(); ++clip)
        if (clips_[clip].empty())
            throw Error(Errc::invalid_argument, "clip " + std::to_string(clip) + ": has no samples");
    if (!speakers_.empty()) voices_ = std::make_unique<Voices>(speakers_);
}

ClipFrames::~ClipFrames() = default;

void ClipFrames::frames(std::size_t clip, Matrix<float>& out) const {
    pool_->with(features_, [&](Pool::Workspace& workspace) {
        features_.extract_frames(clips_.at(clip), out, *workspace.features);
    });
}

void ClipFrames::augmented(std::size_t clip, std::uint64_t draw, Matrix<float>& out) const {
    Drawn what = drawn(options_, draw);
    if (voices_) what.warp = voices_->warp(options_, clip, draw);
    pool_->with(features_, [&](Pool::Workspace& workspace) {
        std::span<const float> samples = clips_.at(clip);
        if (what.changes_samples()) {
            change_samples(samples, what, features_.sample_rate(), workspace.augment);
            samples = workspace.augment.samples;
        }
        features_.extract_warped(samples, what.warp, out, *workspace.features);
        mask(options_, draw, features_.n_bands(), out, workspace.augment);
    });
}

std::span<const float> ClipFrames::augmented_speaker(std::size_t clip, std::uint64_t draw) const {
    return voices_ ? voices_->moments(*this, clip, draw) : std::span<const float>{};
}

}  // namespace undertone
