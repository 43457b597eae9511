#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

#include "dsp/lanes.hpp"

namespace undertone {

/// Calls `work(values, others)` for kLanes values of each run at a time, which it may change. What is left at
/// the end is worked on in a copy, by the same code, so that the bits of a value do not hang on its place.
/// @param others  as many as `values`
template <class Work>
void in_lanes(std::span<float> values, std::span<float> others, Work work) {
    float value_tail[dsp::kLanes] = {}, other_tail[dsp::kLanes] = {};
    for (std::size_t i = 0; i < values.size(); i += dsp::kLanes) {
        float *at = values.data() + i, *other_at = others.data() + i;
        const std::size_t left = values.size() - i;
        const bool whole = left >= dsp::kLanes;
        if (!whole) {
            std::copy_n(at, left, value_tail);
            std::copy_n(other_at, left, other_tail);
            at = value_tail;
            other_at = other_tail;
        }
        dsp::Lanes value, other;
        std::memcpy(&value, at, sizeof value);
        std::memcpy(&other, other_at, sizeof other);
        work(value, other);
        std::memcpy(at, &value, sizeof value);
        std::memcpy(other_at, &other, sizeof other);
        if (!whole) {
            std::copy_n(value_tail, left, values.data() + i);
            std::copy_n(other_tail, left, others.data() + i);
        }
    }
}

}  // namespace undertone
