#include <algorithm>
#include <array>

#include "plug_ins/exchange/child.hpp"
#include "plug_ins/exchange/hdf5.hpp"
#include "plug_ins/exchange/hdf5_handle.hpp"

namespace undertone::exchange {
namespace {

constexpr std::size_t kMostObjects = 10000, kMostDepth = 12, kMostName = 1024, kMostDimensions = 8;
// HDF5's own buffers; beside them a file's content comes up a few times.
constexpr std::size_t kMemory = std::size_t{256} << 20;
// Far fewer than it reads; a broken file has it turn in circles.
constexpr std::size_t kBytesASecond = std::size_t{16} << 20;

[[noreturn]] void corrupt(const std::string& reason) { throw Error(Errc::corrupt_data, reason); }

class Reader {
public:
    explicit Reader(std::string_view bytes) : budget_(bytes.size()) {
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        const Hdf5Properties access(H5Pcreate(H5P_FILE_ACCESS), "memory");
        std::string image(bytes);  // HDF5 wants it without const
        if (H5Pset_fapl_core(access.get(), std::size_t{1} << 16, false) < 0 ||
            H5Pset_file_image(access.get(), image.data(), image.size()) < 0)
            corrupt("HDF5 does not take the file from memory");
        const Hdf5File file(H5Fopen(kInMemory, H5F_ACC_RDONLY, access.get()), "the file");
        read_attributes(file.get());
        read_group(file.get(), "", 0);
    }
    TensorFile content;

private:
    void spend(std::size_t n_bytes) {
        if (n_bytes > budget_) corrupt("its HDF5 announces more than the file holds");
        budget_ -= n_bytes;
    }

    void read_attributes(hid_t file) {
        H5O_info_t info{};
        if (H5Oget_info2(file, &info, H5O_INFO_NUM_ATTRS) < 0) corrupt("its HDF5 has no root");
        for (hsize_t i = 0; i < std::min<hsize_t>(info.num_attrs, kMostObjects); ++i) {
            const Hdf5Attribute attribute(
                H5Aopen_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT),
                "an attribute");
            std::array<char, kMostName> name{};
            if (H5Aget_name(attribute.get(), name.size(), name.data()) < 0)
                corrupt("an attribute has no name");
            read_text(attribute.get(), std::string(name.data()));
        }
    }

    void read_text(hid_t attribute, const std::string& name) {
        const Hdf5Type type(H5Aget_type(attribute), "a type");
        const Hdf5Space space(H5Aget_space(attribute), "a space");
        if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1) return;
        if (H5Tis_variable_str(type.get()) > 0) {
            char* text = nullptr;
            if (H5Aread(attribute, type.get(), static_cast<void*>(&text)) < 0 || text == nullptr)
                corrupt("the text of the attribute " + name + " cannot be read");
            content.metadata[name] = text;
            H5free_memory(text);
            return;
        }
        const std::size_t size = H5Tget_size(type.get());
        spend(size);
        std::string text(size, '\0');
        if (H5Aread(attribute, type.get(), text.data()) < 0)
            corrupt("the text of the attribute " + name + " cannot be read");
        text.resize(std::min(text.find('\0'), text.size()));
        content.metadata[name] = text;
    }

    void read_group(hid_t group, const std::string& path, std::size_t depth) {
        H5G_info_t info{};
        if (depth > kMostDepth || H5Gget_info(group, &info) < 0) corrupt("its HDF5 has groups without end");
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            if (++n_objects_ > kMostObjects) corrupt("its HDF5 has more parts than a network");
            std::array<char, kMostName> name{};
            if (H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(),
                                   H5P_DEFAULT) < 0)
                corrupt("a part of its HDF5 has no name");
            H5L_info_t link{};
            if (H5Lget_info(group, name.data(), &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD)
                continue;
            const std::string inner = path + name.data();
            const Hdf5Object object(H5Oopen(group, name.data(), H5P_DEFAULT), inner);
            const H5I_type_t kind = H5Iget_type(object.get());
            if (kind == H5I_GROUP) read_group(object.get(), inner + "/", depth + 1);
            if (kind == H5I_DATASET) read_data(object.get(), inner);
        }
    }

    void read_data(hid_t data, const std::string& path) {
        const Hdf5Type type(H5Dget_type(data), path);
        if (H5Tget_class(type.get()) != H5T_FLOAT) return;
        const Hdf5Space space(H5Dget_space(data), path);
        const int n_dimensions = H5Sget_simple_extent_ndims(space.get());
        if (n_dimensions < 0 || static_cast<std::size_t>(n_dimensions) > kMostDimensions)
            corrupt(path + " has no shape");
        std::array<hsize_t, kMostDimensions> sizes{};
        H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr);
        const bool wide = H5Tget_size(type.get()) > sizeof(float);
        Tensor tensor;
        tensor.name = path;
        std::size_t count = 1;
        for (std::size_t d = 0; d < static_cast<std::size_t>(n_dimensions); ++d) {
            if (sizes[d] != 0 && count > budget_ / sizes[d])
                corrupt("its HDF5 announces more than the file holds");
            count *= sizes[d];
            tensor.shape.push_back(sizes[d]);
        }
        spend(count * std::min(H5Tget_size(type.get()), sizeof(double)));
        const auto read = [&](auto values, hid_t as) {
            values.resize(count);
            if (count != 0 && H5Dread(data, as, kWholeSpace, kWholeSpace, H5P_DEFAULT, values.data()) < 0)
                corrupt("the numbers of " + path + " cannot be read");
            tensor.values = std::move(values);
        };
        if (wide)
            read(std::vector<double>(), H5T_NATIVE_DOUBLE);
        else
            read(std::vector<float>(), H5T_NATIVE_FLOAT);
        content.tensors.push_back(std::move(tensor));
    }

    std::size_t budget_;  // bytes that texts and numbers may still take
    std::size_t n_objects_ = 0;
};

}  // namespace

TensorFile read_hdf5(std::string_view bytes) {
    const ChildBounds bounds{.answer = (std::size_t{1} << 22) + 4 * bytes.size(),
                             .memory = kMemory + 16 * bytes.size(),
                             .seconds = 2 + static_cast<unsigned>(bytes.size() / kBytesASecond)};
    const std::string answer = in_child([&] { return format_safetensors(Reader(bytes).content); }, bounds,
                                        "its HDF5 is broken: copy the file again");
    return parse_safetensors(answer, "HDF5");
}

}  // namespace undertone::exchange
