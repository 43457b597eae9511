#include "feature/augment.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/split_mix.hpp"

namespace undertone {
namespace {

// Each kind of change has its own numbers, so that none hangs on whether another is on. Only ever added to.
enum class Kind : std::uint64_t {
    speed = 1,
    tempo,
    warp,
    gain,
    colour,
    crop,
    shift,
    room,
    noise,
    telephone,
    masks
};

SplitMix64 numbers(std::uint64_t draw, Kind kind) {
    return SplitMix64(mixed(draw ^ (static_cast<std::uint64_t>(kind) * 0xd1342543de82ef95U)));
}

double power_of(std::span<const float> samples) {
    constexpr std::size_t kSums = 64;  // side by side, so that additions need not wait for each other
    std::array<float, kSums> sums{};
    double total = 0;
    std::size_t i = 0;
    while (i + kSums <= samples.size()) {
        const std::size_t end = std::min(samples.size() - kSums + 1, i + 64 * kSums);  // then to double
        sums.fill(0);
        for (; i < end; i += kSums)
            for (std::size_t j = 0; j < kSums; ++j) sums[j] += samples[i + j] * samples[i + j];
        for (const float sum : sums) total += static_cast<double>(sum);
    }
    for (; i < samples.size(); ++i) total += static_cast<double>(samples[i] * samples[i]);
    return total / static_cast<double>(samples.size());
}

/// What `other` is multiplied with to lie `db` below a power; 0 where that is no number.
float level_below(double power, double other, double db) {
    const double level = std::sqrt(power / other * std::pow(10.0, -db / 10));
    return std::isfinite(level) ? static_cast<float>(level) : 0;
}

void add_scaled(std::span<float> samples, const float* other, float level) {
    if (level == 0) return;
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] += level * other[i];
}

/// y[i] = from[i] + g y[i - delay], and y[i - delay] is added to a sum. A run of `delay` samples needs none
/// of its own, so that the compiler can take many at a time.
void comb(std::span<const float> from, std::size_t delay, float g, std::vector<float>& delayed, float* sum) {
    delayed.resize(delay + from.size());
    std::fill_n(delayed.begin(), delay, 0.0F);
    for (std::size_t first = 0; first < from.size(); first += delay) {
        const std::size_t n = std::min(delay, from.size() - first);
        const float* __restrict x = from.data() + first;
        const float* __restrict before = delayed.data() + first;
        float* __restrict y = delayed.data() + first + delay;
        float* __restrict s = sum + first;
        for (std::size_t i = 0; i < n; ++i) {
            y[i] = x[i] + g * before[i];
            s[i] += before[i];
        }
    }
}

/// w[i] = x[i] + g w[i - delay], then x[i] becomes w[i - delay] - g w[i]: every frequency passes alike.
void all_pass(std::span<float> samples, std::size_t delay, float g, std::vector<float>& delayed) {
    delayed.resize(delay + samples.size());
    std::fill_n(delayed.begin(), delay, 0.0F);
    for (std::size_t first = 0; first < samples.size(); first += delay) {
        const std::size_t n = std::min(delay, samples.size() - first);
        float* __restrict x = samples.data() + first;
        const float* __restrict before = delayed.data() + first;
        float* __restrict w = delayed.data() + first + delay;
        for (std::size_t i = 0; i < n; ++i) {
            const float value = x[i] + g * before[i];
            w[i] = value;
            x[i] = before[i] - g * value;
        }
    }
}

}  // namespace

Drawn drawn(const AugmentOptions& options, std::uint64_t draw) {
    Drawn what;
    const auto factor = [&](double share, Kind kind) {  // uniform in its logarithm
        const double place = numbers(draw, kind).uniform(-1, 1);
        return share > 0 ? std::exp(place * std::log1p(share)) : 1;
    };
    what.warp.speed = factor(options.speed, Kind::speed);
    what.warp.tempo = factor(options.tempo, Kind::tempo);
    what.warp.vocal_tract = 1 + options.warp * numbers(draw, Kind::warp).uniform(-1, 1);
    what.warp.gain_db = options.gain_db * numbers(draw, Kind::gain).uniform(-1, 1);
    SplitMix64 colour = numbers(draw, Kind::colour);
    for (double& db : what.warp.colour_db) db = options.colour_db * colour.uniform(-1, 1);
    what.warp.telephone = numbers(draw, Kind::telephone).uniform() < options.telephone;

    SplitMix64 crop = numbers(draw, Kind::crop);
    const double cut = options.crop * crop.uniform();
    what.crop_begin = cut * crop.uniform();
    what.crop_end = what.crop_begin + (1 - cut);
    what.shift_s = options.shift_s * numbers(draw, Kind::shift).uniform(-1, 1);

    SplitMix64 room = numbers(draw, Kind::room);
    if (room.uniform() < options.room) {
        what.room_decay_s = room.uniform(0.1, options.room_decay_s);
        what.direct_db = room.uniform(0, 15);
        what.room_seed = room.next();
    }
    SplitMix64 noise = numbers(draw, Kind::noise);
    if (noise.uniform() < options.noise) {
        what.noise = true;
        what.snr_db = noise.uniform(options.snr_min_db, options.snr_max_db);
        const bool heads = noise.uniform() < 0.5;
        what.pink =
            options.noise_colour == NoiseColour::any ? heads : options.noise_colour == NoiseColour::pink;
        what.noise_key = static_cast<std::uint32_t>(noise.next() >> 32);
    }
    return what;
}

