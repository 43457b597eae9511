#include "undertone/importance.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "eval/tally.hpp"
#include "undertone/error.hpp"
#include "undertone/frame_features.hpp"
#include "undertone/metrics.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

// "mfcc" of "mfcc_12"; a name without a number is its own.
std::string stem(const std::string& column) {
    const std::size_t end = column.find_last_not_of("0123456789");
    const bool numbered =
        end != std::string::npos && end + 1 < column.size() && end > 0 && column[end] == '_';
    return numbered ? column.substr(0, end) : column;
}

void add_bands(const std::vector<std::string>& columns, std::size_t n_bands,
               std::vector<FeatureGroup>& groups) {
    constexpr std::size_t kParts = 4;
    for (std::size_t part = 0; part < kParts; ++part) {
        const std::size_t begin = part * n_bands / kParts, end = (part + 1) * n_bands / kParts;
        if (begin == end) continue;
        FeatureGroup group{columns[begin] + (end - begin > 1 ? " to " + columns[end - 1] : ""), {}};
        for (std::size_t column = begin; column < end; ++column) group.columns.push_back(column);
        groups.push_back(std::move(group));
    }
}

double uar(std::span<const int> truth, std::size_t n_labels, const Matrix<double>& proba) {
    std::vector<std::string> labels(n_labels);  // their names do not matter
    return classification_report(truth, most_probable(proba), labels).uar;
}

}  // namespace

std::vector<FeatureGroup> feature_groups(const FeatureSet& features) {
    const std::vector<std::string>& columns = features.columns();
    std::vector<FeatureGroup> groups;
    std::size_t first = 0;
    if (const auto* frames = dynamic_cast<const FrameFeatures*>(&features)) {
        first = frames->n_bands();
        add_bands(columns, first, groups);
    }
    for (std::size_t column = first; column < columns.size(); ++column) {
        const std::string name = stem(columns[column]);
        if (column == first || groups.back().name != name) groups.push_back({name, {}});
        groups.back().columns.push_back(column);
    }
    return groups;
}

std::vector<double> permutation_falls(
    std::span<const int> truth, std::size_t n_labels, const ImportanceOptions& options,
    std::uint32_t random_state,
    const std::function<Matrix<double>(const FeatureGroup&, std::span<const std::size_t> from)>& predict) {
    if (truth.empty()) throw Error(Errc::invalid_argument, "importance: there is no clip to swap");
    if (options.n_repeats == 0)
        throw Error(Errc::invalid_argument, "importance: n_repeats = 0: must be at least 1");
    std::vector<std::size_t> own(truth.size());
    std::iota(own.begin(), own.end(), std::size_t{0});
    const double whole = uar(truth, n_labels, predict({}, own));
    RandomState random(random_state);
    std::vector<double> falls;
    for (const FeatureGroup& group : options.groups) {
        double sum = 0;
        for (std::size_t repeat = 0; repeat < options.n_repeats; ++repeat)
            sum += whole - uar(truth, n_labels, predict(group, random.permutation(truth.size())));
        falls.push_back(sum / static_cast<double>(options.n_repeats));
    }
    return falls;
}

std::vector<Figure> mean_falls(std::span<const std::vector<double>> falls, std::span<const std::size_t> folds,
                               const BootstrapOptions& options) {
    check_options(options);
    if (falls.empty()) throw Error(Errc::invalid_argument, "importance: there is no fold");
    const std::size_t n_groups = falls.front().size();
    // A fold counts as the mean over its seeds.
    std::map<std::size_t, std::vector<double>> sums;
    std::map<std::size_t, double> counts;
    for (std::size_t i = 0; i < falls.size(); ++i) {
        if (folds.size() != falls.size() || falls[i].size() != n_groups)
            throw Error(Errc::shape_mismatch,
                        "importance: each result needs a fold and a number for each group");
        auto& sum = sums[folds[i]];
        sum.resize(n_groups);
        for (std::size_t g = 0; g < n_groups; ++g) sum[g] += falls[i][g];
        counts[folds[i]] += 1;
    }
    std::vector<std::vector<double>> means;
    for (auto& [fold, sum] : sums) {
        for (double& value : sum) value /= counts[fold];
        means.push_back(std::move(sum));
    }
    const std::size_t n = means.size();
    RandomState random(options.random_state);
    Matrix<double> draws(n_groups, n > 1 ? options.n_draws : 0);
    for (std::size_t draw = 0; draw < draws.cols(); ++draw)
        for (std::size_t k = 0; k < n; ++k) {
            const auto& fold =
                means[static_cast<std::size_t>(random.randint(0, static_cast<std::int64_t>(n)))];
            for (std::size_t g = 0; g < n_groups; ++g) draws(g, draw) += fold[g] / static_cast<double>(n);
        }
    std::vector<Figure> figures(n_groups);
    for (std::size_t g = 0; g < n_groups; ++g) {
        for (const auto& fold : means) figures[g].value += fold[g] / static_cast<double>(n);
        const auto row = draws.row(g);
        std::vector<double> values(row.begin(), row.end());
        set_interval(values, options.confidence, figures[g].low, figures[g].high);
    }
    return figures;
}

}  // namespace undertone::eval
