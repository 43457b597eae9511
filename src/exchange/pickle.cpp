#include "exchange/pickle.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "core/text.hpp"
#include "exchange/pickle_globals.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {

namespace {

// A network of ten thousand epochs' losses has some ten thousand.
constexpr std::size_t kMostNodes = 1'000'000;
constexpr unsigned kLeastProtocol = 2, kMostProtocol = 5;

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }
[[noreturn]] void unsupported(const std::string& reason) { throw Error(Errc::unsupported_format, reason); }

}  // namespace

/// The stack machine of the format. What would make an object keeps what it would be made of.
class PickleMachine {
    using Ref = Pickle::Ref;
    using Kind = Pickle::Kind;

public:
    PickleMachine(Pickle& pickle, std::size_t begin, bool nested)
        : pickle_(pickle), bytes_(pickle.bytes_), at_(begin), nested_(nested) {}

    Ref run() {
        while (true) {
            const auto code = static_cast<unsigned char>(take(1)[0]);
            if (code == '.') break;
            step(code);
        }
        return pop();
    }
    [[nodiscard]] std::size_t end() const noexcept { return at_; }

private:
    std::string_view take(std::size_t n) {
        if (n > bytes_.size() - at_) corrupt("the pickle is cut at byte " + std::to_string(at_));
        const std::string_view part = bytes_.substr(at_, n);
        at_ += n;
        return part;
    }
    std::uint64_t number(std::size_t n_bytes) {
        const std::string_view part = take(n_bytes);
        std::uint64_t value = 0;
        for (std::size_t i = n_bytes; i-- > 0;) value = value << 8U | static_cast<unsigned char>(part[i]);
        return value;
    }
    std::string_view counted(std::size_t n_bytes) {
        const std::uint64_t n = number(n_bytes);
        if (n > bytes_.size() - at_) corrupt("the pickle is cut at byte " + std::to_string(at_));
        return take(static_cast<std::size_t>(n));
    }
    std::string_view line() {
        const std::size_t end = bytes_.find('\n', at_);
        if (end == std::string_view::npos) corrupt("the pickle is cut at byte " + std::to_string(at_));
        const std::string_view text = take(end - at_);
        take(1);
        return text;
    }

    Pickle::Node& node(Ref ref) { return pickle_.nodes_[ref]; }
    Ref make(Pickle::Node made) {
        if (pickle_.nodes_.size() >= kMostNodes)
            corrupt("the pickle holds more than " + std::to_string(kMostNodes) +
                    " objects, which no MLPClassifier does");
        pickle_.nodes_.push_back(std::move(made));
        return static_cast<Ref>(pickle_.nodes_.size() - 1);
    }
    Ref make(Kind kind) {
        Pickle::Node made;
        made.kind = kind;
        return make(std::move(made));
    }

    void push(Ref ref) {
        if (stack_.size() >= kMostNodes) corrupt("the pickle's stack grows without end");
        stack_.push_back(ref);
    }
    Ref pop() {
        if (stack_.size() <= floor()) corrupt("the pickle takes more than it put down");
        const Ref ref = stack_.back();
        stack_.pop_back();
        return ref;
    }
    Ref& top() {
        if (stack_.size() <= floor()) corrupt("the pickle takes more than it put down");
        return stack_.back();
    }
    [[nodiscard]] std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
    std::vector<Ref> pop_to_mark() {
        if (marks_.empty()) corrupt("the pickle takes back to a mark that it did not make");
        const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
        std::vector<Ref> items(begin, stack_.end());
        stack_.erase(begin, stack_.end());
        marks_.pop_back();
        return items;
    }

