#include "page/html.hpp"
#include "page/sections.hpp"
#include "page/words.hpp"
#include "run_parts.hpp"

namespace {

// What is between tags and within quotes came through html::text(): no tag and no handler is a file's.
void check_page(const std::string& html) {
    using undertone::fuzz::require;
    require(html.find("<script>alert") == std::string::npos && html.find("<img src=x") == std::string::npos);
    for (const char c : html) require(static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t');
}

}  // namespace

// The page that `undertone report` makes of a run folder, part by part.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    namespace html = app::html;
    fuzz::parse_or_refuse([&] {
        const app::RunData run = fuzz::read_run_parts(fuzz::as_text(data, size));
        try {
            const std::vector<app::RunPlot> plots = app::run_plots(run);
            std::string page = html::summary(run) + html::protocol(run) + html::figures(plots) +
                               html::classes(run) + html::clips(run, html::Recordings("page.html", false)) +
                               html::importance(run, plots) + html::data(run) + html::again(run) +
                               html::missing(run);
            if (run.predictions) {
                page += html::comparison(app::compare_runs(*run.predictions, *run.predictions));
            }
            check_page(page);
        } catch (const Json::exception&) {  // as report_page.cpp has it
        }
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    return undertone::fuzz::mutate(data, size, max_size, seed, undertone::fuzz::changed_run);
}
