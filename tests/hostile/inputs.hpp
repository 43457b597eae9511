#pragma once

#include <functional>
#include <string>
#include <vector>

namespace undertone::hostile {

/// Where inputs are made: a folder that holds `clips` (16 small recordings), `m` (a model of them) and `run`
/// (an evaluation of them).
using Folder = std::string;

/// An input that somebody made to harm, and what the program is called with to read it.
struct Input {
    std::string name;
    std::function<void(const Folder&)> make;
    std::vector<std::string> words;  ///< file names are of the folder
};

/// Every input. Sizes are those at which each kind of fault was seen, or well above.
[[nodiscard]] std::vector<Input> inputs();

/// Those of one kind each.
[[nodiscard]] std::vector<Input> json_inputs();    ///< models, runs, journals, tables, folds
[[nodiscard]] std::vector<Input> run_inputs();     ///< numbers and sizes in run folders
[[nodiscard]] std::vector<Input> sound_inputs();   ///< recordings and zips
[[nodiscard]] std::vector<Input> corpus_inputs();  ///< tables, label maps, YAML, Parquet, folders
[[nodiscard]] std::vector<Input> model_inputs();   ///< files of models, ours and others'

/// Writes a file of the folder.
void put(const Folder& folder, const std::string& name, const std::string& bytes);

/// Reads one that is there already, to change it.
[[nodiscard]] std::string get(const Folder& folder, const std::string& name);

/// A text so many times.
[[nodiscard]] std::string times(std::string_view text, std::size_t n);

/// The bytes of a number, the lowest first.
[[nodiscard]] std::string little(std::uint64_t value, int n_bytes);

}  // namespace undertone::hostile
