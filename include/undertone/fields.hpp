#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "undertone/error.hpp"

namespace undertone {

/// The numbers a field may take; both ends belong to it unless they are marked open.
template <class T>
struct Range {
    T low, high;
    bool open_low = false, open_high = false;

    [[nodiscard]] constexpr bool holds(T value) const {  // written so that NaN fails
        return (open_low ? value > low : value >= low) && (open_high ? value < high : value <= high);
    }
};

/// One value of an enumeration and how it is spelled.
template <class E>
struct Choice {
    std::string_view name;
    E value;
};

/// The rule of a field whose every value is allowed (text, flags).
struct AnyValue {};

namespace detail {
template <class T>
struct RuleFor;
template <class T>
requires std::is_arithmetic_v<T>
struct RuleFor<T> {
    using type = Range<T>;
};
template <>
struct RuleFor<bool> {
    using type = AnyValue;
};
template <>
struct RuleFor<std::string> {
    using type = AnyValue;
};
template <class E>
requires std::is_enum_v<E>
struct RuleFor<E> {
    using type = std::span<const Choice<E>>;
};
template <class T>
struct RuleFor<std::optional<T>> : RuleFor<T> {};
template <class T>
struct RuleFor<std::vector<T>> : RuleFor<T> {};
}  // namespace detail

/// The rule that fits a type: a Range for numbers, the list of choices for an enumeration; for an optional or
/// a list, the rule of what is in it.
template <class T>
using RuleOf = typename detail::RuleFor<T>::type;

/// One member of an options struct: its name, where it lies, its unit, what it may be, one line of help.
///
/// An options struct has one function `static constexpr auto fields()` that returns a tuple of these;
/// validation, command line, config files and the JSON of model files are derived from it.
template <class Options, class T>
struct Field {
    std::string_view name;
    T Options::*member;
    std::string_view unit;
    RuleOf<T> rule;
    std::string_view help;
};
template <class Options, class T>
Field(std::string_view, T Options::*, std::string_view, RuleOf<T>, std::string_view) -> Field<Options, T>;

namespace detail {

[[nodiscard]] std::string number_text(double value);
[[nodiscard]] std::string number_text(float value);
[[nodiscard]] std::string number_text(std::int64_t value);
[[nodiscard]] std::string number_text(std::uint64_t value);
void parse_number(std::string_view name, std::string_view text, double& value);
void parse_number(std::string_view name, std::string_view text, std::int64_t& value);
void parse_number(std::string_view name, std::string_view text, std::uint64_t& value);
[[nodiscard]] bool parse_bool(std::string_view name, std::string_view text);
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view text);
[[noreturn]] void throw_bad_value(std::string_view name, const std::string& value, const std::string& rule);
[[noreturn]] void throw_unknown_field(std::string_view name, const std::vector<std::string_view>& known);

template <class T>
struct Text;  // how a type of field is written, read and checked

template <class T>
requires(std::is_arithmetic_v<T> && !std::same_as<T, bool>) struct Text<T> {
    using Wide = std::conditional_t<std::is_floating_point_v<T>, double,
                                    std::conditional_t<std::is_unsigned_v<T>, std::uint64_t, std::int64_t>>;
    static std::string write(T value, const Range<T>&) {
        if constexpr (std::same_as<T, float>)
            return number_text(value);
        else
            return number_text(static_cast<Wide>(value));
    }
    static T read(std::string_view name, std::string_view text, const Range<T>& range) {
        Wide wide{};
        parse_number(name, text, wide);
        const T value = static_cast<T>(wide);
        if constexpr (std::is_integral_v<T>)
            if (static_cast<Wide>(value) != wide) throw_bad_value(name, std::string(text), rule(range));
        return value;
    }
    static std::string rule(const Range<T>& range) {
        return std::string("must be ") + (range.open_low ? "above " : "at least ") + write(range.low, range) +
               (range.open_high ? " and below " : " and at most ") + write(range.high, range);
    }
    static bool holds(T value, const Range<T>& range) { return range.holds(value); }
};

template <>
struct Text<bool> {
    static std::string write(bool value, AnyValue) { return value ? "true" : "false"; }
    static bool read(std::string_view name, std::string_view text, AnyValue) {
        return parse_bool(name, text);
    }
    static std::string rule(AnyValue) { return "must be true or false"; }
    static bool holds(bool, AnyValue) { return true; }
};

template <>
struct Text<std::string> {
    static std::string write(const std::string& value, AnyValue) { return value; }
    static std::string read(std::string_view, std::string_view text, AnyValue) { return std::string(text); }
    static std::string rule(AnyValue) { return "any text"; }
    static bool holds(const std::string&, AnyValue) { return true; }
};

template <class E>
requires std::is_enum_v<E>
struct Text<E> {
    using Rule = std::span<const Choice<E>>;
    static std::string write(E value, Rule choices) {
        for (const auto& choice : choices)
            if (choice.value == value) return std::string(choice.name);
        return "unknown value " + std::to_string(static_cast<int>(value));
    }
    static E read(std::string_view name, std::string_view text, Rule choices) {
        for (const auto& choice : choices)
            if (choice.name == text) return choice.value;
        throw_bad_value(name, std::string(text), rule(choices));
    }
    static std::string rule(Rule choices) {
        std::string text = "must be one of";
        for (const auto& choice : choices) text += " " + std::string(choice.name);
        return text;
    }
    static bool holds(E value, Rule choices) {
        for (const auto& choice : choices)
            if (choice.value == value) return true;
        return false;
    }
};

template <class T>
struct Text<std::optional<T>> {
    static std::string write(const std::optional<T>& value, const RuleOf<T>& r) {
        return value ? Text<T>::write(*value, r) : "none";
    }
    static std::optional<T> read(std::string_view name, std::string_view text, const RuleOf<T>& r) {
        if (text == "none" || text == "None") return std::nullopt;
        return Text<T>::read(name, text, r);
    }
    static std::string rule(const RuleOf<T>& r) { return Text<T>::rule(r) + ", or none"; }
    static bool holds(const std::optional<T>& value, const RuleOf<T>& r) {
        return !value || Text<T>::holds(*value, r);
    }
};

template <class T>
struct Text<std::vector<T>> {
    static std::string write(const std::vector<T>& values, const RuleOf<T>& r) {
        std::string text;
        for (const T& value : values) text += (text.empty() ? "" : ",") + Text<T>::write(value, r);
        return text;
    }
    static std::vector<T> read(std::string_view name, std::string_view text, const RuleOf<T>& r) {
        std::vector<T> values;
        for (const std::string_view item : split_list(text)) values.push_back(Text<T>::read(name, item, r));
        return values;
    }
    static std::string rule(const RuleOf<T>& r) { return "each " + Text<T>::rule(r); }
    static bool holds(const std::vector<T>& values, const RuleOf<T>& r) {
        for (const T& value : values)
            if (!Text<T>::holds(value, r)) return false;
        return true;
    }
};

}  // namespace detail

