#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace undertone {

/// NumPy's `RandomState`: the same seed gives the same numbers, draw by draw, so that a `random_state` means
/// here what it means in scikit-learn. Not safe to share between threads.
///
/// Matches: numpy 2.4.6 `random.RandomState`, bit for bit, for what is declared here.
/// Source: Matsumoto and Nishimura, "Mersenne twister", ACM TOMACS 8 (1998), mt19937 with init_genrand.
class RandomState {
public:
    explicit RandomState(std::uint32_t seed);

    /// Where a stream stands, as `get_state()` tells it.
    struct State {
        std::array<std::uint32_t, 624> key{};
        std::size_t pos = 0;  ///< words of key that are used up, at most 624
    };
    /// Goes on where another stream stands.
    /// @throws Error invalid_argument  pos above 624
    explicit RandomState(const State& state);
    [[nodiscard]] State state() const { return {words_, next_}; }

    /// A seed from the system's entropy, for whoever asked for none; keep it to be able to repeat the run.
    /// It is the one thing here that differs from run to run.
    [[nodiscard]] static std::uint32_t fresh_seed();

    /// The next 32 bits of the generator, which all other draws are made of.
    [[nodiscard]] std::uint32_t next_uint32();

    /// @return   a number of 53 random bits in [0, 1)
    [[nodiscard]] double random_sample();

    /// @return   low + (high - low) * random_sample()
    [[nodiscard]] double uniform(double low, double high);

    /// @return   a whole number in [0, max], each as likely; draws nothing when max is 0
    [[nodiscard]] std::uint64_t interval(std::uint64_t max);

    /// @return   a whole number in [low, high)
    /// @throws Error invalid_argument  low >= high
    [[nodiscard]] std::int64_t randint(std::int64_t low, std::int64_t high);

    /// Puts the values in a random order.
    template <class T>
    void shuffle(std::span<T> values) {
        for (std::size_t i = values.size(); i-- > 1;) std::swap(values[i], values[interval(i)]);
    }

    /// @return   0 ... n - 1 in a random order
    [[nodiscard]] std::vector<std::size_t> permutation(std::size_t n);

    /// `choice(n, size, replace=False)`.
    /// @return   `[size]` different numbers of 0 ... n - 1
    /// @throws Error invalid_argument  size > n
    [[nodiscard]] std::vector<std::size_t> choice(std::size_t n, std::size_t size);

private:
    void refill();

    std::array<std::uint32_t, 624> words_{};
    std::size_t next_ = 0;
};

}  // namespace undertone
