#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// HTML as text. What comes from files goes through text() or name(), nothing else.
namespace undertone::app::html {

/// Text between tags or within quotes: escaped; what is no UTF-8 becomes U+FFFD, control characters blanks.
[[nodiscard]] std::string text(std::string_view raw);

/// A name that others chose, kept apart from the text around it whatever its direction; of a long one the
/// beginning.
[[nodiscard]] std::string name(std::string_view raw, std::size_t most_characters = 200);

/// "1,040"
[[nodiscard]] std::string grouped(std::size_t n);

/// <tag>content</tag>
[[nodiscard]] std::string element(std::string_view tag, std::string_view content,
                                  std::string_view attributes = "");

/// A table that scrolls in itself where it is too wide. Cells are HTML; the first of each row is its heading.
[[nodiscard]] std::string table(std::string_view caption, const std::vector<std::string>& head,
                                const std::vector<std::vector<std::string>>& rows);

/// Pairs of a term and what it is, both HTML.
[[nodiscard]] std::string facts(const std::vector<std::pair<std::string, std::string>>& pairs);

/// A whole page that needs nothing else: no network, no other file.
/// @param head  the content of <header>
[[nodiscard]] std::string page(std::string_view title, std::string_view head, std::string_view main);

}  // namespace undertone::app::html
