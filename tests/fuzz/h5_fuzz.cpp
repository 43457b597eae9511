#include "exchange_read.hpp"
#include "mutate_keras.hpp"

// What Keras before version 3 wrote. HDF5 itself runs in a process of its own, which may crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::hurry_hdf5();
    fuzz::parse_or_refuse([&] {
        fuzz::require_whole(fuzz::exchange_plug_in().read_h5(std::string(fuzz::as_text(data, size))));
    });
    return 0;
}

// Every other time the network's description, which is JSON within the file and keeps its length.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    return mutate(data, size, max_size, seed, [](std::string text, Dice& dice) {
        const std::size_t begin = text.find("{\"class_name\"");
        if (begin == std::string::npos || dice.one_in(2)) return plain(text);
        std::size_t end = text.find('\0', begin);
        end = std::min(end, text.size());
        while (end > begin && text[end - 1] != '}') --end;
        const std::size_t length = end - begin;
        for (int i = 0; i < 4; ++i) {
            std::string json = changed_json(text.substr(begin, length), dice, kKerasWords);
            if (json.size() > length) continue;
            json.resize(length, ' ');
            text.replace(begin, length, json);
            break;
        }
        return text;
    });
}
