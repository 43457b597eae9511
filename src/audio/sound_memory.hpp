#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "undertone/audio.hpp"

namespace undertone::audio {

/// The memory that several threads share which read recordings at the same time, where results are handed on
/// in order.
///
/// The recording that is next to be handed on is never kept waiting, so that no two can wait for each other;
/// the others wait until there is room beside it. So all together hold SoundLimits::total_bytes at most.
class SharedSoundMemory {
public:
    explicit SharedSoundMemory(const SoundLimits& limits) : limits_(limits) {}

    [[nodiscard]] const SoundLimits& limits() const noexcept { return limits_; }

    /// `next` is next to be handed on; those before it are done with.
    void hand_on(std::size_t next);

    /// Whoever waits, or would wait, is told that the work was stopped.
    void stop();

private:
    friend class SoundMemory;
    void set(std::size_t index, std::uint64_t bytes);
    [[nodiscard]] bool fits(std::size_t index, std::uint64_t bytes) const;

    const SoundLimits limits_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::size_t, std::uint64_t> held_;
    std::size_t next_ = 0;
    bool stopped_ = false;
};

/// What one recording takes of it. It is given back by the destructor.
class SoundMemory {
public:
    /// Of a recording that is read alone.
    explicit SoundMemory(const SoundLimits& limits) : limits_(&limits) {}
    SoundMemory(SharedSoundMemory& shared, std::size_t index)
        : limits_(&shared.limits()), shared_(&shared), index_(index) {}
    ~SoundMemory() { keep(0); }
    SoundMemory(SoundMemory&& other) noexcept;
    SoundMemory& operator=(SoundMemory&&) = delete;

    /// The greatest number that need() takes.
    [[nodiscard]] std::uint64_t most() const noexcept;

    /// The most that was held.
    [[nodiscard]] std::uint64_t peak() const noexcept { return peak_; }

    /// Raises what is held to `bytes`, where that is more. To be called before anything is allocated.
    /// @param at_least  whether more will be needed, since the end was not seen
    /// @throws Error io         more than the limits allow, with the flags that would
    /// @throws Error cancelled  the work was stopped meanwhile
    void need(std::uint64_t bytes, const std::string& origin, bool at_least = false);

    /// Lowers what is held to `bytes`.
    void keep(std::uint64_t bytes) noexcept;

private:
    const SoundLimits* limits_;
    SharedSoundMemory* shared_ = nullptr;
    std::size_t index_ = 0;
    std::uint64_t bytes_ = 0, peak_ = 0;
};

}  // namespace undertone::audio
