#include "options/corpus_options.hpp"

#include "output/training_report.hpp"

namespace undertone::app {

Option declare_corpus_options(const Arguments& app, CorpusOptions& options) {
    app.option("--labels", options.labels, "labels to take, separated by commas; without it all")
        .separated_by(',')
        .one_at_a_time();
    app.option("--label-map", options.label_map,
               "CSV code_or_label,label: what to call codes and labels; an empty label leaves them out, "
               "a line *, what no line names");
    app.option("--style", options.style, "speech: no songs; song: songs alone").one_of({"speech", "song"});
    return app.option("corpus", options.places,
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
