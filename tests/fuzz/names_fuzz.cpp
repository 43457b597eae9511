#include "corpus/folder.hpp"
#include "corpus/known_names.hpp"
#include "fuzz.hpp"

// The name of a file, and after a zero byte a shell pattern.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    const std::string_view text = fuzz::as_text(data, size);
    const std::size_t end = std::min(text.find('\0'), text.size());
    const std::string_view name = text.substr(0, end);
    if (const auto parsed = corpus::parse_name(name)) {
        const bool in_tables = parsed->corpus->read_side_tables != nullptr;  // emotion and speaker may be
        fuzz::require(in_tables || !parsed->emotion_code.empty());
        fuzz::require(!parsed->recording.empty());
        fuzz::require((in_tables && parsed->speaker.empty()) ||
                      parsed->speaker.starts_with(std::string(parsed->corpus->name) + ":"));
    }
    const std::string_view pattern = text.substr(std::min(end + 1, text.size()));
    if (corpus::fits(name, pattern)) fuzz::require(corpus::fits(name, std::string(pattern) + "*"));
    return 0;
}
