#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/pickle.hpp"

namespace undertone::exchange {

/// The stack machine of the format. What would make an object keeps what it would be made of.
/// What each code does is in pickle_codes.cpp, of the acts that are declared here.
class PickleMachine {
public:
    /// @param nested  a pickle that lies within another
    PickleMachine(Pickle& pickle, std::size_t begin, bool nested)
        : pickle_(pickle), bytes_(pickle.bytes_), at_(begin), nested_(nested) {}

    /// @return  what is at the top in the end
    /// @throws Error corrupt_data, unsupported_format
    Pickle::Ref run();
    [[nodiscard]] std::size_t end() const noexcept { return at_; }

private:
    using Ref = Pickle::Ref;
    using Kind = Pickle::Kind;

    // A network of ten thousand epochs' losses has some ten thousand.
    static constexpr std::size_t kMostNodes = 1'000'000;

    // The stream.
    std::string_view take(std::size_t n);
    std::uint64_t number(std::size_t n_bytes);
    std::string_view counted(std::size_t n_bytes);
    std::string_view line();

    // The nodes.
    Pickle::Node& node(Ref ref) { return pickle_.nodes_[ref]; }
    Ref make(Pickle::Node made);
    Ref make(Kind kind);
    void charge(std::size_t n);

    // The stack and its marks.
    void push(Ref ref);
    Ref pop();
    Ref& top();
    [[nodiscard]] std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
    void mark();
    std::vector<Ref> pop_to_mark();

    // What is put on the stack.
    void push_text(Kind kind, std::string_view text);
    void push_integer(std::int64_t value, Kind kind = Kind::integer);
    void push_long(std::string_view digits);
    void push_real();
    void push_items(Kind kind, std::vector<Ref> items);
    void push_tuple(std::size_t n);
    void push_global(std::string_view module, std::string_view name);
    void push_object(Ref type, Ref arguments);

    // What is done to what lies there.
    void append(Ref list, const std::vector<Ref>& items, Kind kind);
    void build();
    void take_array(Ref wrapper);
    void memoize(std::uint64_t key);
    void recall(std::uint64_t key);

    void step(unsigned char code);
    bool step_value(unsigned char code);
    bool step_container(unsigned char code);
    bool step_object(unsigned char code);

    Pickle& pickle_;
    std::string_view bytes_;
    std::size_t at_, copied_ = 0;
    bool nested_;
    std::vector<Ref> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, Ref> memo_;
};

}  // namespace undertone::exchange
