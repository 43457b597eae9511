#pragma once

#include <cstddef>
#include <utility>

#include "audio/sound_memory.hpp"
#include "core/parallel.hpp"

namespace undertone::audio {

/// parallel_in_order() of recordings, whose memory all threads share. What a recording takes is given back
/// when its result was consumed.
/// @param work     `(std::size_t index, std::size_t thread, SoundMemory&) -> Result`, called concurrently
/// @param consume  `(std::size_t index, Result&&)`
template <class Work, class Consume>
void read_in_order(std::size_t count, std::size_t n_threads, const SoundLimits& limits, Work work,
                   Consume consume) {
    using Result = std::invoke_result_t<Work, std::size_t, std::size_t, SoundMemory&>;
    struct Read {
        SoundMemory memory;
        Result result;
    };
    SharedSoundMemory shared(limits);
    parallel_in_order(
        count, n_threads,
        [&](std::size_t index, std::size_t thread) {
            SoundMemory memory(shared, index);
            Result result = work(index, thread, memory);
            return Read{std::move(memory), std::move(result)};
        },
        [&](std::size_t index, Read&& read) {
            {
                Read taken = std::move(read);
                consume(index, std::move(taken.result));
            }
            shared.hand_on(index + 1);
        },
        [&] { shared.stop(); });
}

}  // namespace undertone::audio
