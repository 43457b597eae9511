#pragma once

#include <string>

#include "undertone/plot.hpp"

namespace undertone::test {

/// How two pictures differ: the largest difference of the means of 8 x 8 pixels, 0 ... 255; 255 where one is
/// no PNG or their sizes differ. Other versions of the fonts' machinery shade edges otherwise, which stays
/// below 16; a text that is another or elsewhere goes far above.
[[nodiscard]] double difference_of_pngs(const std::string& a, const std::string& b);

/// Compares a figure, drawn, with tests/reference/data/plots/NAME.png. Where they differ, what was drawn is
/// left in the folder of temporary files, to be looked at, and put in its place where it is right.
void expect_golden(const plot::Figure& figure, const std::string& name,
                   const plot::Style& style = {.width = 450});

}  // namespace undertone::test
