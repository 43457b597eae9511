#include <memory>
#include <string>
#include <vector>

#include "output/output.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

// "-o" and "--output" of an option; none for a positional.
std::vector<std::string> flags_of(const CLI::Option& option) {
    std::vector<std::string> flags;
    for (const std::string& name : option.get_snames()) flags.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) flags.push_back("--" + name);
    return flags;
}

// What an option may be, where that is a list: CLI11 writes it as {a,b} into the name of the type.
std::string choices_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const std::size_t begin = type.find('{'), end = type.find('}');
    if (begin == std::string::npos || end == std::string::npos) return "";
    std::string choices = type.substr(begin + 1, end - begin - 1);
    for (char& c : choices)
        if (c == ',') c = ' ';
    return choices;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

std::string all_verbs() {
    std::string names;
    for (const Verb& verb : verbs()) names += (names.empty() ? "" : " ") + std::string(verb.name);
    return names;
}

std::string bash_verb(const CLI::App& app) {
    std::string flags, values, positional;
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group().empty()) continue;  // not for people
        const std::vector<std::string> own = flags_of(*option);
        const std::string choices = choices_of(*option);
        if (own.empty()) {
            positional = choices;
            continue;
        }
        std::string pattern;
        for (const std::string& flag : own) {
            flags += flag + " ";
            pattern += (pattern.empty() ? "" : "|") + flag;
        }
        if (!takes_value(*option)) continue;
        values += "            " + pattern + ") ";
        values += choices.empty() ? "mapfile -t COMPREPLY < <(compgen -f -- \"$word\")"
                                  : "COMPREPLY=($(compgen -W '" + choices + "' -- \"$word\"))";
        values += "; return ;;\n";
    }
    return "    " + app.get_name() + ")\n        case $before in\n" + values +
           "        esac\n        flags='" + flags + "'\n        words='" + positional + "'\n        ;;\n";
}

std::string bash_script(const CLI::App& root) {
    std::string text =
        "# bash completion of undertone: source <(undertone completion bash)\n"
        "_undertone() {\n"
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} flags words\n"
        "    COMPREPLY=()\n"
        "    if ((COMP_CWORD == 1)); then\n"
        "        COMPREPLY=($(compgen -W '" +
        all_verbs() +
        " --help --version' -- \"$word\"))\n"
        "        return\n"
        "    fi\n"
        "    case ${COMP_WORDS[1]} in\n";
    for (const CLI::App* app : root.get_subcommands({})) text += bash_verb(*app);
    return text +
           "    *) return ;;\n"
           "    esac\n"
           "    if [[ $word == -* ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n"
           "    elif [[ -n $words ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "    else\n"
           "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
           "    fi\n"
           "}\n"
           "complete -o filenames -F _undertone undertone\n";
}

// Within single quotes and within the brackets of _arguments.
std::string zsh_text(const std::string& text) {
    std::string quoted;
    for (const char c : text) {
        if (c == '\'') quoted += "'\\'";
        if (c == '[' || c == ']' || c == ':' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted;
}

std::string zsh_verb(const CLI::App& app) {
    std::string text = "    " + app.get_name() + ")\n        _arguments";
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group().empty()) continue;  // not for people
        const std::string choices = choices_of(*option);
        const std::string values = choices.empty() ? "_files" : "(" + choices + ")";
        const std::vector<std::string> flags = flags_of(*option);
        if (flags.empty()) text += " \\\n            '*:" + zsh_text(option->get_name()) + ":" + values + "'";
        for (const std::string& flag : flags)
            text += " \\\n            '" + flag + "[" + zsh_text(option->get_description()) + "]" +
                    (takes_value(*option) ? ":value:" + values : "") + "'";
    }
    return text + "\n        ;;\n";
}

std::string zsh_script(const CLI::App& root) {
    std::string text =
        "#compdef undertone\n"
        "# zsh completion of undertone: source <(undertone completion zsh), or a file _undertone in $fpath\n"
        "_undertone() {\n"
        "    if ((CURRENT == 2)); then\n"
        "        compadd -- " +
        all_verbs() +
        " --help --version\n"
        "        return\n"
        "    fi\n"
        "    local verb=$words[2]\n"
        "    shift words\n"
        "    ((CURRENT--))\n"
        "    case $verb in\n";
    for (const CLI::App* app : root.get_subcommands({})) text += zsh_verb(*app);
    return text +
           "    esac\n"
           "}\n"
           "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
           "    _undertone \"$@\"\n"
           "else\n"
           "    compdef _undertone undertone\n"
           "fi\n";
}

}  // namespace

Action declare_completion(CLI::App& app) {
    auto shell = std::make_shared<std::string>();
    app.add_option("shell", *shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
    app.footer(
        "Examples:\n"
        "  source <(undertone completion bash)\n"
        "  undertone completion zsh > ~/.zfunc/_undertone");
    return [shell] {
        CLI::App root("", "undertone");
        Action ignored;
        declare_verbs(root, "", true, ignored);
        print(*shell == "bash" ? bash_script(root) : zsh_script(root));
        return 0;
    };
}

}  // namespace undertone::app
