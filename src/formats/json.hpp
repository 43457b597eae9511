#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace undertone {

/// A JSON value. The keys of an object keep their order. Braces make lists and objects:
/// `{{"file", path}, {"sizes", {3, 4}}}` is an object, since each of its parts is a key and a value.
class Json {
public:
    using List = std::vector<Json>;
    using Members = std::vector<std::pair<std::string, Json>>;

    /// Another kind of value was asked for than the one that is there.
    class WrongKind : public std::runtime_error {
    public:
        using std::runtime_error::runtime_error;
    };

    Json() = default;
    Json(std::nullptr_t) {}
    Json(std::same_as<bool> auto value) : value_(value) {}
    Json(std::integral auto value) requires(!std::same_as<decltype(value), bool>) {
        if constexpr (std::is_signed_v<decltype(value)>)
            value_ = static_cast<std::int64_t>(value);
        else
            value_ = static_cast<std::uint64_t>(value);
    }
    Json(std::floating_point auto value) : value_(static_cast<double>(value)) {}
    Json(const char* text) : value_(std::string(text)) {}
    Json(std::string text) : value_(std::move(text)) {}
    Json(std::string_view text) : value_(std::string(text)) {}
    Json(std::initializer_list<Json> parts);

    /// A list of what a range holds; of a map, an object.
    template <std::ranges::input_range Range>
    requires(!std::convertible_to<const Range&, std::string_view> &&
             !std::same_as<std::remove_cvref_t<Range>, Json>) Json(const Range& values) {
        if constexpr (requires(std::ranges::range_value_t<Range> one) { std::string(one.first); }) {
            Members members;
            for (const auto& [name, value] : values) members.emplace_back(name, value);
            value_ = std::move(members);
        } else {
            List list;
            for (const auto& value : values) list.emplace_back(value);
            value_ = std::move(list);
        }
    }

    [[nodiscard]] static Json list() { return Json(Value(List())); }
    [[nodiscard]] static Json list(std::initializer_list<Json> parts) { return Json(Value(List(parts))); }
    [[nodiscard]] static Json object() { return Json(Value(Members())); }

    [[nodiscard]] bool is_null() const noexcept { return holds<std::monostate>(); }
    [[nodiscard]] bool is_bool() const noexcept { return holds<bool>(); }
    /// Not below 0 and without a point, as it was read.
    [[nodiscard]] bool is_unsigned() const noexcept { return holds<std::uint64_t>(); }
    /// Without a point, and made of a number that may be below 0.
    [[nodiscard]] bool is_integer() const noexcept { return holds<std::int64_t>(); }
    [[nodiscard]] bool is_number() const noexcept {
        return holds<double>() || holds<std::int64_t>() || holds<std::uint64_t>();
    }
    [[nodiscard]] bool is_text() const noexcept { return holds<std::string>(); }
    [[nodiscard]] bool is_list() const noexcept { return holds<List>(); }
    [[nodiscard]] bool is_object() const noexcept { return holds<Members>(); }
    /// "null", "boolean", "number", "string", "array" or "object".
    [[nodiscard]] const char* kind() const noexcept;

    /// Of a list or an object; else 0.
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// bool, numbers and std::string; a number is cast.
    /// @throws WrongKind
    template <class T>
    [[nodiscard]] T get() const;
    /// @throws WrongKind
    [[nodiscard]] const std::string& text() const { return of_kind<std::string>(); }

    /// The members of an object, the elements of a list.
    /// @throws WrongKind
    [[nodiscard]] const Members& members() const { return of_kind<Members>(); }
    [[nodiscard]] Members& members() { return of_kind<Members>(); }
    [[nodiscard]] const List& elements() const { return of_kind<List>(); }
    [[nodiscard]] List& elements() { return of_kind<List>(); }

