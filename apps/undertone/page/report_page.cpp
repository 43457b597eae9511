#include "page/report_page.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "interrupt.hpp"
#include "options/inputs.hpp"
#include "os/file.hpp"
#include "output/output.hpp"
#include "page/html.hpp"
#include "page/sections.hpp"
#include "page/words.hpp"
#include "plot/texts.hpp"
#include "undertone/error.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

struct ReportSettings {
    std::vector<std::string> runs, corpora;
    std::string output = "report.html", format = "text";
    bool embed_sound = false;
};

// A part of the page: its heading, and what it says of a run.
struct Section {
    std::string id, heading;
    std::function<std::string(const DrawnRun&)> content;
};

std::string section(const std::string& id, const std::string& heading, const std::string& content) {
    return "<section id=\"" + id + "\" aria-labelledby=\"" + id + "-h\">\n<h2 id=\"" + id + "-h\">" +
           heading + "</h2>\n" + content + "</section>\n";
}

std::string side_by_side(const Section& part, const std::vector<DrawnRun>& runs) {
    std::vector<std::string> contents;
    bool any = false;
    for (const DrawnRun& run : runs) {
        contents.push_back(part.content(run));
        any = any || !contents.back().empty();
    }
    if (!any) return "";
    if (runs.size() == 1) return section(part.id, part.heading, contents.front());
    std::string html = "<div class=\"pair\">\n";
    for (std::size_t i = 0; i < runs.size(); ++i)
        html +=
            "<div><h3>" + std::string(i == 0 ? "A: " : "B: ") + html::name(runs[i].data.name) + "</h3>\n" +
            (contents[i].empty() ? html::element("p", "This run has none.", "class=\"note\"") : contents[i]) +
            "</div>\n";
    return section(part.id, part.heading, html + "</div>\n");
}

std::string comparison_of(const std::vector<DrawnRun>& runs, const OnProgress& on_progress) {
    for (const DrawnRun& run : runs)
        if (!run.data.predictions)
            return html::element("p",
                                 html::name(run.data.name) +
                                     " has no predictions of single clips, so the two cannot be compared.");
    try {
        return html::comparison(
            compare_runs(*runs[0].data.predictions, *runs[1].data.predictions, on_progress));
    } catch (const Error& error) {
        if (error.code() != Errc::invalid_argument) throw;
        return html::element("p",
                             "The two cannot be compared: " + html::text(plot::cut(error.what(), 500)) + ".");
    }
}

std::string what_it_is(const RunData& run) {
    const Json& corpus = part_of(run.json, "corpus");
    const Json& options = part_of(run.json, "options");
    std::string words =
        html::name(text_of(corpus, "name").empty() ? "unnamed corpus" : text_of(corpus, "name"));
    if (const auto clips = number_of(corpus, "clips")) words += ", " + html::counted(*clips, "clip");
    if (const auto speakers = number_of(corpus, "speakers"))
        words += " of " + html::counted(*speakers, "speaker");
    for (const char* key : {"model", "framework", "features"})
        if (!text_of(options, key).empty()) words += " · " + html::name(text_of(options, key));
    if (!text_of(run.json, "folds").empty()) words += " · folds " + html::name(text_of(run.json, "folds"));
    return words;
}

std::string head_of(const std::vector<DrawnRun>& runs,
                    const std::vector<std::pair<std::string, std::string>>& parts) {
    std::string title = html::name(runs.front().data.name);
    if (runs.size() == 2) title += " and " + html::name(runs.back().data.name);
    std::string html = "<div class=\"top\"><div><p class=\"eyebrow\">undertone " +
                       html::name(text_of(runs.front().data.json, "verb")) + "</p><h1>" + title +
                       "</h1></div><button id=\"theme\" type=\"button\" hidden>Dark page</button></div>\n";
    for (std::size_t i = 0; i < runs.size(); ++i)
        html += html::element("p",
                              (runs.size() == 1 ? ""
                               : i == 0         ? "A: "
                                                : "B: ") +
                                  what_it_is(runs[i].data),
                              "class=\"lead\"") +
                "\n";
    html += "<nav aria-label=\"Parts of this page\"><ul>";
    for (const auto& [id, heading] : parts)
        html.append("<li><a href=\"#").append(id).append("\">").append(heading).append("</a></li>");
    return html + "</ul></nav>\n";
}

