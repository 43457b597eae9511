#include "undertone/random.hpp"

#include <bit>
#include <numeric>
#include <random>
#include <string>

#include "undertone/error.hpp"

namespace undertone {
namespace {

constexpr std::size_t kWords = 624, kOffset = 397;  // n and m of mt19937
constexpr std::uint32_t kTwist = 0x9908b0dfU;
constexpr std::uint32_t kUpper = 0x80000000U, kLower = 0x7fffffffU;

}  // namespace

RandomState::RandomState(std::uint32_t seed) : next_(kWords) {
    words_[0] = seed;
    for (std::size_t i = 1; i < kWords; ++i) {
        const std::uint32_t last = words_[i - 1];
        words_[i] = 1812433253U * (last ^ (last >> 30)) + static_cast<std::uint32_t>(i);
    }
}

RandomState::RandomState(const State& state) : words_(state.key), next_(state.pos) {
    if (next_ > kWords)
        throw Error(Errc::invalid_argument,
                    "pos = " + std::to_string(next_) + ": must be at most " + std::to_string(kWords));
}

std::uint32_t RandomState::fresh_seed() { return std::random_device{}(); }

void RandomState::refill() {
    for (std::size_t i = 0; i < kWords; ++i) {
        const std::uint32_t bits = (words_[i] & kUpper) | (words_[(i + 1) % kWords] & kLower);
        words_[i] = words_[(i + kOffset) % kWords] ^ (bits >> 1) ^ ((bits & 1U) != 0 ? kTwist : 0U);
    }
    next_ = 0;
}

std::uint32_t RandomState::next_uint32() {
    if (next_ == kWords) refill();
    std::uint32_t bits = words_[next_++];
    bits ^= bits >> 11;
    bits ^= (bits << 7) & 0x9d2c5680U;
    bits ^= (bits << 15) & 0xefc60000U;
    return bits ^ (bits >> 18);
}

double RandomState::random_sample() {
    const std::uint32_t high = next_uint32() >> 5, low = next_uint32() >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;  // exact: 27 and 26 bits of 2^53
}

double RandomState::uniform(double low, double high) {
    // Through memory, so that no compiler fuses it with the sum, which would round once where NumPy rounds
    // twice.
    const volatile double above = (high - low) * random_sample();
    return low + above;
}

std::uint64_t RandomState::interval(std::uint64_t max) {
    if (max == 0) return 0;
    const std::uint64_t mask = ~std::uint64_t{0} >> std::countl_zero(max);
    for (;;) {
        std::uint64_t bits = next_uint32();
        if (max > 0xffffffffU) bits = (bits << 32) | next_uint32();
        if ((bits & mask) <= max) return bits & mask;
    }
}

std::int64_t RandomState::randint(std::int64_t low, std::int64_t high) {
    if (low >= high)
        throw Error(Errc::invalid_argument, "randint: low = " + std::to_string(low) +
                                                " must be below high = " + std::to_string(high));
    const std::uint64_t start = static_cast<std::uint64_t>(low);  // sums wrap, so that no range is too wide
    return static_cast<std::int64_t>(start + interval(static_cast<std::uint64_t>(high) - start - 1));
}

std::vector<std::size_t> RandomState::permutation(std::size_t n) {
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    shuffle(std::span(order));
    return order;
}

std::vector<std::size_t> RandomState::choice(std::size_t n, std::size_t size) {
    if (size > n)
        throw Error(Errc::invalid_argument,
                    "choice: size = " + std::to_string(size) + " must be at most " + std::to_string(n));
    std::vector<std::size_t> chosen = permutation(n);
    chosen.resize(size);
    return chosen;
}

}  // namespace undertone
