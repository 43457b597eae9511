#include <cstring>
#include <filesystem>
#include <fstream>

#include "inputs.hpp"

// Files of models: safetensors with a right outside, pickles, ONNX, zips, Parquet.
namespace undertone::hostile {
namespace {

namespace fs = std::filesystem;

Input model(const std::string& name, const std::string& bytes,
            const std::vector<std::string>& words = {"info", "m"}) {
    return {name, [bytes](const Folder& folder) { put(folder, "m", bytes); }, words};
}

std::string tensors(const std::string& header, const std::string& data = "") {
    return little(header.size(), 8) + header + data;
}

// The genuine model with a text of its header replaced by one of the same length.
Input altered(const std::string& name, const std::string& from, const std::string& to) {
    return {name,
            [from, to](const Folder& folder) {
                std::string bytes = get(folder, "m");
                std::uint64_t size = 0;
                std::memcpy(&size, bytes.data(), sizeof size);
                std::string header = bytes.substr(8, size);
                for (std::size_t at = header.find(from); at != std::string::npos;
                     at = header.find(from, at + to.size()))
                    header.replace(at, from.size(), to);
                put(folder, "m", tensors(header, bytes.substr(8 + size)));
            },
            {"predict", "-m", "m", "clips"}};
}

Input import(const std::string& name, const std::string& file, const std::string& bytes) {
    return {
        name, [=](const Folder& folder) { put(folder, file, bytes); }, {"import", "--labels", "a,b", file}};
}

}  // namespace

std::vector<Input> model_inputs() {
    const std::string protocol("\x80\x04", 2);
    return {
        {"model_of_zeros",
         [](const Folder& folder) {
             fs::remove(folder + "/m");
             fs::create_symlink("/dev/zero", folder + "/m");
         },
         {"predict", "-m", "m", "clips"}},
        {"model_sparse",
         [](const Folder& folder) { fs::resize_file(folder + "/m", std::uint64_t{1} << 36U); },
         {"info", "m"}},
        model("model_header_length", little(0x7FFFFFFFFFFFFFFF, 8) + "{}"),
        model("model_header_blank", tensors(times(" ", 90'000'000))),
        model(
            "model_shape",
            tensors(
                R"({"a": {"dtype": "F32", "shape": [4294967296, 4294967296, 4294967296], "data_offsets": [0, 0]}})")),
        model("model_overlapping",
              [] {
                  std::string header = "{";
                  for (int i = 0; i < 3'000; ++i)
                      header += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) +
                                R"(": {"dtype": "F16", "shape": [500000], "data_offsets": [0, 1000000]})";
                  return tensors(header + "}", std::string(1'000'000, '\0'));
              }()),
        altered("model_layers", "hidden_layer_sizes\\\":\\\"100\\\"",
                "hidden_layer_sizes\\\":\\\"999999999,999999999\\\""),
        altered("model_feature_set", "librosa193/1", "librosa193/999999999999999999999"),
        altered("model_pad", "constant", "reflect\\u0000"),
        import("pickle_deep", "x.pkl", protocol + times("(", 500'000) + "."),
        import("pickle_lists", "x.pkl", protocol + times("]", 2'000'000) + "."),
        import("pickle_doubled", "x.pkl",
               protocol + std::string("]q\0", 3) + times(std::string("(h\0h\0e", 6), 5'000) + "."),
        import("pickle_long", "x.pkl", protocol + "\x8B" + little(0x7FFFFFFF, 4)),
        import("pickle_text", "x.pkl", protocol + "\x8D" + little(0x7FFFFFFFFFFFFFFF, 8) + "x"),
        import("onnx_sizes", "x.onnx", times("\x3A\xFF\xFF\xFF\xFF\x07", 100'000)),
        import("onnx_deep", "x.onnx", times("\x3A\x80\x80\x80\x08", 100'000)),
        import("h5_of_nothing", "x.h5", "\x89HDF\r\n\x1A\n" + times("\xFF", 1'000'000)),
        {"parquet_counts",
         [](const Folder& folder) {
             // A footer of lists that announce 2^31 elements each.
             const std::string footer = times("\x19\xFC\xFF\xFF\xFF\xFF\x07", 10'000);
             put(folder, "db.yaml",
                 "name: x\ntables:\n  emotion: {type: filewise, columns: {emotion: {}}}\n");
             put(folder, "db.emotion.parquet", "PAR1" + footer + little(footer.size(), 4) + "PAR1");
         },
         {"corpus", "db.yaml"}},
    };
}

}  // namespace undertone::hostile