    void push_text(Kind kind, std::string_view text) {
        Pickle::Node made;
        made.kind = kind;
        made.text = text;
        push(make(std::move(made)));
    }
    void push_integer(std::int64_t value, Kind kind = Kind::integer) {
        Pickle::Node made;
        made.kind = kind;
        made.integer = value;
        made.real = static_cast<double>(value);
        push(make(std::move(made)));
    }
    // Two's complement, little-endian, of any length: what does not fit is only told as large.
    void push_long(std::string_view digits) {
        if (digits.size() > 8) return push_integer(INT64_MAX);
        std::uint64_t value = 0;
        for (std::size_t i = digits.size(); i-- > 0;)
            value = value << 8U | static_cast<unsigned char>(digits[i]);
        const bool negative = !digits.empty() && (static_cast<unsigned char>(digits.back()) & 0x80U) != 0;
        if (negative && digits.size() < 8) value |= ~std::uint64_t{0} << 8 * digits.size();
        push_integer(std::bit_cast<std::int64_t>(value));
    }
    void push_real() {
        const std::string_view part = take(8);
        std::uint64_t bits = 0;
        for (const char c : part) bits = bits << 8U | static_cast<unsigned char>(c);
        Pickle::Node made;
        made.kind = Kind::real;
        made.real = std::bit_cast<double>(bits);
        push(make(std::move(made)));
    }
    void push_items(Kind kind, std::vector<Ref> items) {
        Pickle::Node made;
        made.kind = kind;
        made.items = std::move(items);
        push(make(std::move(made)));
    }
    void push_tuple(std::size_t n) {
        std::vector<Ref> items(n);
        for (std::size_t i = n; i-- > 0;) items[i] = pop();
        push_items(Kind::tuple, std::move(items));
    }
    void push_global(std::string_view module, std::string_view name) {
        if (!known_global(module, name)) {
            const std::string whole = shown(module) + "." + shown(name);
            if (module.starts_with("sklearn."))
                unsupported("holds a " + whole +
                            ": of scikit-learn an MLPClassifier is read, alone or after StandardScaler in a "
                            "Pipeline");
            unsupported("the pickle asks for " + whole +
                        ", which no MLPClassifier needs: refused, and nothing of it was run");
        }
        Pickle::Node made;
        made.kind = Kind::global;
        made.text = module;
        made.name = name;
        push(make(std::move(made)));
    }
    void push_object(Ref type, Ref arguments) {
        if (node(type).kind != Kind::global) corrupt("the pickle makes an object of what is no type");
        if (node(arguments).kind != Kind::tuple) corrupt("the pickle makes an object without a tuple");
        Pickle::Node made;
        made.kind = Kind::object;
        made.type = type;
        made.items = node(arguments).items;
        charge(made.items.size());
        push(make(std::move(made)));
    }
    /// Items that are copied count as nodes: a tuple of many, taken again and again, would fill the memory.
    void charge(std::size_t n) {
        if ((copied_ += n) > kMostNodes) corrupt("the pickle copies its objects without end");
    }

    void append(Ref list, const std::vector<Ref>& items, Kind kind) {
        auto& target = node(list);
        if (target.kind != kind && !(kind == Kind::list && target.kind == Kind::object))
            corrupt("the pickle adds to what is no " + std::string(kind == Kind::dict ? "dict" : "list"));
        if (kind == Kind::dict && items.size() % 2 != 0) corrupt("the pickle adds a key without a value");
        if (target.kind == Kind::object) return;  // a type of list: none of those that are read is
        charge(items.size());
        target.items.insert(target.items.end(), items.begin(), items.end());
    }

    void build() {
        const Ref state = pop();
        const Ref object = top();
        if (node(object).kind != Kind::object) corrupt("the pickle gives members to what is no object");
        node(object).state = state;
        if (pickle_.is_a(node(object), "NumpyArrayWrapper")) take_array(object);
    }
    /// What joblib wrote behind its wrapper: a count of bytes to skip and they, in newer files; the array.
    void take_array(Ref wrapper) {
        const Pickle::Node* alignment = pickle_.member(node(wrapper), "numpy_array_alignment_bytes");
        const std::size_t size = wrapped_size(pickle_, node(wrapper));
        if (size == kNested) {
            if (nested_) corrupt("the pickle has a pickle within one that lies within it");
            PickleMachine inner(pickle_, at_, true);
            const Ref array = inner.run();
            at_ = inner.end();
            top() = array;
            return;
        }
        if (alignment != nullptr && alignment->kind != Kind::none)
            take(static_cast<unsigned char>(take(1)[0]));
        node(wrapper).array_bytes = take(size);
    }

