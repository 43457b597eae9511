#include "formats/json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace {

// nlohmann's lexer reads and its serializer writes single values; it stays in this file, for every file that
// includes it takes seconds to compile.
using Nlohmann = nlohmann::json;

// Builds the values that the lexer finds. nlohmann's own builder has no limits.
class Builder final : public nlohmann::json_sax<Nlohmann> {
public:
    Builder(const std::string& origin, const JsonLimits& limits) : origin_(origin), limits_(limits) {}

    [[nodiscard]] Json take() { return std::move(root_); }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(std::int64_t value) override { return add(value); }
    bool number_unsigned(std::uint64_t value) override { return add(value); }
    bool number_float(double value, const std::string& /*text*/) override { return add(value); }
    bool string(std::string& value) override { return add(std::move(value)); }
    bool binary(Nlohmann::binary_t& /*value*/) override { return false; }  // JSON as text has none
    bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
    bool start_array(std::size_t /*size*/) override { return open(Json::list()); }
    bool end_array() override {
        open_.pop_back();
        return true;
    }

    bool key(std::string& name) override {
        count();
        Json::Members& members = open_.back()->members();
        members.emplace_back(std::move(name), Json());
        place_ = &members.back().second;
        return true;
    }

    bool end_object() override {
        std::vector<const std::string*> keys;
        for (const auto& member : open_.back()->members()) keys.push_back(&member.first);
        std::sort(keys.begin(), keys.end(), [](const auto* a, const auto* b) { return *a < *b; });
        const auto twice = std::adjacent_find(keys.begin(), keys.end(),
                                              [](const auto* a, const auto* b) { return *a == *b; });
        if (twice != keys.end()) fail("has the key " + shown(**twice) + " twice");
        open_.pop_back();
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const Nlohmann::exception& /*error*/) override {
        fail("is broken JSON at byte " + std::to_string(position));
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw Error(Errc::corrupt_data, origin_ + ": " + what);
    }

    void count() {
        if (++n_values_ > limits_.values)
            fail("holds more than the " + std::to_string(limits_.values) + " JSON values that are read");
    }

    template <class Value>
    bool add(Value&& value) {
        put(Json(std::forward<Value>(value)));
        return true;
    }

    Json& put(Json&& value) {
        count();
        if (open_.empty()) return root_ = std::move(value);
        if (open_.back()->is_object()) return *place_ = std::move(value);
        Json::List& list = open_.back()->elements();
        list.push_back(std::move(value));
        return list.back();
    }

    bool open(Json&& value) {
        if (open_.size() == limits_.depth)
            fail("is nested deeper than the " + std::to_string(limits_.depth) + " levels that are read");
        open_.push_back(&put(std::move(value)));
        return true;
    }

    const std::string& origin_;
    const JsonLimits& limits_;
    Json root_;
    // A list or object grows only while it is the innermost one, so that these stay where they are.
    std::vector<Json*> open_;
    Json* place_ = nullptr;  // of the value whose key came last
    std::size_t n_values_ = 0;
};

[[noreturn]] void refuse(const std::string& origin, const std::string& name, const Json& value,
                         const std::string& rule) {
    const std::string text = value.is_list() || value.is_object() ? value.kind() : value.dump(-1, true);
    throw Error(Errc::corrupt_data, origin + ": " + name + " = " + shown(text) + ": must be " + rule);
}

template <class Value>
std::string scalar(const Value& value, bool ascii = false) {
    return Nlohmann(value).dump(-1, ' ', ascii, Nlohmann::error_handler_t::replace);
}

// The layout is nlohmann's.
void write(const Json& json, int indent, bool ascii, std::size_t level, std::string& out) {
    const bool is_list = json.is_list();
    if (!is_list && !json.is_object()) {
        if (json.is_text())
            out += scalar(json.text(), ascii);
        else if (json.is_unsigned())
            out += std::to_string(json.get<std::uint64_t>());
        else if (json.is_integer())
            out += std::to_string(json.get<std::int64_t>());
        else if (json.is_number())
            out += scalar(json.get<double>());
        else
            out += json.is_null() ? "null" : json.get<bool>() ? "true" : "false";
        return;
    }
    out += is_list ? '[' : '{';
    const auto new_line = [&](std::size_t depth) {
        if (indent < 0) return;
        out += '\n';
        out.append(depth * static_cast<std::size_t>(indent), ' ');
    };
    for (std::size_t i = 0; i < json.size(); ++i) {
        if (i > 0) out += ',';
        new_line(level + 1);
        if (!is_list) {
            out += scalar(json.members()[i].first, ascii);
            out += indent < 0 ? ":" : ": ";
        }
        write(is_list ? json.elements()[i] : json.members()[i].second, indent, ascii, level + 1, out);
    }
    if (!json.empty()) new_line(level);
    out += is_list ? ']' : '}';
}

}  // namespace

