#pragma once

#include <onnx.pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "undertone/tensor.hpp"

namespace undertone::exchange {

/// An ONNX file in the making: its graph node by node, what it tells of itself.
class OnnxGraph {
public:
    OnnxGraph();

    /// @param type    one of OnnxType
    /// @param sizes   of the axes behind the first, which is the clips'; an empty text: one of any size
    void input(const std::string& name, int type, const std::vector<std::string>& sizes);
    void output(const std::string& name, int type, const std::vector<std::string>& sizes);

    /// @param output   its name, which others read
    onnx_file::Node& node(const std::string& op, const std::vector<std::string>& inputs,
                          const std::string& output);
    static void integer(onnx_file::Node& of, const char* name, std::int64_t value);
    static void integers(onnx_file::Node& of, const char* name, const std::vector<std::int64_t>& values);
    static void text(onnx_file::Node& of, const char* name, const std::string& value);
    static void number(onnx_file::Node& of, const char* name, float value);

    /// A constant of float64, or rounded to float32.
    /// @return  its name
    const std::string& constant(const std::string& name, const std::vector<std::size_t>& shape,
                                const std::vector<double>& values, bool wide);
    /// A constant of int64.
    const std::string& constant(const std::string& name, const std::vector<std::int64_t>& values,
                                bool scalar = false);

    void metadata(const std::string& key, const std::string& value);
    void labels(const std::vector<std::string>& labels);

    [[nodiscard]] std::string bytes() const { return model_.SerializeAsString(); }

private:
    onnx_file::Graph& graph() { return *model_.mutable_graph(); }

    onnx_file::Model model_;
};

}  // namespace undertone::exchange
