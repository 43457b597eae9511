#include "faults/plan.hpp"

#include <array>
#include <fstream>

namespace undertone::test {

Call Fault::into(Call call, const std::string& kind, const std::string& action, std::uint64_t at,
                 bool goes_on) const {
    constexpr std::array<char, 16> kNothing{};
    std::ofstream(count_file, std::ios::binary).write(kNothing.data(), kNothing.size());
    // In front of what is there already: of two settings of a name the first is taken.
    call.environment.insert(
        call.environment.end(),
        {"LD_PRELOAD=" + library,
         "UNDERTONE_FAULT=" + kind + " " + action + " " + std::to_string(at) + (goes_on ? " on" : " once"),
         "UNDERTONE_FAULT_FOLDER=" + folder, "UNDERTONE_FAULT_COUNT=" + count_file});
    return call;
}

std::uint64_t Fault::n_calls() const { return number(0); }
std::uint64_t Fault::n_failed() const { return number(1); }

std::uint64_t Fault::number(int index) const {
    std::array<std::uint64_t, 2> numbers{};
    std::ifstream(count_file, std::ios::binary).read(reinterpret_cast<char*>(numbers.data()), sizeof numbers);
    return numbers[static_cast<std::size_t>(index)];
}

}  // namespace undertone::test
