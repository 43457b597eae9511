#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "run/run_data.hpp"

namespace undertone::app::html {

/// Where a page finds the recordings that it plays. A run folder may be anybody's, and names whatever file it
/// likes: a file is played only where it lies, links followed, in a corpus, and where it decodes as sound.
///
/// What the run's own command names counts as a corpus. Of a page that holds the sound, and may be sent, that
/// is so only where the user names none.
class Recordings {
public:
    /// Plays nothing.
    Recordings() = default;

    /// @param page     the file that the page will be
    /// @param embed    put the sound into the page instead of naming its file
    /// @param corpora  folders, or tables in the folders that they list, that the user names
    Recordings(std::string page, bool embed, std::vector<std::string> corpora);

    /// A player, or nothing where the recording is not played.
    /// @param file  as the run names it: from the folder in which the run was made
    [[nodiscard]] std::string player(const RunData& run, const std::string& file);

    /// A recording that is there and is not played.
    struct LeftOut {
        std::string file, reason;
    };
    [[nodiscard]] const std::vector<LeftOut>& left_out() const noexcept { return left_out_; }
    [[nodiscard]] std::size_t n_absent() const noexcept { return n_absent_; }

private:
    [[nodiscard]] std::string source(const RunData& run, const std::filesystem::path& whole) const;

    std::string page_;
    bool plays_ = false, embed_ = false;
    std::vector<std::string> corpora_;
    std::vector<LeftOut> left_out_;
    std::size_t n_absent_ = 0;
};

/// What of the words of a run's command is there: folders, and the folders of files.
[[nodiscard]] std::vector<std::string> places_of(const RunData& run);

/// What a browser is told that a recording is, by its first bytes; empty: it could not play it.
[[nodiscard]] std::string media_type(std::string_view bytes);

/// A path as a URL, from the folder of the page where it lies in that, else a whole file: URL.
[[nodiscard]] std::string url_of(const std::string& path, const std::string& page);

}  // namespace undertone::app::html
