#include "output/training_report.hpp"

#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "output/output.hpp"

namespace undertone::app {

namespace {

constexpr std::size_t kShown = 5;

std::string joined(std::span<const std::string> items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : " ") + item;
    return text;
}

std::size_t widest(std::span<const std::string> labels, std::size_t least) {
    for (const std::string& label : labels) least = std::max(least, label.size());
    return least;
}

std::string class_table(const eval::Report& scores) {
    const std::size_t width = widest(scores.labels, 5);
    std::string text = padded("class", width) + "  precision  recall      F1   clips\n";
    for (std::size_t i = 0; i < scores.labels.size(); ++i) {
        const eval::ClassScore& score = scores.classes[i];
        text += padded(scores.labels[i], width) + padded(fixed(score.precision, 3), 11, true) +
                padded(fixed(score.recall, 3), 8, true) + padded(fixed(score.f1, 3), 8, true) +
                padded(std::to_string(score.support), 8, true) + "\n";
    }
    return text;
}

}  // namespace

std::string confusion_table(const eval::Report& scores) {
    const std::size_t width = widest(scores.labels, 5);
    std::string text =
        "confusion, a row for each true class, a column for each predicted one\n" + padded("", width);
    std::vector<std::size_t> columns;
    for (const std::string& label : scores.labels) {
        columns.push_back(std::max<std::size_t>(label.size(), 4) + 2);
        text += padded(label, columns.back(), true);
    }
    text += "\n";
    for (std::size_t i = 0; i < scores.labels.size(); ++i) {
        text += padded(scores.labels[i], width);
        for (std::size_t j = 0; j < columns.size(); ++j)
            text += padded(std::to_string(scores.confusion(i, j)), columns[j], true);
        text += "\n";
    }
    return text;
}

std::string loss_line(std::span<const History> trainings) {
    std::vector<double> means;
    for (std::size_t epoch = 0;; ++epoch) {
        double sum = 0, n = 0;
        for (const History& history : trainings) {
            const auto loss = history.find("loss");
            if (loss == history.end() || epoch >= loss->second.size()) continue;
            sum += loss->second[epoch];
            n += 1;
        }
        if (n == 0) break;
        means.push_back(sum / n);
    }
    if (means.empty()) return "";
    return "loss " + spark_line(means) + " " + fixed(means.front(), 3) + " to " + fixed(means.back(), 3) +
           " in " + std::to_string(means.size()) + (means.size() == 1 ? " epoch\n" : " epochs\n");
}

std::string summary(const Corpus& corpus, const Dataset& dataset) {
    std::set<std::string> speakers;
    for (const Recording& recording : dataset.recordings)
        if (!recording.speaker.empty()) speakers.insert(recording.speaker);
    return "data: " + corpus.name + " (" + corpus.licence + "), " +
           std::to_string(dataset.recordings.size()) + " clips, " +
           (speakers.empty() ? "speakers not known" : std::to_string(speakers.size()) + " speakers") + ", " +
           std::to_string(dataset.labels.size()) + " classes: " + joined(dataset.labels) + "\n";
}

std::string report(const TrainResult& result) {
    std::string text;
    if (result.split == SplitKind::speaker)
        text += "split: by speaker, trained on " + std::to_string(result.n_train) + " clips, tested on " +
                std::to_string(result.test.n_samples) +
                " of speakers not heard in training: " + joined(result.test_speakers) + "\n";
    else
        text +=
            "split: random, trained on " + std::to_string(result.n_train) + " clips, tested on " +
            std::to_string(result.test.n_samples) +
            "\nnote: speakers heard in training were tested; expect less of voices that are new to the model "
            "(--split speaker)\n";
    for (const auto& [name, value] : result.model.record())
        if (name == "calibration") text.append("calibration: ").append(value).append("\n");
    text += "accuracy " + fixed(result.test.accuracy, 4) + "\nUAR " + fixed(result.test.uar, 4) + "\n\n" +
            class_table(result.test) + "\n" + confusion_table(result.test) + "\n";
    return text;
}

void complain_of_skipped(const Corpus& corpus) {
    const std::size_t n = corpus.skipped.size();
    for (std::size_t i = 0; i < std::min(n, kShown); ++i)
        complain("skipped " + corpus.skipped[i].path + ": " + corpus.skipped[i].reason);
    if (n > 0)
        complain(std::to_string(n) + (n == 1 ? " file" : " files") + " skipped" +
                 (n > kShown ? ", the first " + std::to_string(kShown) + " are named" : ""));
}

void complain_of_failed(const Dataset& dataset) {
    for (const FileFeatures& file : dataset.failed) complain(failure(file));
}

int code_of_batch(const Dataset& dataset) {
    const std::size_t n = dataset.failed.size();
    if (n == 0) return 0;
    complain(std::to_string(n) + " of " + std::to_string(n + dataset.recordings.size()) +
             " files failed and were left out");
    return 1;
}

std::string failure(const FileFeatures& file) {
    const std::string message = file.error ? file.error->what() : "";
    return file.path == "-" || message.find(one_line(file.path)) != std::string::npos
               ? message
               : file.path + ": " + message;
}

}  // namespace undertone::app
