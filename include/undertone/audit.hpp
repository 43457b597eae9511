#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/audio.hpp"
#include "undertone/corpus.hpp"
#include "undertone/error.hpp"
#include "undertone/progress.hpp"

namespace undertone {

/// What the header of a recording says, or why it cannot be read.
struct ClipHeader {
    AudioInfo info;         ///< of the whole file
    double duration_s = 0;  ///< of the part that is meant
    std::optional<Error> error;
};

/// Reads the headers of all recordings, each file once; entries of zips are unpacked for it.
/// @param n_threads  0: one a core
/// @return  `[recordings.size()]`; a part that ends past its file is an error of that recording
/// @throws Error cancelled
[[nodiscard]] std::vector<ClipHeader> read_headers(const Corpus& corpus, std::size_t n_threads,
                                                   const OnProgress& on_progress = {},
                                                   const SoundLimits& limits = {});

/// What can be wrong with the clips of a corpus.
enum class FindingKind {
    identical_bytes,    ///< files that are the same
    identical_samples,  ///< files that differ but hold the same sound
    near_duplicate,     ///< two clips of one recording: encoded, resampled, cut or made louder since
    silent,             ///< no sample louder than AuditOptions::silence_db
    clipped,            ///< samples stand at full scale for a while
    too_short,
    lfs_pointer,  ///< a file of git-lfs that was not fetched
    unreadable,
    unknown_name,  ///< audio that was left out: its name or its code is not known, or it is a copy
};

/// Its spelling, as in the enumeration.
[[nodiscard]] std::string_view name(FindingKind kind) noexcept;

/// One thing that was found.
struct Finding {
    FindingKind kind;
    std::vector<std::string> files;  ///< those that it is about; of duplicates all
    std::string detail;              ///< for a person: "labelled angry and sad"
};

struct AuditOptions {
    double silence_db = -60;  ///< of full scale; what no sample exceeds is silent
    double min_duration_s = 0.3;
    /// Share of the bits of two fingerprints that may differ. Of unrelated clips one half does; encoding,
    /// resampling, cutting, noise and loudness change up to 0.08 (tests/unit/corpus/audit_test.cpp). Haitsma
    /// and Kalker (2002) go up to 0.35 for music, but two takes of one sung line come near 0.2.
    double max_bit_error = 0.15;
    SoundLimits limits = {};  ///< a recording above them is unreadable
};

/// Listens to every clip of a corpus and lists what is wrong: by kind, then by file.
/// @param n_threads  0: one a core
/// @throws Error cancelled
[[nodiscard]] std::vector<Finding> audit_corpus(const Corpus& corpus, const AuditOptions& options,
                                                std::size_t n_threads, const OnProgress& on_progress = {});

}  // namespace undertone
