#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace undertone {

/// Threads that share one loop after another, for work whose loops are too short to start threads for.
///
/// The caller's thread works as well, so a pool of one starts none. Which thread does what is left open: a
/// result may only depend on the index.
class ThreadPool {
public:
    /// @param n_threads   0: one a core
    explicit ThreadPool(std::size_t n_threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return threads_.size() + 1; }

    /// Calls `body(i)` for i = 0 ... count - 1 and comes back when all are done.
    /// @throws what the body of the lowest index threw, of those that did; the others were still called
    void for_each(std::size_t count, const std::function<void(std::size_t index)>& body);

private:
    void serve();
    void end_threads() noexcept;
    void work(std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;
    std::condition_variable begin_, end_;
    const std::function<void(std::size_t)>* body_ = nullptr;
    std::size_t count_ = 0, next_ = 0, running_ = 0, failed_index_ = 0;
    std::uint64_t round_ = 0;
    bool stop_ = false;
    std::exception_ptr error_;
    std::vector<std::thread> threads_;
};

}  // namespace undertone
