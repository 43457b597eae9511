#include "undertone/split.hpp"

#include <algorithm>
#include <numeric>

#include "support/support.hpp"

namespace undertone {
namespace {

TEST(Split, PartsShareNoSampleAndCoverAll) {
    for (const bool shuffle : {true, false}) {
        Split split = train_test_split(57, {.test_size = 0.3, .shuffle = shuffle}, 3U);
        EXPECT_EQ(split.test.size(), 18U);  // rounded up
        std::vector<std::size_t> all = split.train;
        all.insert(all.end(), split.test.begin(), split.test.end());
        std::sort(all.begin(), all.end());
        std::vector<std::size_t> expected(57);
        std::iota(expected.begin(), expected.end(), std::size_t{0});
        EXPECT_EQ(all, expected);
    }
}

TEST(Split, StratifiedPartsHaveEachClassInItsShare) {
    std::vector<int> classes;
    for (int i = 0; i < 120; ++i) classes.push_back(i < 60 ? 0 : i < 90 ? 1 : 2);
    const Split split = train_test_split(120, {.test_size = 0.2}, 7U, classes);
    const auto count = [&](const std::vector<std::size_t>& part, int label) {
        return std::count_if(part.begin(), part.end(), [&](std::size_t i) { return classes[i] == label; });
    };
    EXPECT_EQ(count(split.test, 0), 12);
    EXPECT_EQ(count(split.test, 1), 6);
    EXPECT_EQ(count(split.test, 2), 6);
    EXPECT_EQ(count(split.train, 0), 48);
}

TEST(Split, OneStreamGoesOnFromSplitToSplit) {
    RandomState random(5);
    const Split first = train_test_split(40, {}, random), second = train_test_split(40, {}, random);
    EXPECT_EQ(first.train, train_test_split(40, {}, 5U).train);
    EXPECT_NE(first.train, second.train);
}

TEST(Split, ImpossibleSizesAreRefused) {
    const auto refused = [](std::size_t n, const SplitOptions& options, const std::string& part) {
        EXPECT_ERROR(train_test_split(n, options, 0U), Errc::invalid_argument, part);
    };
    refused(10, {.test_size = 1.0}, "test_size = 1: must be a share above 0 and below 1");
    refused(10, {.test_size = 0.0}, "test_size = 0:");
    refused(10, {.test_size = -3}, "test_size = -3:");
    refused(10, {.test_size = 10}, "below the number of samples, 10");
    refused(10, {.train_size = 11}, "train_size = 11:");
    refused(10, {.test_size = 0.6, .train_size = 0.5}, "together more than the 10 samples");
    refused(10, {.test_size = 6, .train_size = 5}, "together more");
    refused(2, {.test_size = 0.9}, "no sample of 2 is left to train on");
    refused(0, {}, "no sample of 0");
}

TEST(Split, ImpossibleStrataAreRefused) {
    const std::vector<int> classes{0, 0, 1, 1, 2, 2, 2, 2};
    EXPECT_ERROR(train_test_split(8, {.test_size = 2}, 0U, classes), Errc::invalid_argument,
                 "each of 3 classes");
    EXPECT_ERROR(train_test_split(8, {.train_size = 2}, 0U, classes), Errc::invalid_argument,
                 "each of 3 classes");
    EXPECT_ERROR(train_test_split(8, {.shuffle = false}, 0U, classes), Errc::invalid_argument,
                 "shuffle = false");
    EXPECT_ERROR(train_test_split(9, {}, 0U, classes), Errc::shape_mismatch, "8 classes for 9 samples");
    const std::vector<int> lonely{0, 0, 0, 1};
    EXPECT_ERROR(train_test_split(4, {.test_size = 2}, 0U, lonely), Errc::invalid_argument,
                 "class 1 has 1 sample");
}

}  // namespace
}  // namespace undertone
