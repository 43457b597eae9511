#include "fuzz.hpp"
#include "undertone/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] {
        const Config config = parse_config(fuzz::as_text(data, size), "fuzz");
        fuzz::require(!config.port || (*config.port >= 0 && *config.port <= 65535));
        if (!config.labels.emotions.empty())
            for (const std::string& code : config.labels.learn)
                fuzz::require(config.labels.emotions.contains(code));
    });
    return 0;
}
