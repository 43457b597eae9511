#include "core/half.hpp"

#include <cmath>
#include <limits>

#include "support/support.hpp"

namespace undertone {
namespace {

constexpr std::uint16_t kInfinity = 0x7C00;

std::uint16_t half_of(unsigned bits) { return static_cast<std::uint16_t>(bits); }

TEST(Half, HasTheValuesOfTheStandard) {
    EXPECT_EQ(half_to_float(0x3C00), 1.0F);
    EXPECT_EQ(half_to_float(0xC000), -2.0F);
    EXPECT_EQ(half_to_float(0x7BFF), 65504.0F);
    EXPECT_EQ(half_to_float(0x0400), 0x1p-14F);
    EXPECT_EQ(half_to_float(0x0001), 0x1p-24F);
    EXPECT_EQ(half_to_float(0x03FF), 1023 * 0x1p-24F);
    EXPECT_EQ(half_to_float(0x3555), 0.333251953125F);
    EXPECT_TRUE(std::signbit(half_to_float(0x8000)));
    EXPECT_EQ(half_to_float(kInfinity), std::numeric_limits<float>::infinity());
}

TEST(Half, ComesBackFromFloatBitForBit) {
    for (unsigned bits = 0; bits <= 0xFFFF; ++bits)
        ASSERT_EQ(float_to_half(half_to_float(half_of(bits))), bits) << bits;
}

// All that lies between two neighbours goes to the nearer one, and the middle to the even one.
TEST(Half, RoundsToNearestEven) {
    for (unsigned bits = 0; bits < kInfinity; ++bits) {
        const float low = half_to_float(half_of(bits));
        const float high = bits + 1 == kInfinity ? 65536.0F : half_to_float(half_of(bits + 1));
        const float middle = (low + high) / 2;
        const float below = std::nextafter(middle, 0.0F), above = std::nextafter(middle, 1e9F);
        ASSERT_EQ(float_to_half(below), bits) << below;
        ASSERT_EQ(float_to_half(middle), bits % 2 == 0 ? bits : bits + 1) << middle;
        ASSERT_EQ(float_to_half(above), bits + 1) << above;
        ASSERT_EQ(float_to_half(std::nextafter(low, 1e9F)), bits) << low;
        ASSERT_EQ(float_to_half(-above), (bits + 1) | 0x8000U) << above;
    }
}

TEST(Half, TakesWhatItCannotHold) {
    EXPECT_EQ(float_to_half(std::numeric_limits<float>::max()), kInfinity);
    EXPECT_EQ(float_to_half(-1e6F), kInfinity | 0x8000U);
    EXPECT_EQ(float_to_half(std::numeric_limits<float>::denorm_min()), 0);
    EXPECT_EQ(float_to_half(-1e-30F), 0x8000);
    EXPECT_TRUE(std::isnan(half_to_float(float_to_half(std::numeric_limits<float>::quiet_NaN()))));
    EXPECT_TRUE(std::isnan(half_to_float(float_to_half(std::bit_cast<float>(0x7F800001U)))));
}

}  // namespace
}  // namespace undertone
