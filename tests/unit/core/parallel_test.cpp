#include "core/parallel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <new>
#include <thread>

namespace undertone {
namespace {

TEST(ParallelInOrder, AThreadWhoseWorkFailedIsGivenNoMore) {
    std::array<std::atomic<bool>, 2> failed{};
    std::atomic<bool> called_again{false};
    const auto work = [&](std::size_t index, std::size_t thread) {
        if (failed[thread]) called_again = true;
        if (index == 1) {
            failed[thread] = true;
            throw std::bad_alloc();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return index;
    };
    EXPECT_THROW(parallel_in_order(100, 2, work, [](std::size_t, std::size_t&&) {}), std::bad_alloc);
    EXPECT_FALSE(called_again);
}

}  // namespace
}  // namespace undertone
