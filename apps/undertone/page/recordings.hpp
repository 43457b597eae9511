#pragma once

#include <string>

#include "run_data.hpp"

namespace undertone::app::html {

/// Where a page finds the recordings that it plays.
class Recordings {
public:
    /// @param page   the file that the page will be
    /// @param embed  put the sound into the page instead of naming its file
    Recordings(std::string page, bool embed) : page_(std::move(page)), embed_(embed) {}

    /// A player, or nothing where the recording is not at hand: it lies in an archive or is gone.
    /// @param file  as the run names it: from the folder in which the run was made
    [[nodiscard]] std::string player(const RunData& run, const std::string& file) const;

private:
    std::string page_;
    bool embed_;
};

/// What a browser is told that a recording is, by the ending of its name; empty: it could not play it.
[[nodiscard]] std::string media_type(const std::string& file);

/// A path as a URL, from the folder of the page where it lies in that, else a whole file: URL.
[[nodiscard]] std::string url_of(const std::string& path, const std::string& page);

}  // namespace undertone::app::html
