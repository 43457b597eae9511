#include "eval/units.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "core/parallel.hpp"
#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

/// Not parallel_in_order(): its caller sleeps until a result is there, and a fold may take minutes.
class Units {
public:
    using Work = std::function<FoldResult(std::size_t, const OnProgress&)>;

    Units(std::size_t count, const Work& work)
        : work_(work), results_(count), errors_(count), first_failed_(count) {}

    void run() {
        for (;;) {
            const std::size_t index = next_++;
            if (index >= results_.size() || stopped(index)) return;
            try {
                results_[index] = work_(index, [&](const Progress&) { return !stopped(index); });
            } catch (...) {
                errors_[index] = std::current_exception();
                std::size_t first = first_failed_;
                while (index < first && !first_failed_.compare_exchange_weak(first, index)) {
                }
            }
            const std::lock_guard lock(mutex_);
            if (!errors_[index]) ++n_done_;
            changed_.notify_one();
        }
    }

    void leave() {
        const std::lock_guard lock(mutex_);
        ++n_left_;
        changed_.notify_one();
    }

    /// Waits until all threads have left. @return  false when on_progress said stop
    bool wait(std::size_t n_threads, const OnProgress& on_progress) {
        std::unique_lock lock(mutex_);
        while (n_left_ < n_threads) {
            changed_.wait_for(lock, std::chrono::milliseconds(100));
            const Progress progress{n_done_, results_.size(), 0};
            lock.unlock();
            if (on_progress && !stop_ && !on_progress(progress)) stop_ = true;
            lock.lock();
        }
        return !stop_;
    }

    void stop() { stop_ = true; }

    std::vector<FoldResult> take() {
        // A unit after the first that failed was stopped by it: what that one threw is no reason.
        for (const std::exception_ptr& error : errors_)
            if (error) std::rethrow_exception(error);
        return std::move(results_);
    }

    [[nodiscard]] std::size_t n_done() const { return n_done_; }

private:
    [[nodiscard]] bool stopped(std::size_t index) const { return stop_ || index > first_failed_; }

    const Work& work_;
    std::vector<FoldResult> results_;
    std::vector<std::exception_ptr> errors_;
    std::atomic<std::size_t> next_{0}, first_failed_;
    std::atomic<bool> stop_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t n_done_ = 0, n_left_ = 0;
};

}  // namespace

std::string difference(const FoldResult& result, const UnitPlace& place) {
    if (result.fold != place.fold || result.seed != place.seed)
        return "is of fold " + std::to_string(result.fold + 1) + " and seed " + std::to_string(result.seed) +
               ", not of fold " + std::to_string(place.fold + 1) + " and seed " + std::to_string(place.seed);
    if (result.clips != place.clips) return "is of other clips than those that its fold tests";
    if (result.proba.rows() != place.clips.size() || result.proba.cols() != place.n_labels)
        return "has probabilities of " + std::to_string(result.proba.cols()) + " labels, not of " +
               std::to_string(place.n_labels);
    if (result.importance.size() != place.n_importance)
        return "has the importance of " + std::to_string(result.importance.size()) + " groups, not of " +
               std::to_string(place.n_importance);
    return "";
}

std::size_t threads_a_unit(std::size_t n_threads, std::size_t n_units) {
    return std::max<std::size_t>(1, thread_count(n_threads) / std::max<std::size_t>(1, n_units));
}

std::vector<FoldResult> run_units(std::size_t count, std::size_t n_threads, const Units::Work& work,
                                  const OnProgress& on_progress) {
    n_threads = std::min(thread_count(n_threads), count);
    Units units(count, work);
    bool whole = true;
    {
        std::vector<std::jthread> threads;
        try {
            for (std::size_t i = 0; i < n_threads; ++i)
                threads.emplace_back([&units] {
                    units.run();
                    units.leave();
                });
            whole = units.wait(n_threads, on_progress);
        } catch (...) {  // on_progress threw, or a thread could not be made
            units.stop();
            throw;
        }
    }
    if (!whole)
        throw Error(Errc::cancelled, "stopped after " + std::to_string(units.n_done()) + " of " +
                                         std::to_string(count) + " folds");
    return units.take();
}

}  // namespace undertone::eval
