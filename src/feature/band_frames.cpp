#include "feature/band_frames.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>

#include "dsp/frames.hpp"

namespace undertone {
namespace {

using dsp::kLanes;
using dsp::Lanes;

constexpr float kLowestHz = 27.5F;  // semitone 0, the lowest A of a piano
constexpr float kSilence = 1e-10F;  // the least mean square
constexpr auto kLn2 = static_cast<float>(std::numbers::ln2);
constexpr float kLargest = 1e15F;  // the square of a spectrum of it is a float still

BandOptions checked(const BandOptions& options) {
    const auto refuse = [](std::string_view name, int value, const std::string& rule) {
        throw Error(Errc::invalid_argument, std::string(name) + " = " + std::to_string(value) + ": " + rule);
    };
    if (!std::has_single_bit(static_cast<unsigned>(options.n_fft)))
        refuse("n_fft", options.n_fft, "must be a power of two");
    const std::string limit = "must be at most n_fft, " + std::to_string(options.n_fft);
    if (options.win_length > options.n_fft) refuse("win_length", options.win_length, limit);
    if (options.hop_length > options.n_fft) refuse("hop_length", options.hop_length, limit);
    return options;
}

/// A periodic Hann window in the middle of zeros.
/// @param length  of the window, in samples; any above 1 and up to n_fft
void hann(double length, std::size_t n_fft, std::vector<float>& window) {
    window.assign(n_fft, 0);
    // The middle of a window of win_length stands at n_fft / 2, as librosa's pad_center() puts it.
    const double whole = std::floor(length);
    const double left = length == whole ? std::floor((static_cast<double>(n_fft) - whole) / 2)
                                        : static_cast<double>(n_fft) / 2 - length / 2;
    for (std::size_t i = 0; i < n_fft; ++i) {
        const double at = static_cast<double>(i) - left;
        if (at <= 0 || at >= length) continue;
        window[i] = static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * (at / length)));
    }
}

void check_samples(std::span<const float> samples) {
    if (samples.empty()) throw Error(Errc::invalid_argument, "there are no samples");
    dsp::require_finite(samples);
    float largest = 0;
    for (const float sample : samples) largest = std::max(largest, std::abs(sample));
    if (largest > kLargest)
        throw Error(Errc::numerical, "the samples reach " + undertone::detail::number_text(largest) +
                                         ": too large for the numbers of a spectrum; full scale is -1 to 1");
}

/// The power that a telephone leaves of a frequency. Source: ITU-T G.712 for the band, Butterworth (1930) for
/// the slopes.
float telephone_gain(double hz) {
    const double low = std::pow(hz / 300, 8), high = std::pow(hz / 3400, 8);
    return static_cast<float>(low / (1 + low) / (1 + high));
}

/// Writes a batch, one frame a lane, as rows.
/// @param stride  from one row to the next
void write_rows(const Lanes* batch, std::size_t n_frames, std::size_t n_columns, std::size_t stride,
                float* out) {
    std::size_t column = 0;
    for (; column + kLanes <= n_columns; column += kLanes) {
        Lanes square[kLanes];
        std::copy(batch + column, batch + column + kLanes, square);
        dsp::transpose(square);
        for (std::size_t row = 0; row < n_frames; ++row)
            std::memcpy(out + row * stride + column, &square[row], sizeof(Lanes));
    }
    for (; column < n_columns; ++column)
        for (std::size_t row = 0; row < n_frames; ++row) out[row * stride + column] = batch[column][row];
}

}  // namespace

struct BandFrames::State final : FeatureSet::Workspace {
    explicit State(const BandFrames& set)
        : fft(set.n_fft_),
          power(set.n_fft_ / 2 + 1),
          bands(set.n_mels_),
          edge(kLanes * set.length_),
          memory(set.n_mels_) {
        if (set.pitch_) pitch = set.pitch_->workspace();
    }

    dsp::FrameFft::Workspace fft;
    dsp::VoicePitch::Workspace pitch;
    std::vector<Lanes> power, bands;
    std::vector<float> edge;    // [kLanes, length]: frames that reach over an edge
    std::vector<float> memory;  // [n_mels], of compress()
    std::vector<float> window, bin_gain, band_gain;
    Matrix<float> frames;  // for extract()
};

