#include <cmath>

#include "plot/colours.hpp"
#include "plot/marks.hpp"
#include "support/support.hpp"

namespace undertone::plot {
namespace {

HeatMap ramp(std::size_t n_frames, std::size_t n_bands) {
    HeatMap map;
    map.values = Matrix<float>(n_frames, n_bands);
    for (std::size_t t = 0; t < n_frames; ++t)
        for (std::size_t b = 0; b < n_bands; ++b)
            map.values(t, b) = static_cast<float>(t * n_bands + b) / static_cast<float>(n_frames * n_bands);
    for (std::size_t b = 0; b <= n_bands; ++b) map.y_edges.push_back(static_cast<double>(b));
    return map;
}

TEST(Raster, EachValueIsSeenWhereThereIsRoom) {
    const HeatMap map = ramp(4, 3);
    const Axis x{"", 0, 1}, y{"", 0, 3};
    const Picture picture = rastered(map, {10, 20, 40, 30, x, y}, 1);
    ASSERT_EQ(picture.n_columns, 40U);
    ASSERT_EQ(picture.n_rows, 30U);
    for (std::size_t row = 0; row < 30; ++row)
        for (std::size_t column = 0; column < 40; ++column) {
            const auto value = static_cast<double>(map.values(column / 10, 2 - row / 10));
            EXPECT_EQ(picture.pixels[row * 40 + column], colour(colours(map.map), value));
        }
}

TEST(Raster, APixelHasTheMeanOfWhatItCovers) {
    const HeatMap map = ramp(400, 200);
    const Axis x{"", 0, 1}, y{"", 0, 200};
    const Picture picture = rastered(map, {0, 0, 40, 20, x, y}, 1);
    for (std::size_t row = 0; row < 20; ++row)
        for (std::size_t column = 0; column < 40; ++column) {
            double mean = 0;
            for (std::size_t t = column * 10; t < column * 10 + 10; ++t)
                for (std::size_t b = 190 - row * 10; b < 200 - row * 10; ++b)
                    mean += static_cast<double>(map.values(t, b)) / 100;
            const Rgb expected = colour(colours(map.map), mean), got = picture.pixels[row * 40 + column];
            EXPECT_NEAR(got.r, expected.r, 3);
            EXPECT_NEAR(got.g, expected.g, 3);
            EXPECT_NEAR(got.b, expected.b, 3);
        }
}

TEST(Raster, AScaleThatIsNotEvenStretchesLowBands) {
    HeatMap map = ramp(1, 100);
    for (std::size_t b = 0; b < 100; ++b) map.values(0, b) = b < 10 ? 1 : 0;
    const Axis x{"", 0, 1}, y{"", 1, 100, Scale::log};
    const Picture picture = rastered(map, {0, 0, 1, 100, x, y}, 1);
    std::size_t n_bright = 0;
    for (const Rgb& pixel : picture.pixels) n_bright += pixel.r > 128 ? 1 : 0;
    EXPECT_NEAR(static_cast<double>(n_bright), 50, 2);  // 1 to 10 of 1 to 100
}

TEST(Raster, ColourMapsEndWhereTheyShould) {
    EXPECT_EQ(colours(ColourMap::magma).front(), (Rgb{0, 0, 4}));
    EXPECT_EQ(colours(ColourMap::viridis).back(), (Rgb{253, 231, 37}));
    EXPECT_EQ(colour(colours(ColourMap::magma), std::nan("")), colours(ColourMap::magma).front());
    EXPECT_EQ(colour(colours(ColourMap::magma), 7), colours(ColourMap::magma).back());
}

}  // namespace
}  // namespace undertone::plot
