#include "os/plug_in.hpp"

#include <dlfcn.h>

#include "undertone/error.hpp"

namespace undertone {

void* plug_in_symbol(std::string_view library, const char* symbol, std::string_view purpose) {
    const std::string file = "lib" + std::string(library) + ".so." UNDERTONE_MAJOR_VERSION;
    const auto refuse = [&]() -> Error {
        const char* reason = dlerror();
        return {Errc::unsupported_format, std::string(purpose) + " needs " + file +
                                              ", which is built with undertone and installed beside it: " +
                                              (reason != nullptr ? reason : "not found")};
    };
    void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) throw refuse();
    void* found = dlsym(handle, symbol);
    if (found == nullptr) throw refuse();
    return found;
}

}  // namespace undertone
