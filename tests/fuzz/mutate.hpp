#pragma once

#include <array>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "core/split_mix.hpp"
#include "fuzz.hpp"

/// libFuzzer's own changes of bytes; replay.cpp has a plain one of its own.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

/// What a target defines that knows the structure of its inputs: changed bytes in place of the old ones.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed);

namespace undertone::fuzz {

/// Chance that is the same again for the same seed.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}
    std::size_t below(std::size_t n) { return n == 0 ? 0 : random_.next() % n; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <class List>
    auto& of(List& list) {
        return list[below(std::size(list))];
    }

private:
    SplitMix64 random_;
};

/// Numbers at which readers go wrong.
inline constexpr std::array<std::uint64_t, 24> kOddNumbers{0,
                                                           1,
                                                           2,
                                                           3,
                                                           7,
                                                           8,
                                                           63,
                                                           64,
                                                           127,
                                                           128,
                                                           255,
                                                           256,
                                                           1000,
                                                           32767,
                                                           65535,
                                                           65536,
                                                           1U << 20,
                                                           1U << 24,
                                                           0x7fffffff,
                                                           0x80000000,
                                                           0xffffffff,
                                                           1ULL << 40,
                                                           0x7fffffffffffffff,
                                                           0xffffffffffffffff};

/// A text with some of its bytes changed, put in or left out.
inline std::string plain(const std::string& text, std::size_t room = 32) {
    std::string bytes = text;
    bytes.resize(text.size() + room);
    bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), text.size(), bytes.size()));
    return bytes;
}

/// The same without a change of length.
inline void plain_in_place(std::string& bytes, std::size_t begin, std::size_t length) {
    std::string part = plain(bytes.substr(begin, length), 1);
    part.resize(length);
    bytes.replace(begin, length, part);
}

/// A number as so many bytes, the lowest first.
inline std::string little(std::uint64_t value, unsigned n_bytes) {
    std::string bytes;
    for (unsigned i = 0; i < n_bytes; ++i) bytes += static_cast<char>(value >> 8 * i & 0xff);
    return bytes;
}

/// The body of LLVMFuzzerCustomMutator: `change(text, dice)` gives the changed text. Plain changes come as
/// well, for they reach what is read of the structure itself; and they alone where the text has none.
template <class Change>
std::size_t mutate(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed,
                   Change&& change) {
    Dice dice(seed);
    if (size == 0 || dice.one_in(6)) return LLVMFuzzerMutate(data, size, max_size);
    std::string text;
    try {
        text = change(std::string(as_text(data, size)), dice);
    } catch (const std::exception&) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    if (text.empty() || text.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
    std::memcpy(data, text.data(), text.size());
    return text.size();
}

}  // namespace undertone::fuzz
