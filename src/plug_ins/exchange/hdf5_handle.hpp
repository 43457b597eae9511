#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

#include "undertone/error.hpp"

namespace undertone::exchange {

/// The name of a file in memory. HDF5 looks for a file of that name on disk all the same: it refuses an image
/// where it finds one, waits for ever where that is a pipe, and reads the whole of it before it makes a new
/// one. Nothing can lie below what is no folder.
inline constexpr const char* kInMemory = "/dev/null/memory";

/// H5S_ALL, whose macro is a cast of C's.
inline constexpr hid_t kWholeSpace = 0;

/// A handle of HDF5, closed with the object.
template <herr_t (*close)(hid_t)>
class Hdf5Handle {
public:
    /// @throws Error corrupt_data  HDF5 gave none
    Hdf5Handle(hid_t id, const std::string& what) : id_(id) {
        if (id < 0) throw Error(Errc::corrupt_data, "its HDF5 is broken: " + what + " cannot be opened");
    }
    Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
    Hdf5Handle(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(const Hdf5Handle&) = delete;
    Hdf5Handle& operator=(Hdf5Handle&&) = delete;
    ~Hdf5Handle() {
        if (id_ >= 0) close(id_);
    }
    [[nodiscard]] hid_t get() const noexcept { return id_; }

private:
    hid_t id_;
};

using Hdf5File = Hdf5Handle<H5Fclose>;
using Hdf5Properties = Hdf5Handle<H5Pclose>;
using Hdf5Group = Hdf5Handle<H5Gclose>;
using Hdf5Object = Hdf5Handle<H5Oclose>;
using Hdf5Space = Hdf5Handle<H5Sclose>;
using Hdf5Type = Hdf5Handle<H5Tclose>;
using Hdf5Data = Hdf5Handle<H5Dclose>;
using Hdf5Attribute = Hdf5Handle<H5Aclose>;

}  // namespace undertone::exchange