BandFrames::BandFrames(const BandOptions& options, const std::optional<dsp::VoicePitchOptions>& pitch)
    : options_(checked(options)),
      n_fft_(static_cast<std::size_t>(options.n_fft)),
      hop_(static_cast<std::size_t>(options.hop_length)),
      n_mels_(static_cast<std::size_t>(options.n_mels)),
      pitch_(pitch ? std::optional<dsp::VoicePitch>(*pitch) : std::nullopt),
      length_(std::max(n_fft_, pitch_ ? pitch_->length() : 0)),
      fft_(n_fft_),
      bank_(mel_options()) {
    for (std::size_t band = 0; band < n_mels_; ++band) columns_.push_back("mel_" + std::to_string(band));
    if (pitch_) columns_.insert(columns_.end(), {"pitch", "voicing", "energy"});
    hann(options.win_length, n_fft_, window_);
}

dsp::MelOptions BandFrames::mel_options() const {
    return {.sample_rate = static_cast<double>(options_.sample_rate),
            .n_fft = options_.n_fft,
            .n_mels = options_.n_mels,
            .fmin = options_.fmin,
            .fmax = options_.fmax};
}

std::unique_ptr<FeatureSet::Workspace> BandFrames::workspace() const {
    return std::make_unique<State>(*this);
}

/// One function for clips and streams, so that they cannot differ. A lane knows nothing of the others: which
/// frames share a batch changes no bit.
[[gnu::noinline]] void BandFrames::batch(const Starts& from, std::size_t n_frames, const Lens& lens,
                                         State& state, float* out) const {
    const std::size_t skipped = (length_ - n_fft_) / 2;
    const auto load = [&](std::size_t first, Lanes* run) {
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            std::memcpy(&run[lane], from[lane] + skipped + first, sizeof(Lanes));
        dsp::transpose(run);
        for (std::size_t i = 0; i < kLanes; ++i) run[i] *= lens.window[first + i];
    };
    Lanes* const power = state.power.data();
    fft_(load, state.fft,
         [&](std::size_t k, const Lanes& re, const Lanes& im) { power[k] = re * re + im * im; });
    if (lens.bin_gain != nullptr)
        for (std::size_t k = 0; k < state.power.size(); ++k) power[k] *= lens.bin_gain[k];
    Lanes* const bands = state.bands.data();
    lens.bank->apply(power, bands);
    if (lens.band_gain != nullptr)
        for (std::size_t band = 0; band < n_mels_; ++band) bands[band] *= lens.band_gain[band];
    const std::size_t stride = columns_.size();
    write_rows(bands, n_frames, n_mels_, stride, out);
    for (std::size_t row = 0; row < n_frames; ++row) compress({out + row * stride, n_mels_}, state.memory);
    if (!pitch_) return;

    Starts longer{};
    for (std::size_t lane = 0; lane < kLanes; ++lane)
        longer[lane] = from[lane] + (length_ - pitch_->length()) / 2;
    const dsp::VoicePitch::Result voice = (*pitch_)(longer.data(), state.pitch);
    const Lanes semitones =
        dsp::log2(dsp::max(voice.hz, Lanes{} + kLowestHz) * (1 / kLowestHz)) * 12.0F + lens.semitones;
    const Lanes energy = dsp::log2(dsp::max(voice.power, Lanes{} + kSilence)) * kLn2 + lens.log_gain;
    const Lanes extra[] = {voice.hz > 0.0F ? semitones : Lanes{}, voice.voicing,
                           dsp::max(energy, Lanes{} + std::log(kSilence))};
    write_rows(extra, n_frames, 3, stride, out + n_mels_);
}

