#include <algorithm>
#include <cmath>
#include <numeric>

#include "plot/colours.hpp"
#include "plot/marks.hpp"

namespace undertone::plot {

namespace {

struct Range {
    std::size_t begin = 0, end = 0;  // at least one
};

// The bands that lie behind each row of pixels, from the top.
std::vector<Range> bands_of_rows(const HeatMap& map, const Frame& frame, std::size_t n_rows) {
    std::vector<Range> rows(n_rows);
    const std::vector<double>& edges = map.y_edges;
    const std::size_t n_bands = edges.size() - 1;
    const auto edge_above = [&](double value) {  // the first edge above a value
        return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), value) - edges.begin());
    };
    for (std::size_t row = 0; row < n_rows; ++row) {
        const auto value = [&](double part) {
            return value_at(frame.y_axis,
                            1 - (static_cast<double>(row) + part) / static_cast<double>(n_rows));
        };
        const auto [low, high] = std::minmax({value(1), value(0)});
        // A band belongs to a row that covers its centre; where there is none, the row shows the band that
        // its own centre lies in.
        std::size_t begin = std::min(edge_above(low) - (edge_above(low) > 0 ? 1 : 0), n_bands - 1);
        const auto centre = [&](std::size_t band) { return (edges[band] + edges[band + 1]) / 2; };
        while (begin < n_bands && centre(begin) < low) ++begin;
        std::size_t end = begin;
        while (end < n_bands && centre(end) < high) ++end;
        if (end == begin) {
            const std::size_t above = edge_above(value(0.5));
            begin = std::min(above > 0 ? above - 1 : 0, n_bands - 1);
            end = begin + 1;
        }
        rows[row] = {begin, end};
    }
    return rows;
}

}  // namespace

Picture rastered(const HeatMap& map, const Frame& frame, double resolution) {
    const double left = std::clamp(frame.px(map.x_low), frame.x, frame.x + frame.width);
    const double right = std::clamp(frame.px(map.x_high), frame.x, frame.x + frame.width);
    Picture picture{left, frame.y, std::max(right - left, 0.0), frame.height, 0, 0, {}};
    const std::size_t n_frames = map.values.rows();
    if (picture.width <= 0 || n_frames == 0 || map.values.cols() == 0) return picture;
    picture.n_columns = static_cast<std::size_t>(std::max(1.0, std::round(picture.width * resolution)));
    picture.n_rows = static_cast<std::size_t>(std::max(1.0, std::round(picture.height * resolution)));

    // First the rows of each frame, then the columns: each value is read once.
    const std::vector<Range> rows = bands_of_rows(map, frame, picture.n_rows);
    Matrix<float> reduced(n_frames, picture.n_rows);
    for (std::size_t t = 0; t < n_frames; ++t)
        for (std::size_t row = 0; row < picture.n_rows; ++row) {
            const auto bands = map.values.row(t).subspan(rows[row].begin, rows[row].end - rows[row].begin);
            reduced(t, row) =
                std::accumulate(bands.begin(), bands.end(), 0.0F) / static_cast<float>(bands.size());
        }

    const Colours& palette = colours(map.map);
    picture.pixels.resize(picture.n_columns * picture.n_rows);
    const double x_low = value_at(frame.x_axis, (left - frame.x) / frame.width);
    const double x_high = value_at(frame.x_axis, (right - frame.x) / frame.width);
    const double per_value = static_cast<double>(n_frames) / (map.x_high - map.x_low);
    std::vector<double> sums(picture.n_rows);
    for (std::size_t column = 0; column < picture.n_columns; ++column) {
        const auto frame_at = [&](double part) {
            const double along =
                (static_cast<double>(column) + part) / static_cast<double>(picture.n_columns);
            const double at = (x_low + along * (x_high - x_low) - map.x_low) * per_value;
            return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(n_frames - 1)));
        };
        std::size_t begin = frame_at(0.5), end = begin + 1;
        if (frame_at(1) > frame_at(0) + 1) begin = frame_at(0), end = frame_at(1);
        std::fill(sums.begin(), sums.end(), 0.0);
        for (std::size_t t = begin; t < end; ++t)
            for (std::size_t row = 0; row < picture.n_rows; ++row)
                sums[row] += static_cast<double>(reduced(t, row));
        const double scale = 1 / (static_cast<double>(end - begin) * (map.high - map.low));
        const double offset = map.low / (map.high - map.low);
        for (std::size_t row = 0; row < picture.n_rows; ++row)
            picture.pixels[row * picture.n_columns + column] = colour(palette, sums[row] * scale - offset);
    }
    return picture;
}

}  // namespace undertone::plot