Json::Json(std::initializer_list<Json> parts) {
    const auto is_member = [](const Json& part) {
        return part.is_list() && part.size() == 2 && part.elements().front().is_text();
    };
    if (!std::all_of(parts.begin(), parts.end(), is_member)) {
        value_ = List(parts);
        return;
    }
    Members members;
    for (const Json& part : parts) members.emplace_back(part.elements()[0].text(), part.elements()[1]);
    value_ = std::move(members);
}

const char* Json::kind() const noexcept {
    if (is_null()) return "null";
    if (is_bool()) return "boolean";
    if (is_number()) return "number";
    if (is_text()) return "string";
    return is_list() ? "array" : "object";
}

std::size_t Json::size() const noexcept {
    if (const List* list = std::get_if<List>(&value_)) return list->size();
    if (const Members* members = std::get_if<Members>(&value_)) return members->size();
    return 0;
}

void Json::wrong_kind() const {
    throw WrongKind(std::string("another JSON value than ") + kind() + " was asked for");
}

const Json& Json::part(std::size_t index) const {
    if (const List* list = std::get_if<List>(&value_)) return (*list)[index];
    return members()[index].second;
}

const Json* Json::find(std::string_view key) const noexcept {
    if (const Members* members = std::get_if<Members>(&value_))
        for (const auto& [name, value] : *members)
            if (name == key) return &value;
    return nullptr;
}

Json& Json::operator[](std::string_view key) {
    if (is_null()) value_ = Members();
    for (auto& [name, value] : members())
        if (name == key) return value;
    return members().emplace_back(key, Json()).second;
}

const Json& Json::operator[](std::string_view key) const {
    const Json* value = find(key);
    if (value == nullptr) throw WrongKind("there is no \"" + std::string(key) + "\" in the JSON");
    return *value;
}

const Json& Json::operator[](std::size_t index) const {
    if (index >= elements().size()) throw WrongKind("a JSON list ends before the element that was asked for");
    return elements()[index];
}

void Json::update(const Json& other) {
    for (const auto& [key, value] : other.members()) (*this)[key] = value;
}

void Json::erase(std::string_view key) {
    std::erase_if(members(), [&](const auto& member) { return member.first == key; });
}

void Json::push_back(Json value) {
    if (is_null()) value_ = List();
    elements().push_back(std::move(value));
}

bool operator==(const Json& a, const Json& b) {
    if (!a.is_number() || !b.is_number()) return a.value_ == b.value_;
    const bool whole = !a.holds<double>() && !b.holds<double>();
    if (!whole) return a.get<double>() == b.get<double>();
    // One of them may be signed: two negative numbers, or two that are not, are alike where their bits are.
    const auto negative = [](const Json& one) { return one.is_integer() && one.get<std::int64_t>() < 0; };
    return negative(a) == negative(b) && a.get<std::uint64_t>() == b.get<std::uint64_t>();
}

std::string Json::dump(int indent, bool ascii) const {
    std::string text;
    write(*this, indent, ascii, 0, text);
    return text;
}

Json parse_json(std::string_view text, const std::string& origin, const JsonLimits& limits) {
    if (text.size() > limits.bytes)
        throw Error(Errc::corrupt_data, origin + ": is JSON of " + std::to_string(text.size()) +
                                            " bytes; up to " + std::to_string(limits.bytes) + " are read");
    Builder builder(origin, limits);
    if (!Nlohmann::sax_parse(text, &builder)) throw Error(Errc::corrupt_data, origin + ": is broken JSON");
    return builder.take();
}

std::string format_json(const Json& json, int indent) {
    const std::string text = json.dump(indent);
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = std::string_view(text).substr(i);
        const std::size_t size = hidden_character(rest);
        if (size == 0 || text[i] == '\n') {  // a line end stands between values alone
            plain += rest.substr(0, character_bytes(rest));
            i += character_bytes(rest);
            continue;
        }
        const std::string escaped = Json(text.substr(i, size)).dump(-1, /*ascii=*/true);
        plain += std::string_view(escaped).substr(1, escaped.size() - 2);
        i += size;
    }
    return plain;
}

const Json& json_part(const Json& json, const char* key, const std::string& origin) {
    const Json* part = json.find(key);
    if (part == nullptr) throw Error(Errc::corrupt_data, origin + ": has no \"" + key + "\"");
    return *part;
}

std::uint64_t json_count(const Json& value, std::uint64_t most, const std::string& name,
                         const std::string& origin) {
    if (!value.is_unsigned() || value.get<std::uint64_t>() > most)
        refuse(origin, name, value, "a whole number from 0 to " + std::to_string(most));
    return value.get<std::uint64_t>();
}

double json_number(const Json& value, const std::string& name, const std::string& origin) {
    if (!value.is_number() || !std::isfinite(value.get<double>()))
        refuse(origin, name, value, "a finite number");
    return value.get<double>();
}

const std::string& json_text(const Json& value, const std::string& name, const std::string& origin) {
    if (!value.is_text()) refuse(origin, name, value, "a text");
    return value.text();
}

}  // namespace undertone
