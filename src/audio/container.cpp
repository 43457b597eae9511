#include "audio/container.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "undertone/error.hpp"

namespace undertone::audio {
namespace {

using namespace std::string_view_literals;

// Programs that write to a pipe put a placeholder where the length belongs: 0 (GStreamer), 0x7F000000 (SoX,
// AIFF), 0x7FFFF000 (SoX and eSpeak NG, WAV), 0x80000000 (arecord), 0xFFFFFFFF (FFmpeg).
constexpr std::uint64_t kStreamed = 0x7F000000;
constexpr std::uint64_t kLarge = 0xFFFFFFFF;  // RF64: the length stands in the chunk "ds64"

struct Part {
    std::uint64_t offset, size;  // of the samples' bytes, as the header announces them
};

std::string read_text(ByteSource& source, std::uint64_t offset, std::size_t count) {
    std::string text(count, '\0');
    text.resize(source.read_at(offset, text.data(), count));
    return text;
}

std::uint64_t number(std::string_view bytes, bool big_endian) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char byte = bytes[big_endian ? i : bytes.size() - 1 - i];
        value = value << 8U | static_cast<unsigned char>(byte);
    }
    return value;
}

// Walks the chunks (name of four bytes, length, content) from `offset` to the one called `wanted`.
std::optional<Part> find_chunk(ByteSource& source, std::uint64_t offset, std::string_view wanted,
                               std::size_t length_bytes, bool big_endian) {
    const std::size_t head_bytes = wanted.size() + length_bytes;
    for (;;) {
        const std::string head = read_text(source, offset, head_bytes);
        if (head.size() < head_bytes) return std::nullopt;
        const std::uint64_t size = number(std::string_view(head).substr(wanted.size()), big_endian);
        offset += head_bytes;
        if (head.starts_with(wanted)) return Part{offset, size};
        if (size > source.size() - offset) return std::nullopt;
        offset +=
            size + (length_bytes == 4 ? size % 2 : 0);  // RIFF and AIFF pad to even addresses, CAF does not
        if (offset > source.size()) return std::nullopt;
    }
}

// The header of an MPEG audio frame: eleven set bits, then no reserved version, layer, bit rate or sample
// rate.
bool is_mpeg_frame(std::string_view head) {
    if (head.size() < 4) return false;
    const auto byte = [&](std::size_t i) {
        return static_cast<unsigned>(static_cast<unsigned char>(head[i]));
    };
    return byte(0) == 0xFF && (byte(1) & 0xE0U) == 0xE0U && (byte(1) >> 3U & 3U) != 1 &&
           (byte(1) >> 1U & 3U) != 0 && byte(2) >> 4U != 15 && (byte(2) >> 2U & 3U) != 3;
}

// Where the first frame of an MP3 lies and how many bytes there are from it on, when the encoder wrote that
// into it: the tag that Xing introduced and LAME and FFmpeg write. A cut is told here, for the decoder that
// libsndfile uses prints warnings of it.
std::optional<Part> mpeg_bytes(ByteSource& source) {
    std::uint64_t offset = 0;
    const std::string id3 = read_text(source, 0, 10);
    if (id3.starts_with("ID3") && id3.size() == 10) {
        for (const char c : id3.substr(6)) offset = offset << 7U | (static_cast<unsigned char>(c) & 0x7FU);
        const bool has_footer = (static_cast<unsigned char>(id3[5]) & 0x10U) != 0;
        offset += has_footer ? 20 : 10;
    }
    const std::string frame = read_text(source, offset, 64);
    if (!is_mpeg_frame(frame)) return std::nullopt;
    const bool version_1 = (static_cast<unsigned char>(frame[1]) >> 3U & 3U) == 3;
    const bool mono = static_cast<unsigned char>(frame[3]) >> 6U == 3;
    const std::size_t side_information = version_1 ? (mono ? 17 : 32) : (mono ? 9 : 17);
    const std::string_view tag = std::string_view(frame).substr(std::min(4 + side_information, frame.size()));
    if (tag.size() < 16 || !(tag.starts_with("Xing") || tag.starts_with("Info"))) return std::nullopt;
    const std::uint64_t has = number(tag.substr(4, 4), true);
    if ((has & 2U) == 0) return std::nullopt;
    return Part{offset, number(tag.substr((has & 1U) != 0 ? 12 : 8, 4), true)};
}

