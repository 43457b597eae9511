#include "exchange_read.hpp"
#include "file_in_memory.hpp"
#include "mutate_keras.hpp"
#include "mutate_zip.hpp"

// A zip of Keras 3.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    static fuzz::FileInMemory file;
    fuzz::hurry_hdf5();
    fuzz::parse_or_refuse([&] {
        fuzz::require_whole(fuzz::exchange_plug_in().read_keras(file.holding(fuzz::as_text(data, size))));
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    return mutate(data, size, max_size, seed, [](const std::string& text, Dice& dice) {
        return changed_zip(text, dice, [](Packed& entry, Dice& chance) {
            if (entry.method != 0) return;
            if (entry.name.ends_with(".json"))
                store(entry, changed_json(entry.bytes, chance, kKerasWords));
            else
                store(entry, plain(entry.bytes, 1));
        });
    });
}
