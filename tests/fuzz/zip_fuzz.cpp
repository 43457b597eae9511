#include "file_in_memory.hpp"
#include "formats/zip.hpp"
#include "mutate_zip.hpp"

// The list of a zip, and the content of its first entries.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    static fuzz::FileInMemory file;
    constexpr std::size_t kMaxBytes = 1 << 20, kMaxEntries = 4;
    fuzz::parse_or_refuse([&] {
        for (const ZipEntry& entry : parse_zip_list(fuzz::as_text(data, size), "fuzz")) {
            fuzz::require(!entry.name.empty() && entry.name.front() != '/');
            fuzz::require(("/" + entry.name + "/").find("/../") == std::string::npos);
        }
        const Zip zip(file.holding(fuzz::as_text(data, size)));
        for (std::size_t i = 0; i < zip.entries().size() && i < kMaxEntries; ++i) {
            const ZipEntry& entry = zip.entries()[i];
            fuzz::parse_or_refuse(
                [&] { fuzz::require(zip.read(entry.name, kMaxBytes).size() == entry.bytes); });
        }
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    return mutate(data, size, max_size, seed, [](const std::string& text, Dice& dice) {
        return changed_zip(text, dice, [](Packed& entry, Dice& chance) {
            const std::string content = plain(std::string(chance.below(chance.one_in(30) ? 20000 : 60), 'a'));
            if (chance.one_in(2))
                store(entry, content);
            else
                deflate_into(entry, content);
        });
    });
}
