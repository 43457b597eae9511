#include "plug_ins/exchange/tensor_bundle.hpp"

#include <cstring>

#include "core/text.hpp"
#include "plug_ins/exchange/crc32c.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

constexpr std::size_t kFooter = 48, kTrailer = 5, kMostDimensions = 8;
constexpr std::uint64_t kMagic = 0xdb4775248b80fb57;
constexpr int kFloat = 1, kDouble = 2;  // of DataType

[[noreturn]] void broken(const std::string& what) {
    throw Error(Errc::corrupt_data, "its variables are broken: " + what + "; copy the folder again");
}

std::uint64_t fixed(std::string_view bytes, std::size_t n_bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = n_bytes; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// Seven bits a byte, the lowest first.
std::uint64_t varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) return value;
    }
    broken("a number has no end");
}

std::string_view block_at(std::string_view table, std::string_view& handle) {
    const std::uint64_t offset = varint(handle), size = varint(handle);
    if (offset > table.size() || size > table.size() - offset || table.size() - offset - size < kTrailer)
        broken("a block lies past the end of the index");
    const std::string_view block = table.substr(offset, size),
                           trailer = table.substr(offset + size, kTrailer);
    if (trailer[0] != 0) throw Error(Errc::unsupported_format, "the index of its variables is compressed");
    if (fixed(trailer.substr(1), 4) != masked_crc32c(table.substr(offset, size + 1)))
        broken("a check sum of the index differs");
    return block;
}

/// Entries of a block: how much of the key before is shared, how much follows, how long the value is.
template <class Take>
void each_entry(std::string_view block, const Take& take) {
    if (block.size() < 4) broken("a block of the index is cut");
    const std::uint64_t n_restarts = fixed(block.substr(block.size() - 4), 4);
    if (n_restarts > (block.size() - 4) / 4) broken("a block of the index is cut");
    block.remove_suffix(4 + 4 * n_restarts);
    std::string key;
    while (!block.empty()) {
        const std::uint64_t shared = varint(block), rest = varint(block), size = varint(block);
        if (shared > key.size() || rest > block.size() || size > block.size() - rest)
            broken("an entry of the index is cut");
        key.resize(shared);
        key += block.substr(0, rest);
        take(key, block.substr(rest, size));
        block.remove_prefix(rest + size);
    }
}

}  // namespace

TensorBundle::TensorBundle(std::string_view index, std::string_view data) : data_(data) {
    if (index.size() < kFooter || fixed(index.substr(index.size() - 8), 8) != kMagic)
        broken("the index has no end");
    std::string_view footer = index.substr(index.size() - kFooter);
    varint(footer);  // where the block of blocks of further kinds lies
    varint(footer);
    each_entry(block_at(index, footer), [&](const std::string&, std::string_view handle) {
        each_entry(block_at(index, handle), [&](const std::string& key, std::string_view value) {
            if (key.empty()) return;  // how many files there are, and in which byte order
            tensorflow_file::BundleEntry entry;
            if (!entry.ParseFromArray(value.data(), static_cast<int>(value.size())))
                broken("the entry of " + shown(key));
            entries_[key] = std::move(entry);
        });
    });
}

std::string_view TensorBundle::bytes_of(const tensorflow_file::BundleEntry& entry,
                                        const std::string& key) const {
    if (entry.shard_id() != 0)
        throw Error(Errc::unsupported_format,
                    "its variables are in several files: save it again on one machine");
    const auto offset = static_cast<std::uint64_t>(entry.offset()),
               size = static_cast<std::uint64_t>(entry.size());
    if (offset > data_.size() || size > data_.size() - offset)
        broken(shown(key) + " lies past the end of the data");
    return data_.substr(offset, size);
}

std::shared_ptr<const GraphTensor> TensorBundle::tensor(const std::string& key) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    const tensorflow_file::BundleEntry& entry = found->second;
    if (entry.dtype() != kFloat && entry.dtype() != kDouble) return nullptr;
    const std::string_view bytes = bytes_of(entry, key);
    if (masked_crc32c(bytes) != entry.crc32c()) broken("the check sum of " + shown(key) + " differs");
    auto made = std::make_shared<GraphTensor>();
    made->wide = entry.dtype() == kDouble;
    const std::size_t item = made->wide ? sizeof(double) : sizeof(float);
    std::size_t count = 1;
    if (static_cast<std::size_t>(entry.shape().dim_size()) > kMostDimensions)
        broken("the shape of " + shown(key));
    for (const auto& dimension : entry.shape().dim()) {
        const auto size = static_cast<std::uint64_t>(dimension.size());
        if (size > bytes.size() || (size != 0 && count > bytes.size() / size))
            broken("the shape of " + shown(key));
        count *= size;
        made->shape.push_back(size);
    }
    if (bytes.size() / item != count || bytes.size() % item != 0) broken("the size of " + shown(key));
    for (std::size_t i = 0; i < count; ++i) {
        float single = 0;
        double value = 0;
        if (made->wide) {
            std::memcpy(&value, bytes.data() + i * item, item);
        } else {
            std::memcpy(&single, bytes.data() + i * item, item);
            value = static_cast<double>(single);
        }
        made->numbers.push_back(value);
    }
    return made;
}

std::string_view TensorBundle::text(const std::string& key) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) broken("there is no " + key);
    std::string_view bytes = bytes_of(found->second, key);
    const std::uint64_t size = varint(bytes);
    constexpr std::size_t kSum = 4;  // of the lengths
    if (bytes.size() < kSum || size > bytes.size() - kSum) broken(key + " is cut");
    return bytes.substr(kSum, size);
}

}  // namespace undertone::exchange
