#include <nlohmann/json.hpp>

#include "formats/json.hpp"
#include "mutate_json.hpp"

// Beside nlohmann's own builder: what we read, it reads alike; what we refuse, it refuses, or a limit or a
// key that comes twice is why.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    constexpr JsonLimits kLimits{.bytes = 1U << 16, .values = 1000, .depth = 20};
    const std::string_view text = fuzz::as_text(data, size);
    fuzz::parse_or_refuse([&] {
        using Peer = nlohmann::ordered_json;
        Json ours;
        try {
            ours = parse_json(text, "fuzz", kLimits);
        } catch (const Error& error) {
            const std::string_view why = error.what();
            if (why.find("broken") != std::string_view::npos) fuzz::require(!Peer::accept(text));
            throw;
        }
        fuzz::require(ours.dump() == Peer::parse(text).dump());
        // What was read can be written, and is then the same.
        const std::string written = ours.dump();
        fuzz::require(parse_json(written, "fuzz", kLimits) == ours);
        if (ours.is_object() && !ours.empty()) {
            const Json& first = *ours.begin();
            if (first.is_text())
                static_cast<void>(json_text(first, "value", "fuzz"));
            else if (json_number(first, "value", "fuzz") == 0)
                fuzz::require(json_count(first, 1, "value", "fuzz") == 0);
        }
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    return mutate(data, size, max_size, seed, [](const std::string& text, Dice& dice) {
        if (dice.one_in(2)) return plain(text);
        return changed_json(text, dice, {});
    });
}
