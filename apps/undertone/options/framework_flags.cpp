#include "options/framework_flags.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "options/classic.hpp"
#include "options/inputs.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

namespace {

void declare_options(const Arguments& app, const std::shared_ptr<FrameworkSettings>& settings) {
    struct Flag {
        std::string name, help;
    };
    std::vector<Flag> flags;
    for (const std::string_view framework : framework_names()) {
        const auto begun_from = classic_options(std::string(framework));
        for (const OptionHelp& option : framework_options(framework)) {
            if (option.name == "random_state") continue;  // a flag of its own, for all that is drawn
            std::string help(framework);
            help.append(": ").append(option.help).append("; ").append(option.rule);
            const auto classic = begun_from.find(option.name);
            const std::string& text = classic == begun_from.end() ? option.default_text : classic->second;
            if (!text.empty()) help.append("; ").append(text);
            const auto known = std::find_if(flags.begin(), flags.end(),
                                            [&](const Flag& flag) { return flag.name == option.name; });
            if (known == flags.end())
                flags.push_back({option.name, help});
            else
                known->help += ". " + help;
        }
    }
    for (const Flag& flag : flags)
        app.option<std::string>(
               flag_of(flag.name),
               [settings, name = flag.name](const std::string& text) { settings->options[name] = text; },
               flag.help)
            .group("Options of the frameworks");
}

void check_options(const FrameworkSettings& settings) {
    std::string known;
    std::set<std::string> names;
    for (const OptionHelp& option : framework_options(settings.framework)) {
        if (option.name == "random_state") continue;
        names.insert(option.name);
        known += " " + flag_of(option.name);
    }
    for (const auto& option : settings.options)
        if (!names.contains(option.first))
            throw Error(Errc::invalid_argument,
                        flag_of(option.first) + ": no option of " + settings.framework + "; it has" + known);
}

}  // namespace

std::string flag_of(std::string name) {
    std::replace(name.begin(), name.end(), '_', '-');
    return "--" + name;
}

void declare_framework(const Arguments& app, const std::shared_ptr<FrameworkSettings>& settings,
                       const std::string& random_state_help) {
    const std::vector<std::string_view> names = framework_names();
    app.option("--framework", settings->framework, "whose network and whose training")
        .one_of({names.begin(), names.end()})
        .shows_default();
    app.option("--features", settings->features,
               "what is computed of a clip; librosa193, for undertone logmel64")
        .check(not_empty);
    app.option("--scaler", settings->scaler,
               "standard: each feature to mean 0 and variance 1, but for undertone; none")
        .one_of({"standard", "none"});
    app.option("--calibrate", settings->calibrate,
               "temperature: probabilities that mean what they say; up to five trainings more")
        .one_of({"none", "temperature"})
        .shows_default();
    app.option("--random-state", settings->random_state, random_state_help)
        .range(0, std::numeric_limits<std::uint32_t>::max())
        .shows_default();
    app.option("--dtype", settings->dtype, "numbers to train in; float64 for sklearn, float32 for the others")
        .one_of({"float32", "float64"});
    declare_options(app, settings);
}

TrainOptions framework_train_options(const FrameworkSettings& settings,
                                     const std::map<std::string, std::string>& config) {
    check_options(settings);
    TrainOptions options;
    options.framework = settings.framework;
    options.dtype = classic_dtype(settings.framework);
    if (!settings.dtype.empty())
        options.dtype = settings.dtype == "float32" ? Dtype::float32 : Dtype::float64;
    options.framework_options = classic_options(settings.framework);
    for (const auto& [name, text] : config) options.framework_options[name] = text;
    for (const auto& [name, text] : settings.options) options.framework_options[name] = text;
    options.framework_options["random_state"] = std::to_string(settings.random_state);
    options.random_state = settings.random_state;
    const bool takes_frames = framework_takes_frames(settings.framework);
    if (takes_frames && settings.scaler == "standard")
        throw Error(Errc::invalid_argument,
                    "--scaler standard: is for vectors; undertone has --clip-normalization");
    options.standardise = !takes_frames && settings.scaler != "none";
    if (settings.calibrate == "temperature") options.calibrate = CalibrationKind::temperature;
    // Wrong values are better said before minutes of reading than after.
    static_cast<void>(make_classifier(options.framework, options.dtype, options.framework_options));
    return options;
}

std::unique_ptr<const FeatureSet> make_features(const std::string& name, const std::string& pad_mode) {
    auto features = make_feature_set(name);
    if (pad_mode.empty()) return features;
    if (!features->options().contains("pad_mode"))
        throw Error(Errc::invalid_argument, "--pad-mode: " + name + " does not pad the ends of a clip");
    return make_feature_set(name, {{"pad_mode", pad_mode}});
}

std::unique_ptr<const FeatureSet> framework_features(const FrameworkSettings& settings,
                                                     const std::string& pad_mode) {
    std::string name = settings.features;
    if (name.empty()) name = default_features(settings.framework);
    auto features = make_features(name, pad_mode);
    if (features->per_frame() == framework_takes_frames(settings.framework)) return features;
    throw Error(Errc::invalid_argument, "--features " + name + ": gives " +
                                            (features->per_frame() ? "a sequence of frames" : "one vector") +
                                            " a clip; " + settings.framework + " learns from " +
                                            (features->per_frame() ? "vectors, as of " : "frames, as of ") +
                                            std::string(default_features(settings.framework)));
}

}  // namespace undertone::app
