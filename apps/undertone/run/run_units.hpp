#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/json.hpp"
#include "undertone/evaluation.hpp"

namespace undertone::app {

/// What the journal of a run holds: a line that says what its units are of (options, clips and folds), and a
/// line for each finished training.
struct Journal {
    struct BrokenLine {
        std::size_t line = 0;  ///< counted from 1
        std::string reason;
    };
    std::string of;  ///< empty where no line says it
    std::map<std::string, eval::FoldResult> units;
    std::vector<BrokenLine> broken;  ///< lines that undertone does not write so: others are still good
    std::size_t whole_bytes = 0;     ///< up to the last line end: what follows was cut by what ended the run
};

/// Reads a journal. Every number has its range, and nothing is allocated before what it is for is there; that
/// the clips are those of a fold is for who has the folds (see eval::UnitStore).
/// @throws Error corrupt_data  more numbers than a run of this program has
[[nodiscard]] Journal parse_journal(std::string_view text, const std::string& origin);

/// Lines of a journal, with their line ends.
[[nodiscard]] std::string journal_head(const std::string& of);
[[nodiscard]] std::string journal_line(const std::string& key, const eval::FoldResult& result);

/// A calibration in a journal and in run.json; null without one.
[[nodiscard]] Json calibration_json(const std::optional<CalibrationFit>& fit);

}  // namespace undertone::app
