#include "command.hpp"
#include "mutate_json.hpp"

// How a run was called, as command.json and run.json keep it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        const app::Command command = app::command_from(parse_json(fuzz::as_text(data, size), "fuzz"), "fuzz");
        fuzz::require(!command.words.empty());
        const app::Command again = app::command_from(app::command_json(command), "fuzz");
        fuzz::require(again.words == command.words && again.folder == command.folder);
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    static constexpr std::array<std::string_view, 12> kWords{"words",      "folder", "evaluate", "-o",
                                                             "--output=x", "--run",  "--",       "--resume",
                                                             "train",      "/tmp",   "version",  "undertone"};
    return mutate(data, size, max_size, seed,
                  [](const std::string& text, Dice& dice) { return changed_json(text, dice, kWords); });
}
