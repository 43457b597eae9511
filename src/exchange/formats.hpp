#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/frame_model.hpp"
#include "exchange/perceptron.hpp"
#include "undertone/exchange.hpp"

namespace undertone::exchange {

/// A network as a file tells it.
struct Imported {
    Perceptron network;
    std::string_view framework;                                // whose rules it follows here
    std::vector<std::pair<std::string, std::string>> options;  // further ones of the framework
    std::string written_by;                                    // "scikit-learn 1.9.1"; empty: not told
};

/// One row of the table of formats.
struct Format {
    ExchangeFormat about;
    /// Whether a file of these bytes, or this folder, is in the format.
    bool (*sniff)(std::string_view bytes, const std::string& path, bool folder);
    Imported (*read)(const std::string& path, std::string bytes);
    std::string (*write)(Perceptron network);  // nullptr: is only read
    /// A model that reads frames. nullptr: the format knows none
    std::string (*write_frames)(const FrameModel& model);
};

[[nodiscard]] std::span<const Format> formats();

}  // namespace undertone::exchange
