#include "options/arguments.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstddef>
#include <optional>

#include "undertone/error.hpp"

namespace undertone::app {
namespace {

// "-o" and "--output" of an option; none for a positional argument.
std::vector<std::string> flags_of(const CLI::Option& option) {
    std::vector<std::string> flags;
    for (const std::string& name : option.get_snames()) flags.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) flags.push_back("--" + name);
    return flags;
}

// What an option may be, where that is a list: CLI11 writes it as {a,b} into the name of the type.
std::vector<std::string> choices_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t begin = type.find('{'), end = type.find('}');
    if (begin == std::string::npos || end == std::string::npos) return {};
    return CLI::detail::split(type.substr(begin + 1, end - begin - 1), ',');
}

// What was wrong with the words of the command line, and where to read what is right.
std::string explained(const CLI::ParseError& error, const CLI::App& root) {
    const auto chosen = root.get_subcommands();
    const std::string help =
        "undertone " + (chosen.empty() ? "" : chosen.front()->get_name() + " ") + "--help";
    const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
    const std::vector<std::string> unknown = root.remaining(true);
    if (!unknown.empty() && (code == CLI::ExitCodes::ExtrasError || code == CLI::ExitCodes::RequiredError)) {
        const std::string& word = unknown.front();
        if (word.size() > 1 && word.front() == '-')
            return word + ": no such option; " + help + " lists them" +
                   (chosen.empty() ? "" : "; a file of this name goes after --");
        return word + ": one word too many; " + help + " tells what goes here";
    }
    std::string message = error.what();
    const std::size_t twice = message.find(": At Most 1 required");
    if (code == CLI::ExitCodes::ArgumentMismatch && twice != std::string::npos)
        message = message.substr(0, twice) + ": is given more than once";
    return message + "; " + help + " tells what goes here";
}

}  // namespace

Option Option::required() const {
    option_->required();
    return *this;
}

Option Option::check(std::function<std::string(const std::string&)> check) const {
    option_->check(std::move(check));
    return *this;
}

Option Option::one_of(const std::vector<std::string>& choices) const {
    option_->check(CLI::IsMember(choices));
    return *this;
}

Option Option::range(std::int64_t least, std::int64_t most) const {
    option_->check(CLI::Range(least, most));
    return *this;
}

Option Option::between(double least, double most) const {
    option_->check(CLI::Range(least, most));
    return *this;
}

Option Option::not_negative() const {
    option_->check(CLI::NonNegativeNumber);
    return *this;
}

Option Option::shows_default() const {
    option_->capture_default_str();
    return *this;
}

Option Option::shows_default(const std::string& text) const {
    option_->default_str(text);
    return *this;
}

Option Option::group(const std::string& heading) const {
    option_->group(heading);
    return *this;
}

Option Option::takes(int least, int most) const {
    option_->expected(least, most);
    return *this;
}

Option Option::one_at_a_time() const {
    option_->allow_extra_args(false);
    return *this;
}

Option Option::separated_by(char separator) const {
    option_->delimiter(separator);
    return *this;
}

Option Option::excludes(const Option& other) const {
    option_->excludes(other.option_);
    return *this;
}

Option Option::excludes(const std::string& flag) const {
    option_->excludes(flag);
    return *this;
}

Option Option::needs(const std::string& flag) const {
    option_->needs(flag);
    return *this;
}

template <class T>
Option Arguments::option(const std::string& names, T& variable, const std::string& help) const {
    return Option(*app_->add_option(names, variable, help));
}

template Option Arguments::option(const std::string&, std::string&, const std::string&) const;
template Option Arguments::option(const std::string&, std::vector<std::string>&, const std::string&) const;
template Option Arguments::option(const std::string&, int&, const std::string&) const;
template Option Arguments::option(const std::string&, std::uint32_t&, const std::string&) const;
template Option Arguments::option(const std::string&, std::size_t&, const std::string&) const;
template Option Arguments::option(const std::string&, double&, const std::string&) const;
template Option Arguments::option(const std::string&, std::optional<double>&, const std::string&) const;
template Option Arguments::option(const std::string&, std::optional<std::size_t>&, const std::string&) const;

template <class T>
Option Arguments::option(const std::string& names, std::function<void(const T&)> take,
                         const std::string& help) const {
    return Option(*app_->add_option_function<T>(names, std::move(take), help));
}

template Option Arguments::option(const std::string&, std::function<void(const std::string&)>,
                                  const std::string&) const;
template Option Arguments::option(const std::string&, std::function<void(const std::uint64_t&)>,
                                  const std::string&) const;

Option Arguments::flag(const std::string& names, bool& variable, const std::string& help) const {
    return Option(*app_->add_flag(names, variable, help));
}

void Arguments::footer(const std::string& text) const { app_->footer(text); }

Option Arguments::find(const std::string& name) const { return Option(*app_->get_option(name)); }

std::vector<Option> Arguments::options() const {
    std::vector<Option> options;
    for (CLI::Option* option :
         app_->get_options([](const CLI::Option* one) { return one->get_name() != "--help"; }))
        options.emplace_back(*option);
    return options;
}

std::vector<OptionFacts> Arguments::facts() const {
    std::vector<OptionFacts> facts;
    for (const CLI::Option* option : app_->get_options({}))
        if (!option->get_group().empty())
            facts.push_back({.name = option->get_name(),
                             .help = option->get_description(),
                             .flags = flags_of(*option),
                             .choices = choices_of(*option),
                             .takes_value = option->get_items_expected_max() > 0});
    return facts;
}

CommandLine::CommandLine(const std::string& summary, const std::string& version, const std::string& footer)
    : root_(std::make_unique<CLI::App>(summary, "undertone")) {
    root_->set_version_flag("--version", version);
    root_->require_subcommand(0, 1);
    root_->footer(footer);
}

CommandLine::~CommandLine() = default;

Arguments CommandLine::add_verb(const std::string& name, const std::string& summary) {
    return Arguments(*root_->add_subcommand(name, summary));
}

std::string CommandLine::read(const std::vector<std::string>& words) {
    try {
        root_->parse(std::vector<std::string>(words.rbegin(), words.rend()));  // the last word first
    } catch (const CLI::CallForHelp&) {
        return root_->help();  // of the verb, when one was called
    } catch (const CLI::CallForVersion& version) {
        return std::string(version.what()) + "\n";
    } catch (const CLI::ParseError& error) {
        throw Error(Errc::invalid_argument, explained(error, *root_));
    }
    return {};
}

std::string CommandLine::help() const { return root_->help(); }

}  // namespace undertone::app
