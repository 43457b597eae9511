#include "undertone/metrics.hpp"

#include "undertone/error.hpp"

namespace undertone::eval {
namespace {

double ratio(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::size_t checked_class(int index, const char* what, std::size_t n_classes) {
    if (index < 0 || static_cast<std::size_t>(index) >= n_classes)
        throw Error(Errc::invalid_argument, std::string(what) + " label " + std::to_string(index) +
                                                ": there are labels 0 to " + std::to_string(n_classes - 1));
    return static_cast<std::size_t>(index);
}

}  // namespace

Report classification_report(std::span<const int> truth, std::span<const int> predicted,
                             const std::vector<std::string>& labels) {
    if (truth.size() != predicted.size())
        throw Error(Errc::shape_mismatch, std::to_string(truth.size()) + " true labels but " +
                                              std::to_string(predicted.size()) + " predicted ones");
    if (truth.empty()) throw Error(Errc::invalid_argument, "there is no clip to score");

    const std::size_t n_classes = labels.size();
    Report report{labels, Matrix<std::size_t>(n_classes, n_classes), {}, truth.size(), 0, 0, 0};
    for (std::size_t i = 0; i < truth.size(); ++i)
        ++report.confusion(checked_class(truth[i], "true", n_classes),
                           checked_class(predicted[i], "predicted", n_classes));

    std::size_t n_right = 0, n_occurring = 0, n_seen = 0;
    for (std::size_t c = 0; c < n_classes; ++c) {
        const std::size_t right = report.confusion(c, c);
        std::size_t support = 0, given = 0;
        for (std::size_t other = 0; other < n_classes; ++other) {
            support += report.confusion(c, other);
            given += report.confusion(other, c);
        }
        // F1 = 2 right / (support + given), which needs no case for precision + recall = 0.
        report.classes.push_back(
            {ratio(right, given), ratio(right, support), ratio(2 * right, support + given), support});
        n_right += right;
        if (support > 0) ++n_occurring;
        if (support + given > 0) ++n_seen;
        report.uar += report.classes.back().recall;
        report.macro_f1 += report.classes.back().f1;
    }
    report.accuracy = ratio(n_right, truth.size());
    report.uar /= static_cast<double>(n_occurring);
    report.macro_f1 /= static_cast<double>(n_seen);
    return report;
}

}  // namespace undertone::eval
