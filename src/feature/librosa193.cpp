#include "feature/librosa193.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "dsp/dct.hpp"
#include "dsp/pitch.hpp"
#include "undertone/zero_crossings.hpp"

namespace undertone {
namespace {

using dsp::kLanes;
using dsp::Lanes;
using dsp::log2;
using dsp::max;

constexpr std::size_t kMfcc = 40, kChroma = 24, kMel = 128;
constexpr std::size_t kFft = 2048, kBins = kFft / 2 + 1, kHop = 512;
constexpr float kAmin = 1e-10F, kTopDb = 80;
// Magnitudes are kept for the second pass up to this many batches (17 MB, 22 s at 48 kHz with 16 lanes); the
// spectra of longer recordings are computed again, so that memory does not grow with them.
constexpr std::size_t kKeptBatches = std::size_t{2048} * 2 / kLanes;
constexpr std::size_t kKeptRates = 16;  // filter banks kept at a time

double sum_of_first(const Lanes& v, std::size_t n) {
    double sums[4] = {};  // four, so that an addition need not wait for the one before
    for (std::size_t lane = 0; lane < kLanes; ++lane)
        sums[lane % 4] += lane < n ? static_cast<double>(v[lane]) : 0;
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

struct Librosa193::State final : FeatureSet::Workspace {
    explicit State(const dsp::FramePlan& plan) : exact(plan) {}

    dsp::FramePlan::Workspace frames;
    dsp::ExactFrames exact;
    std::vector<Lanes> magnitudes;  // [min(batches, kKeptBatches), kBins]
    std::vector<Lanes> scratch = std::vector<Lanes>(kBins), power = std::vector<Lanes>(kBins);
    std::vector<Lanes> log_mel;  // [batches, kMel]
    std::vector<Lanes> mel = std::vector<Lanes>(kMel), chroma = std::vector<Lanes>(kChroma);
    std::vector<float> chroma_weights;
    std::map<int, dsp::TuningEstimator> tuning;  // by sample rate
    Matrix<float> dct = dsp::dct_rows(kMel, {.n_mfcc = static_cast<int>(kMfcc)});
};

dsp::StftOptions Librosa193::stft_options(const Librosa193Options& options) {
    validate(options);
    return {
        .n_fft = static_cast<int>(kFft), .hop_length = static_cast<int>(kHop), .pad_mode = options.pad_mode};
}

std::map<std::string, std::string> Librosa193::options() const {
    std::map<std::string, std::string> all;
    for_each_field<Librosa193Options>(
        [&](const auto& field) { all[std::string(field.name)] = field_text(options_, field); });
    return all;
}

const std::vector<std::string>& Librosa193::columns() const {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const auto& [prefix, count] : {std::pair{"mfcc_", kMfcc}, {"chroma_", kChroma}, {"mel_", kMel}})
            for (std::size_t i = 0; i < count; ++i) all.push_back(prefix + std::to_string(i));
        all.emplace_back("zero_crossings");
        return all;
    }();
    return names;
}

std::unique_ptr<FeatureSet::Workspace> Librosa193::workspace() const {
    return std::make_unique<State>(frames_);
}

std::shared_ptr<const Librosa193::Banks> Librosa193::banks(int sample_rate) const {
    const std::lock_guard lock(mutex_);
    auto& slot = banks_[sample_rate];
    if (!slot) {
        slot = std::make_shared<const Banks>(
            Banks{dsp::MelBank({.sample_rate = static_cast<double>(sample_rate)}),
                  dsp::ChromaBank({.sample_rate = static_cast<double>(sample_rate),
                                   .n_chroma = static_cast<int>(kChroma)})});
        auto made = slot;
        if (banks_.size() > kKeptRates) banks_.clear();
        return made;
    }
    return slot;
}

void Librosa193::magnitudes(std::span<const float> samples, std::size_t batch, State& state,
                            Lanes* out) const {
    const std::size_t n_frames = 1 + samples.size() / kHop;
    Lanes* const power = state.power.data();
    frames_.spectrum(samples, batch * kLanes, n_frames, state.frames,
                     [&](std::size_t k, const Lanes& re, const Lanes& im) {
                         power[k] = re * re + im * im;
                         out[k] = dsp::sqrt(power[k]);
                     });
}

void Librosa193::extract(std::span<const float> samples, int sample_rate, std::span<double> out,
                         FeatureSet::Workspace& workspace) const {
    if (out.size() != columns().size())
        throw Error(Errc::shape_mismatch, "room for " + std::to_string(out.size()) + " features, there are " +
                                              std::to_string(columns().size()));
    if (sample_rate < 1)
        throw Error(Errc::invalid_argument,
                    "sample_rate = " + std::to_string(sample_rate) + ": must be at least 1");
    auto& state = dynamic_cast<State&>(workspace);
    const auto bank = banks(sample_rate);
    const std::size_t n_frames = frames_.n_frames(samples);
    const std::size_t n_batches = (n_frames + kLanes - 1) / kLanes;
    const std::size_t n_kept = std::min(n_batches, kKeptBatches);
    if (state.magnitudes.size() < n_kept * kBins) state.magnitudes.resize(n_kept * kBins);
    state.log_mel.resize(n_batches * kMel);
    if (state.tuning.size() > kKeptRates) state.tuning.clear();
    auto& tuning = state.tuning
                       .try_emplace(sample_rate,
                                    dsp::TuningOptions{.sample_rate = static_cast<double>(sample_rate),
                                                       .bins_per_octave = static_cast<int>(kChroma)},
                                    dsp::kSpectrumNoise)
                       .first->second;
    tuning.forget();
    std::fill(out.begin(), out.end(), 0.0);
    double* const mfcc_out = out.data();
    double* const chroma_out = mfcc_out + kMfcc;
    double* const mel_out = chroma_out + kChroma;

    // First pass: mel energies, their logarithms and the peak of those, and the spectral peaks for the
    // tuning.
    float peak_db = 10 * std::log10(kAmin);
    for (std::size_t batch = 0; batch < n_batches; ++batch) {
        const std::size_t n = std::min(kLanes, n_frames - batch * kLanes);
        Lanes* const magnitude =
            batch < n_kept ? state.magnitudes.data() + batch * kBins : state.scratch.data();
        magnitudes(samples, batch, state, magnitude);
        Lanes largest = {};
        for (std::size_t k = 0; k < kBins; ++k) largest = max(largest, magnitude[k]);
        tuning.add(magnitude, largest, n);
        bank->mel.apply(state.power.data(), state.mel.data());
        Lanes peak = Lanes{} + peak_db;
        for (std::size_t band = 0; band < kMel; ++band) {
            const Lanes energy = state.mel[band];
            mel_out[band] += sum_of_first(energy, n);
            const Lanes level = log2(max(energy, Lanes{} + kAmin)) * dsp::kDbPerOctave;
            state.log_mel[batch * kMel + band] = level;
            peak = max(peak, level);
        }
        for (std::size_t lane = 0; lane < n; ++lane) peak_db = std::max(peak_db, peak[lane]);
    }

    // Second pass over the logarithms: nothing lies more than top_db below the peak. The transform to cepstra
    // is linear, so the mean is transformed instead of every frame.
    std::array<double, kMel> mean_db{};
    const Lanes floor_db = Lanes{} + (peak_db - kTopDb);
    for (std::size_t batch = 0; batch < n_batches; ++batch) {
        const std::size_t n = std::min(kLanes, n_frames - batch * kLanes);
        for (std::size_t band = 0; band < kMel; ++band)
            mean_db[band] += sum_of_first(max(state.log_mel[batch * kMel + band], floor_db), n);
    }
    const auto frames = static_cast<double>(n_frames);
    for (std::size_t c = 0; c < kMfcc; ++c) {
        double sum = 0;
        for (std::size_t band = 0; band < kMel; ++band)
            sum += static_cast<double>(state.dct(c, band)) * mean_db[band];
        mfcc_out[c] = sum / frames;
    }
    for (std::size_t band = 0; band < kMel; ++band) mel_out[band] /= frames;

    // Second pass over the magnitudes: chroma, now that the tuning is known.
    state.exact.begin(samples);
    const double deviation = tuning.finish(std::ref(state.exact));
    bank->chroma.weights(deviation, state.chroma_weights);
    for (std::size_t batch = 0; batch < n_batches; ++batch) {
        const Lanes* magnitude = state.magnitudes.data() + batch * kBins;
        if (batch >= n_kept) {
            magnitudes(samples, batch, state, state.scratch.data());
            magnitude = state.scratch.data();
        }
        bank->chroma.apply(state.chroma_weights, magnitude, state.chroma.data());
        normalise(state.chroma.data(), kChroma, dsp::ChromaNorm::inf);
        const std::size_t n = std::min(kLanes, n_frames - batch * kLanes);
        for (std::size_t c = 0; c < kChroma; ++c) chroma_out[c] += sum_of_first(state.chroma[c], n);
    }
    for (std::size_t c = 0; c < kChroma; ++c) chroma_out[c] /= frames;

    out[columns().size() - 1] = static_cast<double>(dsp::zero_crossings(samples, {.pad = false}));
}

}  // namespace undertone
