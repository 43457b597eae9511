#pragma once

#include <cstddef>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace undertone::nn {

/// Memory that begins with a cache line, so that no load of a whole line's width touches two. What is larger
/// than a large page asks for such: a batch's values else need more pages than the processor keeps addresses
/// of. Values that a vector is not given are left undefined: what fills a batch writes all of them anyway.
template <class T>
struct AlignedAllocator {
    using value_type = T;
    static constexpr std::size_t kLine = 64, kLargePage = std::size_t{1} << 21U;

    AlignedAllocator() = default;
    template <class U>
    AlignedAllocator(const AlignedAllocator<U>&) noexcept {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] T* allocate(std::size_t n) {
        void* const block = ::operator new(n * sizeof(T), alignment(n));
#if defined(__linux__)
        // Advice: nothing is lost where it is not taken.
        if (alignment(n) == std::align_val_t{kLargePage})
            static_cast<void>(madvise(block, n * sizeof(T), MADV_HUGEPAGE));
#endif
        return static_cast<T*>(block);
    }
    void deallocate(T* block, std::size_t n) noexcept { ::operator delete(block, alignment(n)); }
    template <class U>
    void construct(U* value) noexcept {
        ::new (static_cast<void*>(value)) U;
    }
    bool operator==(const AlignedAllocator&) const noexcept = default;

private:
    static std::align_val_t alignment(std::size_t n) noexcept {
        return std::align_val_t{n * sizeof(T) < kLargePage ? kLine : kLargePage};
    }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace undertone::nn
