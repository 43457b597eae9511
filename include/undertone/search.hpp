#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace undertone::eval {

/// The values among which a parameter is searched: some given ones, or all between two numbers.
struct Parameter {
    struct Range {
        double low = 0, high = 0;
        bool logarithmic = false;
        bool whole = false;  ///< only whole numbers, the ends among them
    };
    std::string name;
    std::vector<std::string> values;  ///< at least one, unless there is a range
    std::optional<Range> range = std::nullopt;
};

/// Reads `NAME=A/B/C`, `NAME=LOW..HIGH` or `NAME=log:LOW..HIGH`. Values are told apart by slashes, since
/// lists have commas of their own: `hidden_layer_sizes=100/300,50`. A range whose ends are written as whole
/// numbers has only whole numbers: `batch_size=8..64`.
/// @throws Error invalid_argument  no name, no or an empty value, a value twice, a range that is none
[[nodiscard]] Parameter parse_parameter(std::string_view text);

/// One point of the space: name -> value.
using Point = std::map<std::string, std::string>;

/// What is to be tried.
struct Trial {
    std::size_t id = 0;  ///< counted from 0 over the whole search
    Point point;
    double share = 1;           ///< of the training clips that it may see
    std::size_t iteration = 0;  ///< of a halving search, else 0
};

/// A search that is asked what to try and told how it went; it knows nothing of training. Trials come in
/// rounds: those of one round can run in any order and side by side, and each must be told before the next
/// round is asked for.
class Search {
public:
    virtual ~Search() = default;

    /// The next round; empty when the search is over.
    /// @throws Error invalid_argument  a trial of the last round was not told
    [[nodiscard]] virtual std::vector<Trial> ask() = 0;

    /// @param score  the higher the better
    /// @throws Error invalid_argument  no such trial in this round, or a second score for it; numerical: NaN
    virtual void tell(std::size_t id, double score) = 0;
};

/// All points of the grid, in one round; the parameters in order of their names, the last one fastest.
/// @throws Error invalid_argument  no parameter, one given twice, or one with a range
/// Matches: scikit-learn 1.9.1 `ParameterGrid`, in its order.
[[nodiscard]] std::unique_ptr<Search> grid_search(const std::vector<Parameter>& parameters);

/// n_trials points, in one round: of a grid no point twice, and all of it where there are fewer; with a range
/// each value drawn anew.
/// @param n_trials  at least 1
/// @throws Error invalid_argument  no parameter, one given twice
[[nodiscard]] std::unique_ptr<Search> random_search(const std::vector<Parameter>& parameters,
                                                    std::size_t n_trials, std::uint32_t random_state);

/// Successive halving: all points of the grid with few training clips, the best of them with `factor` times
/// as many, and so on; the last round sees all clips. How many rounds there are is decided by the points: as
/// many as bring them down to `factor` or fewer.
/// @param factor  at least 2
/// @throws Error invalid_argument  as grid_search()
/// Source: Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization"
/// (2016). As scikit-learn's `HalvingGridSearchCV` with `min_resources="exhaust"`, counted in shares of the
/// training clips.
[[nodiscard]] std::unique_ptr<Search> halving_search(const std::vector<Parameter>& parameters,
                                                     std::size_t factor = 3);

}  // namespace undertone::eval
