#include "feature/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <tuple>
#include <unordered_map>

namespace undertone::corpus {
namespace {

constexpr std::size_t kBands = 17, kLag = 4;
constexpr double kLowest = 300, kHighest = 2000, kWindow_s = 0.128, kHop_s = 0.016;
constexpr double kLeastRate = 8000;  // what is left after averaging samples; twice the highest band and more

// Neighbouring samples are averaged: what aliases from above lies far below a voice's own energy at 2 kHz.
void thin_out(std::span<const float> samples, std::size_t factor, std::vector<float>& thin) {
    thin.resize(samples.size() / factor);
    for (std::size_t i = 0; i < thin.size(); ++i) {
        float sum = 0;
        for (std::size_t j = 0; j < factor; ++j) sum += samples[i * factor + j];
        thin[i] = sum / static_cast<float>(factor);
    }
}

std::size_t thinning(int sample_rate) {
    return std::max<std::size_t>(static_cast<std::size_t>(sample_rate / kLeastRate), 1);
}

double edge(std::size_t band) {
    return kLowest * std::pow(kHighest / kLowest, static_cast<double>(band) / kBands);
}

}  // namespace

std::uint64_t bytes_of_print(std::uint64_t n_samples, int sample_rate) {
    const auto n = static_cast<double>(n_samples), factor = static_cast<double>(thinning(sample_rate));
    const double thin = n / factor, frames = thin / (kHop_s * sample_rate / factor);
    const double bytes = sizeof(float) * (n + thin) + sizeof(double) * (kBands + 1) * frames;
    constexpr double kMost = 1e18;
    return static_cast<std::uint64_t>(std::min(bytes, kMost));
}

// Two real frames go through one complex transform: Z = A + iB, so A[k] = (Z[k] + conj Z[n-k]) / 2.
void Fingerprinter::transform(std::span<const float> sound, double rate, std::size_t frame,
                              std::size_t n_frames) {
    const std::size_t n = re_.size(), length = window_.size();
    std::fill(re_.begin(), re_.end(), 0.0);
    std::fill(im_.begin(), im_.end(), 0.0);
    for (std::size_t which = 0; which < 2 && frame + which < n_frames; ++which) {
        const auto begin =
            static_cast<std::size_t>(std::lround(static_cast<double>(frame + which) * kHop_s * rate));
        std::vector<double>& part = which == 0 ? re_ : im_;
        const std::size_t count = std::min(length, sound.size() - std::min(begin, sound.size()));
        for (std::size_t i = 0; i < count; ++i) part[i] = window_[i] * static_cast<double>(sound[begin + i]);
    }
    const auto transformed =
        transforms_.front().transform(re_.data(), im_.data(), spare_re_.data(), spare_im_.data());
    const double *zr = transformed.first, *zi = transformed.second;
    for (std::size_t band = 0; band < kBands; ++band) {
        const double per_bin = rate / static_cast<double>(n);
        const auto begin = static_cast<std::size_t>(std::ceil(edge(band) / per_bin)),
                   end = static_cast<std::size_t>(std::ceil(edge(band + 1) / per_bin));
        double a = 0, b = 0;
        for (std::size_t k = begin; k < end; ++k) {
            const double sr = zr[k] + zr[n - k], si = zi[k] - zi[n - k], dr = zr[k] - zr[n - k],
                         di = zi[k] + zi[n - k];
            a += sr * sr + si * si;
            b += dr * dr + di * di;
        }
        energies_[frame * kBands + band] = a;
        if (frame + 1 < n_frames) energies_[(frame + 1) * kBands + band] = b;
    }
}

Fingerprint Fingerprinter::of(const Clip& clip) {
    const std::size_t factor = thinning(clip.sample_rate);
    thin_out(clip.samples, factor, sound_);
    const double rate = static_cast<double>(clip.sample_rate) / static_cast<double>(factor);
    Fingerprint print;
    if (rate < 2 * kHighest) return print;  // a telephone's 8 kHz is the least that is listened to
    const auto length = static_cast<std::size_t>(std::lround(kWindow_s * rate));
    if (sound_.size() < length) return print;
    const std::size_t n = std::bit_ceil(length);
    if (window_.size() != length) {
        window_.resize(length);
        for (std::size_t i = 0; i < length; ++i)
            window_[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) /
                                              static_cast<double>(length));
    }
    if (re_.size() != n) {
        for (std::vector<double>* buffer : {&re_, &im_, &spare_re_, &spare_im_}) buffer->resize(n);
        transforms_.clear();
        transforms_.emplace_back(n);
    }
    const auto n_frames =
        static_cast<std::size_t>(static_cast<double>(sound_.size() - length) / (kHop_s * rate)) + 1;
    energies_.assign(n_frames * kBands, 0);
    for (std::size_t frame = 0; frame < n_frames; frame += 2) transform(sound_, rate, frame, n_frames);

