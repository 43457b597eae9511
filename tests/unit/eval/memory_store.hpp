#pragma once

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "undertone/evaluation.hpp"

namespace undertone::eval {

/// Keeps units in memory, and counts what was asked for in vain and what was refused.
class MemoryStore final : public UnitStore {
public:
    [[nodiscard]] std::optional<FoldResult> find(const std::string& key) const override {
        const std::lock_guard lock(mutex_);
        const auto found = units_.find(key);
        if (found != units_.end()) return found->second;
        ++n_missing;
        return std::nullopt;
    }
    void keep(const std::string& key, const FoldResult& result) override {
        const std::lock_guard lock(mutex_);
        EXPECT_TRUE(units_.emplace(key, result).second) << key << " is kept twice";
    }
    void refuse(const std::string& key, const std::string& reason) override {
        const std::lock_guard lock(mutex_);
        EXPECT_NE(reason, "");
        units_.erase(key);
        ++n_refused;
    }
    void forget_every_third() {
        std::size_t i = 0;
        std::erase_if(units_, [&](const auto&) { return i++ % 3 == 0; });
    }
    template <class Change>
    void change_each(Change change) {
        for (auto& unit : units_) change(unit.second);
    }
    [[nodiscard]] std::size_t size() const { return units_.size(); }
    mutable std::size_t n_missing = 0;
    std::size_t n_refused = 0;

private:
    mutable std::mutex mutex_;
    std::map<std::string, FoldResult> units_;
};

}  // namespace undertone::eval