std::string made_page(const std::vector<DrawnRun>& runs, html::Recordings& recordings,
                      const OnProgress& on_progress) {
    const std::vector<Section> sections{
        {"summary", "Summary", [](const DrawnRun& run) { return html::summary(run.data); }},
        {"protocol", "What was tested on whom", [](const DrawnRun& run) { return html::protocol(run.data); }},
        {"figures", "Figures", [](const DrawnRun& run) { return html::figures(run.plots); }},
        {"labels", "Label by label", [](const DrawnRun& run) { return html::classes(run.data); }},
        {"clips", "Listen to it", [&](const DrawnRun& run) { return html::clips(run.data, recordings); }},
        {"features", "Which features matter",
         [](const DrawnRun& run) { return html::importance(run.data, run.plots); }},
        {"data", "Data and training", [](const DrawnRun& run) { return html::data(run.data); }},
        {"again", "How to do it again", [](const DrawnRun& run) { return html::again(run.data); }},
        {"missing", "What this page lacks", [](const DrawnRun& run) { return html::missing(run.data); }}};
    std::string main;
    std::vector<std::pair<std::string, std::string>> parts;
    for (const Section& one : sections) {
        if (one.id == "protocol" && runs.size() == 2) {
            main += section("difference", "The difference", comparison_of(runs, on_progress));
            parts.emplace_back("difference", "The difference");
        }
        std::string html;
        if (one.id == "figures" && runs.size() == 2) {
            html = html::figures(runs[0].plots, runs[1].plots);
            if (!html.empty()) html = section(one.id, one.heading, html);
        } else {
            html = side_by_side(one, runs);
        }
        if (html.empty()) continue;
        main += html;
        parts.emplace_back(one.id, one.heading);
    }
    std::string title = runs.front().data.name;
    if (runs.size() == 2) title += " and " + runs.back().data.name;
    return html::page(title + " - undertone", head_of(runs, parts), main);
}

// Says on standard error what the page does not play.
void complain_of_left_out(const html::Recordings& recordings, bool embed) {
    constexpr std::size_t kNamed = 5;
    const auto& all = recordings.left_out();
    for (std::size_t i = 0; i < std::min(all.size(), kNamed); ++i)
        complain("not played: " + plot::cut(all[i].file, 200) + ": " + all[i].reason);
    if (all.size() > kNamed) complain("and " + std::to_string(all.size() - kNamed) + " more are not played");
    if (embed && recordings.n_absent() > 0)
        complain("not played: " + std::to_string(recordings.n_absent()) +
                 " recordings are not where they were when the run was made, or lie in an archive");
}

// A run folder may be anybody's, and a page with sound in it may be sent: whose recordings go in is said.
void tell_places(const ReportSettings& settings, const std::vector<DrawnRun>& runs) {
    if (!settings.embed_sound || !settings.corpora.empty()) return;
    std::string places;
    for (const DrawnRun& run : runs)
        for (const std::string& place : html::places_of(run.data))
            if (places.find(place) == std::string::npos && places.size() < 500) places += " " + place;
    if (!places.empty())
        complain("the page holds recordings of" + places +
                 ", which the run's command names; --corpus FOLDER takes those of FOLDER alone");
}

int report_verb(const ReportSettings& settings) {
    check_writable(settings.output);
    const OnProgress on_progress = until_interrupted();
    std::vector<DrawnRun> runs;
    for (const std::string& run : settings.runs) {
        DrawnRun& one = runs.emplace_back(DrawnRun{read_run_data(run, on_progress), {}});
        one.plots = run_plots(one.data, on_progress);
    }
    tell_places(settings, runs);
    html::Recordings recordings(settings.output, settings.embed_sound, settings.corpora);
    const std::string page = page_of(runs, recordings, on_progress);
    if (interrupted()) throw Error(Errc::cancelled, "the report was stopped");
    complain_of_left_out(recordings, settings.embed_sound);
    write_file(settings.output, page);
    if (settings.format == "json") {
        Json missing = Json::list();
        for (const DrawnRun& run : runs)
            for (const MissingPart& part : run.data.missing)
                missing.push_back({{"run", run.data.path}, {"part", part.what}, {"reason", part.why}});
        print(format_json({{"runs", settings.runs},
                           {"written", settings.output},
                           {"bytes", page.size()},
                           {"missing", missing}}) +
              "\n");
    } else {
        print("report saved: " + one_line(settings.output) + "\n");
    }
    return 0;
}

}  // namespace

std::string page_of(const std::vector<DrawnRun>& runs, html::Recordings& recordings,
                    const OnProgress& on_progress) {
    try {
        return made_page(runs, recordings, on_progress);
    } catch (const Json::WrongKind&) {
        throw Error(Errc::corrupt_data, runs.front().data.path + "/run.json: is not what undertone writes");
    }
}

Action declare_report(const Arguments& app) {
    auto settings = std::make_shared<ReportSettings>();
    app.option("-o,--output", settings->output, "where the page goes").check(not_empty).shows_default();
    app.flag("--embed-sound", settings->embed_sound,
             "put the recordings that the page plays into it, so that it can be sent");
    app.option("--corpus", settings->corpora,
               "a folder, or a table in it, whose recordings are played; with --embed-sound the page holds "
               "these alone")
        .check(not_empty)
        .one_at_a_time();
    app.option("--format", settings->format, "how the line that says what was written is written")
        .one_of({"text", "json"})
        .shows_default();
    app.option("run", settings->runs, "a run folder of evaluate, tune or train; two are put side by side")
        .required()
        .takes(1, 2)
        .check(not_empty);
    app.footer(
        "Examples:\n"
        "  undertone report runs/loso\n"
        "  undertone report --embed-sound -o loso.html runs/loso\n"
        "  undertone report runs/sklearn runs/keras -o both.html");
    return [settings] { return report_verb(*settings); };
}

}  // namespace undertone::app
