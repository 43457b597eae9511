#pragma once

#include <string>
#include <string_view>

#include "undertone/tensor.hpp"

namespace undertone::exchange {

/// The numbers of an HDF5 file, named by their paths ("layers/dense/vars/0"), and the texts that the file
/// itself has as attributes. Links out of the file, other kinds of data and attributes of its parts are
/// passed over.
/// @throws Error corrupt_data  no HDF5, broken, or more than such a file can hold
[[nodiscard]] TensorFile read_hdf5(std::string_view bytes);

/// An HDF5 file of tensors of float or double, whose names are their paths. The same content gives the same
/// bytes.
/// @param groups  that are made where no tensor lies in them
[[nodiscard]] std::string write_hdf5(const std::vector<Tensor>& tensors,
                                     const std::vector<std::string>& groups);

}  // namespace undertone::exchange
