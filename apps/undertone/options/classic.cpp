#include "options/classic.hpp"

namespace undertone::app {

std::map<std::string, std::string> classic_options(const std::string& framework) {
    if (framework_takes_frames(framework)) return {};
    std::map<std::string, std::string> options{
        {"hidden_layer_sizes", "300,50,20,10"}, {"batch_size", "8"}, {epochs_option(framework), "500"}};
    if (framework == "keras")
        options["validation_split"] = "0.2";
    else
        options.insert({{"alpha", "0.01"}, {"epsilon", "1e-8"}, {"learning_rate", "adaptive"}});
    return options;
}

Dtype classic_dtype(const std::string& framework) {
    return framework == "sklearn" ? Dtype::float64 : Dtype::float32;
}

std::string epochs_option(const std::string& framework) {
    return framework == "sklearn" ? "max_iter" : "epochs";
}

}  // namespace undertone::app
