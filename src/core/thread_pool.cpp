#include "core/thread_pool.hpp"

#include <utility>

#include "core/parallel.hpp"

namespace undertone {

ThreadPool::ThreadPool(std::size_t n_threads) {
    try {
        for (std::size_t i = 1; i < thread_count(n_threads); ++i) threads_.emplace_back([this] { serve(); });
    } catch (...) {  // there is no memory for a further one: those that are there must end first
        end_threads();
        throw;
    }
}

ThreadPool::~ThreadPool() { end_threads(); }

void ThreadPool::end_threads() noexcept {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    begin_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::for_each(std::size_t count, const std::function<void(std::size_t)>& body) {
    if (threads_.empty() || count < 2) {
        for (std::size_t i = 0; i < count; ++i) body(i);
        return;
    }
    std::unique_lock lock(mutex_);
    body_ = &body;
    count_ = count;
    next_ = 0;
    error_ = nullptr;
    ++round_;
    begin_.notify_all();
    work(lock);
    end_.wait(lock, [&] { return running_ == 0; });
    body_ = nullptr;
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void ThreadPool::serve() {
    std::unique_lock lock(mutex_);
    for (std::uint64_t seen = 0;;) {
        begin_.wait(lock, [&] { return stop_ || (round_ != seen && body_ != nullptr); });
        if (stop_) return;
        seen = round_;
        work(lock);
    }
}

void ThreadPool::work(std::unique_lock<std::mutex>& lock) {
    ++running_;
    while (next_ < count_) {
        const std::size_t index = next_++;
        lock.unlock();
        std::exception_ptr error;
        try {
            (*body_)(index);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        if (error && (!error_ || index < failed_index_)) {
            error_ = error;
            failed_index_ = index;
        }
    }
    if (--running_ == 0) end_.notify_all();
}

}  // namespace undertone
