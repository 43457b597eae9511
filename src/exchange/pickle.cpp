#include "exchange/pickle.hpp"

#include "exchange/pickle_machine.hpp"

namespace undertone::exchange {

Pickle::Pickle(std::string_view bytes) : bytes_(bytes) { root_ = PickleMachine(*this, 0, false).run(); }

const Pickle::Node* Pickle::find(const Node& dict, std::string_view key) const {
    if (dict.kind != Kind::dict) return nullptr;
    for (std::size_t i = dict.items.size(); i >= 2; i -= 2) {  // the last one set is the one that counts
        const Node& name = at(dict.items[i - 2]);
        if (name.kind == Kind::text && name.text == key) return &at(dict.items[i - 1]);
    }
    return nullptr;
}

const Pickle::Node* Pickle::member(const Node& object, std::string_view key) const {
    return object.kind == Kind::object && object.state != kNothing ? find(at(object.state), key) : nullptr;
}

std::string_view Pickle::type_name(const Node& node) const {
    switch (node.kind) {
        case Kind::object:
            return at(node.type).name;
        case Kind::none:
            return "None";
        case Kind::boolean:
            return "a truth value";
        case Kind::integer:
        case Kind::real:
            return "a number";
        case Kind::text:
            return "a text";
        case Kind::bytes:
            return "bytes";
        case Kind::list:
            return "a list";
        case Kind::tuple:
            return "a tuple";
        case Kind::dict:
            return "a dict";
        case Kind::set:
            return "a set";
        case Kind::global:
            return "a type";
    }
    return "";
}

}  // namespace undertone::exchange
