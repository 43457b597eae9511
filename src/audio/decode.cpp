#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string_view>

#include "audio/clip_range.hpp"
#include "audio/container.hpp"
#include "audio/mix.hpp"
#include "audio/read_sound.hpp"
#include "undertone/error.hpp"

namespace undertone::audio {
namespace {

// What libsndfile sees: the source and its place in it.
struct Cursor {
    ByteSource& source;
    sf_count_t position = 0;
};

SF_VIRTUAL_IO callbacks() {
    SF_VIRTUAL_IO io{};
    io.get_filelen = [](void* user) {
        return static_cast<sf_count_t>(static_cast<Cursor*>(user)->source.size());
    };
    io.seek = [](sf_count_t offset, int whence, void* user) {
        Cursor& cursor = *static_cast<Cursor*>(user);
        if (whence == SEEK_CUR) offset += cursor.position;
        if (whence == SEEK_END) offset += static_cast<sf_count_t>(cursor.source.size());
        return cursor.position = std::max<sf_count_t>(offset, 0);
    };
    io.read = [](void* target, sf_count_t count, void* user) {
        Cursor& cursor = *static_cast<Cursor*>(user);
        if (count <= 0) return sf_count_t{0};
        const auto got = static_cast<sf_count_t>(
            cursor.source.read_at(static_cast<std::uint64_t>(cursor.position), static_cast<char*>(target),
                                  static_cast<std::size_t>(count)));
        cursor.position += got;
        return got;
    };
    io.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
    io.tell = [](void* user) { return static_cast<Cursor*>(user)->position; };
    return io;
}

// libsndfile's word for it, which has no public number: no fault of the file.
void check_memory(std::string_view reason) {
    if (reason.find("malloc") != std::string_view::npos) throw std::bad_alloc();
}

using SoundFile = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

SoundFile open_sound(Cursor& cursor, SF_INFO& info, const std::string& container, const std::string& origin) {
    // Why an opening failed is told by a variable that all threads share.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    SF_VIRTUAL_IO io = callbacks();
    SoundFile file(sf_open_virtual(&io, SFM_READ, &info, &cursor), &sf_close);
    if (file) return file;
    std::string reason = sf_strerror(nullptr);
    check_memory(reason);
    while (!reason.empty() && (reason.back() == '.' || reason.back() == '\n')) reason.pop_back();
    std::replace(reason.begin(), reason.end(), '\n', ' ');
    if (sf_error(nullptr) == SF_ERR_UNSUPPORTED_ENCODING)
        throw Error(Errc::unsupported_format, origin + ": " + container +
                                                  " of an encoding that is not read (" + reason +
                                                  "); convert it to 16-bit PCM first");
    throw Error(Errc::corrupt_data,
                origin + ": its " + container + " header is broken or cut (" + reason + "); copy it again");
}

void check_finite(const std::vector<float>& samples, std::size_t first, const std::string& origin) {
    const auto finite = [](float x) { return std::abs(x) <= 3.402823466e38F; };
    // Counted without a branch, so that it becomes vector code; where the first one is matters only to the
    // message.
    std::size_t n_bad = 0;
    for (std::size_t i = first; i < samples.size(); ++i) n_bad += finite(samples[i]) ? 0U : 1U;
    if (n_bad == 0) return;
    const auto bad =
        std::find_if_not(samples.begin() + static_cast<std::ptrdiff_t>(first), samples.end(), finite);
    throw Error(Errc::numerical, origin + ": sample " + std::to_string(bad - samples.begin()) + " is " +
                                     (std::isnan(*bad) ? "NaN" : "infinite") +
                                     "; write the recording again with finite samples");
}

struct Sound {
    SoundFile file;
    SF_INFO info{};
    std::string container;
};

Sound open_checked(ByteSource& source, Cursor& cursor, const std::string& origin) {
    std::string container = check_container(source, origin);
    SF_INFO info{};
    SoundFile file = open_sound(cursor, info, container, origin);
    if (info.samplerate <= 0 || info.channels <= 0)
        throw Error(Errc::corrupt_data, origin + ": its header says " + std::to_string(info.samplerate) +
                                            " Hz and " + std::to_string(info.channels) +
                                            " channels; both must be above 0");
    return {std::move(file), info, std::move(container)};
}

// Where seeking is exact and free: formats that keep plain samples.
bool seeks_exactly(const Sound& sound) {
    const int encoding = sound.info.format & SF_FORMAT_SUBMASK;
    const bool plain = encoding == SF_FORMAT_PCM_S8 || encoding == SF_FORMAT_PCM_U8 ||
                       encoding == SF_FORMAT_PCM_16 || encoding == SF_FORMAT_PCM_24 ||
                       encoding == SF_FORMAT_PCM_32 || encoding == SF_FORMAT_FLOAT ||
                       encoding == SF_FORMAT_DOUBLE;
    return plain && sound.container != "FLAC" && sound.info.seekable != 0;
}

// Blocks that stay in the cache; channels are mixed while reading, so that only the mean is kept.
constexpr std::size_t kBlockSamples = std::size_t{1} << 14;

std::size_t frames_of_block(std::size_t n_channels) {
    return std::max<std::size_t>(kBlockSamples / n_channels, 1);
}

// How long it is, where its header does not tell. Stops where more could not be kept anyway.
// @param end  no more than so many are of interest
std::uint64_t count_samples(ByteSource& source, const std::string& origin, std::uint64_t end,
                            const SoundMemory& memory) {
    Cursor cursor{source};
    const Sound sound = open_checked(source, cursor, origin);
    const auto n_channels = static_cast<std::size_t>(sound.info.channels);
    const std::size_t block_frames = frames_of_block(n_channels);
    std::vector<float> block(block_frames * n_channels);
    const std::uint64_t most = memory.most() / sizeof(float) + 1;
    std::uint64_t n_samples = 0;
    for (std::size_t got = block_frames; got == block_frames && n_samples < std::min(end, most);) {
        got = static_cast<std::size_t>(std::max<sf_count_t>(
            sf_readf_float(sound.file.get(), block.data(), static_cast<sf_count_t>(block_frames)), 0));
        n_samples += got;
    }
    return n_samples;
}

// @param most  no more than so many were counted
void check_length(std::uint64_t announced, std::uint64_t there, const ClipRange& range, std::uint64_t most,
                  const std::string& origin) {
    if (there >= std::min({announced, range.end, most})) return;
    throw Error(Errc::corrupt_data, origin + ": is cut: its header announces " + std::to_string(announced) +
                                        " samples, " + std::to_string(there) + " are there; copy it again");
}

// Room for one block more, in steps that keep the copying down.
void make_room(std::vector<float>& samples, std::size_t block_frames, std::uint64_t bytes,
               SoundMemory& memory, const std::string& origin) {
    const std::size_t held = samples.capacity();
    if (samples.size() + block_frames <= held) return;
    const std::size_t wanted = std::max(samples.size() + block_frames, held + held / 2);
    memory.need(bytes + sizeof(float) * (held + wanted), origin, true);
    samples.reserve(wanted);
}

}  // namespace

Clip decode(ByteSource& source, const std::string& origin, const Segment& segment, SoundMemory& memory,
            const Further& further) {
    Cursor cursor{source};
    const Sound sound = open_checked(source, cursor, origin);
    const SF_INFO& info = sound.info;
    const ClipRange range = range_of(segment, info.samplerate, origin);
    const bool counted = info.frames != SF_COUNT_MAX && sound.container != "MP3";

    Clip clip{{}, info.samplerate, info.channels};
    const auto n_channels = static_cast<std::size_t>(info.channels);
    const auto announced = static_cast<std::uint64_t>(std::max<sf_count_t>(info.frames, 0));
    if (!range.whole() && counted) check_range(segment, range, announced, info.samplerate, origin);
    const std::size_t block_frames = frames_of_block(n_channels);
    const std::uint64_t length =
        info.frames == SF_COUNT_MAX ? count_samples(source, origin, range.end, memory) : announced;
    const std::uint64_t wanted = range.of(length), held = source.held_bytes();
    const std::uint64_t most = memory.most() / sizeof(float);
    if (info.frames != SF_COUNT_MAX && wanted > most)  // a header that lies is not a long recording
        check_length(announced, count_samples(source, origin, range.end, memory), range, most, origin);
    constexpr std::uint64_t kMost = UINT64_MAX / (2 * sizeof(float));
    const std::uint64_t after = further ? further(wanted, info.samplerate) : 0;
    memory.need(std::max(held + sizeof(float) * std::min(wanted, kMost), after), origin,
                info.frames == SF_COUNT_MAX && wanted > most);
    // One allocation, whose pages stay untouched where the header lies.
    clip.samples.reserve(static_cast<std::size_t>(wanted) + block_frames);
    std::uint64_t position = 0;  // of the next sample to come
    if (range.begin > 0 && seeks_exactly(sound) &&
        sf_seek(sound.file.get(), static_cast<sf_count_t>(range.begin), SEEK_SET) >= 0)
        position = range.begin;
    std::vector<float> block(n_channels == 1 ? 0 : block_frames * n_channels);
    for (std::size_t got = block_frames; got == block_frames && position < range.end;) {
        const std::size_t begin = clip.samples.size();
        make_room(clip.samples, block_frames, held, memory, origin);
        clip.samples.resize(begin + block_frames);
        float* const mono = clip.samples.data() + begin;
        float* const target = n_channels == 1 ? mono : block.data();
        got = static_cast<std::size_t>(std::max<sf_count_t>(
            sf_readf_float(sound.file.get(), target, static_cast<sf_count_t>(block_frames)), 0));
        if (n_channels != 1) mix_channels(target, got, n_channels, mono);
        const std::uint64_t end = std::min(position + got, range.end);
        clip.samples.resize(begin + (end - position));
        if (position < range.begin)
            clip.samples.erase(clip.samples.begin() + static_cast<std::ptrdiff_t>(begin),
                               clip.samples.begin() + static_cast<std::ptrdiff_t>(
                                                          begin + std::min(range.begin, end) - position));
        check_finite(clip.samples, begin, origin);
        position += got;
    }

    if (source.failure() != 0)
        throw Error(Errc::io, origin + ": cannot be read: " + std::strerror(source.failure()));
    if (sf_error(sound.file.get()) != SF_ERR_NO_ERROR) {
        check_memory(sf_strerror(sound.file.get()));
        throw Error(Errc::corrupt_data, origin + ": its " + sound.container + " data are broken after " +
                                            std::to_string(position) + " samples (" +
                                            sf_strerror(sound.file.get()) + "); copy it again");
    }
    if (announced != SF_COUNT_MAX) check_length(announced, position, range, UINT64_MAX, origin);
    if (position == 0) throw Error(Errc::corrupt_data, origin + ": holds no samples; record it again");
    if (!range.whole() && !counted) check_range(segment, range, position, info.samplerate, origin);
    return clip;
}

AudioInfo decode_info(ByteSource& source, const std::string& origin, const SoundMemory& memory) {
    Cursor cursor{source};
    const Sound sound = open_checked(source, cursor, origin);
    const std::uint64_t n_samples =
        sound.info.frames == SF_COUNT_MAX
            ? count_samples(source, origin, UINT64_MAX, memory)
            : static_cast<std::uint64_t>(std::max<sf_count_t>(sound.info.frames, 0));
    return {sound.info.samplerate, sound.info.channels, n_samples};
}

}  // namespace undertone::audio