    std::vector<double> loudness(n_frames);
    for (std::size_t t = 0; t < n_frames; ++t)
        for (std::size_t band = 0; band < kBands; ++band) loudness[t] += energies_[t * kBands + band];
    const double floor = 1e-4 * *std::max_element(loudness.begin(), loudness.end());
    for (std::size_t t = kLag; t < n_frames; ++t) {
        const double* now = &energies_[t * kBands];
        const double* before = &energies_[(t - kLag) * kBands];
        std::uint16_t bits = 0;
        for (std::size_t band = 0; band + 1 < kBands; ++band)
            if (now[band] - now[band + 1] > before[band] - before[band + 1])
                bits = static_cast<std::uint16_t>(bits | 1U << band);
        print.bits.push_back(bits);
        print.active.push_back(floor > 0 && loudness[t] >= floor);
    }
    return print;
}

namespace {

struct Posting {
    std::uint32_t key, clip, frame;
};

// The bits of two frames 64 ms apart: 32 that an encoded copy still has in one frame out of a few.
std::vector<Posting> postings_of(std::span<const Fingerprint> fingerprints) {
    std::vector<Posting> postings;
    for (std::size_t clip = 0; clip < fingerprints.size(); ++clip) {
        const Fingerprint& print = fingerprints[clip];
        for (std::size_t t = 0; t + kLag < print.bits.size(); ++t)
            if (print.active[t] && print.active[t + kLag])
                postings.push_back({static_cast<std::uint32_t>(print.bits[t]) << 16U | print.bits[t + kLag],
                                    static_cast<std::uint32_t>(clip), static_cast<std::uint32_t>(t)});
    }
    std::sort(postings.begin(), postings.end(), [](const Posting& a, const Posting& b) {
        return std::tie(a.key, a.clip, a.frame) < std::tie(b.key, b.clip, b.frame);
    });
    return postings;
}

// The share of differing bits where the second begins `shift` frames after the first; nothing where too
// little of them overlaps.
std::optional<double> bit_error(const Fingerprint& a, const Fingerprint& b, std::ptrdiff_t shift) {
    const auto size = [](const Fingerprint& print) { return static_cast<std::ptrdiff_t>(print.bits.size()); };
    std::size_t n_frames = 0, n_wrong = 0;
    for (std::ptrdiff_t t = std::max<std::ptrdiff_t>(shift, 0); t < size(a) && t - shift < size(b); ++t) {
        const auto i = static_cast<std::size_t>(t), j = static_cast<std::size_t>(t - shift);
        if (!a.active[i] || !b.active[j]) continue;
        ++n_frames;
        n_wrong += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(a.bits[i] ^ b.bits[j])));
    }
    const auto n_active = [](const Fingerprint& print) {
        return static_cast<double>(std::count(print.active.begin(), print.active.end(), true));
    };
    constexpr double kOverlap = 0.6, kLeast_s = 0.5;
    if (static_cast<double>(n_frames) <
        std::max(kOverlap * std::min(n_active(a), n_active(b)), kLeast_s / kHop_s))
        return std::nullopt;
    return static_cast<double>(n_wrong) / static_cast<double>(n_frames * (kBands - 1));
}

}  // namespace

std::vector<Alike> find_alike(std::span<const Fingerprint> fingerprints, double max_bit_error) {
    // Pairs that share a few keys at one shift are looked at in full. Keys of many clips tell nothing.
    constexpr std::size_t kMaxClips = 64;
    constexpr int kVotes = 3;
    const std::vector<Posting> postings = postings_of(fingerprints);
    std::unordered_map<std::uint64_t, std::map<std::ptrdiff_t, int>> votes;
    for (std::size_t begin = 0; begin < postings.size();) {
        std::size_t end = begin;
        while (end < postings.size() && postings[end].key == postings[begin].key) ++end;
        if (end - begin <= kMaxClips)
            for (std::size_t i = begin; i < end; ++i)
                for (std::size_t j = i + 1; j < end; ++j)
                    if (postings[i].clip != postings[j].clip)
                        ++votes[static_cast<std::uint64_t>(postings[i].clip) << 32U | postings[j].clip]
                               [static_cast<std::ptrdiff_t>(postings[i].frame) -
                                static_cast<std::ptrdiff_t>(postings[j].frame)];
        begin = end;
    }
    std::vector<Alike> found;
    for (const auto& [pair, shifts] : votes) {
        const auto first = static_cast<std::size_t>(pair >> 32U),
                   second = static_cast<std::size_t>(pair & 0xFFFFFFFFU);
        std::optional<double> least;
        for (const auto& [shift, count] : shifts) {
            const auto next = shifts.find(shift + 1);  // a shift between two frames votes for both
            if (count + (next == shifts.end() ? 0 : next->second) < kVotes) continue;
            for (const std::ptrdiff_t near : {shift - 1, shift, shift + 1}) {
                const auto error = bit_error(fingerprints[first], fingerprints[second], near);
                if (error && (!least || *error < *least)) least = error;
            }
        }
        if (least && *least <= max_bit_error) found.push_back({first, second, *least});
    }
    std::sort(found.begin(), found.end(), [](const Alike& a, const Alike& b) {
        return std::tie(a.first, a.second) < std::tie(b.first, b.second);
    });
    return found;
}

}  // namespace undertone::corpus
