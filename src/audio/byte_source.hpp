#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace undertone::audio {

/// Bytes that can be read at any place: those of an open file, or memory. Owns neither.
class ByteSource {
public:
    /// @param descriptor  an open regular file of `size` bytes
    ByteSource(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}
    explicit ByteSource(std::span<const std::byte> bytes) : memory_(bytes), size_(bytes.size()) {}

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// How much of them is in memory.
    [[nodiscard]] std::uint64_t held_bytes() const noexcept { return memory_.size(); }

    /// Shows these bytes in the place of those at `offset`, from now on.
    void overlay(std::uint64_t offset, std::string bytes) {
        overlay_offset_ = offset;
        overlay_ = std::move(bytes);
    }

    /// Copies up to `count` bytes that begin at `offset`.
    /// @return  how many there were: fewer at the end, or after a failure (then failure() is set)
    std::size_t read_at(std::uint64_t offset, char* target, std::size_t count) noexcept;

    /// The errno of the last read that failed, or 0.
    [[nodiscard]] int failure() const noexcept { return failure_; }

private:
    std::size_t copy(std::uint64_t offset, char* target, std::size_t count) noexcept;

    int descriptor_ = -1;  // -1: memory
    std::span<const std::byte> memory_;
    std::uint64_t size_;
    std::uint64_t overlay_offset_ = 0;
    std::string overlay_;
    int failure_ = 0;
};

}  // namespace undertone::audio
