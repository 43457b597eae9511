#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "undertone/error.hpp"

/// What libFuzzer calls with bytes that it made up. It must come back: a crash, a hang or an exception is a
/// find.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace undertone::fuzz {

/// Stops the process with a find.
inline void require(bool fact) {
    if (!fact) std::abort();
}

/// Parses, where a refusal is as good as a result: but only as Error, and in one line that is plain text.
template <class Act>
void parse_or_refuse(Act&& act) {
    try {
        act();
    } catch (const Error& error) {
        const std::string_view message = error.what();
        require(!message.empty());
        for (const char c : message)
            if (static_cast<unsigned char>(c) < ' ' && c != '\t') {
                std::fprintf(stderr, "a message that is no plain text: %s\n", error.what());
                std::abort();
            }
    }
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

}  // namespace undertone::fuzz
