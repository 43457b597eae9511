#include "undertone/audit.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "audio/read_in_order.hpp"
#include "audio/read_sound.hpp"
#include "core/parallel.hpp"
#include "corpus/paths.hpp"
#include "feature/fingerprint.hpp"

namespace undertone {
namespace {

constexpr std::array<std::string_view, 9> kKinds{"identical_bytes", "identical_samples", "near_duplicate",
                                                 "silent",          "clipped",           "too_short",
                                                 "lfs_pointer",     "unreadable",        "unknown_name"};

// Of bytes: a mix of multiplications, for telling files apart; nobody makes files that collide here.
constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;  // 2^64 over the golden ratio

std::uint64_t hash_begin(std::uint64_t n_bytes, std::uint64_t seed = 1) { return seed ^ (n_bytes * kOdd); }

std::uint64_t hash(std::span<const std::byte> bytes, std::uint64_t h) {
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t n = std::min(bytes.size(), sizeof(word));
        std::memcpy(&word, bytes.data(), n);
        h = std::rotl((h ^ word) * kOdd, 29) + kOdd;
        h ^= h >> 32U;
        bytes = bytes.subspan(n);
    }
    return h;
}

// What one clip turned out to be.
struct Heard {
    std::uint64_t bytes_hash = 0, samples_hash = 0;
    std::uint64_t n_bytes = 0, n_samples = 0;  // 0: not read
    bool has_bytes = false;                    // a part of a file has none of its own
    double duration_s = 0, peak = 0;
    std::size_t n_clipped = 0;
    std::optional<Error> error;
    corpus::Fingerprint print;
};

std::size_t count_clipped(std::span<const float> samples) {
    // The greatest value of 16 bits; three at it in a row are more than the top of a wave.
    constexpr float kFull = 32767.0F / 32768.0F;
    constexpr std::size_t kRun = 3;
    std::size_t n_clipped = 0, run = 0;
    for (const float sample : samples) {
        run = std::abs(sample) >= kFull ? run + 1 : 0;
        if (run == kRun) n_clipped += kRun;
        if (run > kRun) ++n_clipped;
    }
    return n_clipped;
}

std::uint64_t hash_of(audio::ByteSource& source) {
    std::vector<char> block(std::size_t{1} << 16);  // of whole words: where it is cut changes nothing
    std::uint64_t h = hash_begin(source.size());
    for (std::uint64_t at = 0; at < source.size();) {
        const std::size_t got = source.read_at(at, block.data(), block.size());
        if (got == 0) break;  // decoding says why
        h = hash(std::as_bytes(std::span(block.data(), got)), h);
        at += got;
    }
    return h;
}

Heard hear(const Recording& recording, corpus::Fingerprinter& fingerprinter, audio::SoundMemory& memory) {
    Heard heard;
    try {
        Clip clip;
        audio::with_bytes(recording.path, memory, [&](audio::ByteSource& source, const std::string& origin) {
            if (recording.start_s == 0 && recording.end_s == 0) {
                heard.has_bytes = true;
                heard.n_bytes = source.size();
                heard.bytes_hash = hash_of(source);
            }
            clip = audio::decode(source, origin, {recording.start_s, recording.end_s}, memory,
                                 corpus::bytes_of_print);
        });
        for (const float sample : clip.samples)
            heard.peak = std::max(heard.peak, static_cast<double>(std::abs(sample)));
        heard.n_samples = clip.samples.size();
        heard.samples_hash = hash(
            std::as_bytes(std::span(clip.samples)),
            hash_begin(clip.samples.size() * sizeof(float), static_cast<std::uint64_t>(clip.sample_rate)));
        heard.duration_s = clip.duration_s();
        heard.n_clipped = count_clipped(clip.samples);
        heard.print = fingerprinter.of(clip);
    } catch (const Error& error) {
        heard.error = error;
    }
    memory.keep(0);
    return heard;
}

std::string number(double value, int digits) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

std::string listed(const std::set<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : " and ") + item;
    return text;
}

