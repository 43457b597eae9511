#include "mutate_text.hpp"
#include "parts.hpp"
#include "run/run_units.hpp"

// units.jsonl of a run that was cut off: the units that it gives are whole, and are read again as they are
// written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        const app::Journal journal = app::parse_journal(fuzz::as_text(data, size), "units.jsonl");
        fuzz::require(journal.whole_bytes <= size);
        for (const auto& [key, unit] : journal.units) {
            fuzz::require(unit.proba.rows() == unit.clips.size());
            const std::string line = app::journal_line(key, unit);
            const app::Journal again = app::parse_journal(line, "units.jsonl");
            fuzz::require(again.units.size() == 1 &&
                          app::journal_line(key, again.units.begin()->second) == line);
        }
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
