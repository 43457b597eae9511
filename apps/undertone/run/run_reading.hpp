#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/json.hpp"
#include "tables/csv.hpp"
#include "undertone/matrix.hpp"
#include "undertone/progress.hpp"

/// The one reader of what run folders hold. A run may be anybody's: every number has a range, and nothing is
/// allocated before the file is known to hold as much.
namespace undertone::app {

/// A column of texts of which many are alike: each is kept once.
class NameColumn {
public:
    NameColumn() = default;
    NameColumn(NameColumn&&) = default;
    NameColumn& operator=(NameColumn&&) = default;

    void add(const std::string& name);
    [[nodiscard]] std::size_t size() const noexcept { return numbers_.size(); }
    [[nodiscard]] const std::string& operator[](std::size_t row) const { return *names_[numbers_[row]]; }
    /// Which of the different names a row has, counted from 0 in the order in which they come.
    [[nodiscard]] std::size_t number(std::size_t row) const { return numbers_[row]; }
    [[nodiscard]] std::size_t n_names() const noexcept { return names_.size(); }
    [[nodiscard]] const std::string& name(std::size_t number) const { return *names_[number]; }

private:
    std::map<std::string, std::uint32_t> number_of_;
    std::vector<const std::string*> names_;  // keys of number_of_, which stay where they are
    std::vector<std::uint32_t> numbers_;
};

/// The predictions of a run, as `compare` takes them.
struct RunPredictions {
    std::string path;                              ///< of the run folder
    std::vector<std::string> labels;               ///< of its p_ columns
    std::vector<std::string> files;                ///< `[n_rows]`
    NameColumn speakers, truth, predicted, folds;  ///< `[n_rows]`
    std::vector<std::uint32_t> seeds;              ///< `[n_rows]`
    std::vector<double> probabilities;             ///< `[n_rows * n_labels]`

    [[nodiscard]] MatrixView<const double> proba() const noexcept {
        return {probabilities.data(), files.size(), labels.size()};
    }
};

/// Of each of a column's names, which of the labels it is; `labels.size()`: none.
[[nodiscard]] std::vector<std::size_t> label_numbers(const NameColumn& column,
                                                     const std::vector<std::string>& labels);

/// The run.json of a run folder.
/// @throws Error io            no such folder, or it has no run.json
/// @throws Error corrupt_data  as read_run_json()
[[nodiscard]] Json read_run(const std::string& run);

/// A run.json, or an importance.json: counts are whole and not negative, seeds have 32 bits, no other number
/// is beyond 1e15. Options, which are only shown, may be anything.
/// @throws Error corrupt_data  broken JSON, no object, a number out of its range
[[nodiscard]] Json read_run_json(std::string_view text, const std::string& origin);

/// Whether there is a run folder of that name.
[[nodiscard]] bool is_run(const std::string& path);

/// A number in a cell of a table.
/// @throws Error corrupt_data  it is none
[[nodiscard]] double number_in(const corpus::CsvTable& table, const corpus::CsvRow& row, std::size_t column);

/// A whole number from 0 to `most`.
/// @throws Error corrupt_data  it is none
[[nodiscard]] std::uint64_t count_in(const corpus::CsvTable& table, const corpus::CsvRow& row,
                                     std::size_t column, std::uint64_t most);

/// Reads the predictions.csv of a run folder.
/// @throws Error io            no such folder or file
/// @throws Error corrupt_data  broken quotes, missing columns, a row with more or fewer fields, a seed that
/// has
///         no 32 bits, a probability out of 0 ... 1, more than 1.3 million rows or 16 million probabilities
/// @throws Error cancelled     on_progress returned false
[[nodiscard]] RunPredictions read_predictions(const std::string& run, const OnProgress& on_progress);

/// The same of a text.
[[nodiscard]] RunPredictions read_predictions(std::string_view text, const std::string& origin,
                                              const OnProgress& on_progress);

}  // namespace undertone::app
