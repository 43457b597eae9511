#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "undertone/audio.hpp"
#include "undertone/error.hpp"
#include "undertone/fields.hpp"
#include "undertone/matrix.hpp"

namespace undertone::python {

namespace nb = nanobind;
using nb::literals::operator""_a;

/// Arrays that come in: views of NumPy's memory, never a copy. The package makes them contiguous and of this
/// type first.
template <class T>
using Vector = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using Table = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
/// Options by name, as text: the library's tables of fields read them.
using Options = std::map<std::string, std::string>;

template <class T>
std::span<const T> view(const Vector<T>& array) {
    return {array.data(), array.shape(0)};
}
template <class T>
MatrixView<const T> view(const Table<T>& array) {
    return {array.data(), array.shape(0), array.shape(1)};
}

/// An array that goes out: NumPy takes the memory over.
template <class T>
auto array_of(std::vector<T>&& values) {
    auto* const kept = new std::vector<T>(std::move(values));
    const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    return nb::ndarray<nb::numpy, T, nb::ndim<1>>(kept->data(), {kept->size()}, owner);
}
template <class T>
auto array_of(Matrix<T>&& values) {
    auto* const kept = new Matrix<T>(std::move(values));
    const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<Matrix<T>*>(p); });
    return nb::ndarray<nb::numpy, T, nb::ndim<2>>(kept->data(), {kept->rows(), kept->cols()}, owner);
}

template <class O>
O options_from(const Options& texts) {
    O options;
    for (const auto& [name, text] : texts) set_field(options, name, text);
    return options;
}

/// A message for Python. File names are bytes, which need not be UTF-8: what is not is written as \xff.
inline nb::str told(std::string_view message) {
    return nb::steal<nb::str>(
        PyUnicode_DecodeUTF8(message.data(), static_cast<Py_ssize_t>(message.size()), "backslashreplace"));
}

/// Runs long work without the interpreter's lock, so that other threads go on.
template <class Work>
auto unlocked(Work&& work) {
    const nb::gil_scoped_release release;
    return work();
}

/// Limits of sound as the package gives them, in MB.
inline SoundLimits limits_of(std::uint64_t clip_memory, std::uint64_t memory) {
    constexpr std::uint64_t kMegabyte = 1'000'000;
    for (const std::uint64_t megabytes : {clip_memory, memory})
        if (megabytes == 0 || megabytes > UINT64_MAX / kMegabyte)
            throw Error(Errc::invalid_argument, "clip_memory = " + std::to_string(clip_memory) +
                                                    ", memory = " + std::to_string(memory) +
                                                    ": must be MB, above 0");
    return {.clip_bytes = clip_memory * kMegabyte, .total_bytes = memory * kMegabyte};
}

/// Looks whether Ctrl-C was pressed; for the callbacks of work that runs unlocked(). Where it says stop, the
/// interpreter's error is set, and the library's `cancelled` becomes that error again.
inline bool may_go_on() {
    const nb::gil_scoped_acquire acquire;
    return PyErr_CheckSignals() == 0;
}

void bind_errors(nb::module_& module);
void bind_audio(nb::module_& module);
void bind_dsp(nb::module_& module);
void bind_extraction(nb::module_& module);
void bind_mlp(nb::module_& module);
void bind_model(nb::module_& module);
void bind_plot(nb::module_& module);

}  // namespace undertone::python
