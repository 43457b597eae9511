#pragma once

#include <functional>
#include <string>
#include <vector>

#include "options/arguments.hpp"

namespace undertone::app {

/// What a verb does once its arguments are read: returns the exit code.
using Action = std::function<int()>;

/// What a verb may be called with, for completion scripts.
struct VerbFacts {
    std::string name;
    std::vector<OptionFacts> options;
};

/// Of all verbs, in the order in which --help lists them.
[[nodiscard]] std::vector<VerbFacts> facts_of_verbs();

/// Reads a command line, the program's name left out, and does what it says.
/// @return  the exit code
int run_verb(const std::vector<std::string>& words);

[[nodiscard]] Action declare_train(const Arguments& app);
[[nodiscard]] Action declare_evaluate(const Arguments& app);
[[nodiscard]] Action declare_compare(const Arguments& app);
[[nodiscard]] Action declare_tune(const Arguments& app);
[[nodiscard]] Action declare_report(const Arguments& app);
[[nodiscard]] Action declare_runs(const Arguments& app);
[[nodiscard]] Action declare_verify(const Arguments& app);
[[nodiscard]] Action declare_corpus(const Arguments& app);
[[nodiscard]] Action declare_predict(const Arguments& app);
[[nodiscard]] Action declare_extract(const Arguments& app);
[[nodiscard]] Action declare_plot(const Arguments& app);
[[nodiscard]] Action declare_explain(const Arguments& app);
[[nodiscard]] Action declare_info(const Arguments& app);
[[nodiscard]] Action declare_halve(const Arguments& app);
[[nodiscard]] Action declare_import(const Arguments& app);
[[nodiscard]] Action declare_export(const Arguments& app);
[[nodiscard]] Action declare_demo(const Arguments& app);
[[nodiscard]] Action declare_completion(const Arguments& app);

}  // namespace undertone::app
