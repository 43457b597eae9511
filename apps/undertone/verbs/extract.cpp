#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "interrupt.hpp"
#include "options/framework_flags.hpp"
#include "options/inputs.hpp"
#include "options/sound_limits.hpp"
#include "os/file.hpp"
#include "output/npy.hpp"
#include "output/output.hpp"
#include "output/progress_bar.hpp"
#include "output/training_report.hpp"
#include "undertone/extraction.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct ExtractSettings {
    std::string features = "librosa193", pad_mode, format = "csv", output;
    std::size_t n_threads = 0;
    SoundLimits limits;
    bool quiet = false;
    std::vector<std::string> files;
};

// Writes the features of a file: a row, or where a set gives frames a row for each.
class Rows {
public:
    explicit Rows(const FeatureSet& features)
        : columns_(features.columns()),
          hop_s_(features.per_frame()
                     ? std::stod(features.options().at("hop_length")) / features.sample_rate()
                     : 0) {}

    [[nodiscard]] std::size_t count(const FileFeatures& file) const {
        return file.values.size() / columns_.size();
    }

    [[nodiscard]] std::string csv_head() const {
        std::string line = hop_s_ > 0 ? "file,frame,time_s" : "file";
        for (const std::string& column : columns_) line += "," + column;
        return line + "\n";
    }

    [[nodiscard]] std::string csv(const FileFeatures& file) const {
        std::string text;
        for (std::size_t row = 0; row < count(file); ++row) {
            text += csv_field(file.path);
            if (hop_s_ > 0) text += "," + std::to_string(row) + "," + nine_digits(time_s(row));
            for (const double value : values(file, row)) text += "," + nine_digits(value);
            text += "\n";
        }
        return text;
    }

    [[nodiscard]] std::string json(const FileFeatures& file) const {
        std::string text;
        for (std::size_t row = 0; row < count(file); ++row) {
            text += "{\"file\": " + json_string(file.path);
            if (hop_s_ > 0)
                text += ", \"frame\": " + std::to_string(row) + ", \"time_s\": " + nine_digits(time_s(row));
            for (std::size_t c = 0; c < columns_.size(); ++c)
                text += ", \"" + columns_[c] + "\": " + nine_digits(values(file, row)[c]);
            text += "}\n";
        }
        return text;
    }

private:
    [[nodiscard]] std::span<const double> values(const FileFeatures& file, std::size_t row) const {
        return std::span(file.values).subspan(row * columns_.size(), columns_.size());
    }
    // A frame is centred there.
    [[nodiscard]] double time_s(std::size_t row) const { return static_cast<double>(row) * hop_s_; }

    const std::vector<std::string>& columns_;
    double hop_s_;  // of frames; 0: there are none
};

int extract(const ExtractSettings& settings) {
    if (settings.format == "npy" && settings.output.empty())
        throw Error(Errc::invalid_argument,
                    "--format npy: needs -o OUT, for the number of rows stands before them");
    const auto features = make_features(settings.features, settings.pad_mode);
    const std::vector<std::string> files = input_files(settings.files);
    if (settings.format == "npy" && features->per_frame() && files.size() > 1)
        throw Error(Errc::invalid_argument, "--format npy: the frames of " + std::to_string(files.size()) +
                                                " files would run together; name one file, or take csv");
    if (!settings.output.empty()) check_other_file(settings.output, files);
    const Rows rows(*features);
    const std::size_t n_columns = features->columns().size();
    std::optional<AtomicFile> target;
    if (!settings.output.empty()) target.emplace(settings.output);
    const auto write = [&](const std::string& text) { target ? target->write(text) : print(text); };

    if (settings.format == "npy") write(npy_header(0, n_columns));
    bool headed = settings.format != "csv";
    const auto head = [&] {
        if (headed) return;
        write(rows.csv_head());
        headed = true;
    };
    std::size_t n_rows = 0, n_failed = 0;
    Errc reason{};
    const auto take = [&](const FileFeatures& file) {
        head();
        if (settings.format == "npy")
            write(little_endian(file.values));
        else
            write(settings.format == "csv" ? rows.csv(file) : rows.json(file));
    };
    {
        ProgressBar bar("extracting", settings.quiet || (!target && shows_results()));
        const auto consume = [&](std::size_t index, FileFeatures&& file) {
            if (interrupted()) return false;
            if (file.error) {
                ++n_failed;
                reason = file.error->code();
                bar.clear();
                complain(failure(file));
            } else {
                n_rows += rows.count(file);
                take(file);
            }
            return bar.step({index + 1, files.size(), 0});
        };
        extract_files(*features, files, settings.n_threads, consume, nullptr, settings.limits);
    }
    // One file was asked for and it failed: nothing is left that could be taken for a result.
    if (n_failed > 0 && files.size() == 1) return exit_code(reason);
    head();
    if (settings.format == "npy") target->rewrite_at(0, npy_header(n_rows, n_columns));
    if (target) target->commit();
    if (n_failed == 0) return 0;
    complain(std::to_string(n_failed) + " of " + std::to_string(files.size()) + " files failed");
    return 1;
}

}  // namespace

Action declare_extract(const Arguments& app) {
    auto settings = std::make_shared<ExtractSettings>();
    app.option("--features", settings->features, "the feature set").shows_default();
    app.option("--pad-mode", settings->pad_mode,
               "ends of a clip: constant as librosa 0.11 (the default), reflect as 0.8.1")
        .one_of({"constant", "reflect"});
    app.option("--format", settings->format, "csv and jsonl: nine digits; npy: float64, needs -o")
        .one_of({"csv", "jsonl", "npy"})
        .shows_default();
    app.option("--threads", settings->n_threads, "0: one a core").range(0, 1024).shows_default();
    declare_sound_limits(app, settings->limits);
    app.flag("--quiet", settings->quiet, "no progress");
    app.option("-o,--output", settings->output, "where to; without it standard output").check(not_empty);
    app.option("files", settings->files, "recordings, folders of them, - for standard input")
        .required()
        .check(not_empty);
    app.footer(
        "Examples:\n"
        "  undertone extract clip.wav\n"
        "  undertone extract -o features.csv recordings/\n"
        "  undertone extract --format npy -o features.npy a.flac b.flac");
    return [settings] { return extract(*settings); };
}

}  // namespace undertone::app