    void memoize(std::uint64_t key) {
        if (memo_.size() >= kMostNodes) corrupt("the pickle remembers without end");
        memo_[key] = top();
    }
    void recall(std::uint64_t key) {
        const auto found = memo_.find(key);
        if (found == memo_.end()) corrupt("the pickle recalls what it did not remember");
        push(found->second);
    }

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

bool PickleMachine::step_value(unsigned char code) {
    switch (code) {
        case 'N':
            push(make(Kind::none));
            return true;
        case 0x88:
            push_integer(1, Kind::boolean);
            return true;
        case 0x89:
            push_integer(0, Kind::boolean);
            return true;
        case 'K':
            push_integer(static_cast<std::int64_t>(number(1)));
            return true;
        case 'M':
            push_integer(static_cast<std::int64_t>(number(2)));
            return true;
        case 'J':
            push_long(take(4));
            return true;
        case 0x8a:
            push_long(counted(1));
            return true;
        case 0x8b:
            push_long(counted(4));
            return true;
        case 'G':
            push_real();
            return true;
        case 'X':
            push_text(Kind::text, counted(4));
            return true;
        case 0x8c:
            push_text(Kind::text, counted(1));
            return true;
        case 0x8d:
            push_text(Kind::text, counted(8));
            return true;
        case 'B':
            push_text(Kind::bytes, counted(4));
            return true;
        case 'C':
            push_text(Kind::bytes, counted(1));
            return true;
        case 0x8e:
        case 0x96:
            push_text(Kind::bytes, counted(8));
            return true;
        case 'T':
            push_text(Kind::bytes, counted(4));
            return true;
        case 'U':
            push_text(Kind::bytes, counted(1));
            return true;
        default:
            return false;
    }
}

bool PickleMachine::step_container(unsigned char code) {
    switch (code) {
        case ')':
            push(make(Kind::tuple));
            return true;
        case ']':
            push(make(Kind::list));
            return true;
        case '}':
            push(make(Kind::dict));
            return true;
        case 0x8f:
            push(make(Kind::set));
            return true;
        case 't':
            push_items(Kind::tuple, pop_to_mark());
            return true;
        case 'l':
            push_items(Kind::list, pop_to_mark());
            return true;
        case 'd': {
            const std::vector<Ref> items = pop_to_mark();
            push(make(Kind::dict));
            append(top(), items, Kind::dict);
            return true;
        }
        case 0x91:
            push_items(Kind::set, pop_to_mark());
            return true;
        case 0x85:
            push_tuple(1);
            return true;
        case 0x86:
            push_tuple(2);
            return true;
        case 0x87:
            push_tuple(3);
            return true;
        case 'a': {
            const Ref item = pop();
            append(top(), {item}, Kind::list);
            return true;
        }
        case 's': {
            const Ref value = pop(), key = pop();
            append(top(), {key, value}, Kind::dict);
            return true;
        }
        case 'e':
        case 'u':
        case 0x90: {
            const std::vector<Ref> items = pop_to_mark();
            append(top(), items, code == 'e' ? Kind::list : code == 'u' ? Kind::dict : Kind::set);
            return true;
        }
        default:
            return false;
    }
}

bool PickleMachine::step_object(unsigned char code) {
    switch (code) {
        case 'c': {
            const std::string_view module = line(), name = line();
            push_global(module, name);
            return true;
        }
        case 0x93: {
            const Ref name = pop(), module = pop();
            if (node(name).kind != Kind::text || node(module).kind != Kind::text)
                corrupt("the pickle names a type by what is no text");
            push_global(node(module).text, node(name).text);
            return true;
        }
        case 'R':
        case 0x81: {
            const Ref arguments = pop(), type = pop();
            push_object(type, arguments);
            return true;
        }
        case 0x92: {
            pop();  // arguments by name
            const Ref arguments = pop(), type = pop();
            push_object(type, arguments);
            return true;
        }
        case 'b':
            build();
            return true;
        default:
            return false;
    }
}

void PickleMachine::step(unsigned char code) {
    if (step_value(code) || step_container(code) || step_object(code)) return;
    switch (code) {
        case 0x80: {
            const std::uint64_t protocol = number(1);
            if (protocol < kLeastProtocol || protocol > kMostProtocol)
                unsupported("is of pickle protocol " + std::to_string(protocol) +
                            ": 2 to 5 are read; save it again with protocol=4");
            return;
        }
        case 0x95:
            number(8);
            return;  // a frame: how much a reader may take at once
        case '(':
            if (marks_.size() >= kMostNodes) corrupt("the pickle marks without end");
            marks_.push_back(stack_.size());
            return;
        case '0':
            if (stack_.size() == floor() && !marks_.empty())
                marks_.pop_back();
            else
                pop();
            return;
        case '1':
            pop_to_mark();
            return;
        case '2':
            push(Ref{top()});
            return;
        case 'q':
            memoize(number(1));
            return;
        case 'r':
            memoize(number(4));
            return;
        case 0x94:
            memoize(memo_.size());
            return;
        case 'h':
            recall(number(1));
            return;
        case 'j':
            recall(number(4));
            return;
        case 0x97:
        case 0x98:
            unsupported("keeps its arrays outside the pickle: save it again without a buffer_callback");
        case 'P':
        case 'Q':
            unsupported("refers to objects outside the pickle");
        case 0x82:
        case 0x83:
        case 0x84:
            unsupported("names types by numbers of a registry, which only the program that wrote it has");
        default:
            corrupt("is no pickle of protocol 2 to 5: byte " + std::to_string(at_ - 1) + " is " +
                    std::to_string(code));
    }
}

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
