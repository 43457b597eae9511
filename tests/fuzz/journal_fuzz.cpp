#include "mutate_text.hpp"
#include "parts.hpp"
#include "run_journal.hpp"

// units.jsonl of a run that was cut off: the units that it gives are whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    static const fuzz::ScratchFolder folder("journal");
    const std::string part = folder.path() + "/run.part";
    fuzz::parse_or_refuse([&] {
        std::filesystem::create_directories(part);
        folder.write("run.part/command.json", R"({"words": ["evaluate", "a"], "folder": "/"})");
        folder.write("run.part/units.jsonl", fuzz::as_text(data, size));
        const app::RunJournal journal(folder.path() + "/run", true);
        for (const char* key : {"9/0", "9/1", "10/0", "10/1"})
            if (const auto unit = journal.find(key)) fuzz::require(unit->proba.rows() == unit->clips.size());
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    static constexpr std::array<std::string_view, 24> kWords{
        "of",         "key",     "fold",         "seed",     "clips",       "columns",
        "proba",      "n_train", "n_validation", "n_epochs", "calibration", "history",
        "importance", "fit_s",   "temperature",  "folds",    "speakers",    "loss",
        "9/0",        "9/1",     "val_loss",     "accuracy", "null",        "{}"};
    return mutate(data, size, max_size, seed,
                  [](const std::string& text, Dice& dice) { return changed_json_lines(text, dice, kWords); });
}
