#include "exchange/pickle_writer.hpp"

#include <algorithm>
#include <bit>

#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

std::vector<std::uint32_t> unicode(const std::string& text) {
    std::vector<std::uint32_t> codes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t more = first < 0x80    ? 0
                                 : first >= 0xF0 ? 3
                                 : first >= 0xE0 ? 2
                                 : first >= 0xC0 ? 1
                                                 : 4;
        if (more > 3 || i + more >= text.size())
            throw Error(Errc::unsupported_format,
                        "the label " + text + " is no UTF-8, which a pickle must have");
        std::uint32_t code = more == 0 ? first : first & (0x3FU >> more);
        for (std::size_t k = 0; k < more; ++k)
            code = code << 6U | (static_cast<unsigned char>(text[++i]) & 0x3FU);
        codes.push_back(code);
    }
    return codes;
}

template <class T>
std::string little_endian(const std::vector<T>& values) {
    static_assert(std::endian::native == std::endian::little);
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

void PickleWriter::append(std::uint64_t value, int n_bytes) {
    for (int i = 0; i < n_bytes; ++i) bytes_ += static_cast<char>(value >> 8 * i & 0xFFU);
}

void PickleWriter::integer(std::int64_t value) {
    if (value >= INT32_MIN && value <= INT32_MAX) {
        bytes_ += 'J';
        append(static_cast<std::uint64_t>(value), 4);
        return;
    }
    bytes_ += "\x8a\x08";
    append(static_cast<std::uint64_t>(value), 8);
}

void PickleWriter::real(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    bytes_ += 'G';
    for (int i = 7; i >= 0; --i) bytes_ += static_cast<char>(bits >> 8 * i & 0xFFU);
}

void PickleWriter::text(std::string_view value) {
    bytes_ += 'X';
    append(value.size(), 4);
    bytes_ += value;
}

void PickleWriter::bytes(std::string_view value) {
    if (value.size() > UINT32_MAX)
        throw Error(Errc::unsupported_format, "a layer has more than 4 GB of weights");
    bytes_ += 'B';
    append(value.size(), 4);
    bytes_ += value;
}

void PickleWriter::global(std::string_view module, std::string_view name) {
    bytes_ += 'c';
    bytes_ += module;
    bytes_ += '\n';
    bytes_ += name;
    bytes_ += '\n';
}

void PickleWriter::array(const std::vector<std::size_t>& shape, std::string_view type, int text_size,
                         std::string_view content) {
    // NumPy 2 keeps the name numpy.core for this, so that older pickles load.
    global("numpy.core.multiarray", "_reconstruct");
    begin();
    global("numpy", "ndarray");
    begin();
    integer(0);
    tuple();
    bytes("b");
    tuple();
    call();
    begin();
    integer(1);  // the version of what follows
    begin();
    for (const std::size_t size : shape) integer(static_cast<std::int64_t>(size));
    tuple();
    global("numpy", "dtype");
    begin();
    text(type);
    boolean(false);
    boolean(true);
    tuple();
    call();
    begin();  // version, byte order, what a structure would have, size and alignment of a text, flags
    integer(3);
    text("<");
    none();
    none();
    none();
    integer(text_size > 0 ? text_size : -1);
    integer(text_size > 0 ? 4 : -1);
    integer(text_size > 0 ? 8 : 0);
    tuple();
    members();
    boolean(false);  // in C order
    bytes(content);
    tuple();
    members();
}

void PickleWriter::array(const std::vector<std::size_t>& shape, const std::vector<double>& values) {
    array(shape, "f8", 0, little_endian(values));
}

void PickleWriter::array(const std::vector<float>& values, const std::vector<std::size_t>& shape) {
    array(shape, "f4", 0, little_endian(values));
}

void PickleWriter::array(const std::vector<std::string>& texts) {
    std::vector<std::vector<std::uint32_t>> rows;
    std::size_t width = 1;
    for (const std::string& text : texts) {
        rows.push_back(unicode(text));
        width = std::max(width, rows.back().size());
    }
    std::vector<std::uint32_t> codes;
    for (std::vector<std::uint32_t>& row : rows) {
        row.resize(width, 0);
        codes.insert(codes.end(), row.begin(), row.end());
    }
    array({texts.size()}, "U" + std::to_string(width), static_cast<int>(4 * width), little_endian(codes));
}

}  // namespace undertone::exchange