// What makes a duplicate worse: it would be trained as one emotion and tested as another.
std::string differences(const Corpus& corpus, const std::vector<std::size_t>& clips) {
    std::set<std::string> labels, speakers;
    for (const std::size_t clip : clips) {
        labels.insert(corpus.recordings[clip].emotion);
        if (!corpus.recordings[clip].speaker.empty()) speakers.insert(corpus.recordings[clip].speaker);
    }
    std::string text;
    if (labels.size() > 1) text = "labelled " + listed(labels);
    if (speakers.size() > 1) text += (text.empty() ? "" : ", ") + std::string("of ") + listed(speakers);
    return text;
}

class Findings {
public:
    Findings(const Corpus& corpus, const std::vector<Heard>& heard, const AuditOptions& options)
        : corpus_(corpus), heard_(heard), options_(options) {}

    std::vector<Finding> all() {
        duplicates();
        for (std::size_t clip = 0; clip < heard_.size(); ++clip) single(clip);
        for (const SkippedFile& file : corpus_.skipped)
            if (corpus::is_audio_name(file.path))
                found_.push_back({FindingKind::unknown_name, {file.path}, file.reason});
        std::sort(found_.begin(), found_.end(), [](const Finding& a, const Finding& b) {
            return std::tie(a.kind, a.files) < std::tie(b.kind, b.files);
        });
        return std::move(found_);
    }

private:
    void add(FindingKind kind, const std::vector<std::size_t>& clips, std::string detail) {
        Finding finding{kind, {}, std::move(detail)};
        for (const std::size_t clip : clips) finding.files.push_back(corpus_.recordings[clip].path);
        found_.push_back(std::move(finding));
    }

    void single(std::size_t clip) {
        const Heard& heard = heard_[clip];
        if (heard.error) {
            const std::string message = heard.error->what();
            const bool pointer = message.find("git-lfs") != std::string::npos;
            add(pointer ? FindingKind::lfs_pointer : FindingKind::unreadable, {clip}, message);
            return;
        }
        const double peak_db = 20 * std::log10(std::max(heard.peak, 1e-10));
        if (peak_db <= options_.silence_db)
            add(FindingKind::silent, {clip}, "its loudest sample is at " + number(peak_db, 0) + " dB");
        if (heard.n_clipped != 0)
            add(FindingKind::clipped, {clip}, std::to_string(heard.n_clipped) + " samples at full scale");
        if (heard.duration_s < options_.min_duration_s)
            add(FindingKind::too_short, {clip}, number(heard.duration_s, 3) + " s");
    }

    // Clips alike in a key become a group; of those that were grouped before, one stands for all.
    template <class Key>
    void group(FindingKind kind, Key key_of) {
        std::map<std::tuple<std::uint64_t, std::uint64_t>, std::vector<std::size_t>> groups;
        for (std::size_t clip = 0; clip < heard_.size(); ++clip)
            if (const auto key = key_of(heard_[clip])) groups[*key].push_back(clip);
        for (const auto& [key, clips] : groups) {
            std::set<std::size_t> new_ones;
            for (const std::size_t clip : clips) new_ones.insert(same_as_[clip]);
            if (new_ones.size() < 2) continue;
            add(kind, clips, differences(corpus_, clips));
            for (const std::size_t clip : clips) same_as_[clip] = clips.front();
        }
    }

    void duplicates() {
        using Key = std::optional<std::tuple<std::uint64_t, std::uint64_t>>;
        same_as_.resize(heard_.size());
        for (std::size_t clip = 0; clip < heard_.size(); ++clip) same_as_[clip] = clip;
        group(FindingKind::identical_bytes, [](const Heard& heard) {
            return heard.has_bytes && !heard.error ? Key(std::tuple(heard.n_bytes, heard.bytes_hash)) : Key();
        });
        // Silence is the same everywhere, and listed as such.
        group(FindingKind::identical_samples, [](const Heard& heard) {
            return heard.n_samples != 0 && heard.peak > 0
                       ? Key(std::tuple(heard.n_samples, heard.samples_hash))
                       : Key();
        });
        std::vector<std::size_t> clips;
        std::vector<corpus::Fingerprint> prints;
        for (std::size_t clip = 0; clip < heard_.size(); ++clip) {
            if (same_as_[clip] != clip || heard_[clip].print.bits.empty()) continue;
            clips.push_back(clip);
            prints.push_back(heard_[clip].print);
        }
        for (const corpus::Alike& pair : corpus::find_alike(prints, options_.max_bit_error)) {
            const std::vector<std::size_t> both{clips[pair.first], clips[pair.second]};
            const std::string more = differences(corpus_, both);
            add(FindingKind::near_duplicate, both,
                number(100 * (1 - pair.bit_error), 0) + " % of their fingerprints agree" +
                    (more.empty() ? "" : ", " + more));
        }
    }

