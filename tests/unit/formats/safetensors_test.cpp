#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "support/support.hpp"
#include "undertone/tensor.hpp"

namespace undertone {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TensorFile one_half(std::vector<float> values) {
    const std::size_t n = values.size();
    return {{{"t", {n}, std::move(values), true}}, {}};
}

std::vector<float> through_a_file(std::vector<float> values) {
    const TensorFile file = parse_safetensors(format_safetensors(one_half(std::move(values))), "test");
    EXPECT_TRUE(file.tensors.at(0).half);
    return std::get<std::vector<float>>(file.tensors.at(0).values);
}

TEST(Safetensors, HalvesAreRoundedOnceAndThenStay) {
    const std::vector<float> values{0.1F, -1, 65504, 1e-7F, 1e-9F, 2049};
    const std::vector<float> rounded{0.0999755859375F, -1, 65504, 0x1p-23F, 0, 2048};
    EXPECT_EQ(through_a_file(values), rounded);
    EXPECT_EQ(through_a_file(rounded), rounded);
    EXPECT_EQ(through_a_file({}), std::vector<float>{});
    EXPECT_EQ(through_a_file({kInfinity, -kInfinity}), (std::vector<float>{kInfinity, -kInfinity}));
    EXPECT_TRUE(std::isnan(through_a_file({std::nanf("")})[0]));
}

TEST(Safetensors, HalvesTakeTwoBytesBesideOthers) {
    TensorFile file = one_half({1, 2, 3});
    file.tensors.push_back({"d", {1}, std::vector<double>{0.1}});
    file.tensors.push_back({"s", {}, std::vector<float>{0.1F}});
    const std::string bytes = format_safetensors(file);
    EXPECT_EQ(bytes.substr(bytes.size() - 18, 6), std::string("\x00\x3C\x00\x40\x00\x42", 6));
    EXPECT_NE(bytes.find(R"("t":{"dtype":"F16","shape":[3],"data_offsets":[0,6]})"), std::string::npos);
    const TensorFile again = parse_safetensors(bytes, "test");
    EXPECT_EQ(format_safetensors(again), bytes);
    EXPECT_FALSE(again.find("s")->half);
    EXPECT_EQ(std::get<std::vector<float>>(again.find("s")->values)[0], 0.1F);
    EXPECT_EQ(std::get<std::vector<double>>(again.find("d")->values)[0], 0.1);
}

TEST(Safetensors, HalfIsForFloatsInItsRange) {
    EXPECT_ERROR(format_safetensors(one_half({1, 65520})), Errc::invalid_argument,
                 "tensor t holds 65520: half precision ends at 65504");
    EXPECT_NO_THROW((void)format_safetensors(one_half({65519})));
    const TensorFile wide{{{"w", {1}, std::vector<double>{1}, true}}, {}};
    EXPECT_ERROR(format_safetensors(wide), Errc::invalid_argument, "tensor w: only float32");
    std::string bytes = format_safetensors(one_half({1, 2, 3}));
    EXPECT_ERROR(parse_safetensors(bytes.replace(bytes.find("[3]"), 3, "[2]"), "test"), Errc::corrupt_data,
                 "its shape does not fit its 6 bytes");
}

TEST(Safetensors, TensorsThatShareBytesAreRefused) {
    // Each of them would take the bytes anew: 3000 of a megabyte take three gigabytes.
    const std::string header = R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},)"
                               R"( "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}})";
    const std::uint64_t size = header.size();
    std::string bytes(reinterpret_cast<const char*>(&size), sizeof size);
    bytes += header + std::string(12, '\0');
    EXPECT_ERROR(parse_safetensors(bytes, "test"), Errc::corrupt_data, "its tensors overlap");
}

TEST(Safetensors, WhatItSaysIsUtf8) {
    TensorFile file = one_half({1});
    file.metadata["corpus"] = "caf\xe9";
    EXPECT_ERROR(format_safetensors(file), Errc::invalid_argument, "UTF-8");
    file.metadata["corpus"] = "caf\u00e9";
    file.tensors[0].name = "\xff";
    EXPECT_ERROR(format_safetensors(file), Errc::invalid_argument, "UTF-8");
}

TEST(Safetensors, NoTensorIsLostToAnotherOfItsName) {
    TensorFile file = one_half({1});
    file.tensors.push_back(file.tensors[0]);
    EXPECT_ERROR(format_safetensors(file), Errc::invalid_argument, "two tensors of one name");
    file.tensors[1].name = "__metadata__";
    file.metadata["corpus"] = "a";
    EXPECT_ERROR(format_safetensors(file), Errc::invalid_argument, "two tensors of one name");
}

TEST(Safetensors, NamesOfOthersAreShownAsPlainText) {
    const std::string header = R"({"a\u001b[31m":{"shape":[1],"data_offsets":[0,4],"dtype":"F\n"}})";
    const std::string bytes =
        std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') + header + "1234";
    EXPECT_ERROR(parse_safetensors(bytes, "test"), Errc::unsupported_format, "tensor a?[31m has dtype F ;");
}

}  // namespace
}  // namespace undertone
