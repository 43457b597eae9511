#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/own_data.hpp"

namespace undertone::corpus {

/// What an audformat header says of a table.
struct AudformatTable {
    enum class Type { filewise, segmented, misc };
    std::string id, split;
    Type type = Type::filewise;
    std::map<std::string, std::string> columns;  ///< name -> scheme, which may be empty
};

/// What is known of a label of a scheme: "gender" -> "female".
using LabelFacts = std::map<std::string, std::string>;

/// The header of an audformat database, as far as recordings need it.
struct AudformatHeader {
    std::string name, licence, language;
    std::vector<AudformatTable> tables;
    std::map<std::string, std::map<std::string, LabelFacts>> labels;  ///< scheme -> label -> facts
    std::map<std::string, std::string> label_tables;  ///< scheme -> the misc table that lists its labels
};

/// Reads a header, `db.yaml`, as yaml-cpp reads YAML.
/// @throws Error corrupt_data  naming file and line
[[nodiscard]] AudformatHeader parse_audformat_header(std::string_view text, const std::string& origin);

/// Reads an audformat database: its header, and the tables that it names, in the same folder: as CSV, or
/// where there is none as Parquet. Emotions are
/// those of each table with a column `emotion`, or of the scheme `emotion`; speaker, gender, language and
/// text are taken from any table with such columns, and from the labels of the scheme `speaker`.
/// @throws Error corrupt_data        naming file and line: broken tables, none with emotions
/// @throws Error unsupported_format  tables that are pickles, or Parquet that parse_parquet() does not read
[[nodiscard]] OwnData read_audformat(const std::string& path);

}  // namespace undertone::corpus
