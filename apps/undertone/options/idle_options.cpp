#include "options/idle_options.hpp"

#include <array>
#include <string_view>

#include "undertone/error.hpp"

namespace undertone::app {

namespace {

/// An option that does something only where another is, or is not, `value`.
struct Dependence {
    std::string_view framework, option, other;
    bool is;
    std::string_view value;
};

// Those of keras are checked by the library itself.
constexpr std::array kDependences{
    Dependence{"sklearn", "learning_rate", "solver", true, "sgd"},
    Dependence{"sklearn", "power_t", "learning_rate", true, "invscaling"},
    Dependence{"sklearn", "power_t", "solver", true, "sgd"},
    Dependence{"sklearn", "momentum", "solver", true, "sgd"},
    Dependence{"sklearn", "nesterovs_momentum", "solver", true, "sgd"},
    Dependence{"sklearn", "nesterovs_momentum", "momentum", false, "0"},
    Dependence{"sklearn", "beta_1", "solver", true, "adam"},
    Dependence{"sklearn", "beta_2", "solver", true, "adam"},
    Dependence{"sklearn", "epsilon", "solver", true, "adam"},
    Dependence{"sklearn", "max_fun", "solver", true, "lbfgs"},
    Dependence{"sklearn", "batch_size", "solver", false, "lbfgs"},
    Dependence{"sklearn", "shuffle", "solver", false, "lbfgs"},
    Dependence{"sklearn", "learning_rate_init", "solver", false, "lbfgs"},
    Dependence{"sklearn", "early_stopping", "solver", false, "lbfgs"},
    Dependence{"sklearn", "n_iter_no_change", "solver", false, "lbfgs"},
    Dependence{"sklearn", "validation_fraction", "early_stopping", true, "true"},
    Dependence{"undertone", "few_clips", "class_weight", true, "balanced"},
    Dependence{"undertone", "snr_min_db", "noise", false, "0"},
    Dependence{"undertone", "snr_max_db", "noise", false, "0"},
    Dependence{"undertone", "noise_colour", "noise", false, "0"},
    Dependence{"undertone", "room_decay_s", "room", false, "0"},
    Dependence{"undertone", "time_mask_frames", "time_masks", false, "0"},
    Dependence{"undertone", "frequency_mask_bands", "frequency_masks", false, "0"},
};

/// The text that an option has in the end, as a model file writes it.
std::string text_of(const Classifier& classifier, std::string_view option) {
    for (const auto& [name, text] : classifier.options())
        if (name == option) return text;
    return {};
}

}  // namespace

void check_idle_options(const FrameworkSettings& settings, const TrainOptions& options,
                        const std::set<std::string>& searched) {
    const auto classifier = make_classifier(options.framework, options.dtype, options.framework_options);
    for (const Dependence& dependence : kDependences) {
        const std::string option(dependence.option), other(dependence.other);
        if (dependence.framework != options.framework || !settings.options.contains(option) ||
            searched.contains(other))
            continue;
        const std::string text = text_of(*classifier, other);
        if ((text == dependence.value) == dependence.is) continue;
        throw Error(Errc::invalid_argument, flag_of(option) + ": does nothing with " + flag_of(other) + " " +
                                                text + ": leave it out, or " +
                                                (dependence.is ? "add " : "give another ") + flag_of(other) +
                                                (dependence.is ? " " + std::string(dependence.value) : ""));
    }
}

}  // namespace undertone::app
