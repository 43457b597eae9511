#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/file.hpp"
#include "inputs.hpp"
#include "output.hpp"
#include "page/html.hpp"
#include "page/sections.hpp"
#include "page/words.hpp"
#include "undertone/error.hpp"
#include "verb.hpp"

namespace undertone::app {

namespace {

struct ReportSettings {
    std::vector<std::string> runs;
    std::string output = "report.html", format = "text";
    bool embed_sound = false;
};

// A run and the figures drawn of it.
struct Drawn {
    RunData data;
    std::vector<RunPlot> plots;
};

// A part of the page: its heading, and what it says of a run.
struct Section {
    std::string id, heading;
    std::function<std::string(const Drawn&)> content;
};

std::string section(const std::string& id, const std::string& heading, const std::string& content) {
    return "<section id=\"" + id + "\" aria-labelledby=\"" + id + "-h\">\n<h2 id=\"" + id + "-h\">" +
           heading + "</h2>\n" + content + "</section>\n";
}

std::string side_by_side(const Section& part, const std::vector<Drawn>& runs) {
    std::vector<std::string> contents;
    bool any = false;
    for (const Drawn& run : runs) {
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

std::string comparison_of(const std::vector<Drawn>& runs) {
    for (const Drawn& run : runs)
        if (!run.data.predictions)
            return html::element("p",
                                 html::name(run.data.name) +
                                     " has no predictions of single clips, so the two cannot be compared.");
    try {
        return html::comparison(compare_runs(*runs[0].data.predictions, *runs[1].data.predictions));
    } catch (const Error& error) {
        if (error.code() != Errc::invalid_argument) throw;
        return html::element("p", "The two cannot be compared: " + html::text(error.what()) + ".");
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

std::string head_of(const std::vector<Drawn>& runs,
                    const std::vector<std::pair<std::string, std::string>>& parts) {
    std::string title = html::name(runs.front().data.name);
    if (runs.size() == 2) title += " and " + html::name(runs.back().data.name);
    std::string html = "<div class=\"top\"><div><p class=\"eyebrow\">undertone " +
                       html::text(text_of(runs.front().data.json, "verb")) + "</p><h1>" + title +
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

std::string page_of(const std::vector<Drawn>& runs, const html::Recordings& recordings) {
    const std::vector<Section> sections{
        {"summary", "Summary", [](const Drawn& run) { return html::summary(run.data); }},
        {"protocol", "What was tested on whom", [](const Drawn& run) { return html::protocol(run.data); }},
        {"figures", "Figures", [](const Drawn& run) { return html::figures(run.plots); }},
        {"labels", "Label by label", [](const Drawn& run) { return html::classes(run.data); }},
        {"clips", "Listen to it", [&](const Drawn& run) { return html::clips(run.data, recordings); }},
        {"features", "Which features matter",
         [](const Drawn& run) { return html::importance(run.data, run.plots); }},
        {"data", "Data and training", [](const Drawn& run) { return html::data(run.data); }},
        {"again", "How to do it again", [](const Drawn& run) { return html::again(run.data); }},
        {"missing", "What this page lacks", [](const Drawn& run) { return html::missing(run.data); }}};
    std::string main;
    std::vector<std::pair<std::string, std::string>> parts;
    for (const Section& one : sections) {
        if (one.id == "protocol" && runs.size() == 2) {
            main += section("difference", "The difference", comparison_of(runs));
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

int report_verb(const ReportSettings& settings) {
    check_writable(settings.output);
    std::vector<Drawn> runs;
    for (const std::string& run : settings.runs) {
        Drawn& one = runs.emplace_back(Drawn{read_run_data(run), {}});
        one.plots = run_plots(one.data);
    }
    std::string page;
    try {
        page = page_of(runs, {settings.output, settings.embed_sound});
    } catch (const Json::exception&) {
        throw Error(Errc::corrupt_data, settings.runs.front() + "/run.json: is not what undertone writes");
    }
    write_file(settings.output, page);
    if (settings.format == "json") {
        Json missing = Json::array();
        for (const Drawn& run : runs)
            for (const MissingPart& part : run.data.missing)
                missing.push_back({{"run", run.data.path}, {"part", part.what}, {"reason", part.why}});
        print(Json{{"runs", settings.runs},
                   {"written", settings.output},
                   {"bytes", page.size()},
                   {"missing", missing}}
                  .dump() +
              "\n");
    } else {
        print("report saved: " + one_line(settings.output) + "\n");
    }
    return 0;
}

}  // namespace

Action declare_report(CLI::App& app) {
    auto settings = std::make_shared<ReportSettings>();
    app.add_option("-o,--output", settings->output, "where the page goes")
        ->check(not_empty)
        ->capture_default_str();
    app.add_flag("--embed-sound", settings->embed_sound,
                 "put the recordings that the page plays into it, so that it can be sent");
    app.add_option("--format", settings->format, "how the line that says what was written is written")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    app.add_option("run", settings->runs, "a run folder of evaluate, tune or train; two are put side by side")
        ->required()
        ->expected(1, 2)
        ->check(not_empty);
    app.footer(
        "Examples:\n"
        "  undertone report runs/loso\n"
        "  undertone report --embed-sound -o loso.html runs/loso\n"
        "  undertone report runs/sklearn runs/keras -o both.html");
    return [settings] { return report_verb(*settings); };
}

}  // namespace undertone::app
