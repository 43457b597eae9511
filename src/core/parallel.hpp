#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace undertone {

/// The number of threads to use when the caller asks for `wanted`; 0 asks for one a core.
[[nodiscard]] inline std::size_t thread_count(std::size_t wanted) {
    return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

/// Computes `work(i, thread)` for i = 0 ... count - 1 on several threads and hands the results to
/// `consume(i, result)` in the order of i, one at a time, on the calling thread.
///
/// At most a few results a thread wait to be consumed, so memory does not grow with `count`.
/// @param work     `(std::size_t index, std::size_t thread) -> Result`, called concurrently
/// @param consume  `(std::size_t index, Result&&)`
/// @param on_stop  called when the remaining work is dropped: it tells those that wait within `work`
/// @throws whatever `work` or `consume` throws first (by index); the remaining work is dropped
template <class Work, class Consume>
void parallel_in_order(std::size_t count, std::size_t n_threads, Work work, Consume consume,
                       const std::function<void()>& on_stop = {}) {
    using Result = std::invoke_result_t<Work, std::size_t, std::size_t>;
    struct Slot {
        std::optional<Result> value;  // none when `error` is set
        std::exception_ptr error;
        bool done = false;
    };
    n_threads = std::min(thread_count(n_threads), std::max<std::size_t>(count, 1));
    if (n_threads == 1) {
        // On the calling thread, which is also the one whose reads a signal interrupts.
        for (std::size_t i = 0; i < count; ++i) consume(i, work(i, std::size_t{0}));
        return;
    }
    // The results that wait, that of i at i % window. Made here, for a thread that has a result to put down
    // must not fail for want of memory: nobody could catch that.
    const std::size_t window = 4 * n_threads;
    std::vector<Slot> slots(window);
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t next_work = 0, next_result = 0;
    bool stop = false;

    const auto run = [&](std::size_t thread) {
        for (;;) {
            std::size_t index = 0;
            {
                std::unique_lock lock(mutex);
                changed.wait(lock,
                             [&] { return stop || next_work >= count || next_work < next_result + window; });
                if (stop || next_work >= count) return;
                index = next_work++;
            }
            Slot& slot = slots[index % window];  // of nobody else until it is done
            try {
                slot.value.emplace(work(index, thread));
            } catch (...) {
                slot.error = std::current_exception();
            }
            const std::lock_guard lock(mutex);
            slot.done = true;
            // Nothing further is wanted, and what the work keeps for its thread may be half made.
            if (slot.error) next_work = count;
            changed.notify_all();
        }
    };

    std::vector<std::jthread> threads;
    const auto stop_all = [&] {
        if (on_stop) on_stop();
        const std::lock_guard lock(mutex);
        stop = true;
        changed.notify_all();
    };
    try {
        for (std::size_t i = 0; i < n_threads; ++i) threads.emplace_back(run, i);
        while (next_result < count) {
            Slot& slot = slots[next_result % window];
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, [&] { return slot.done; });
            }
            if (slot.error) std::rethrow_exception(slot.error);
            consume(next_result, std::move(*slot.value));
            slot.value.reset();
            slot.done = false;
            const std::lock_guard lock(mutex);
            ++next_result;
            changed.notify_all();
        }
    } catch (...) {
        stop_all();
        throw;
    }
}

}  // namespace undertone
