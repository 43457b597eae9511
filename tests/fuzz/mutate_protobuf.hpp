#pragma once

#include "mutate.hpp"

/// Messages of protobuf whose lengths agree, whatever field of them changes.
namespace undertone::fuzz {

class Message {
public:
    /// @throws Error  the bytes are no message
    explicit Message(std::string_view bytes) {
        while (!bytes.empty()) {
            Field field;
            field.tag = take_varint(bytes);
            constexpr std::size_t kMostFields = 5000;
            if (field.tag >> 3U == 0 || fields_.size() > kMostFields) fail();
            switch (field.tag & 7U) {
                case 0:
                    field.number = take_varint(bytes);
                    break;
                case 1:
                    field.text = take(bytes, 8);
                    break;
                case 2:
                    field.text = take(bytes, take_varint(bytes));
                    break;
                case 5:
                    field.text = take(bytes, 4);
                    break;
                default:
                    fail();
            }
            fields_.push_back(std::move(field));
        }
        if (fields_.empty()) fail();
    }

    void change(Dice& dice) {
        if (fields_.empty()) return;
        const std::size_t at = dice.below(fields_.size());
        Field& field = fields_[at];
        const auto place = fields_.begin() + static_cast<std::ptrdiff_t>(at);
        if (dice.one_in(8)) {
            const Field copy = field;
            fields_.insert(fields_.begin() + static_cast<std::ptrdiff_t>(dice.below(fields_.size())), copy);
        } else if (dice.one_in(10)) {
            fields_.erase(place);
        } else if (dice.one_in(20)) {
            field.tag = (field.tag & 7U) | std::uint64_t{1 + dice.below(30)} << 3U;
        } else if ((field.tag & 7U) == 0) {
            field.number = dice.one_in(2) ? dice.of(kOddNumbers) : field.number + dice.below(5) - 2;
        } else if ((field.tag & 7U) == 2 && !dice.one_in(5)) {
            change_inner(field, dice);
        } else if ((field.tag & 7U) == 2) {
            field.text = plain(field.text);
        } else {
            plain_in_place(field.text, 0, field.text.size());
        }
    }

    [[nodiscard]] std::string bytes() const {
        std::string all;
        for (const Field& field : fields_) {
            put_varint(all, field.tag);
            if ((field.tag & 7U) == 0) put_varint(all, field.number);
            if ((field.tag & 7U) == 2) put_varint(all, field.text.size());
            all += field.text;
        }
        return all;
    }

private:
    struct Field {
        std::uint64_t tag = 0, number = 0;
        std::string text;
    };

    [[noreturn]] static void fail() { throw Error(Errc::corrupt_data, "no message"); }

    static void change_inner(Field& field, Dice& dice) {
        try {
            Message inner(field.text);
            inner.change(dice);
            field.text = inner.bytes();
        } catch (const Error&) {  // a text, or numbers
            field.text = plain(field.text);
        }
    }

    static std::string take(std::string_view& bytes, std::uint64_t n) {
        if (n > bytes.size()) fail();
        const std::string part(bytes.substr(0, n));
        bytes.remove_prefix(n);
        return part;
    }

    static std::uint64_t take_varint(std::string_view& bytes) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (bytes.empty()) fail();
            const auto part = static_cast<unsigned char>(bytes.front());
            bytes.remove_prefix(1);
            value |= std::uint64_t{part & 0x7FU} << shift;
            if (part < 0x80) return value;
        }
        fail();
    }

    static void put_varint(std::string& bytes, std::uint64_t value) {
        for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(0x80U | (value & 0x7FU));
        bytes += static_cast<char>(value);
    }

    std::vector<Field> fields_;
};

/// @throws Error  the bytes are no message
inline std::string changed_message(const std::string& bytes, Dice& dice) {
    Message message(bytes);
    for (std::size_t n = 1 + dice.below(3); n > 0; --n) message.change(dice);
    return message.bytes();
}

}  // namespace undertone::fuzz
