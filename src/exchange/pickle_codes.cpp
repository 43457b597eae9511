// What each code of a pickle does: the table of CPython's pickletools.
#include <string>
#include <utility>

#include "exchange/pickle_machine.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

constexpr unsigned kLeastProtocol = 2, kMostProtocol = 5;

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }
[[noreturn]] void unsupported(const std::string& reason) { throw Error(Errc::unsupported_format, reason); }

}  // namespace

Pickle::Ref PickleMachine::run() {
    while (true) {
        const auto code = static_cast<unsigned char>(take(1)[0]);
        if (code == '.') break;
        step(code);
    }
    return pop();
}

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
            mark();
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

}  // namespace undertone::exchange
