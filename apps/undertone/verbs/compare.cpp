#include <memory>
#include <string>

#include "interrupt.hpp"
#include "output/evaluation_report.hpp"
#include "output/output.hpp"
#include "run/run_comparison.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct CompareSettings {
    std::string a, b, format = "text";
};

int compare_verb(const CompareSettings& settings) {
    const OnProgress on_progress = until_interrupted();
    const RunPredictions a = read_predictions(settings.a, on_progress),
                         b = read_predictions(settings.b, on_progress);
    const RunComparison found = compare_runs(a, b, on_progress);
    print(settings.format == "json"
              ? format_json(comparison_json(found.comparison, found.drawn_speakers), 2) + "\n"
              : comparison_text(found.comparison, settings.a, settings.b, found.drawn_speakers));
    return 0;
}

}  // namespace

Action declare_compare(const Arguments& app) {
    auto settings = std::make_shared<CompareSettings>();
    app.option("--format", settings->format, "how the result is written")
        .one_of({"text", "json"})
        .shows_default();
    app.option("run_a", settings->a, "a run folder of evaluate").required();
    app.option("run_b", settings->b, "another, over the same clips").required();
    app.footer("Examples:\n  undertone compare runs/sklearn runs/keras");
    return [settings] { return compare_verb(*settings); };
}

}  // namespace undertone::app
