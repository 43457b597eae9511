#include "plot/axes.hpp"

#include "support/support.hpp"

namespace undertone::plot {
namespace {

std::string texts(const Axis& axis, double length, double spacing = 50) {
    std::string all;
    for (const Tick& tick : ticks_of(axis, length, spacing)) all += (all.empty() ? "" : " ") + tick.text;
    return all;
}

TEST(Axes, TicksAreRoundNumbers) {
    EXPECT_EQ(texts({"", 0, 1}, 250), "0.0 0.2 0.4 0.6 0.8 1.0");
    EXPECT_EQ(texts({"", 0, 4.571}, 500), "0.0 0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5");
    EXPECT_EQ(texts({"", -80, 0}, 200), "\u221280 \u221260 \u221240 \u221220 0");
    EXPECT_EQ(texts({"", 2.0, 2.02}, 200), "2.000 2.005 2.010 2.015 2.020");
    EXPECT_EQ(texts({"", 10, 0}, 100), "0 5 10");
    EXPECT_EQ(texts({"", 0, 1e7}, 100), "0 5000000 10000000");
}

TEST(Axes, TicksOfUnevenScalesKeepTheirDistance) {
    EXPECT_EQ(texts({"", 20, 20000, Scale::log}, 500), "20 50 100 200 500 1000 2000 5000 10000 20000");
    const Axis mel{"", 0, 24000, Scale::mel};
    EXPECT_EQ(texts(mel, 300, 24), "0 250 500 1000 2000 4000 8000 16000");
    double last = -1000;
    for (const Tick& tick : ticks_of(mel, 100, 24)) {
        EXPECT_GE(share(mel, tick.at) * 100 - last, 18) << tick.text;
        last = share(mel, tick.at) * 100;
    }
}

TEST(Axes, ShareAndItsInverse) {
    for (const Scale scale : {Scale::linear, Scale::log, Scale::mel, Scale::categories}) {
        const Axis axis{"", 30, 9000, scale};
        EXPECT_DOUBLE_EQ(share(axis, 30), 0);
        EXPECT_DOUBLE_EQ(share(axis, 9000), 1);
        for (const double value : {31.0, 400.0, 8000.0})
            EXPECT_NEAR(value_at(axis, share(axis, value)), value, 1e-9 * value);
    }
    EXPECT_NEAR(share({"", 10, 1000, Scale::log}, 100), 0.5, 1e-12);
    EXPECT_NEAR(share({"", 1, 0}, 0.25), 0.75, 1e-12);
}

TEST(Axes, NamesHaveTheirPlaces) {
    const Axis down = names_axis("label", {"a", "b", "c"}, true);
    EXPECT_EQ(texts(down, 10), "a b c");
    EXPECT_NEAR(share(down, 0), 5.0 / 6, 1e-12);
    EXPECT_NEAR(share(names_axis("", {"a", "b", "c"}), 0), 1.0 / 6, 1e-12);
}

TEST(Axes, WrongEndsAreRefused) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_ERROR(check({"t", 1, 1}), Errc::invalid_argument, "its ends must differ");
    EXPECT_ERROR(check({"t", nan, 1}), Errc::invalid_argument, "finite");
    EXPECT_ERROR(check({"t", 0, 1, Scale::log}), Errc::invalid_argument, "above 0");
    EXPECT_ERROR(check({"t", -1, 1, Scale::mel}), Errc::invalid_argument, "negative");
}

TEST(Axes, TicksOfNumbersBeyondThoseThatCanBeCountedHaveAnEnd) {
    EXPECT_LE(ticks_of({"", 1e17, 1e17 + 64}, 1000, 20).size(), 1000U);
    EXPECT_LE(ticks_of({"", -1e300, 1e300}, 1000, 20).size(), 1000U);
}

}  // namespace
}  // namespace undertone::plot
