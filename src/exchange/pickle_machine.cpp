#include "exchange/pickle_machine.hpp"

#include <bit>
#include <string>
#include <utility>

#include "core/text.hpp"
#include "exchange/pickle_globals.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }
[[noreturn]] void unsupported(const std::string& reason) { throw Error(Errc::unsupported_format, reason); }

}  // namespace

std::string_view PickleMachine::take(std::size_t n) {
    if (n > bytes_.size() - at_) corrupt("the pickle is cut at byte " + std::to_string(at_));
    const std::string_view part = bytes_.substr(at_, n);
    at_ += n;
    return part;
}

std::uint64_t PickleMachine::number(std::size_t n_bytes) {
    const std::string_view part = take(n_bytes);
    std::uint64_t value = 0;
    for (std::size_t i = n_bytes; i-- > 0;) value = value << 8U | static_cast<unsigned char>(part[i]);
    return value;
}

std::string_view PickleMachine::counted(std::size_t n_bytes) {
    const std::uint64_t n = number(n_bytes);
    if (n > bytes_.size() - at_) corrupt("the pickle is cut at byte " + std::to_string(at_));
    return take(static_cast<std::size_t>(n));
}

std::string_view PickleMachine::line() {
    const std::size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) corrupt("the pickle is cut at byte " + std::to_string(at_));
    const std::string_view text = take(end - at_);
    take(1);
    return text;
}

Pickle::Ref PickleMachine::make(Pickle::Node made) {
    if (pickle_.nodes_.size() >= kMostNodes)
        corrupt("the pickle holds more than " + std::to_string(kMostNodes) +
                " objects, which no MLPClassifier does");
    pickle_.nodes_.push_back(std::move(made));
    return static_cast<Ref>(pickle_.nodes_.size() - 1);
}

Pickle::Ref PickleMachine::make(Kind kind) {
    Pickle::Node made;
    made.kind = kind;
    return make(std::move(made));
}

void PickleMachine::push(Ref ref) {
    if (stack_.size() >= kMostNodes) corrupt("the pickle's stack grows without end");
    stack_.push_back(ref);
}

Pickle::Ref PickleMachine::pop() {
    if (stack_.size() <= floor()) corrupt("the pickle takes more than it put down");
    const Ref ref = stack_.back();
    stack_.pop_back();
    return ref;
}

Pickle::Ref& PickleMachine::top() {
    if (stack_.size() <= floor()) corrupt("the pickle takes more than it put down");
    return stack_.back();
}

void PickleMachine::mark() {
    if (marks_.size() >= kMostNodes) corrupt("the pickle marks without end");
    marks_.push_back(stack_.size());
}

std::vector<Pickle::Ref> PickleMachine::pop_to_mark() {
    if (marks_.empty()) corrupt("the pickle takes back to a mark that it did not make");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Ref> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
}

void PickleMachine::push_text(Kind kind, std::string_view text) {
    Pickle::Node made;
    made.kind = kind;
    made.text = text;
    push(make(std::move(made)));
}

void PickleMachine::push_integer(std::int64_t value, Kind kind) {
    Pickle::Node made;
    made.kind = kind;
    made.integer = value;
    made.real = static_cast<double>(value);
    push(make(std::move(made)));
}

// Two's complement, little-endian, of any length: what does not fit is only told as large.
void PickleMachine::push_long(std::string_view digits) {
    if (digits.size() > 8) return push_integer(INT64_MAX);
    std::uint64_t value = 0;
    for (std::size_t i = digits.size(); i-- > 0;) value = value << 8U | static_cast<unsigned char>(digits[i]);
    const bool negative = !digits.empty() && (static_cast<unsigned char>(digits.back()) & 0x80U) != 0;
    if (negative && digits.size() < 8) value |= ~std::uint64_t{0} << 8 * digits.size();
    push_integer(std::bit_cast<std::int64_t>(value));
}

void PickleMachine::push_real() {
    const std::string_view part = take(8);
    std::uint64_t bits = 0;
    for (const char c : part) bits = bits << 8U | static_cast<unsigned char>(c);
    Pickle::Node made;
    made.kind = Kind::real;
    made.real = std::bit_cast<double>(bits);
    push(make(std::move(made)));
}

void PickleMachine::push_items(Kind kind, std::vector<Ref> items) {
    Pickle::Node made;
    made.kind = kind;
    made.items = std::move(items);
    push(make(std::move(made)));
}

void PickleMachine::push_tuple(std::size_t n) {
    std::vector<Ref> items(n);
    for (std::size_t i = n; i-- > 0;) items[i] = pop();
    push_items(Kind::tuple, std::move(items));
}

void PickleMachine::push_global(std::string_view module, std::string_view name) {
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

void PickleMachine::push_object(Ref type, Ref arguments) {
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
void PickleMachine::charge(std::size_t n) {
    if ((copied_ += n) > kMostNodes) corrupt("the pickle copies its objects without end");
}

void PickleMachine::append(Ref list, const std::vector<Ref>& items, Kind kind) {
    auto& target = node(list);
    if (target.kind != kind && !(kind == Kind::list && target.kind == Kind::object))
        corrupt("the pickle adds to what is no " + std::string(kind == Kind::dict ? "dict" : "list"));
    if (kind == Kind::dict && items.size() % 2 != 0) corrupt("the pickle adds a key without a value");
    if (target.kind == Kind::object) return;  // a type of list: none of those that are read is
    charge(items.size());
    target.items.insert(target.items.end(), items.begin(), items.end());
}

void PickleMachine::build() {
    const Ref state = pop();
    const Ref object = top();
    if (node(object).kind != Kind::object) corrupt("the pickle gives members to what is no object");
    node(object).state = state;
    if (pickle_.is_a(node(object), "NumpyArrayWrapper")) take_array(object);
}

/// What joblib wrote behind its wrapper: a count of bytes to skip and they, in newer files; the array.
void PickleMachine::take_array(Ref wrapper) {
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
    if (alignment != nullptr && alignment->kind != Kind::none) take(static_cast<unsigned char>(take(1)[0]));
    node(wrapper).array_bytes = take(size);
}

void PickleMachine::memoize(std::uint64_t key) {
    if (memo_.size() >= kMostNodes) corrupt("the pickle remembers without end");
    memo_[key] = top();
}

void PickleMachine::recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) corrupt("the pickle recalls what it did not remember");
    push(found->second);
}

}  // namespace undertone::exchange