void BandFrames::run(std::span<const float> samples, double hop, std::size_t n_frames, const Lens& lens,
                     Matrix<float>& out, State& state) const {
    out.resize(n_frames, columns_.size());
    std::fill(state.memory.begin(), state.memory.end(), 1.0F);
    const auto n_samples = static_cast<std::ptrdiff_t>(samples.size());
    const auto length = static_cast<std::ptrdiff_t>(length_);
    for (std::size_t first = 0; first < n_frames; first += kLanes) {
        const std::size_t n = std::min(kLanes, n_frames - first);
        Starts from{};
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const std::ptrdiff_t start = std::llround(static_cast<double>(first + lane) * hop) - length / 2;
            if (lane < n && start >= 0 && start + length <= n_samples) {
                from[lane] = samples.data() + start;
                continue;
            }
            float* const edge = state.edge.data() + lane * length_;
            from[lane] = edge;
            std::fill(edge, edge + length_, 0.0F);
            const std::ptrdiff_t begin = std::max<std::ptrdiff_t>(start, 0);
            const std::ptrdiff_t end = std::min(start + length, n_samples);
            if (lane < n && begin < end)
                std::copy(samples.data() + begin, samples.data() + end, edge + (begin - start));
        }
        batch(from, n, lens, state, out.data() + first * columns_.size());
    }
}

void BandFrames::extract_frames(std::span<const float> samples, Matrix<float>& out,
                                FeatureSet::Workspace& workspace) const {
    check_samples(samples);
    run(samples, options_.hop_length, n_frames(samples.size()), plain(), out,
        dynamic_cast<State&>(workspace));
}

void BandFrames::extract_warped(std::span<const float> samples, const FrameWarp& warp, Matrix<float>& out,
                                FeatureSet::Workspace& workspace) const {
    if (warp == FrameWarp{}) return extract_frames(samples, out, workspace);
    const auto check = [](std::string_view name, double value, const Range<double>& range) {
        if (!range.holds(value))
            undertone::detail::throw_bad_value(name, undertone::detail::number_text(value),
                                               undertone::detail::Text<double>::rule(range));
    };
    check("speed", warp.speed, {0.25, 4});
    check("tempo", warp.tempo, {0.25, 4});
    check("vocal_tract", warp.vocal_tract, {0.5, 2});
    check_samples(samples);
    auto& state = dynamic_cast<State&>(workspace);

    // A clip played `speed` times faster has at f what this one has at f / speed, and a window of win_length
    // there is one of win_length * speed here. Its spectrum is that of this one over `speed`.
    const double hop = options_.hop_length * warp.speed * warp.tempo;
    const double length =
        std::clamp(options_.win_length * warp.speed, 2.0, static_cast<double>(options_.n_fft));
    hann(length, n_fft_, state.window);
    const dsp::MelBank bank(mel_options(), 1 / (warp.speed * warp.vocal_tract));
    Lens lens{state.window.data(),
              &bank,
              nullptr,
              nullptr,
              static_cast<float>(12 * std::log2(warp.speed * warp.vocal_tract)),
              static_cast<float>(warp.gain_db * std::numbers::ln10 / 10)};
    const double unit = length / options_.win_length;
    state.band_gain.resize(n_mels_);
    for (std::size_t band = 0; band < n_mels_; ++band) {
        double db = warp.gain_db;
        const double place =
            std::numbers::pi * (static_cast<double>(band) + 0.5) / static_cast<double>(n_mels_);
        for (std::size_t j = 0; j < warp.colour_db.size(); ++j)
            db += warp.colour_db[j] * std::cos(place * static_cast<double>(j + 1));
        state.band_gain[band] = static_cast<float>(std::pow(10.0, db / 10) / (unit * unit));
    }
    lens.band_gain = state.band_gain.data();
    if (warp.telephone) {
        state.bin_gain.resize(state.power.size());
        const double bin_hz = warp.speed * options_.sample_rate / options_.n_fft;
        for (std::size_t k = 0; k < state.bin_gain.size(); ++k)
            state.bin_gain[k] = telephone_gain(static_cast<double>(k) * bin_hz);
        lens.bin_gain = state.bin_gain.data();
    }
    const auto frames = static_cast<std::size_t>(static_cast<double>(samples.size()) / hop);
    run(samples, hop, 1 + frames, lens, out, state);
}

void BandFrames::extract(std::span<const float> samples, int sample_rate, std::span<double> out,
                         FeatureSet::Workspace& workspace) const {
    if (sample_rate != options_.sample_rate)
        throw Error(Errc::invalid_argument, "sample_rate = " + std::to_string(sample_rate) + ": " + name() +
                                                " takes " + std::to_string(options_.sample_rate) +
                                                " Hz; resample first");
    const std::size_t n_values = n_frames(samples.size()) * columns_.size();
    if (out.size() != n_values)
        throw Error(Errc::shape_mismatch, "room for " + std::to_string(out.size()) + " features, there are " +
                                              std::to_string(n_values));
    auto& frames = dynamic_cast<State&>(workspace).frames;
    extract_frames(samples, frames, workspace);
    std::copy(frames.values().begin(), frames.values().end(), out.begin());
}

