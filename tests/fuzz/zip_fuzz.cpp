#include <unistd.h>

#include <cstdio>
#include <string>

#include "core/zip.hpp"
#include "fuzz.hpp"

// The list of a zip, and the content of its first entries.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    static const std::string path = "zip-fuzz-" + std::to_string(getpid()) + ".zip";
    constexpr std::size_t kMaxBytes = 1 << 20, kMaxEntries = 4;
    fuzz::parse_or_refuse([&] {
        const auto entries = parse_zip_list(fuzz::as_text(data, size), "fuzz");
        for (const ZipEntry& entry : entries) {
            fuzz::require(!entry.name.empty() && entry.name.front() != '/');
            fuzz::require(("/" + entry.name + "/").find("/../") == std::string::npos);
        }
    });
    fuzz::parse_or_refuse([&] {
        std::FILE* const file = std::fopen(path.c_str(), "wb");
        if (file == nullptr) return;
        std::fwrite(data, 1, size, file);
        std::fclose(file);
        struct Remove {
            ~Remove() { std::remove(path.c_str()); }
        } const remove;
        const Zip zip(path);
        for (std::size_t i = 0; i < zip.entries().size() && i < kMaxEntries; ++i) {
            const ZipEntry& entry = zip.entries()[i];
            fuzz::parse_or_refuse(
                [&] { fuzz::require(zip.read(entry.name, kMaxBytes).size() == entry.bytes); });
        }
    });
    return 0;
}
