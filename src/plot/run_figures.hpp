#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "undertone/bootstrap.hpp"
#include "undertone/matrix.hpp"
#include "undertone/metrics.hpp"
#include "undertone/plot.hpp"

/// The figures of a run, of what its folder holds. Every mark has a tip that says its numbers in words.
namespace undertone::plot {

/// The curves of one training: loss, accuracy, val_loss and the like, a value for each epoch. NaN: not there.
struct TrainingCurves {
    std::string fold;
    std::uint32_t seed = 0;
    std::map<std::string, std::vector<double>> values;
};

/// Loss and, where a training has it, accuracy: a panel for each; every training thin and the mean of those
/// that go on, as long as half of them do.
/// @throws Error invalid_argument  no training has a loss
[[nodiscard]] Figure learning_figure(std::span<const TrainingCurves> trainings);

/// More names than this do not stand in one figure; each then shows the ones that tell most, and says so.
inline constexpr std::size_t kMostLabels = 60, kMostSpeakers = 60, kMostGroups = 40, kMostProtocols = 40,
                             kMostCorpora = 24, kMostTrials = 500, kMostLines = 200, kMostParameters = 16;

/// How many clips of each true label, a row, were given each label, a column; the colour is the share of the
/// row. Of more than kMostLabels, the 40 with the most mistakes and the others as one.
/// @param confusion  `[n_labels, n_labels]`
[[nodiscard]] Figure confusion_figure(const std::vector<std::string>& labels,
                                      const Matrix<std::size_t>& confusion);

/// How often labels given with some probability are right.
[[nodiscard]] Figure reliability_figure(std::span<const eval::ReliabilityBin> bins, const eval::Figure& ece);

/// How one speaker's clips, or one class's, fared.
struct NamedScore {
    std::string name;
    std::size_t n_clips = 0;
    eval::Figure score;
};

/// UAR of each speaker, the best first; of more than kMostSpeakers the best and the worst half of them.
/// @param whole   of all speakers together
/// @param chance  what guessing would give
[[nodiscard]] Figure speakers_figure(std::vector<NamedScore> speakers, const eval::Figure& whole,
                                     double chance);

/// One point of a search and how it did.
struct TrialScore {
    std::vector<std::string> options;  ///< `[n_parameters]`
    double mean = 0, deviation = 0;    ///< over the folds
    std::size_t rank = 1;              ///< 1: the best
    double share = 1;                  ///< of the training clips, which halving gives more and more of
};

/// What a search tried. One parameter: dots; two with few values: a heat map; else a line for each trial
/// through an axis for each parameter, the best one strong. Of more than kMostTrials (as lines: kMostLines)
/// the best are shown, of more than kMostParameters the first.
/// @param scoring  what the mean is of: "uar"
/// @throws Error invalid_argument  no trial
[[nodiscard]] Figure tuning_figure(const std::vector<std::string>& parameters,
                                   std::span<const TrialScore> trials, const std::string& scoring);

/// One protocol of an inflation report.
struct ProtocolScore {
    std::string protocol;  ///< "random:5"
    std::string fresh;     ///< what was new to the model: "speakers", "nothing"
    eval::Figure uar, accuracy;
    std::size_t n_known = 0, n_tested = 0;  ///< tested clips whose speaker was heard in training, of how many
};

/// The same training under several protocols: what known voices and known texts add. Of more than
/// kMostProtocols the first.
[[nodiscard]] Figure inflation_figure(std::span<const ProtocolScore> rows);

/// UAR trained on each corpus, a row, and tested on each, a column. Of more than kMostCorpora the first.
/// @param uar  `[n_corpora, n_corpora]`
[[nodiscard]] Figure cross_corpus_figure(const std::vector<std::string>& corpora,
                                         const Matrix<eval::Figure>& uar);

/// How much a group of features is relied upon.
struct GroupScore {
    std::string name;
    std::size_t n_columns = 0;
    eval::Figure drop;  ///< of the UAR when the group's values are swapped between clips
};

/// The groups, the most needed first, up to kMostGroups.
[[nodiscard]] Figure importance_figure(std::vector<GroupScore> groups);

/// A figure of each panel, for a page that puts them side by side or below each other.
[[nodiscard]] std::vector<Figure> panels_apart(const Figure& figure);

/// All panels of some figures in a grid of two columns; panels of one figure stay in one row.
[[nodiscard]] Figure joined(std::string title, std::span<const Figure> figures);

}  // namespace undertone::plot