/// Calls `visit(field)` for each field of an options struct, in the order of its table.
template <class Options, class Visit>
constexpr void for_each_field(Visit&& visit) {
    std::apply([&](const auto&... field) { (visit(field), ...); }, Options::fields());
}

/// The value of one field as text: `0.001`, `adam`, `300,50,20`, `none`. read_field() takes it back
/// unchanged.
template <class Options, class T>
[[nodiscard]] std::string field_text(const Options& options, const Field<Options, T>& field) {
    return detail::Text<T>::write(options.*field.member, field.rule);
}

/// What a field may be, in words: "must be at least 0 and below 1".
template <class Options, class T>
[[nodiscard]] std::string field_rule(const Field<Options, T>& field) {
    return detail::Text<T>::rule(field.rule);
}

/// The names of an options struct, in the order of its table.
template <class Options>
[[nodiscard]] std::vector<std::string_view> field_names() {
    std::vector<std::string_view> names;
    for_each_field<Options>([&](const auto& field) { names.push_back(field.name); });
    return names;
}

/// @throws Error invalid_argument naming the first field that breaks its rule, its value and the rule.
template <class Options>
void validate(const Options& options) {
    for_each_field<Options>([&]<class T>(const Field<Options, T>& field) {
        if (!detail::Text<T>::holds(options.*field.member, field.rule))
            detail::throw_bad_value(field.name, field_text(options, field), field_rule(field));
    });
}

namespace detail {

/// The table of a base class as part of the table of a class derived from it.
template <class Derived, class... Fields>
constexpr auto fields_of_base(const std::tuple<Fields...>& table) {
    const auto one = []<class Base, class T>(const Field<Base, T>& field) {
        return Field<Derived, T>{field.name, field.member, field.unit, field.rule, field.help};
    };
    return std::apply([&](const auto&... field) { return std::tuple{one(field)...}; }, table);
}

}  // namespace detail

/// Sets one field from text.
///
/// Lists are written `300,50` or `[300, 50]`; an optional without a value is `none`.
/// @throws Error invalid_argument  no field has that name (the message lists those there are), the text is
///         not a value of the field's type, or the value breaks the field's rule
template <class Options>
void set_field(Options& options, std::string_view name, std::string_view text) {
    bool found = false;
    for_each_field<Options>([&]<class T>(const Field<Options, T>& field) {
        if (found || field.name != name) return;
        found = true;
        T value = detail::Text<T>::read(name, text, field.rule);
        if (!detail::Text<T>::holds(value, field.rule))
            detail::throw_bad_value(name, std::string(text), field_rule(field));
        options.*field.member = std::move(value);
    });
    if (!found) detail::throw_unknown_field(name, field_names<Options>());
}

}  // namespace undertone