// Nothing when the header does not tell how long the samples are.
std::optional<Part> sample_bytes(ByteSource& source, std::string_view container, std::string_view head) {
    if (container == "MP3") return mpeg_bytes(source);
    const bool au = container == "AU", wav = container == "WAV";
    const bool big_endian =
        !head.starts_with("RIFF") && !head.starts_with("RF64") && !head.starts_with("dns.");
    std::optional<Part> part;
    if (wav) part = find_chunk(source, 12, "data", 4, big_endian);
    if (container == "AIFF") part = find_chunk(source, 12, "SSND", 4, big_endian);
    if (container == "CAF") part = find_chunk(source, 8, "data", 8, big_endian);
    if (au && head.size() >= 12)
        part = Part{number(head.substr(4, 4), big_endian), number(head.substr(8, 4), big_endian)};
    if (!part) return std::nullopt;

    if (head.starts_with("RF64") && part->size == kLarge) {
        const auto sizes = find_chunk(source, 12, "ds64", 4, big_endian);
        const std::string bytes = sizes ? read_text(source, sizes->offset, 16) : "";
        if (bytes.size() < 16) return std::nullopt;
        part->size = number(std::string_view(bytes).substr(8), big_endian);
        return part->size == 0 ? std::nullopt : part;
    }
    if (wav && part->size == 0 && number(head.substr(4, 4), big_endian) + 8 < source.size()) {
        // Left open, as more follows than even the outer length says. libsndfile would take it for empty.
        const auto length =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(source.size() - part->offset, kLarge));
        std::string bytes;
        for (unsigned i = 0; i < 4; ++i)
            bytes += static_cast<char>(length >> 8 * (big_endian ? 3 - i : i) & 0xFFU);
        source.overlay(part->offset - 4, bytes);
        return std::nullopt;
    }
    const bool left_open = container == "CAF" ? part->size >> 63U != 0 : part->size >= kStreamed;
    return left_open ? std::nullopt : part;
}

// An Ogg stream is a chain of pages, each of which says how long it is; whether the last one is whole shows a
// cut.
bool ogg_is_cut(ByteSource& source) {
    constexpr std::size_t kMaxPage = 27 + 255 + 255 * 255;
    const std::uint64_t begin = source.size() > kMaxPage ? source.size() - kMaxPage : 0;
    const std::string tail = read_text(source, begin, kMaxPage);
    const std::size_t page = tail.rfind("OggS");
    if (page == std::string::npos) return true;
    constexpr std::size_t kSegmentCount = 26;
    if (tail.size() - page <= kSegmentCount) return true;
    const std::size_t n_segments = static_cast<unsigned char>(tail[page + kSegmentCount]);
    std::size_t end = page + kSegmentCount + 1 + n_segments;
    for (std::size_t i = 0; i < n_segments && page + kSegmentCount + 1 + i < tail.size(); ++i)
        end += static_cast<unsigned char>(tail[page + kSegmentCount + 1 + i]);
    return end > tail.size();
}

// A WAV holds any codec that has a number; libsndfile calls a header with one that it does not know broken.
void check_wav_encoding(ByteSource& source, std::string_view head, const std::string& origin) {
    constexpr std::array<std::uint64_t, 12> kEncodings{
        0x01, 0x02, 0x03, 0x06,    // PCM, Microsoft ADPCM, float, A-law
        0x07, 0x11, 0x31, 0x40,    // mu-law, IMA ADPCM, GSM 6.10, G.721
        0x55, 0x64, 0x65, 0xFFFE,  // MP3, G.726, G.726, extensible
    };
    const bool big_endian = head.starts_with("RIFX");
    const auto part = find_chunk(source, 12, "fmt ", 4, big_endian);
    const std::string bytes = part ? read_text(source, part->offset, 2) : "";
    if (bytes.size() < 2) return;  // cut; the decoder says so
    const std::uint64_t tag = number(bytes, big_endian);
    if (std::find(kEncodings.begin(), kEncodings.end(), tag) == kEncodings.end())
        throw Error(Errc::unsupported_format,
                    origin + ": is WAV of encoding " + std::to_string(tag) +
                        ", which is not read; convert it to 16-bit PCM or FLAC first");
}

