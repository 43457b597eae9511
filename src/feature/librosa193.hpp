#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "dsp/chroma_bank.hpp"
#include "dsp/frames.hpp"
#include "dsp/mel_bank.hpp"
#include "undertone/features.hpp"

namespace undertone {

/// What can be chosen of librosa193.
struct Librosa193Options {
    dsp::PadMode pad_mode = dsp::PadMode::constant;  ///< reflect: as librosa before 0.10

    static constexpr std::array kPadModes{Choice<dsp::PadMode>{"constant", dsp::PadMode::constant},
                                          Choice<dsp::PadMode>{"reflect", dsp::PadMode::reflect}};
    static constexpr auto fields() {
        return std::tuple{Field{"pad_mode", &Librosa193Options::pad_mode, "", kPadModes,
                                "what stands outside the signal; reflect: as librosa before 0.10"}};
    }
};

/// The 193 features of the classic notebook, from one STFT: means over frames of 40 MFCC, of 24 chroma and of
/// 128 mel bands, and the count of zero crossings. Matches: librosa 0.11.0; the tolerances stand in
/// docs/exactness.md.
class Librosa193 final : public FeatureSet {
public:
    explicit Librosa193(const Librosa193Options& options)
        : options_(options), frames_(stft_options(options)) {}

    [[nodiscard]] std::string name() const override { return "librosa193/1"; }
    [[nodiscard]] std::map<std::string, std::string> options() const override;
    [[nodiscard]] const std::vector<std::string>& columns() const override;
    [[nodiscard]] int sample_rate() const override { return 0; }
    [[nodiscard]] std::unique_ptr<FeatureSet::Workspace> workspace() const override;
    void extract(std::span<const float> samples, int sample_rate, std::span<double> out,
                 FeatureSet::Workspace& workspace) const override;

private:
    /// The filter banks of one sample rate.
    struct Banks {
        dsp::MelBank mel;
        dsp::ChromaBank chroma;
    };
    struct State;

    static dsp::StftOptions stft_options(const Librosa193Options& options);
    [[nodiscard]] std::shared_ptr<const Banks> banks(int sample_rate) const;
    void magnitudes(std::span<const float> samples, std::size_t batch, State& state, dsp::Lanes* out) const;

    Librosa193Options options_;
    dsp::FramePlan frames_;
    mutable std::mutex mutex_;
    mutable std::map<int, std::shared_ptr<const Banks>> banks_;
};

}  // namespace undertone
