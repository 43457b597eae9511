#include <algorithm>

#include "plot/run_figures.hpp"

namespace undertone::plot {

std::vector<Figure> panels_apart(const Figure& figure) {
    std::vector<Figure> apart;
    for (const Panel& panel : figure.panels) {
        Figure one{.title = panel.title, .subtitle = figure.subtitle, .panels = {panel}};
        one.panels.front().row = one.panels.front().column = 0;
        if (panel.row < figure.row_heights.size()) one.row_heights = {figure.row_heights[panel.row]};
        one.description = figure.description;
        apart.push_back(std::move(one));
    }
    return apart;
}

Figure joined(std::string title, std::span<const Figure> figures) {
    Figure all{.title = std::move(title)};
    all.column_shares = {1, 1};
    std::size_t row = 0, column = 0;
    for (const Figure& figure : figures) {
        if (column + figure.panels.size() > 2 && column > 0) {
            ++row;
            column = 0;
        }
        for (const Panel& panel : figure.panels) {
            if (column == 2) {
                ++row;
                column = 0;
            }
            const double height = panel.row < figure.row_heights.size() ? figure.row_heights[panel.row] : 220;
            if (row == all.row_heights.size()) all.row_heights.push_back(height);
            all.row_heights[row] = std::max(all.row_heights[row], height);
            all.panels.push_back(panel);
            all.panels.back().row = row;
            all.panels.back().column = column++;
        }
        all.description += (all.description.empty() ? "" : " ") + figure.description;
    }
    if (all.panels.size() == 1) all.column_shares = {1};
    return all;
}

}  // namespace undertone::plot
