#pragma once

#include "mutate.hpp"

/// Structs in Thrift's compact protocol, changed a value at a time: a number, a text, the length of a list.
/// They hold no length of themselves, so that a value may become longer.
namespace undertone::fuzz {

class ThriftSpots {
public:
    struct Spot {
        enum class Kind { number, text, list, field } kind;
        std::size_t begin, end;
    };

    explicit ThriftSpots(std::string_view bytes) : bytes_(bytes) { structure(0); }

    [[nodiscard]] const std::vector<Spot>& spots() const { return spots_; }
    [[nodiscard]] std::size_t end() const { return at_; }

private:
    static constexpr std::size_t kMostSpots = 4000;

    unsigned byte() {
        if (at_ >= bytes_.size() || spots_.size() > kMostSpots) throw Error(Errc::corrupt_data, "no Thrift");
        return static_cast<unsigned char>(bytes_[at_++]);
    }

    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const unsigned part = byte();
            value |= std::uint64_t{part & 0x7FU} << shift;
            if (part < 0x80) break;
        }
        return value;
    }

    void structure(int depth) {
        while (const unsigned head = byte()) {
            const std::size_t begin = at_ - 1;
            if (head >> 4U == 0) varint();
            value(head & 15U, depth, false);
            spots_.push_back({Spot::Kind::field, begin, at_});
        }
    }

    void value(unsigned type, int depth, bool in_list) {
        constexpr int kMostDepth = 12;
        const std::size_t begin = at_;
        if (depth > kMostDepth) throw Error(Errc::corrupt_data, "too deep");
        if (type == 3) {
            byte();
        } else if (type >= 4 && type <= 6) {
            varint();
            spots_.push_back({Spot::Kind::number, begin, at_});
        } else if (type == 7) {
            for (int i = 0; i < 8; ++i) byte();
        } else if (type == 8) {
            const std::uint64_t length = varint();
            if (length > bytes_.size() - at_) throw Error(Errc::corrupt_data, "no Thrift");
            at_ += length;
            spots_.push_back({Spot::Kind::text, begin, at_});
        } else if (type == 9 || type == 10) {
            const unsigned head = byte();
            const std::uint64_t n = head >> 4U == 15 ? varint() : head >> 4U;
            spots_.push_back({Spot::Kind::list, begin, at_});
            for (std::uint64_t i = 0; i < n; ++i) value(head & 15U, depth + 1, true);
        } else if (type == 12) {
            structure(depth + 1);
        } else if (type != 1 && type != 2) {
            throw Error(Errc::corrupt_data, "no Thrift");
        } else if (in_list) {  // alone, a boolean is its type
            byte();
        }
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    std::vector<Spot> spots_;
};

inline std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(0x80U | (value & 0x7FU));
    return bytes + static_cast<char>(value);
}

inline std::uint64_t varint_of(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
        value = value << 7U | (static_cast<unsigned char>(bytes[i]) & 0x7FU);
    return value;
}

/// @throws Error  the bytes are no struct
inline std::string changed_thrift(std::string bytes, Dice& dice) {
    using Kind = ThriftSpots::Spot::Kind;
    const ThriftSpots found(bytes);
    if (found.spots().empty()) return plain(bytes);
    const auto spot = found.spots()[dice.below(found.spots().size())];
    const std::size_t length = spot.end - spot.begin;
    const std::string old = bytes.substr(spot.begin, length);
    std::string changed;
    switch (spot.kind) {
        case Kind::number: {
            const std::uint64_t zigzag = varint_of(old);
            std::uint64_t value = zigzag >> 1U ^ (~(zigzag & 1U) + 1U);
            value = dice.one_in(2) ? dice.of(kOddNumbers) : value + dice.below(9) - 4;
            changed = varint(value << 1U ^ (value >> 63U != 0 ? ~std::uint64_t{0} : 0));
            break;
        }
        case Kind::text: {
            const std::size_t head =
                varint(varint_of(old.substr(0, std::min<std::size_t>(length, 1)))).size();
            const std::string text = plain(old.substr(std::min(head, length)));
            changed = varint(dice.one_in(10) ? dice.of(kOddNumbers) : text.size()) + text;
            break;
        }
        case Kind::list:
            changed = std::string(1, static_cast<char>(dice.below(256))) + old.substr(1);
            break;
        case Kind::field:
            changed = dice.one_in(2) ? "" : old + old;
    }
    return bytes.replace(spot.begin, length, changed);
}

}  // namespace undertone::fuzz