void add_room(std::span<float> samples, double decay_s, double direct_db, std::uint64_t seed, int sample_rate,
              AugmentBuffers& buffers) {
    // Schroeder's four combs side by side and two all-pass filters behind them, with his delays; the room's
    // size is drawn.
    constexpr std::array kCombs{0.0297, 0.0371, 0.0411, 0.0437};
    constexpr std::array kAllPasses{0.005, 0.0017};
    SplitMix64 random(seed);
    const double size = random.uniform(0.5, 1.2);
    const auto in_samples = [&](double delay_s) {
        return std::max<std::size_t>(1, static_cast<std::size_t>(delay_s * sample_rate));
    };
    buffers.echo.assign(samples.size(), 0);
    for (const double base : kCombs) {
        const double delay_s = base * size * random.uniform(0.95, 1.05);
        comb(samples, in_samples(delay_s), static_cast<float>(std::pow(10.0, -3 * delay_s / decay_s)),
             buffers.delayed, buffers.echo.data());
    }
    for (const double delay_s : kAllPasses)
        all_pass(buffers.echo, in_samples(delay_s * size), 0.7F, buffers.delayed);
    add_scaled(samples, buffers.echo.data(),
               level_below(power_of(samples), power_of(buffers.echo), direct_db));
}

void add_noise(std::span<float> samples, bool pink, double snr_db, std::uint32_t key,
               AugmentBuffers& buffers) {
    buffers.noise.resize(samples.size());
    float* const noise = buffers.noise.data();
    const auto n = static_cast<std::uint32_t>(samples.size());
    for (std::uint32_t i = 0; i < n; ++i) {
        // A hash of the place, so that all can be computed side by side. Source: Wellons, "Prospecting for
        // hash functions" (2018), lowbias32.
        std::uint32_t x = i * 0x9e3779b9U + key;
        x = (x ^ (x >> 16)) * 0x7feb352dU;
        x = (x ^ (x >> 15)) * 0x846ca68bU;
        x ^= x >> 16;
        noise[i] = static_cast<float>(static_cast<std::int32_t>(x)) * 0x1p-31F;
    }
    if (pink) {
        // Source: Kellet, "Filter to make pink noise from white", music-dsp (1999), the economy one.
        float slow = 0, middle = 0, fast = 0;
        for (std::uint32_t i = 0; i < n; ++i) {
            const float white = noise[i];
            slow = 0.99765F * slow + white * 0.0990460F;
            middle = 0.96300F * middle + white * 0.2965164F;
            fast = 0.57000F * fast + white * 1.0526913F;
            noise[i] = (slow + middle) + (fast + white * 0.1848F);
        }
    }
    add_scaled(samples, noise, level_below(power_of(samples), power_of(buffers.noise), snr_db));
}

void change_samples(std::span<const float> samples, const Drawn& what, int sample_rate,
                    AugmentBuffers& buffers) {
    const auto length = static_cast<double>(samples.size());
    const auto begin = std::min(static_cast<std::size_t>(what.crop_begin * length), samples.size() - 1);
    const auto end =
        std::clamp(static_cast<std::size_t>(std::llround(what.crop_end * length)), begin + 1, samples.size());
    samples = samples.subspan(begin, end - begin);
    const auto shift = static_cast<std::ptrdiff_t>(std::llround(what.shift_s * sample_rate));
    if (shift < 0) samples = samples.subspan(std::min(static_cast<std::size_t>(-shift), samples.size() - 1));
    const auto before = static_cast<std::size_t>(std::max<std::ptrdiff_t>(shift, 0));
    buffers.samples.resize(before + samples.size());
    std::fill_n(buffers.samples.begin(), before, 0.0F);
    std::copy(samples.begin(), samples.end(), buffers.samples.begin() + static_cast<std::ptrdiff_t>(before));
    if (what.room_decay_s > 0)
        add_room(buffers.samples, what.room_decay_s, what.direct_db, what.room_seed, sample_rate, buffers);
    if (what.noise) add_noise(buffers.samples, what.pink, what.snr_db, what.noise_key, buffers);
}

void mask(const AugmentOptions& options, std::uint64_t draw, std::size_t n_bands, Matrix<float>& frames,
          AugmentBuffers& buffers) {
    if (options.time_masks == 0 && options.frequency_masks == 0) return;
    buffers.mean.assign(frames.cols(), 0);
    for (std::size_t row = 0; row < frames.rows(); ++row)
        for (std::size_t band = 0; band < frames.cols(); ++band)
            buffers.mean[band] += static_cast<double>(frames(row, band));
    for (double& mean : buffers.mean) mean /= static_cast<double>(frames.rows());
    const auto fill = [&](std::size_t row, std::size_t first, std::size_t end) {
        for (std::size_t band = first; band < end; ++band)
            frames(row, band) = static_cast<float>(buffers.mean[band]);
    };

    SplitMix64 random = numbers(draw, Kind::masks);
    const std::size_t longest =
        std::min(static_cast<std::size_t>(options.time_mask_frames), frames.rows() / 5);
    for (int i = 0; i < options.time_masks; ++i) {
        const std::size_t width = random.up_to(longest);
        const std::size_t first = random.up_to(frames.rows() - width);
        for (std::size_t row = first; row < first + width; ++row) fill(row, 0, frames.cols());
    }
    const std::size_t widest = std::min(static_cast<std::size_t>(options.frequency_mask_bands), n_bands);
    for (int i = 0; i < options.frequency_masks; ++i) {
        const std::size_t width = random.up_to(widest);
        const std::size_t first = random.up_to(n_bands - width);
        for (std::size_t row = 0; row < frames.rows(); ++row) fill(row, first, first + width);
    }
}

}  // namespace undertone
