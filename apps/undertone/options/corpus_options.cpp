#include "options/corpus_options.hpp"

#include "output/training_report.hpp"

namespace undertone::app {

CLI::Option* declare_corpus_options(CLI::App& app, CorpusOptions& options) {
    app.add_option("--labels", options.labels, "labels to take, separated by commas; without it all")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--label-map", options.label_map,
                   "CSV code_or_label,label: what to call codes and labels; an empty label leaves them out, "
                   "a line *, what no line names");
    app.add_option("--style", options.style, "speech: no songs; song: songs alone")
        ->check(CLI::IsMember({"speech", "song"}));
    return app.add_option("corpus", options.places,
                          "folders, zips, tables (csv, tsv, jsonl, db.yaml); several are joined");
}

LabelOptions label_options(const CorpusOptions& options, LabelOptions base) {
    base.labels = options.labels;
    base.style = options.style;
    if (!options.label_map.empty()) base.map = read_label_map(options.label_map);
    return base;
}

Corpus read_corpus(const CorpusOptions& options) {
    Corpus corpus = undertone::read_corpus(options.places, label_options(options));
    complain_of_skipped(corpus);
    return corpus;
}

}  // namespace undertone::app
