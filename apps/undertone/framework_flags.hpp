#pragma once

#include <CLI/App.hpp>
#include <map>
#include <memory>
#include <string>

#include "undertone/training.hpp"

namespace undertone::app {

/// What the verbs that train have in common: the framework, its options, the scaler, the calibration.
struct FrameworkSettings {
    std::string framework = "sklearn", scaler = "standard", calibrate = "none", dtype;
    std::uint32_t random_state = 9;
    std::map<std::string, std::string> options;  ///< as given on the command line
};

/// --framework, --scaler, --calibrate, --random-state, --dtype and a flag for every option of every
/// framework; those that frameworks share are one flag.
/// @param settings           must live as long as the app
/// @param random_state_help  what the seed is of
void declare_framework(CLI::App& app, const std::shared_ptr<FrameworkSettings>& settings,
                       const std::string& random_state_help);

/// The flag of an option: "--max-iter" of "max_iter".
[[nodiscard]] std::string flag_of(std::string name);

/// What was asked for: the classic options, then `config`'s, then those of the command line.
/// @throws Error invalid_argument  an option that the framework does not have, or a wrong value
[[nodiscard]] TrainOptions framework_train_options(const FrameworkSettings& settings,
                                                   const std::map<std::string, std::string>& config = {});

}  // namespace undertone::app
