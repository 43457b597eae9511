#pragma once

#include <string>
#include <vector>

#include "run/run_data.hpp"

/// What run.json says, in sentences.
namespace undertone::app::html {

/// "In 6 folds, models were tested on speakers whom they had never heard ..."
[[nodiscard]] std::string protocol_sentence(const RunData& run);

/// What training and test share, of what is known.
[[nodiscard]] std::vector<std::string> overlap_sentences(const Json& evaluation);

/// "1,552 clips of 20 speakers"
[[nodiscard]] std::string counted(double n, const std::string& one);

/// A word for a shell: quoted where it needs to be.
[[nodiscard]] std::string shell_word(const std::string& word);

}  // namespace undertone::app::html
