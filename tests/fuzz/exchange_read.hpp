#pragma once

#include <pthread.h>
#include <sys/time.h>

#include <string>

#include "exchange/formats.hpp"
#include "exchange/plug_in.hpp"
#include "fuzz.hpp"
#include "os/plug_in.hpp"

#ifdef UNDERTONE_FUZZ
extern "C" void __sanitizer_set_death_callback(void (*callback)());  // NOLINT: the sanitizers' own name
#endif

namespace undertone::fuzz {

inline const exchange::PlugIn& exchange_plug_in() {
    static const auto function = reinterpret_cast<exchange::PlugInFunction>(
        plug_in_symbol("undertone_exchange", "undertone_exchange", "fuzzing"));
    return *function();
}

/// One in ten broken files has HDF5 turn in circles until its process is ended. That takes two seconds, here
/// 50 ms: a file that is sound is read in six. Only while fuzzing: the tests wait. And a crash of that
/// process is none of ours, so that libFuzzer does not keep it.
inline void hurry_hdf5() {
#ifdef UNDERTONE_FUZZ
    static const int once = pthread_atfork(nullptr, nullptr, [] {
        constexpr suseconds_t kMost = 50'000;
        const itimerval timer{{0, 0}, {0, kMost}};
        __sanitizer_set_death_callback(nullptr);
        setitimer(ITIMER_VIRTUAL, &timer, nullptr);  // SIGVTALRM, which ends a process
    });
    require(once == 0);
#endif
}

/// A network that was read is whole: what follows may rely on it.
inline void require_whole(const exchange::Imported& imported) {
    const exchange::Perceptron& network = imported.network;
    require(!network.layers.empty() && network.n_inputs() > 0 && network.n_classes() > 1);
    for (const auto& [product, bias] : network.layers)
        require(product.kernel.size() == product.n_in * product.n_out && bias.size() == product.n_out);
    if (network.scaler)
        require(network.scaler->mean.size() == network.n_inputs() &&
                network.scaler->scale.size() == network.n_inputs());
}

/// SavedModel's three files as one: the sizes of the first two in four bytes each, then they.
inline void read_saved_model(std::string_view bytes) {
    constexpr std::size_t kSizes = 8;
    if (bytes.size() < kSizes) return;
    const auto size = [&](std::size_t at) {
        std::size_t value = 0;
        for (std::size_t i = 4; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
        return value;
    };
    const std::string_view graph = bytes.substr(kSizes).substr(0, size(0));
    const std::string_view rest = bytes.substr(kSizes + graph.size());
    const std::string_view index = rest.substr(0, size(4));
    require_whole(exchange_plug_in().read_saved_model(std::string(graph), index, rest.substr(index.size())));
}

}  // namespace undertone::fuzz
