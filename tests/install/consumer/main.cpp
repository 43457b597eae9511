#include <iostream>
#include <undertone/error.hpp>
#include <undertone/tensor.hpp>

// A program of somebody else's: it must find the headers, link the library and get an error through the
// border.
int main() {
    try {
        (void)undertone::parse_safetensors("no tensors", "a string");
    } catch (const undertone::Error& error) {
        std::cout << undertone::name(error.code()) << ": " << error.what() << "\n";
        return error.code() == undertone::Errc::corrupt_data ? 0 : 1;
    }
    return 1;
}
