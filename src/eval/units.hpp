#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "undertone/evaluation.hpp"

namespace undertone::eval {

/// Runs units of work side by side on several threads.
///
/// @param work         `(index, on_progress)`, called concurrently; it must ask on_progress often, which says
///                     stop when the caller did or when a unit before this one failed
/// @param on_progress  called on this thread at least ten times a second
/// @throws what the first unit (by index) threw; Error cancelled
[[nodiscard]] std::vector<FoldResult> run_units(
    std::size_t count, std::size_t n_threads,
    const std::function<FoldResult(std::size_t index, const OnProgress&)>& work,
    const OnProgress& on_progress);

/// Threads for each unit, so that few units use all cores too.
/// @param n_threads  for all of them together; 0: one a core
[[nodiscard]] std::size_t threads_a_unit(std::size_t n_threads, std::size_t n_units);

/// What a unit is of.
struct UnitPlace {
    std::size_t fold = 0;
    std::uint32_t seed = 0;
    const std::vector<std::size_t>& clips;  ///< that are tested
    std::size_t n_labels = 0;
    std::size_t n_importance = 0;  ///< groups of features whose importance was asked for
};

/// Why a result is not of this unit; empty where it is.
[[nodiscard]] std::string difference(const FoldResult& result, const UnitPlace& place);

/// A unit that the store has, else one that is worked out and kept.
/// @param store  may be null
template <class Work>
FoldResult stored(UnitStore* store, const std::string& key, const UnitPlace& place, Work work) {
    if (store != nullptr)
        if (auto result = store->find(key)) {
            const std::string reason = difference(*result, place);
            if (reason.empty()) return std::move(*result);
            store->refuse(key, reason);
        }
    FoldResult result = work();
    if (store != nullptr) store->keep(key, result);
    return result;
}

}  // namespace undertone::eval
