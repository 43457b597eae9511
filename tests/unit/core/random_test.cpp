#include "undertone/random.hpp"

#include <limits>

#include "support/support.hpp"

namespace undertone {
namespace {

TEST(RandomState, KnownFirstWords) {  // 5489 is the seed of the reference implementation's own test
    RandomState random(5489);
    EXPECT_EQ(random.next_uint32(), 3499211612U);
    for (int i = 1; i < 9999; ++i) (void)random.next_uint32();
    EXPECT_EQ(random.next_uint32(),
              4123659995U);  // the 10000th, as the C++ standard requires of std::mt19937
}

TEST(RandomState, IntervalsHoldBothEndsAndDrawNothingForOneValue) {
    RandomState random(1), other(1);
    EXPECT_EQ(random.interval(0), 0U);
    EXPECT_EQ(random.next_uint32(), other.next_uint32());
    std::vector<int> seen(6);
    for (int i = 0; i < 500; ++i) ++seen.at(random.interval(5));
    for (const int count : seen) EXPECT_GT(count, 40);
    (void)random.interval(std::numeric_limits<std::uint64_t>::max());
}

TEST(RandomState, GoesOnWhereAnotherStands) {
    RandomState random(3);
    for (int i = 0; i < 700; ++i) (void)random.next_uint32();  // into the second block of words
    RandomState other(random.state());
    EXPECT_EQ(other.state().pos, 700U - 624U);
    for (int i = 0; i < 1300; ++i) ASSERT_EQ(random.next_uint32(), other.next_uint32());
    RandomState::State state = random.state();
    state.pos = 625;
    EXPECT_ERROR(RandomState{state}, Errc::invalid_argument, "pos = 625: must be at most 624");
}

TEST(RandomState, ImpossibleDrawsAreRefused) {
    RandomState random(1);
    EXPECT_ERROR(random.randint(3, 3), Errc::invalid_argument, "low = 3 must be below high = 3");
    EXPECT_ERROR(random.choice(3, 4), Errc::invalid_argument, "size = 4 must be at most 3");
    EXPECT_TRUE(random.permutation(0).empty());
}

}  // namespace
}  // namespace undertone
