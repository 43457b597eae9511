#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace undertone::app {

/// What a verb does once its arguments are read: returns the exit code.
using Action = std::function<int()>;

/// One verb of the program. Its options are only made when it is the one that was called, which keeps the
/// start of the others short.
struct Verb {
    std::string_view name, summary;
    Action (*declare)(CLI::App& app);
};

[[nodiscard]] std::span<const Verb> verbs() noexcept;

/// The whole command line; with every_option each verb has its options, else only the one called.
void declare_verbs(CLI::App& root, std::string_view called, bool every_option, Action& action);

/// Reads a command line, the program's name left out, and does what it says.
/// @return  the exit code
int run_verb(const std::vector<std::string>& words);

[[nodiscard]] Action declare_train(CLI::App& app);
[[nodiscard]] Action declare_evaluate(CLI::App& app);
[[nodiscard]] Action declare_compare(CLI::App& app);
[[nodiscard]] Action declare_tune(CLI::App& app);
[[nodiscard]] Action declare_report(CLI::App& app);
[[nodiscard]] Action declare_runs(CLI::App& app);
[[nodiscard]] Action declare_verify(CLI::App& app);
[[nodiscard]] Action declare_corpus(CLI::App& app);
[[nodiscard]] Action declare_predict(CLI::App& app);
[[nodiscard]] Action declare_extract(CLI::App& app);
[[nodiscard]] Action declare_plot(CLI::App& app);
[[nodiscard]] Action declare_explain(CLI::App& app);
[[nodiscard]] Action declare_info(CLI::App& app);
[[nodiscard]] Action declare_halve(CLI::App& app);
[[nodiscard]] Action declare_import(CLI::App& app);
[[nodiscard]] Action declare_export(CLI::App& app);
[[nodiscard]] Action declare_demo(CLI::App& app);
[[nodiscard]] Action declare_completion(CLI::App& app);

}  // namespace undertone::app
