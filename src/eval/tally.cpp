#include "eval/tally.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "undertone/error.hpp"
#include "undertone/fields.hpp"
#include "undertone/metrics.hpp"

namespace undertone::eval {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The value at a quantile, between its neighbours: numpy.percentile's default.
double quantile(std::vector<double>& values, double q) {
    const double place = q * static_cast<double>(values.size() - 1), below = std::floor(place);
    const auto low = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(values.begin(), low, values.end());
    if (place == below) return *low;
    return *low + (place - below) * (*std::min_element(low + 1, values.end()) - *low);
}

}  // namespace

std::size_t TallyLayout::size() const { return gap(kCalibrationBins); }

void figures_of(std::span<const double> sums, ClassFigures& figures) {
    const std::size_t n = figures.recall.size();
    const TallyLayout layout{n};
    double right = 0, all = 0, n_occurring = 0, n_seen = 0, recalls = 0, f1s = 0;
    for (std::size_t c = 0; c < n; ++c) {
        const double support = sums[layout.support(c)], given = sums[layout.given(c)],
                     hit = sums[layout.hits(c)];
        figures.precision[c] = given > 0 ? hit / given : support > 0 ? 0 : kNaN;
        figures.recall[c] = support > 0 ? hit / support : kNaN;
        figures.f1[c] = support + given > 0 ? 2 * hit / (support + given) : kNaN;
        right += hit;
        all += support;
        if (support > 0) {
            ++n_occurring;
            recalls += figures.recall[c];
        }
        if (support + given > 0) {
            ++n_seen;
            f1s += figures.f1[c];
        }
    }
    figures.uar = recalls / n_occurring;
    figures.accuracy = right / all;
    figures.macro_f1 = f1s / n_seen;
    figures.n_samples = all;
}

std::size_t number_units(std::span<const int> units, std::vector<std::size_t>& numbers) {
    std::map<int, std::size_t> ranks;
    for (const int unit : units) ranks.emplace(unit, 0);
    std::size_t next = 0;
    for (auto& entry : ranks) entry.second = next++;
    numbers.clear();
    for (const int unit : units) numbers.push_back(ranks[unit]);
    return ranks.size();
}

void count_clip(SparseTally& tally, const TallyLayout& layout, std::size_t truth, std::size_t predicted,
                double weight) {
    tally.emplace_back(layout.support(truth), weight);
    tally.emplace_back(layout.given(predicted), weight);
    if (truth == predicted) tally.emplace_back(layout.hits(truth), weight);
}

void merge_cells(SparseTally& tally) {
    std::stable_sort(tally.begin(), tally.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::size_t n_kept = 0;
    for (std::size_t i = 0; i < tally.size();) {
        auto sum = tally[i];
        for (++i; i < tally.size() && tally[i].first == sum.first; ++i) sum.second += tally[i].second;
        if (sum.second != 0) tally[n_kept++] = sum;
    }
    tally.resize(n_kept);
    tally.shrink_to_fit();
}

void set_interval(std::vector<double>& draws, double confidence, double& low, double& high) {
    std::erase_if(draws, [](double value) { return std::isnan(value); });
    low = high = kNaN;
    if (draws.empty()) return;
    low = quantile(draws, (1 - confidence) / 2);
    high = quantile(draws, (1 + confidence) / 2);
}

void check_options(const BootstrapOptions& options) {
    if (!(options.confidence > 0 && options.confidence < 1))
        throw Error(Errc::invalid_argument, "confidence = " + detail::number_text(options.confidence) +
                                                ": must be above 0 and below 1");
}

void tell(const OnProgress& on_progress, std::size_t done, std::size_t total) {
    if (on_progress && !on_progress({done, total}))
        throw Error(Errc::cancelled,
                    "stopped after " + std::to_string(done) + " of " + std::to_string(total) + " draws");
}

}  // namespace undertone::eval
