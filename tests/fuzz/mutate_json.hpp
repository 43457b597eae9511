#pragma once

#include <span>
#include <string_view>

#include "formats/json.hpp"
#include "mutate.hpp"

/// JSON that stays JSON while its values, keys and shape change.
namespace undertone::fuzz {

/// Words that a reader looks for, as keys and as values.
using Words = std::span<const std::string_view>;

inline void collect(Json& node, std::vector<Json*>& all) {
    constexpr std::size_t kMost = 2000;
    if (all.size() == kMost) return;
    all.push_back(&node);
    if (node.is_list())
        for (Json& inner : node.elements()) collect(inner, all);
    if (node.is_object())
        for (auto& member : node.members()) collect(member.second, all);
}

inline Json odd_value(Dice& dice, Words words) {
    switch (dice.below(10)) {
        case 0:
            return nullptr;
        case 1:
            return dice.one_in(2);
        case 2:
            return dice.of(kOddNumbers);
        case 3:
            return -static_cast<std::int64_t>(dice.of(kOddNumbers) >> 1U);
        case 4:
            return std::array{1e300, -1e300, 0.5, 9.7, -0.0, 1e-320, 1e19, 4.3e9}[dice.below(8)];
        case 5:
            return Json::list();
        case 6:
            return Json::object();
        case 7:
            return std::to_string(dice.of(kOddNumbers));
        case 8:
            return std::string(dice.below(200), 'x');
        default:
            return words.empty() ? std::string() : std::string(dice.of(words));
    }
}

inline void change_list(Json& list, Dice& dice, Words words) {
    Json::List& items = list.elements();
    const auto at = [&] { return items.begin() + static_cast<std::ptrdiff_t>(dice.below(items.size())); };
    switch (dice.below(items.empty() ? 1 : 6)) {
        case 0:
            items.push_back(odd_value(dice, words));
            break;
        case 1:
            items.erase(at());
            break;
        case 2: {
            const Json copy = *at();
            items.insert(at(), 1 + dice.below(dice.one_in(8) ? 100 : 2), copy);
            break;
        }
        case 3:
            std::swap(*at(), *at());
            break;
        case 4:
            items.resize(dice.below(items.size()));
            break;
        default:
            *at() = odd_value(dice, words);
    }
}

inline void change_object(Json& object, Dice& dice, Words words) {
    Json::Members& members = object.members();
    const std::string word = words.empty() ? plain("key") : std::string(dice.of(words));
    if (members.empty() || dice.one_in(3)) {
        object[word] = odd_value(dice, words);
        return;
    }
    const auto at = members.begin() + static_cast<std::ptrdiff_t>(dice.below(members.size()));
    const std::string key = at->first;
    Json value = at->second;
    if (dice.one_in(2)) object.erase(key);
    if (dice.one_in(3)) object[dice.one_in(2) ? word : key + "x"] = std::move(value);
}

inline void change_value(Json& node, Dice& dice, Words words) {
    if (dice.one_in(5))
        node = odd_value(dice, words);
    else if (node.is_list())
        change_list(node, dice, words);
    else if (node.is_object())
        change_object(node, dice, words);
    else if (node.is_text())
        node = words.empty() || dice.one_in(2) ? plain(node.get<std::string>()) : std::string(dice.of(words));
    else if (node.is_unsigned() && dice.one_in(2))
        node = node.get<std::uint64_t>() + dice.below(3) - 1;
    else if (node.is_number() && dice.one_in(2))
        node = node.get<double>() * std::array{-1.0, 2.0, 0.5, 1.0000001, 1e10}[dice.below(5)];
    else
        node = odd_value(dice, words);
}

/// Changes one value, or puts one in place of another.
inline void change_json(Json& root, Dice& dice, Words words) {
    std::vector<Json*> all;
    collect(root, all);
    Json& node = *dice.of(all);
    if (dice.one_in(6)) {
        const Json copy = *dice.of(all);
        node = copy;
    } else {
        change_value(node, dice, words);
    }
}

/// @throws Error  the text is no JSON
inline std::string changed_json(const std::string& text, Dice& dice, Words words) {
    Json json = parse_json(text, "fuzz");
    for (std::size_t n = 1 + dice.below(3); n > 0; --n) change_json(json, dice, words);
    return json.dump(dice.one_in(4) ? 1 : -1, dice.one_in(4));
}

}  // namespace undertone::fuzz
