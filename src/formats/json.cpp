#include "formats/json.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "undertone/error.hpp"

namespace undertone {
namespace {

// Builds the values that nlohmann's lexer finds. Its own builder looks through all keys of an object for each
// new one, which takes seconds for 100,000 of them, and has no limits.
class Builder final : public nlohmann::json_sax<Json> {
public:
    Builder(const std::string& origin, const JsonLimits& limits) : origin_(origin), limits_(limits) {}

    [[nodiscard]] Json take() { return std::move(root_); }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(std::int64_t value) override { return add(value); }
    bool number_unsigned(std::uint64_t value) override { return add(value); }
    bool number_float(double value, const std::string& /*text*/) override { return add(value); }
    bool string(std::string& value) override { return add(std::move(value)); }
    bool binary(Json::binary_t& /*value*/) override { return false; }  // JSON as text has none
    bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
    bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
    bool end_array() override {
        open_.pop_back();
        return true;
    }

    bool key(std::string& name) override {
        count();
        auto& members = open_.back()->get_ref<Json::object_t&>();
        members.emplace_back(std::move(name), Json());
        place_ = &members.back().second;
        return true;
    }

    bool end_object() override {
        std::vector<const std::string*> keys;
        for (const auto& member : open_.back()->get_ref<const Json::object_t&>())
            keys.push_back(&member.first);
        std::sort(keys.begin(), keys.end(), [](const auto* a, const auto* b) { return *a < *b; });
        const auto twice = std::adjacent_find(keys.begin(), keys.end(),
                                              [](const auto* a, const auto* b) { return *a == *b; });
        if (twice != keys.end()) fail("has the key " + shown(**twice) + " twice");
        open_.pop_back();
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const Json::exception& /*error*/) override {
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
        auto& list = open_.back()->get_ref<Json::array_t&>();
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
    const std::string text =
        value.is_structured() ? value.type_name() : value.dump(-1, ' ', true, Json::error_handler_t::replace);
    throw Error(Errc::corrupt_data, origin + ": " + name + " = " + shown(text) + ": must be " + rule);
}

}  // namespace

Json parse_json(std::string_view text, const std::string& origin, const JsonLimits& limits) {
    if (text.size() > limits.bytes)
        throw Error(Errc::corrupt_data, origin + ": is JSON of " + std::to_string(text.size()) +
                                            " bytes; up to " + std::to_string(limits.bytes) + " are read");
    Builder builder(origin, limits);
    if (!Json::sax_parse(text, &builder)) throw Error(Errc::corrupt_data, origin + ": is broken JSON");
    return builder.take();
}

std::string format_json(const Json& json, int indent) {
    const std::string text = json.dump(indent, ' ', false, Json::error_handler_t::replace);
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
        const std::string escaped = Json(text.substr(i, size)).dump(-1, ' ', /*ensure_ascii=*/true);
        plain += std::string_view(escaped).substr(1, escaped.size() - 2);
        i += size;
    }
    return plain;
}

const Json& json_part(const Json& json, const char* key, const std::string& origin) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (!json.is_object() || found == json.end())
        throw Error(Errc::corrupt_data, origin + ": has no \"" + key + "\"");
    return *found;
}

std::uint64_t json_count(const Json& value, std::uint64_t most, const std::string& name,
                         const std::string& origin) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
        refuse(origin, name, value, "a whole number from 0 to " + std::to_string(most));
    return value.get<std::uint64_t>();
}

double json_number(const Json& value, const std::string& name, const std::string& origin) {
    if (!value.is_number() || !std::isfinite(value.get<double>()))
        refuse(origin, name, value, "a finite number");
    return value.get<double>();
}

const std::string& json_text(const Json& value, const std::string& name, const std::string& origin) {
    if (!value.is_string()) refuse(origin, name, value, "a text");
    return value.get_ref<const std::string&>();
}

}  // namespace undertone
