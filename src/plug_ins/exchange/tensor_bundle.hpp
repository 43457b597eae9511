#pragma once

#include <tensorflow.pb.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "plug_ins/exchange/graph.hpp"

namespace undertone::exchange {

/// The tensors that TensorFlow saves beside a graph: `variables.index`, a sorted table of names, and the
/// data.
///
/// Source: the format of LevelDB's tables (blocks of entries that share prefixes, a footer), whose values are
/// messages BundleEntry.
class TensorBundle {
public:
    /// @param index  the bytes of variables.index
    /// @param data   the bytes of variables.data-00000-of-00001; must outlive this
    /// @throws Error corrupt_data
    TensorBundle(std::string_view index, std::string_view data);

    /// @return  nullptr: there is none of that name, or it is not of float32 or float64
    /// @throws Error corrupt_data
    [[nodiscard]] std::shared_ptr<const GraphTensor> tensor(const std::string& key) const;

    /// The one text of a tensor of texts.
    /// @throws Error corrupt_data
    [[nodiscard]] std::string_view text(const std::string& key) const;

private:
    [[nodiscard]] std::string_view bytes_of(const tensorflow_file::BundleEntry& entry,
                                            const std::string& key) const;
    std::map<std::string, tensorflow_file::BundleEntry> entries_;
    std::string_view data_;
};

}  // namespace undertone::exchange
