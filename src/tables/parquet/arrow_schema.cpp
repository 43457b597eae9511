#include <array>
#include <optional>

#include "tables/parquet/footer.hpp"

namespace undertone::corpus {
namespace {

std::string decode_base64(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned n_bits = 0;
    for (const char c : text) {
        constexpr std::string_view kLetters =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const std::size_t value = kLetters.find(c);
        if (value == std::string_view::npos) break;  // the padding
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            bytes += static_cast<char>(static_cast<std::uint8_t>(bits >> n_bits));
        }
    }
    return bytes;
}

// A table of a flatbuffer (flatbuffers.dev/internals): nothing is taken on trust, and what points out of the
// bytes is not there.
class FlatBuffer {
public:
    explicit FlatBuffer(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] std::optional<std::uint32_t> number(std::optional<std::size_t> at, std::size_t n) const {
        if (!at || *at > bytes_.size() || n > bytes_.size() - *at) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = n; i-- > 0;) value = (value << 8U) | static_cast<std::uint8_t>(bytes_[*at + i]);
        return value;
    }

    /// Where the offset at this place points to.
    [[nodiscard]] std::optional<std::size_t> follow(std::optional<std::size_t> at) const {
        const auto offset = number(at, 4);
        if (!offset || *offset > bytes_.size() - *at) return std::nullopt;
        return *at + *offset;
    }

    /// Where a field of the table at this place lies; nothing where it has its default.
    [[nodiscard]] std::optional<std::size_t> field(std::optional<std::size_t> table, std::size_t id) const {
        const auto back = number(table, 4);
        if (!back) return std::nullopt;
        const auto vtable = static_cast<std::int64_t>(*table) - static_cast<std::int32_t>(*back);
        if (vtable < 0) return std::nullopt;
        const auto begin = static_cast<std::size_t>(vtable);
        const auto size = number(begin, 2);
        if (!size || 2 * id + 6 > *size) return std::nullopt;
        const auto offset = number(begin + 4 + 2 * id, 2);
        if (!offset || *offset == 0) return std::nullopt;
        return *table + *offset;
    }

    [[nodiscard]] std::string text(std::optional<std::size_t> at) const {
        const auto length = number(at, 4);
        constexpr std::uint32_t kLongest = 1024;
        if (!length || *length > kLongest || *length > bytes_.size() - *at - 4) return "";
        return std::string(bytes_.substr(*at + 4, *length));
    }

private:
    std::string_view bytes_;
};

}  // namespace

std::map<std::string, PerSecond> arrow_durations(std::string_view base64) {
    // Arrow's Message.fbs and Schema.fbs: Message.header = 2, Schema.fields = 1, Field.name = 0, type_type =
    // 2 and type = 3, Type.Duration = 18, Duration.unit = 0.
    constexpr std::size_t kPrefix = 8;  // of the encapsulated message: FF FF FF FF, its length
    constexpr std::uint32_t kDuration = 18, kMillisecond = 1;
    constexpr std::array<PerSecond, 4> kUnits{1, 1'000, 1'000'000, 1'000'000'000};
    std::map<std::string, PerSecond> durations;
    const std::string bytes = decode_base64(base64);
    if (bytes.size() < kPrefix) return durations;
    const FlatBuffer buffer(std::string_view(bytes).substr(kPrefix));
    const auto schema = buffer.follow(buffer.field(buffer.follow(0), 2));
    const auto fields = buffer.follow(buffer.field(schema, 1));
    const std::uint32_t n_fields = buffer.number(fields, 4).value_or(0);
    for (std::uint32_t i = 0; i < n_fields; ++i) {
        const auto field = buffer.follow(*fields + 4 + 4 * std::size_t{i});
        if (!field) break;
        if (buffer.number(buffer.field(*field, 2), 1) != kDuration) continue;
        const auto type = buffer.follow(buffer.field(*field, 3));
        const std::uint32_t unit = buffer.number(buffer.field(type, 0), 2).value_or(kMillisecond);
        const std::string name = buffer.text(buffer.follow(buffer.field(*field, 0)));
        if (type && unit < kUnits.size()) durations[name] = kUnits[unit];
    }
    return durations;
}

}  // namespace undertone::corpus
