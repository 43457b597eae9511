#include "page/report_page.hpp"
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
    fuzz::parse_or_refuse([&] {
        app::DrawnRun run{fuzz::read_run_parts(fuzz::as_text(data, size)), {}};
        run.plots = app::run_plots(run.data);
        app::html::Recordings none;
        std::vector<app::DrawnRun> runs;
        runs.push_back(std::move(run));
        const std::string page = app::page_of(runs, none);
        check_page(page);
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    return undertone::fuzz::mutate(data, size, max_size, seed, undertone::fuzz::changed_run);
}
