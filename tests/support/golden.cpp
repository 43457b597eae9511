#include "support/golden.hpp"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include "os/file.hpp"
#include "support/support.hpp"

namespace undertone::test {

namespace {

constexpr double kTolerance = 16;

struct Pixels {
    std::size_t width = 0, height = 0;
    std::vector<unsigned char> grey;
};

Pixels decoded(const std::string& bytes) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) return {};
    image.format = PNG_FORMAT_GRAY;
    Pixels pixels{image.width, image.height, std::vector<unsigned char>(PNG_IMAGE_SIZE(image))};
    if (png_image_finish_read(&image, nullptr, pixels.grey.data(), 0, nullptr) == 0) return {};
    return pixels;
}

}  // namespace

double difference_of_pngs(const std::string& a_bytes, const std::string& b_bytes) {
    const Pixels a = decoded(a_bytes), b = decoded(b_bytes);
    if (a.width == 0 || a.width != b.width || a.height != b.height) return 255;
    constexpr std::size_t kBlock = 8;
    double most = 0;
    for (std::size_t y = 0; y < a.height; y += kBlock)
        for (std::size_t x = 0; x < a.width; x += kBlock) {
            double sum = 0, n = 0;
            for (std::size_t row = y; row < std::min(y + kBlock, a.height); ++row)
                for (std::size_t column = x; column < std::min(x + kBlock, a.width); ++column, ++n)
                    sum += static_cast<double>(a.grey[row * a.width + column]) -
                           static_cast<double>(b.grey[row * a.width + column]);
            most = std::max(most, std::abs(sum / n));
        }
    return most;
}

void expect_golden(const plot::Figure& figure, const std::string& name, const plot::Style& style) {
    const std::string drawn = plot::png(figure, style);
    const std::string place = "tests/reference/data/plots/" + name + ".png";
    const std::string golden = project_file(place);
    std::error_code ignored;
    const double difference =
        std::filesystem::exists(golden, ignored) ? difference_of_pngs(drawn, read_file(golden)) : 255;
    if (difference <= kTolerance) return;
    const std::string left =
        (std::filesystem::temp_directory_path() / ("undertone-" + name + ".png")).string();
    write_file(left, drawn);
    ADD_FAILURE() << name << ": differs by " << difference << " from " << place << "; look at " << left
                  << ", and where it is right: cp " << left << " " << place;
}

}  // namespace undertone::test
