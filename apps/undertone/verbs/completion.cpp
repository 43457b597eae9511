#include <memory>
#include <string>
#include <vector>

#include "output/output.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
    return text;
}

std::string names_of(const std::vector<VerbFacts>& verbs) {
    std::vector<std::string> names;
    for (const VerbFacts& verb : verbs) names.push_back(verb.name);
    return joined(names, " ");
}

std::string bash_verb(const VerbFacts& verb) {
    std::string flags, values, positional;
    for (const OptionFacts& option : verb.options) {
        const std::string choices = joined(option.choices, " ");
        if (option.flags.empty()) {
            positional = choices;
            continue;
        }
        flags += joined(option.flags, " ") + " ";
        if (!option.takes_value) continue;
        values += "            " + joined(option.flags, "|") + ") ";
        values += choices.empty() ? "mapfile -t COMPREPLY < <(compgen -f -- \"$word\")"
                                  : "COMPREPLY=($(compgen -W '" + choices + "' -- \"$word\"))";
        values += "; return ;;\n";
    }
    return "    " + verb.name + ")\n        case $before in\n" + values + "        esac\n        flags='" +
           flags + "'\n        words='" + positional + "'\n        ;;\n";
}

std::string bash_script(const std::vector<VerbFacts>& verbs) {
    std::string text =
        "# bash completion of undertone: source <(undertone completion bash)\n"
        "_undertone() {\n"
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} flags words\n"
        "    COMPREPLY=()\n"
        "    if ((COMP_CWORD == 1)); then\n"
        "        COMPREPLY=($(compgen -W '" +
        names_of(verbs) +
        " --help --version' -- \"$word\"))\n"
        "        return\n"
        "    fi\n"
        "    case ${COMP_WORDS[1]} in\n";
    for (const VerbFacts& verb : verbs) text += bash_verb(verb);
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

std::string zsh_verb(const VerbFacts& verb) {
    std::string text = "    " + verb.name + ")\n        _arguments";
    for (const OptionFacts& option : verb.options) {
        const std::string choices = joined(option.choices, " ");
        const std::string values = choices.empty() ? "_files" : "(" + choices + ")";
        if (option.flags.empty()) text += " \\\n            '*:" + zsh_text(option.name) + ":" + values + "'";
        for (const std::string& flag : option.flags)
            text += " \\\n            '" + flag + "[" + zsh_text(option.help) + "]" +
                    (option.takes_value ? ":value:" + values : "") + "'";
    }
    return text + "\n        ;;\n";
}

std::string zsh_script(const std::vector<VerbFacts>& verbs) {
    std::string text =
        "#compdef undertone\n"
        "# zsh completion of undertone: source <(undertone completion zsh), or a file _undertone in $fpath\n"
        "_undertone() {\n"
        "    if ((CURRENT == 2)); then\n"
        "        compadd -- " +
        names_of(verbs) +
        " --help --version\n"
        "        return\n"
        "    fi\n"
        "    local verb=$words[2]\n"
        "    shift words\n"
        "    ((CURRENT--))\n"
        "    case $verb in\n";
    for (const VerbFacts& verb : verbs) text += zsh_verb(verb);
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

Action declare_completion(const Arguments& app) {
    auto shell = std::make_shared<std::string>();
    app.option("shell", *shell, "bash or zsh").required().one_of({"bash", "zsh"});
    app.footer(
        "Examples:\n"
        "  source <(undertone completion bash)\n"
        "  undertone completion zsh > ~/.zfunc/_undertone");
    return [shell] {
        const std::vector<VerbFacts> verbs = facts_of_verbs();
        print(*shell == "bash" ? bash_script(verbs) : zsh_script(verbs));
        return 0;
    };
}

}  // namespace undertone::app
