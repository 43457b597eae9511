#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "undertone/audio.hpp"
#include "undertone/fields.hpp"
#include "undertone/matrix.hpp"
#include "undertone/model.hpp"
#include "undertone/progress.hpp"

namespace undertone {

/// How an answer is taken apart.
struct ExplainOptions {
    int n_draws = 20;
    double segment_s = 0.2;
    int n_band_groups = 8;
    std::uint32_t random_state = 0;

    static constexpr auto fields() {
        using O = ExplainOptions;
        return std::tuple{
            Field{"n_draws",
                  &O::n_draws,
                  "",
                  {4, 100000},
                  "orders in which parts are put in; taken in pairs, two for an error at least"},
            Field{"segment_s", &O::segment_s, "s", {0.02, 60.0}, "length of a moment; at most 24 of them"},
            Field{"n_band_groups", &O::n_band_groups, "", {1, 64}, "groups that the bands are taken in"},
            Field{"random_state", &O::random_state, "", {0U, ~0U}, "seed of the orders"},
        };
    }
};

/// What one part of a clip did to the probability of a label.
struct Contribution {
    double value = 0;  ///< above 0: it spoke for the label
    double error = 0;  ///< standard error of the value, over draws
};

/// Parts of a clip, of which the contributions add up: `baseline` + their sum = `probability`.
struct Decomposition {
    double baseline = 0;                     ///< the probability where every part is masked
    std::string masked;                      ///< what stands in a part's place, in words
    std::vector<std::string> rows, columns;  ///< what the parts are
    Matrix<double> values, errors;           ///< `[rows, columns]`

    [[nodiscard]] double sum() const;
    [[nodiscard]] Contribution of_row(std::size_t row) const;        ///< its columns together
    [[nodiscard]] Contribution of_column(std::size_t column) const;  ///< its rows together
};

/// Why a model answered as it did.
struct Explanation {
    std::string label;
    double probability = 0;          ///< of the label
    std::vector<double> edges_s;     ///< `[n_moments + 1]`, of the moments, from the clip's beginning
    std::vector<double> band_edges;  ///< `[n_groups + 1]` in bands, of the groups; empty: columns are none
    Decomposition moments;           ///< rows are moments; columns are groups of the frames' columns, or one
    std::optional<Decomposition> features;  ///< of a model of vectors: rows are its features, one column
};

/// Longer clips are not explained: every draw asks the model once for each part.
inline constexpr double kMostExplainedSeconds = 60;

/// Takes an answer apart by Shapley values: parts of the clip are put in one after the other, in many random
/// orders, and what each changes in the probability on the way is averaged. So the contributions always add
/// up to the probability, to rounding.
///
/// A model of frames has as parts the groups of bands of each moment, masked by the mean of each band over
/// the clip. A model of vectors is asked twice: with moments, masked by silence, the features computed anew;
/// and with its features, masked by their mean over the clips it was trained on, or by 0 where it keeps no
/// such mean.
/// @param voice   how the speaker usually sounds, for a model that is per_speaker(); nullptr: not known
/// @param label   one of the model's; empty: its answer
/// @throws Error  as Model::predict(); invalid_argument  another label, a clip too long, an option out of
///                its range; cancelled
/// Source: Strumbelj and Kononenko, "Explaining prediction models and individual predictions with feature
/// contributions", Knowl. Inf. Syst. 41 (2014); orders in pairs, each the other backwards: Mitchell and
/// others, "Sampling permutations for Shapley value estimation", JMLR 23 (2022).
[[nodiscard]] Explanation explain(const Model& model, const Clip& clip, const std::string& label = {},
                                  const SpeakerVoice* voice = nullptr, const ExplainOptions& options = {},
                                  const OnProgress& on_progress = {});

}  // namespace undertone
