#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// The command line. It is read by CLI11, which stays in arguments.cpp: every file that includes it takes
/// seconds to compile.
namespace undertone::app {

/// One option or positional argument of a verb. Each call returns the same option, so that they follow one
/// another; it lives as long as its verb's Arguments.
class Option {
public:
    explicit Option(CLI::Option& option) : option_(&option) {}

    Option required() const;
    /// @param check   of a value as it was given: returns what is wrong with it, or nothing
    Option check(std::function<std::string(const std::string&)> check) const;
    Option one_of(const std::vector<std::string>& choices) const;
    Option range(std::int64_t least, std::int64_t most) const;
    Option between(double least, double most) const;
    Option not_negative() const;
    /// --help shows the value that the variable has now.
    Option shows_default() const;
    Option shows_default(const std::string& text) const;
    /// Under which --help lists it; empty: it is not for people.
    Option group(const std::string& heading) const;
    /// Of a positional argument: how many values.
    Option takes(int least, int most) const;
    /// The option takes one value, and may be given again.
    Option one_at_a_time() const;
    /// Several values stand in one word.
    Option separated_by(char separator) const;
    Option excludes(const Option& other) const;
    Option excludes(const std::string& flag) const;
    Option needs(const std::string& flag) const;

private:
    CLI::Option* option_;
};

/// What an option is, for completion scripts.
struct OptionFacts {
    std::string name, help;          ///< the name of a positional argument
    std::vector<std::string> flags;  ///< "-o", "--output"; none for a positional argument
    std::vector<std::string> choices;
    bool takes_value = false;
};

/// What a verb may be called with. The variables that options are read into must live as long as the action.
class Arguments {
public:
    explicit Arguments(CLI::App& app) : app_(&app) {}

    /// @param names     "-o,--output", or the name of a positional argument
    /// @param variable  text, a number, an optional of one, or a list of texts; it keeps its value where the
    ///                  option is not given
    template <class T>
    Option option(const std::string& names, T& variable, const std::string& help) const;
    /// Calls a function with the value.
    template <class T>
    Option option(const std::string& names, std::function<void(const T&)> take,
                  const std::string& help) const;
    Option flag(const std::string& names, bool& variable, const std::string& help = "") const;
    void footer(const std::string& text) const;

    /// One that was declared before.
    [[nodiscard]] Option find(const std::string& name) const;
    /// All that were declared so far but --help.
    [[nodiscard]] std::vector<Option> options() const;
    /// Those that are for people.
    [[nodiscard]] std::vector<OptionFacts> facts() const;

private:
    CLI::App* app_;
};

/// The whole command line: verbs and what each may be called with.
class CommandLine {
public:
    CommandLine(const std::string& summary, const std::string& version, const std::string& footer);
    ~CommandLine();

    Arguments add_verb(const std::string& name, const std::string& summary);

    /// Reads words, the program's name left out, into the variables.
    /// @return  a text to print instead of doing anything: of --help or --version
    /// @throws Error invalid_argument  the message says where to read what is right
    [[nodiscard]] std::string read(const std::vector<std::string>& words);
    [[nodiscard]] std::string help() const;

private:
    std::unique_ptr<CLI::App> root_;
};

}  // namespace undertone::app