    /// A member, or nullptr where this is no object or has no such key.
    [[nodiscard]] const Json* find(std::string_view key) const noexcept;
    [[nodiscard]] bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }
    /// A member, which is made where it is not there; what is null becomes an object.
    /// @throws WrongKind  this is neither
    Json& operator[](std::string_view key);
    /// @throws WrongKind  this is no object or has no such key
    const Json& operator[](std::string_view key) const;
    /// @throws WrongKind  this is no list or has no such element
    const Json& operator[](std::size_t index) const;
    /// Takes over the members of another object, in place of those of the same keys.
    /// @throws WrongKind  one of them is no object
    void update(const Json& other);
    /// Takes a member away, if it is there.
    void erase(std::string_view key);
    /// What is null becomes a list.
    /// @throws WrongKind  this is no list
    void push_back(Json value);

    friend bool operator==(const Json& a, const Json& b);

    /// On one line, or with so many blanks a level. Bytes that are no UTF-8 become U+FFFD.
    /// @param ascii   all other characters are escaped
    [[nodiscard]] std::string dump(int indent = -1, bool ascii = false) const;

    // Over the elements of a list, or the values of an object; nothing else has parts.
    class Iterator {
    public:
        using value_type = Json;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Iterator(const Json& of, std::size_t at) : of_(&of), at_(at) {}
        const Json& operator*() const { return of_->part(at_); }
        const Json* operator->() const { return &of_->part(at_); }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        Iterator operator++(int) {
            const Iterator before = *this;
            ++at_;
            return before;
        }
        bool operator==(const Iterator& other) const noexcept { return at_ == other.at_; }

    private:
        const Json* of_ = nullptr;
        std::size_t at_ = 0;
    };
    [[nodiscard]] Iterator begin() const { return {*this, 0}; }
    [[nodiscard]] Iterator end() const { return {*this, size()}; }

private:
    using Value =
        std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, List, Members>;

    explicit Json(Value value) : value_(std::move(value)) {}

    template <class T>
    [[nodiscard]] bool holds() const noexcept {
        return std::holds_alternative<T>(value_);
    }
    template <class T>
    [[nodiscard]] const T& of_kind() const {
        if (const T* value = std::get_if<T>(&value_)) return *value;
        wrong_kind();
    }
    template <class T>
    [[nodiscard]] T& of_kind() {
        if (T* value = std::get_if<T>(&value_)) return *value;
        wrong_kind();
    }
    [[noreturn]] void wrong_kind() const;
    [[nodiscard]] const Json& part(std::size_t index) const;

    Value value_;
};

template <class T>
T Json::get() const {
    if constexpr (std::same_as<T, std::string> || std::same_as<T, bool>) {
        return of_kind<T>();
    } else {
        static_assert(std::is_arithmetic_v<T>);
        if (const auto* value = std::get_if<std::uint64_t>(&value_)) return static_cast<T>(*value);
        if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<T>(*value);
        return static_cast<T>(of_kind<double>());
    }
}

/// How much of it is read. JSON may come from anybody: without bounds 200 kB of brackets end the stack, and
/// some megabytes of them take gigabytes.
struct JsonLimits {
    std::size_t bytes = std::size_t{1} << 26;   ///< of the text
    std::size_t values = std::size_t{1} << 21;  ///< texts, numbers, lists, objects and keys
    std::size_t depth = 64;                     ///< lists and objects within one another
};

/// Reads JSON. It is the only way in which undertone does so: tests/lint finds others.
///
/// @param origin  what the text is of, for messages
/// @throws Error corrupt_data  no JSON, a key that an object has twice, or more than the limits allow
[[nodiscard]] Json parse_json(std::string_view text, const std::string& origin,
                              const JsonLimits& limits = {});

/// JSON as text that every reader and every terminal takes: bytes that are no UTF-8 become U+FFFD, control
/// characters of whatever kind and those that turn the direction of text are escaped.
/// @param indent  blanks a level, or -1: all on one line
[[nodiscard]] std::string format_json(const Json& json, int indent = -1);

/// A part of an object.
/// @throws Error corrupt_data  `json` is no object or has no such key
[[nodiscard]] const Json& json_part(const Json& json, const char* key, const std::string& origin);

/// A whole number from 0 to `most`. A fraction, a negative or a greater number is none.
/// @throws Error corrupt_data
[[nodiscard]] std::uint64_t json_count(const Json& value, std::uint64_t most, const std::string& name,
                                       const std::string& origin);

/// A finite number.
/// @throws Error corrupt_data
[[nodiscard]] double json_number(const Json& value, const std::string& name, const std::string& origin);

/// @throws Error corrupt_data  not a text
[[nodiscard]] const std::string& json_text(const Json& value, const std::string& name,
                                           const std::string& origin);

}  // namespace undertone
