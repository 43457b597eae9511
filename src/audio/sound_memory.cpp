#include "audio/sound_memory.hpp"

#include <algorithm>
#include <utility>

#include "undertone/error.hpp"

namespace undertone::audio {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;

std::uint64_t megabytes(std::uint64_t bytes) {  // rounded up, so that the flag with this number is enough
    return bytes / kMegabyte + (bytes % kMegabyte != 0 ? 1 : 0);
}

// The flags that allow so much.
std::string allowing(std::uint64_t bytes, const SoundLimits& limits) {
    const std::string number = " " + std::to_string(megabytes(bytes));
    const bool clip = bytes > limits.clip_bytes, total = bytes > limits.total_bytes;
    return (clip ? "--clip-memory" + number : "") + (clip && total ? " " : "") +
           (total ? "--memory" + number : "") + (clip && total ? " allow" : " allows");
}

[[noreturn]] void refuse(std::uint64_t bytes, bool at_least, const SoundLimits& limits,
                         const std::string& origin) {
    const std::uint64_t most = std::min(limits.clip_bytes, limits.total_bytes);
    if (at_least)
        throw Error(Errc::io,
                    origin + ": its sound needs more than the limit of " + std::to_string(most / kMegabyte) +
                        " MB of memory: " + allowing(bytes > UINT64_MAX / 2 ? bytes : 2 * bytes, limits) +
                        " twice as much");
    throw Error(Errc::io, origin + ": its sound needs " + std::to_string(megabytes(bytes)) +
                              " MB of memory, the limit is " + std::to_string(most / kMegabyte) +
                              " MB: " + allowing(bytes, limits) + " it");
}

}  // namespace

void SharedSoundMemory::hand_on(std::size_t next) {
    const std::lock_guard lock(mutex_);
    next_ = next;
    changed_.notify_all();
}

void SharedSoundMemory::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
}

// Room is kept for the next one to grow to what one may take; the others share what is beside it.
bool SharedSoundMemory::fits(std::size_t index, std::uint64_t bytes) const {
    if (index == next_) return true;
    std::uint64_t others = 0;
    for (const auto& [other, held] : held_)
        if (other != next_ && other != index) others += held;
    const std::uint64_t shared = limits_.total_bytes - std::min(limits_.total_bytes, limits_.clip_bytes);
    return others <= shared && bytes <= shared - others;
}

void SharedSoundMemory::set(std::size_t index, std::uint64_t bytes) {
    std::unique_lock lock(mutex_);
    std::uint64_t& held = held_[index];
    if (bytes > held) changed_.wait(lock, [&] { return stopped_ || fits(index, bytes); });
    if (bytes > held && stopped_) throw Error(Errc::cancelled, "stopped");
    if (bytes < held) changed_.notify_all();
    held = bytes;
    if (bytes == 0) held_.erase(index);
}

SoundMemory::SoundMemory(SoundMemory&& other) noexcept
    : limits_(other.limits_),
      shared_(std::exchange(other.shared_, nullptr)),
      index_(other.index_),
      bytes_(std::exchange(other.bytes_, 0)),
      peak_(other.peak_) {}

std::uint64_t SoundMemory::most() const noexcept {
    return std::min(limits_->clip_bytes, limits_->total_bytes);
}

void SoundMemory::need(std::uint64_t bytes, const std::string& origin, bool at_least) {
    if (bytes <= bytes_) return;
    if (bytes > most()) refuse(bytes, at_least, *limits_, origin);
    if (shared_ != nullptr) shared_->set(index_, bytes);
    bytes_ = bytes;
    peak_ = std::max(peak_, bytes);
}

void SoundMemory::keep(std::uint64_t bytes) noexcept {
    if (bytes >= bytes_) return;
    if (shared_ != nullptr) shared_->set(index_, bytes);
    bytes_ = bytes;
}

}  // namespace undertone::audio
