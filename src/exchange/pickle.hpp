#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace undertone::exchange {

/// What a pickle describes, as data: nothing of it is ever looked up or called.
///
/// Source: the comments of CPython's pickletools, protocols 2 to 5; joblib's NumpyArrayWrapper, which has the
/// bytes of an array follow it in the stream.
class Pickle {
public:
    using Ref = std::uint32_t;
    enum class Kind { none, boolean, integer, real, text, bytes, list, tuple, dict, set, global, object };
    static constexpr Ref kNothing = ~Ref{0};

    struct Node {
        Kind kind = Kind::none;
        std::int64_t integer = 0;        ///< and boolean; what does not fit is the nearest
        double real = 0;                 ///< and integer
        std::string_view text;           ///< and bytes; of a global its module
        std::string_view name;           ///< of a global
        std::vector<Ref> items;          ///< of a dict keys and values in turn; of an object its arguments
        Ref type = kNothing;             ///< of an object: what it would be made by
        Ref state = kNothing;            ///< of an object: what it would be given
        std::string_view array_bytes{};  ///< of joblib's wrapper: what followed it
    };

    /// Reads the whole stream.
    /// @param bytes  must outlive this
    /// @throws Error corrupt_data        cut, broken, or more objects than any model has
    /// @throws Error unsupported_format  a type that no such model holds (the message names it), a protocol
    ///         below 2, arrays kept outside the stream
    explicit Pickle(std::string_view bytes);

    [[nodiscard]] const Node& root() const { return nodes_[root_]; }
    [[nodiscard]] const Node& at(Ref ref) const { return nodes_[ref]; }
    [[nodiscard]] std::size_t n_bytes() const noexcept { return bytes_.size(); }

    /// The value of a key of a dict; nullptr where it is none or has no such key.
    [[nodiscard]] const Node* find(const Node& dict, std::string_view key) const;
    /// The value of a member of an object.
    [[nodiscard]] const Node* member(const Node& object, std::string_view key) const;
    /// Of an object the last word of its type: "MLPClassifier"; else what it is: "a list".
    [[nodiscard]] std::string_view type_name(const Node& node) const;
    [[nodiscard]] bool is_a(const Node& node, std::string_view name) const {
        return node.kind == Kind::object && type_name(node) == name;
    }

private:
    friend class PickleMachine;
    std::string_view bytes_;
    std::vector<Node> nodes_;
    Ref root_ = 0;
};

/// An array of NumPy within a pickle.
struct NumpyArray {
    std::vector<std::size_t> shape;
    std::vector<double> numbers;     ///< in C order; of numbers and flags
    std::vector<std::string> texts;  ///< of texts, objects and whole numbers
    bool single = false;             ///< of float32
};

/// Whether a node is an array or a scalar of NumPy.
[[nodiscard]] bool is_array(const Pickle& pickle, const Pickle::Node& node);

/// @param budget  bytes that arrays may still take: no more than the stream has, however often one is named
/// @throws Error corrupt_data, unsupported_format
[[nodiscard]] NumpyArray read_array(const Pickle& pickle, const Pickle::Node& node, std::size_t& budget,
                                    std::string_view name);

/// The bytes that follow joblib's wrapper of an array.
/// @param wrapper  its shape and dtype
/// @return         how many; kNested: a pickle follows instead, of an array of objects
/// @throws Error corrupt_data, unsupported_format
inline constexpr std::size_t kNested = ~std::size_t{0};
[[nodiscard]] std::size_t wrapped_size(const Pickle& pickle, const Pickle::Node& wrapper);

}  // namespace undertone::exchange
