#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/corpus.hpp"

namespace undertone {

/// The settings of a classic `config.ini`: sections [DATA], [MODEL] and [API], Python literals as values.
struct Config {
    std::string path;                                    ///< the file itself
    std::optional<std::string> data_dir;                 ///< as written
    std::optional<std::string> file_glob;                ///< below data_dir: `Audio_*/Actor_*/*.wav`
    LabelOptions labels;                                 ///< `emotions` and `learn_emotions`
    std::optional<std::vector<int>> hidden_layer_shape;  ///< `[300,50,20,10]`
    std::optional<int> batch_size, epoch, num_features;
    std::optional<std::string> model_save_path;  ///< as written: a folder
    std::optional<int> port;
};

/// Reads a config file. Values are read as literals by a small parser; nothing is ever evaluated.
/// @throws Error io            the file cannot be read
/// @throws Error corrupt_data  naming file and line: an unknown section or key (the message lists the known
///         ones), a key given twice, a broken literal, a value of the wrong type or out of its range, a code
///         in learn_emotions that emotions lacks
[[nodiscard]] Config read_config(const std::string& path);

/// The same from text.
/// @param origin   the file it is from, for messages and for `Config::path`
[[nodiscard]] Config parse_config(std::string_view text, const std::string& origin);

/// The files that the config's `data_dir` and `file_glob` name, in sorted order. A relative data_dir is taken
/// from the folder of the config file. Without a file_glob, the folder itself, for read_corpus() to search.
/// The glob knows `*`, `?`, `[a-z]`, `[!a-z]` and `**` for any number of folders; case matters.
/// @throws Error io                there is no such folder, or it cannot be read
/// @throws Error invalid_argument  no data_dir, or no file fits the glob
[[nodiscard]] std::vector<std::string> config_files(const Config& config);

}  // namespace undertone