struct Magic {
    std::size_t offset;
    std::string_view bytes;
    std::string_view name;
};
constexpr std::array kRead{Magic{8, "WAVE", "WAV"},  Magic{0, "fLaC", "FLAC"},
                           Magic{0, "OggS", "Ogg"},  Magic{8, "AIFF", "AIFF"},
                           Magic{8, "AIFC", "AIFF"}, Magic{0, ".snd", "AU"},
                           Magic{0, "dns.", "AU"},   Magic{0, "caff", "CAF"},
                           Magic{0, "ID3", "MP3"},   Magic{0, "riff\x2E\x91\xCF\x11", "W64"}};
constexpr std::array kNotRead{Magic{4, "ftyp", "MP4"},
                              Magic{0, "\x1A\x45\xDF\xA3", "WebM or Matroska"},
                              Magic{0, "\x30\x26\xB2\x75", "WMA"},
                              Magic{0, "#!AMR", "AMR"},
                              Magic{8, "AVI ", "AVI"},
                              Magic{0, "PK\x03\x04", "ZIP"},
                              Magic{0, "\x1F\x8B", "gzip"}};

template <class Table>
std::string_view find_magic(const Table& table, std::string_view head) {
    for (const Magic& magic : table)
        if (head.size() >= magic.offset && head.substr(magic.offset).starts_with(magic.bytes))
            return magic.name;
    return {};
}

bool is_text(std::string_view head) {
    return std::all_of(head.begin(), head.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= ' ' || c == '\n' || c == '\r' || c == '\t';
    });
}

constexpr std::string_view kFormats = "WAV, FLAC, Ogg (Vorbis, Opus), MP3, AIFF, AU and CAF are read";

[[noreturn]] void refuse(std::string_view head, const std::string& origin) {
    if (head.starts_with("version https://git-lfs"))
        throw Error(Errc::corrupt_data,
                    origin + ": is a git-lfs pointer, not the recording; run `git lfs pull`");
    const std::string_view known = find_magic(kNotRead, head);
    if (!known.empty())
        throw Error(Errc::unsupported_format, origin + ": is " + std::string(known) +
                                                  ", which is not read; " +
                                                  "convert it to WAV or FLAC first");
    if (is_text(head))
        throw Error(Errc::unsupported_format, origin + ": is text, not audio; " + std::string(kFormats));
    std::string digits;
    for (const char c : head.substr(0, 4)) {
        const auto byte = static_cast<unsigned char>(c);
        digits += ' ';
        digits += "0123456789abcdef"[byte >> 4U];
        digits += "0123456789abcdef"[byte & 15U];
    }
    throw Error(Errc::unsupported_format,
                origin + ": no known audio format begins with" + digits + "; " + std::string(kFormats));
}

}  // namespace

std::string check_container(ByteSource& source, const std::string& origin) {
    const std::string head = read_text(source, 0, 512);
    if (source.size() == 0) throw Error(Errc::corrupt_data, origin + ": is empty; copy or record it again");
    std::string_view container = find_magic(kRead, head);
    if (container.empty() && is_mpeg_frame(head)) container = "MP3";
    if (container.empty() && head.size() < 12 && (head.starts_with("RIF") || head.starts_with("FORM")))
        throw Error(Errc::corrupt_data, origin + ": is cut after " + std::to_string(head.size()) +
                                            " bytes, within its header; copy it again");
    if (container.empty()) refuse(head, origin);

    if (container == "WAV") check_wav_encoding(source, head, origin);
    const auto part = sample_bytes(source, container, head);
    if (part && (part->offset > source.size() || part->size > source.size() - part->offset)) {
        const std::uint64_t there = source.size() - std::min(part->offset, source.size());
        throw Error(Errc::corrupt_data, origin + ": is cut: its header announces " +
                                            std::to_string(part->size) + " bytes of samples, " +
                                            std::to_string(there) + " are there; copy it again");
    }
    if (container == "Ogg" && ogg_is_cut(source))
        throw Error(Errc::corrupt_data, origin + ": is cut: its last Ogg page is not whole; copy it again");
    return std::string(container);
}

}  // namespace undertone::audio