    const Corpus& corpus_;
    const std::vector<Heard>& heard_;
    const AuditOptions& options_;
    std::vector<Finding> found_;
    std::vector<std::size_t> same_as_;  // the first clip of its group
};

void report(const OnProgress& on_progress, std::size_t done, std::size_t total) {
    if (on_progress && !on_progress({done, total, 0}))
        throw Error(Errc::cancelled,
                    "stopped after " + std::to_string(done) + " of " + std::to_string(total) + " files");
}

}  // namespace

std::string_view name(FindingKind kind) noexcept { return kKinds[static_cast<std::size_t>(kind)]; }

std::vector<ClipHeader> read_headers(const Corpus& corpus, std::size_t n_threads,
                                     const OnProgress& on_progress, const SoundLimits& limits) {
    std::vector<std::string> paths;
    for (const Recording& recording : corpus.recordings) paths.push_back(recording.path);
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    std::map<std::string, ClipHeader, std::less<>> files;
    audio::read_in_order(
        paths.size(), n_threads, limits,
        [&](std::size_t index, std::size_t, audio::SoundMemory& memory) {
            ClipHeader header;
            try {
                audio::with_bytes(paths[index], memory,
                                  [&](audio::ByteSource& source, const std::string& origin) {
                                      header.info = audio::decode_info(source, origin, memory);
                                  });
            } catch (const Error& error) {
                header.error = error;
            }
            memory.keep(0);
            return header;
        },
        [&](std::size_t index, ClipHeader&& header) {
            files.emplace(paths[index], std::move(header));
            report(on_progress, index + 1, paths.size());
        });
    std::vector<ClipHeader> headers;
    for (const Recording& recording : corpus.recordings) {
        ClipHeader header = files.find(recording.path)->second;
        const double whole = header.info.duration_s();
        constexpr double kRounded = 0.01;  // as read_audio() has it
        header.duration_s = (recording.end_s != 0 ? recording.end_s : whole) - recording.start_s;
        if (!header.error && (recording.start_s >= whole || recording.end_s > whole + kRounded) &&
            (recording.start_s != 0 || recording.end_s != 0))
            header.error = Error(
                Errc::invalid_argument,
                (recording.listed_at.empty() ? "" : recording.listed_at + ": ") + recording.path +
                    ": a part from " + number(recording.start_s, 3) + " s to " +
                    (recording.end_s == 0 ? "its end" : number(recording.end_s, 3) + " s") +
                    " is asked, but it ends at " + number(whole, 3) + " s; correct the times in the table");
        headers.push_back(std::move(header));
    }
    return headers;
}

std::vector<Finding> audit_corpus(const Corpus& corpus, const AuditOptions& options, std::size_t n_threads,
                                  const OnProgress& on_progress) {
    n_threads = thread_count(n_threads);
    std::vector<corpus::Fingerprinter> fingerprinters(n_threads);
    std::vector<Heard> heard;
    heard.reserve(corpus.recordings.size());
    audio::read_in_order(
        corpus.recordings.size(), n_threads, options.limits,
        [&](std::size_t index, std::size_t thread, audio::SoundMemory& memory) {
            Heard one = hear(corpus.recordings[index], fingerprinters[thread], memory);
            if (one.n_samples > corpus::kManySamples) fingerprinters[thread] = {};  // gives its memory back
            return one;
        },
        [&](std::size_t index, Heard&& one) {
            heard.push_back(std::move(one));
            report(on_progress, index + 1, corpus.recordings.size());
        });
    return Findings(corpus, heard, options).all();
}

}  // namespace undertone
