#include "inputs.hpp"

// Run folders whose numbers and counts are not those of a run.
namespace undertone::hostile {
namespace {

// run.json of a genuine run, with a part added or replaced at its beginning: readers take the first of two
// keys, or refuse both.
Input with_part(const std::string& name, const std::string& part, const std::vector<std::string>& words) {
    return {name, [part](const Folder& folder) { put(folder, "run/run.json", "{" + part + "}"); }, words};
}

std::string labels(std::size_t n) {
    std::string text = "[";
    for (std::size_t i = 0; i < n; ++i) text += (i == 0 ? "\"l" : ",\"l") + std::to_string(i) + "\"";
    return text + "]";
}

std::string predictions(std::size_t n_labels, std::size_t n_rows, const std::string& seed = "9",
                        bool many_speakers = false) {
    std::string text = "file,speaker,truth,predicted,fold,seed";
    for (std::size_t i = 0; i < n_labels; ++i) text += ",p_l" + std::to_string(i);
    text += "\n";
    for (std::size_t row = 0; row < n_rows; ++row) {
        text += "c" + std::to_string(row) + ".wav,s" + std::to_string(many_speakers ? row : row % 2) + ",l" +
                std::to_string(row % n_labels) + ",l0,1," + seed + ",1" + times(",0", n_labels - 1) + "\n";
    }
    return text;
}

Input with_predictions(const std::string& name, const std::string& text,
                       const std::vector<std::string>& words) {
    return {name, [text](const Folder& folder) { put(folder, "run/predictions.csv", text); }, words};
}

}  // namespace

std::vector<Input> run_inputs() {
    const std::vector<std::string> report{"report", "run"};
    std::string epochs = "fold,seed,epoch,loss\n";
    for (int i = 0; i < 300'000; ++i) epochs += "1,9," + std::to_string(i) + ",0.5\n";
    std::string trials = R"("verb": "tune", "trials": [)";
    for (int i = 0; i < 20'000; ++i)
        trials += (i == 0 ? "" : ",") + (R"({"trial": )" + std::to_string(i)) +
                  R"(, "options": {"alpha": "1"}, "scores": [0.5], "mean": 0.5, "rank": 1, "share": 1e300})";
    trials += R"(], "best": {"trial": 99999999999999999999})";
    return {
        with_part("run_labels",
                  R"("verb": "evaluate", "labels": )" + labels(20'000) + R"(, "confusion": [[1]])", report),
        with_part(
            "run_labels_again",
            R"("labels": )" + labels(2'500) + R"(, "metrics": {"uar": {"value": 0.5}}, "per_class": [])",
            report),
        with_part(
            "run_numbers",
            R"("verb": "evaluate", "labels": ["a", "b"], "confusion": [[1e300, -1], [null, 1.5]], )"
            R"("corpus": {"name": "x", "clips": 1e300, "speakers": -1}, "options": {"seeds": [1e300, -1, null]}, )"
            R"("metrics": {"uar": {"value": 1e300, "low": null, "high": -1e300}, "n_units": -1}, )"
            R"("per_fold": [{"fold": 1e300, "n_train": -5, "n_epochs": 1e308}])",
            report),
        with_part("run_words", R"("command": {"words": [")" + times("x", 1'000'000) + R"("], "folder": "/"})",
                  {"verify", "run"}),
        with_part(
            "run_matrix",
            R"("verb": "evaluate", "folds": "matrix", "corpora": )" + labels(30'000) + R"(, "cells": [])",
            report),
        with_part("run_inflation", R"("folds": "inflation", "rows": [)" + times("{},", 100'000) + "{}]",
                  report),
        with_part("run_trials", trials, report),
        with_predictions("run_label_columns", predictions(4'000, 60), report),
        with_predictions("run_label_columns_compared", predictions(4'000, 60), {"compare", "run", "run"}),
        with_predictions("run_label_columns_drawn", predictions(4'000, 60),
                         {"plot", "--kind", "confusion", "-o", "p.png", "run"}),
        with_predictions("run_seed_fraction", predictions(3, 9, "9.7"), report),
        with_predictions("run_seed_too_large", predictions(3, 9, "4294967296"), report),
        with_predictions("run_speakers", predictions(3, 3'000, "9", true), report),
        with_predictions("run_commas",
                         "file,speaker,truth,predicted,fold,seed,p_a\n" + times(",", 60'000'000), report),
        {"run_epochs", [epochs](const Folder& folder) { put(folder, "run/curves.csv", epochs); }, report},
    };
}

}  // namespace undertone::hostile
