#pragma once

#include <map>
#include <memory>
#include <string>

#include "options/arguments.hpp"
#include "undertone/features.hpp"
#include "undertone/training.hpp"

namespace undertone::app {

/// What the verbs that train have in common: the framework, its options, the scaler, the calibration.
struct FrameworkSettings {
    std::string framework = "sklearn", features, scaler, calibrate = "none", dtype;
    std::uint32_t random_state = 9;
    std::map<std::string, std::string> options;  ///< as given on the command line
};

/// --framework, --features, --scaler, --calibrate, --random-state, --dtype and a flag for every option of
/// every framework; those that frameworks share are one flag.
/// @param settings           must live as long as the app
/// @param random_state_help  what the seed is of
void declare_framework(const Arguments& app, const std::shared_ptr<FrameworkSettings>& settings,
                       const std::string& random_state_help);

/// A feature set by its name.
/// @param pad_mode   of --pad-mode; empty: not given
/// @throws Error invalid_argument  there is none of that name, or it has no pad_mode
[[nodiscard]] std::unique_ptr<const FeatureSet> make_features(const std::string& name,
                                                              const std::string& pad_mode);

/// The feature set that was asked for, or the framework's own.
/// @param pad_mode   of --pad-mode; empty: not given
/// @throws Error invalid_argument  one that the framework cannot learn from, or that has no pad_mode
[[nodiscard]] std::unique_ptr<const FeatureSet> framework_features(const FrameworkSettings& settings,
                                                                   const std::string& pad_mode);

/// The flag of an option: "--max-iter" of "max_iter".
[[nodiscard]] std::string flag_of(std::string name);

/// What was asked for: the classic options, then `config`'s, then those of the command line.
/// @throws Error invalid_argument  an option that the framework does not have, or a wrong value
[[nodiscard]] TrainOptions framework_train_options(const FrameworkSettings& settings,
                                                   const std::map<std::string, std::string>& config = {});

}  // namespace undertone::app
