#include "dsp/lanes.hpp"

#include <cmath>

#include "support/support.hpp"

namespace undertone::dsp {
namespace {

TEST(Lanes, Exp2) {
    for (double x = -126; x <= 127; x += 0.0137) {
        const double expected = std::exp2(static_cast<double>(static_cast<float>(x)));
        EXPECT_NEAR(static_cast<double>(exp2(Lanes{} + static_cast<float>(x))[kLanes - 1]) / expected, 1,
                    2e-7);
    }
    for (int power = -126; power <= 127; ++power)
        EXPECT_EQ(exp2(Lanes{} + static_cast<float>(power))[0], std::ldexp(1.0F, power));
    EXPECT_EQ(exp2(Lanes{} + 500.0F)[0], 0x1p127F);
    EXPECT_EQ(exp2(Lanes{} - 500.0F)[0], 0x1p-126F);
}

TEST(Lanes, TransposeSwapsRowsAndLanes) {
    Lanes square[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i)
        for (std::size_t j = 0; j < kLanes; ++j) square[i][j] = static_cast<float>(100 * i + j);
    transpose(square);
    for (std::size_t i = 0; i < kLanes; ++i)
        for (std::size_t j = 0; j < kLanes; ++j) EXPECT_EQ(square[i][j], static_cast<float>(100 * j + i));
}

TEST(Lanes, Log2OverEveryMagnitude) {
    float x = 1.2e-38F;
    while (x < 1e38F) {
        Lanes v;
        for (std::size_t lane = 0; lane < kLanes; ++lane) v[lane] = x *= 1.0137F;
        const Lanes result = log2(v);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const double expected = std::log2(static_cast<double>(v[lane]));
            EXPECT_NEAR(static_cast<double>(result[lane]), expected, 1e-7 * std::max(1.0, std::abs(expected)))
                << v[lane];
        }
    }
}

TEST(Lanes, Log2OfPowersOfTwoIsWhole) {
    for (int power = -126; power < 127; ++power) {
        const Lanes v = Lanes{} + std::ldexp(1.0F, power);
        EXPECT_EQ(log2(v)[0], static_cast<float>(power));
    }
}

TEST(Lanes, MaskHasABitForEachTrueLane) {
    Lanes v{};
    v[0] = v[2] = 1;
    EXPECT_EQ(mask_of(v > 0.5F), 0b101U);
}

}  // namespace
}  // namespace undertone::dsp