/// Keeps the samples that frames to come still need, and as many more as a batch takes.
class BandFrames::Stream final : public FrameStream {
public:
    explicit Stream(const BandFrames& set)
        : set_(set), state_(set), samples_(set.length_ + (kLanes - 1) * set.hop_ + kBlock) {
        begin();
    }

    std::size_t frames_after(std::size_t n_samples) const noexcept override {
        return whole(held_ + n_samples);
    }
    std::size_t frames_left() const noexcept override {
        return any_ ? whole(held_ + set_.length_ - set_.length_ / 2) : 0;
    }

    std::size_t push(std::span<const float> samples, std::span<float> out) noexcept override {
        if (out.size() < frames_after(samples.size()) * set_.columns_.size()) return 0;
        any_ = any_ || !samples.empty();
        std::size_t written = 0;
        while (!samples.empty()) {
            const std::size_t n = std::min(samples.size(), samples_.size() - held_);
            std::copy_n(samples.begin(), n, samples_.begin() + static_cast<std::ptrdiff_t>(held_));
            held_ += n;
            samples = samples.subspan(n);
            written += drain(out.data() + written * set_.columns_.size());
        }
        return written;
    }

    std::size_t finish(std::span<float> out) noexcept override {
        if (out.size() < frames_left() * set_.columns_.size()) return 0;
        std::size_t written = 0;
        if (any_) {
            for (std::size_t left = set_.length_ - set_.length_ / 2; left > 0;) {
                const std::size_t n = std::min(left, samples_.size() - held_);
                std::fill_n(samples_.begin() + static_cast<std::ptrdiff_t>(held_), n, 0.0F);
                held_ += n;
                left -= n;
                written += drain(out.data() + written * set_.columns_.size());
            }
        }
        begin();
        return written;
    }

private:
    static constexpr std::size_t kBlock = 4096;  // samples taken up at a time, beside those of a batch

    void begin() noexcept {
        held_ = set_.length_ / 2;
        std::fill_n(samples_.begin(), held_, 0.0F);
        std::fill(state_.memory.begin(), state_.memory.end(), 1.0F);
        any_ = false;
    }
    [[nodiscard]] std::size_t whole(std::size_t n_samples) const noexcept {
        return n_samples < set_.length_ ? 0 : 1 + (n_samples - set_.length_) / set_.hop_;
    }
    // Writes the frames that are whole and moves what later ones need to the front.
    std::size_t drain(float* out) noexcept {
        const std::size_t n_frames = whole(held_);
        if (n_frames == 0) return 0;
        for (std::size_t first = 0; first < n_frames; first += kLanes) {
            const std::size_t n = std::min(kLanes, n_frames - first);
            Starts from;
            for (std::size_t lane = 0; lane < kLanes; ++lane)
                from[lane] = samples_.data() + (first + std::min(lane, n - 1)) * set_.hop_;
            set_.batch(from, n, set_.plain(), state_, out + first * set_.columns_.size());
        }
        const std::size_t used = n_frames * set_.hop_;
        std::copy(samples_.begin() + static_cast<std::ptrdiff_t>(used),
                  samples_.begin() + static_cast<std::ptrdiff_t>(held_), samples_.begin());
        held_ -= used;
        return n_frames;
    }

    const BandFrames& set_;
    State state_;
    std::vector<float> samples_;
    std::size_t held_ = 0;
    bool any_ = false;  // whether the signal has begun
};

std::unique_ptr<FrameStream> BandFrames::stream() const { return std::make_unique<Stream>(*this); }

const FrameFeatures& frame_features(const FeatureSet& set) {
    const auto* const frames = dynamic_cast<const FrameFeatures*>(&set);
    if (frames == nullptr)
        throw Error(Errc::invalid_argument,
                    "feature set " + set.name() + ": gives one vector a clip; logmel64 gives frames");
    return *frames;
}

}  // namespace undertone
