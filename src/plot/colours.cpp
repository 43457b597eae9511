#include "plot/colours.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace undertone::plot {

namespace {

constexpr Rgb hex(std::string_view text) {
    const auto digit = [&](std::size_t i) {
        const char c = text[i];
        return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    };
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(digit(i) * 16 + digit(i + 1)); };
    return {byte(0), byte(2), byte(4)};
}

// Told apart also by those who see no difference between red and green; texts have a contrast of 4.5 and
// more.
constexpr Theme kLight{hex("1d2530"), hex("56616e"), hex("e3e7ec"), hex("ffffff"),
                       hex("2f6db5"), hex("c8571b"), hex("2b8a68"), hex("9b4a8c"),
                       hex("8a6a12"), hex("3c93bd"), hex("2b8a68"), hex("b8362c")};
constexpr Theme kDark{hex("e6eaf0"), hex("9dabb9"), hex("2c3540"), hex("14181f"),
                      hex("6ca6e8"), hex("ee8a55"), hex("5cc09b"), hex("cf86c0"),
                      hex("cdaa4a"), hex("7cc7ea"), hex("5cc09b"), hex("ec7468")};

// 33 colours evenly spaced, between which straight lines differ from the original by less than 5 of 255.
// magma and viridis: Smith and van der Walt, for Matplotlib, CC0.
constexpr std::string_view kMagma =
    "0000040303120a0822130d341d114729115a36106b440f7651127c5d177f6a1c81"
    "762181832681902a819c2e7faa337db73779c43c75d0416fdc4869e75263ef5d5e"
    "f56b5cf9795dfc8961fd9869fea772feb67cfec488fed395fde2a3fcf0b2fcfdbf";
constexpr std::string_view kViridis =
    "440154470d6048186a482374472d7b4537814240863e49893b528b375b8d33638d"
    "2f6b8e2c728e297a8e26828e23898e21918c1f988b1fa08822a78528ae8032b67a"
    "3fbc734ec36b5ec96270cf5784d44b98d83eaddc30c2df23d8e219ece51bfde725";
// Source: Moreland, "Diverging color maps for scientific visualization", ISVC 2009.
constexpr std::string_view kBalance =
    "3b4cc0445acc4e68d85875e16282ea6c8ff1779af782a6fb8db0fe98b9ffa3c2fe"
    "aec9fcb9d0f9c3d5f4ccd9edd5dbe5dddcdce5d8d1ecd3c5f1ccb8f5c4acf7ba9f"
    "f7b093f6a586f4987af08b6eeb7d62e46e56dd5f4bd44e41ca3b37be242eb40426";

Colours interpolated(std::string_view anchors) {
    const std::size_t n = anchors.size() / 6;
    Colours all;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double at = static_cast<double>(i * (n - 1)) / static_cast<double>(all.size() - 1);
        const std::size_t left = std::min(static_cast<std::size_t>(at), n - 2);
        const double part = at - static_cast<double>(left);
        const Rgb a = hex(anchors.substr(left * 6, 6)), b = hex(anchors.substr(left * 6 + 6, 6));
        const auto mixed = [&](std::uint8_t from, std::uint8_t to) {
            return static_cast<std::uint8_t>(std::lround(from + (to - from) * part));
        };
        all[i] = {mixed(a.r, b.r), mixed(a.g, b.g), mixed(a.b, b.b)};
    }
    return all;
}

}  // namespace

const Theme& theme(bool dark) noexcept { return dark ? kDark : kLight; }

Rgb colour(const Paint& paint, const Theme& theme) noexcept {
    if (const Rgb* rgb = std::get_if<Rgb>(&paint)) return *rgb;
    return theme[static_cast<std::size_t>(*std::get_if<Ink>(&paint))];
}

const Colours& colours(ColourMap map) {
    static const Colours magma = interpolated(kMagma), viridis = interpolated(kViridis),
                         balance = interpolated(kBalance), blues = interpolated("ffffff2f6db5"),
                         greys = interpolated("fafafa101010");
    switch (map) {
        case ColourMap::magma:
            return magma;
        case ColourMap::viridis:
            return viridis;
        case ColourMap::balance:
            return balance;
        case ColourMap::greys:
            return greys;
        case ColourMap::blues:
            break;
    }
    return blues;
}

}  // namespace undertone::plot
