#include "plug_ins/exchange/hdf5.hpp"
#include "plug_ins/exchange/hdf5_handle.hpp"

namespace undertone::exchange {
namespace {

void make_groups(hid_t file, const std::string& path) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        const std::string group = path.substr(0, slash);
        if (H5Lexists(file, group.c_str(), H5P_DEFAULT) > 0) continue;
        const Hdf5Group made(H5Gcreate2(file, group.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), group);
    }
}

}  // namespace

std::string write_hdf5(const std::vector<Tensor>& tensors, const std::vector<std::string>& groups) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const Hdf5Properties access(H5Pcreate(H5P_FILE_ACCESS), "memory");
    H5Pset_fapl_core(access.get(), std::size_t{1} << 16, false);
    const Hdf5File file(H5Fcreate(kInMemory, H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), "a new file");
    const Hdf5Properties untimed(H5Pcreate(H5P_DATASET_CREATE), "properties");
    H5Pset_obj_track_times(untimed.get(), false);
    for (const std::string& group : groups) make_groups(file.get(), group + "/");
    for (const Tensor& tensor : tensors) {
        make_groups(file.get(), tensor.name);
        const std::vector<hsize_t> sizes(tensor.shape.begin(), tensor.shape.end());
        const Hdf5Space space(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr),
                              tensor.name);
        const auto* const single = std::get_if<std::vector<float>>(&tensor.values);
        const hid_t type = single != nullptr ? H5T_IEEE_F32LE : H5T_IEEE_F64LE;
        const Hdf5Data data(H5Dcreate2(file.get(), tensor.name.c_str(), type, space.get(), H5P_DEFAULT,
                                       untimed.get(), H5P_DEFAULT),
                            tensor.name);
        const void* const values =
            single != nullptr ? static_cast<const void*>(single->data())
                              : static_cast<const void*>(std::get<std::vector<double>>(tensor.values).data());
        if (H5Dwrite(data.get(), type, kWholeSpace, kWholeSpace, H5P_DEFAULT, values) < 0)
            throw Error(Errc::io, "HDF5 does not write " + tensor.name);
    }
    H5Fflush(file.get(), H5F_SCOPE_GLOBAL);
    const ssize_t size = H5Fget_file_image(file.get(), nullptr, 0);
    std::string bytes(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    if (size <= 0 || H5Fget_file_image(file.get(), bytes.data(), bytes.size()) < 0)
        throw Error(Errc::io, "HDF5 does not give back what it wrote");
    return bytes;
}

}  // namespace undertone::exchange
