#include "undertone/zero_crossings.hpp"

#include <numeric>

#include "support/support.hpp"
#include "undertone/random.hpp"

namespace undertone::dsp {
namespace {

TEST(ZeroCrossings, MarksAreWhereTheSignChanges) {
    const std::vector<float> samples{1, -1, -0.5F, 0, 0.5F, 0, -1};
    EXPECT_EQ(zero_crossing_marks(samples), (std::vector<std::uint8_t>{1, 1, 0, 1, 0, 0, 1}));
    EXPECT_EQ(zero_crossing_marks(samples, {.pad = false, .zero_pos = false}),
              (std::vector<std::uint8_t>{0, 1, 0, 1, 1, 1, 1}));
    EXPECT_EQ(zero_crossing_marks(samples, {.threshold = 0.7}),
              (std::vector<std::uint8_t>{1, 1, 1, 0, 0, 0, 1}));
}

TEST(ZeroCrossings, TheCountIsTheSumOfTheMarks) {
    RandomState random(5);
    std::vector<float> samples(3000);
    for (float& value : samples) value = static_cast<float>(random.uniform(-1, 1));
    std::fill(samples.begin() + 100, samples.begin() + 200, 0.0F);
    for (const bool pad : {false, true})
        for (const bool zero_pos : {false, true})
            for (const double threshold : {1e-10, 0.3}) {
                const ZeroCrossingOptions options{.threshold = threshold, .pad = pad, .zero_pos = zero_pos};
                const auto marks = zero_crossing_marks(samples, options);
                EXPECT_EQ(std::accumulate(marks.begin(), marks.end(), std::size_t{0}),
                          zero_crossings(samples, options));
            }
}

TEST(ZeroCrossings, WhatCannotBeIsRefused) {
    EXPECT_ERROR(zero_crossing_marks({}), Errc::invalid_argument, "no samples");
    const std::vector<float> one{1};
    EXPECT_ERROR(zero_crossing_marks(one, {.threshold = -1}), Errc::invalid_argument, "threshold");
}

}  // namespace
}  // namespace undertone::dsp
