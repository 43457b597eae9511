#include "exchange_read.hpp"
#include "mutate_protobuf.hpp"
#include "plug_ins/exchange/crc32c.hpp"

// The three files of a SavedModel.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    fuzz::parse_or_refuse([&] { fuzz::read_saved_model(fuzz::as_text(data, size)); });
    return 0;
}

namespace {

using undertone::fuzz::Dice;

std::uint64_t number_at(std::string_view bytes, std::size_t& at) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at < bytes.size(); shift += 7) {
        const auto part = static_cast<unsigned char>(bytes[at++]);
        value |= std::uint64_t{part & 0x7FU} << shift;
        if (part < 0x80) break;
    }
    return value;
}

/// Gives a block of the index, whose place and size stand at `handle`, the sum that belongs to it.
/// @return  where it begins and ends
std::pair<std::size_t, std::size_t> sign_block(std::string& index, std::size_t handle) {
    const std::size_t begin = number_at(index, handle), size = number_at(index, handle);
    constexpr std::size_t kTrailer = 5;
    if (begin > index.size() || size > index.size() - begin || index.size() - begin - size < kTrailer)
        return {0, 0};
    const std::uint32_t sum =
        undertone::exchange::masked_crc32c(std::string_view(index).substr(begin, size + 1));
    std::memcpy(index.data() + begin + size + 1, &sum, sizeof sum);
    return {begin, begin + size};
}

/// Changes what the index of the tensors says in one place, under sums that are right.
void change_index(std::string& index, Dice& dice) {
    constexpr std::size_t kFooter = 48;
    if (index.size() < kFooter) return;
    undertone::fuzz::plain_in_place(index, dice.below(index.size() - kFooter), 1 + dice.below(4));
    std::size_t handle = index.size() - kFooter;
    number_at(index, handle);
    number_at(index, handle);
    const auto [begin, end] = sign_block(index, handle);
    // Its entries: what is shared with the key before, what follows of the key, the size of the handle.
    for (std::size_t at = begin; at < end;) {
        number_at(index, at);
        const std::uint64_t rest = number_at(index, at), size = number_at(index, at);
        if (rest > end - at || size > end - at - rest || size == 0) break;
        sign_block(index, at + rest);
        at += rest + size;
    }
    sign_block(index, handle);
}

}  // namespace

// The graph is a message, the index of the tensors a table of blocks with sums; the tensors keep their
// places.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone;
    using namespace undertone::fuzz;
    return mutate(data, size, max_size, seed, [](const std::string& text, Dice& dice) {
        constexpr std::size_t kSizes = 8;
        std::array<std::uint32_t, 2> sizes{};  // of the graph and of the index
        if (text.size() < kSizes) throw Error(Errc::corrupt_data, "no model");
        std::memcpy(sizes.data(), text.data(), kSizes);
        std::string graph = text.substr(kSizes, sizes[0]);
        std::string rest = text.substr(kSizes + graph.size());
        std::string index = rest.substr(0, sizes[1]);
        std::string tensors = rest.substr(index.size());
        if (dice.one_in(3))
            change_index(index, dice);
        else if (dice.one_in(8) && !tensors.empty())
            plain_in_place(tensors, dice.below(tensors.size()), 1);
        else
            graph = changed_message(graph, dice);
        const std::string head = little(graph.size(), 4) + little(index.size(), 4);
        return head + graph + index + tensors;
    });
}
