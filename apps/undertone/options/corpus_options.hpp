#pragma once

#include <string>
#include <vector>

#include "options/arguments.hpp"
#include "undertone/corpus.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

/// Which recordings a verb works on: the places, and what is taken of them.
struct CorpusOptions {
    std::vector<std::string> places;
    std::vector<std::string> labels;
    std::string label_map, style;
};

/// Declares the places as the positional argument, and --labels, --label-map, --style.
/// @param options  must live as long as the app
/// @return         the positional, for a verb that requires it
Option declare_corpus_options(const Arguments& app, CorpusOptions& options);

/// The options for read_corpus().
/// @param base  what a config.ini says; the command line comes on top
/// @throws Error as read_label_map() does
[[nodiscard]] LabelOptions label_options(const CorpusOptions& options, LabelOptions base = {});

/// Reads the places, and names on standard error what was left out.
[[nodiscard]] Corpus read_corpus(const CorpusOptions& options);

}  // namespace undertone::app
