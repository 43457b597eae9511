#include "undertone/classifier.hpp"

#include "framework/framework.hpp"
#include "framework/keras_framework.hpp"
#include "framework/sklearn_framework.hpp"
#include "framework/undertone_framework.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace {

const std::vector<nn::Framework>& frameworks() {
    static const std::vector<nn::Framework> table{nn::sklearn_framework(), nn::keras_framework(),
                                                  nn::undertone_framework()};
    return table;
}

const nn::Framework& framework_named(std::string_view name) {
    for (const nn::Framework& framework : frameworks())
        if (framework.name == name) return framework;
    std::string message = "framework = " + std::string(name) + ": must be one of";
    for (const nn::Framework& framework : frameworks()) message += " " + std::string(framework.name);
    throw Error(Errc::invalid_argument, message);
}

}  // namespace

std::unique_ptr<Classifier> make_classifier(std::string_view framework, Dtype dtype,
                                            const std::map<std::string, std::string>& options) {
    return framework_named(framework).make(dtype, options);
}

std::unique_ptr<Classifier> load_classifier(std::string_view framework, Dtype dtype,
                                            const std::map<std::string, std::string>& options,
                                            const std::vector<Tensor>& tensors) {
    return framework_named(framework).load(dtype, options, tensors);
}

std::vector<std::string_view> framework_names() {
    std::vector<std::string_view> names;
    for (const nn::Framework& framework : frameworks()) names.push_back(framework.name);
    return names;
}

bool framework_takes_frames(std::string_view framework) { return framework_named(framework).takes_frames; }

std::string_view default_features(std::string_view framework) {
    return framework_named(framework).default_features;
}

void Classifier::fit_frames(const FrameSource&, std::span<const int>, int, std::size_t, const OnProgress&) {
    throw Error(Errc::incompatible_model,
                std::string(framework()) + " learns from one vector a clip, not from frames");
}

Matrix<double> Classifier::predict_frames(const FrameSource&) const {
    throw Error(Errc::incompatible_model, std::string(framework()) + " reads one vector a clip, not frames");
}

std::vector<OptionHelp> framework_options(std::string_view framework) {
    return framework_named(framework).options();
}

}  // namespace undertone
