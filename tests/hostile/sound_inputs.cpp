#include <archive.h>
#include <archive_entry.h>
#include <sndfile.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <vector>

#include "inputs.hpp"

// Recordings that are small and grow, whose headers lie, or that have no end.
namespace undertone::hostile {
namespace {

namespace fs = std::filesystem;

// A WAV of 16 bits, with whatever its header says.
std::string wav(std::uint64_t rate, std::uint64_t channels, std::uint64_t data_bytes,
                const std::string& data) {
    return "RIFF" + little(36 + data_bytes, 4) + "WAVEfmt " + little(16, 4) + little(1, 2) +
           little(channels, 2) + little(rate, 4) + little(rate * channels * 2, 4) + little(channels * 2, 2) +
           little(16, 2) + "data" + little(data_bytes, 4) + data;
}

// Hours of silence in a format that packs it.
void silence(const std::string& path, int format, int rate, double hours) {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = 1;
    info.format = format;
    SNDFILE* const file = sf_open(path.c_str(), SFM_WRITE, &info);
    if (file == nullptr) throw std::runtime_error(path + ": cannot be made");
    const std::vector<short> block(1U << 16U, 0);
    for (auto left = static_cast<sf_count_t>(hours * 3600 * rate); left > 0;
         left -= static_cast<sf_count_t>(block.size()))
        sf_write_short(file, block.data(), std::min<sf_count_t>(left, static_cast<sf_count_t>(block.size())));
    sf_close(file);
}

void zip_of(const std::string& path, const std::string& name, std::size_t n_entries, std::size_t n_bytes) {
    archive* const zip = archive_write_new();
    archive_write_set_format_zip(zip);
    archive_write_open_filename(zip, path.c_str());
    const std::string head = wav(16000, 1, n_bytes - 44, ""), zeros(1U << 16U, '\0');
    for (std::size_t i = 0; i < n_entries; ++i) {
        archive_entry* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, (std::to_string(i) + name).c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(n_bytes));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_write_header(zip, entry);
        archive_write_data(zip, head.data(), head.size());
        for (std::size_t left = n_bytes - head.size(); left > 0; left -= std::min(left, zeros.size()))
            archive_write_data(zip, zeros.data(), std::min(left, zeros.size()));
        archive_entry_free(entry);
    }
    archive_write_close(zip);
    archive_write_free(zip);
}

Input heard(const std::string& name, const std::string& file, const std::string& bytes) {
    return {name, [=](const Folder& folder) { put(folder, file, bytes); }, {"predict", "-m", "m", file}};
}

Input packed(const std::string& name, int format, int rate, double hours,
             const std::vector<std::string>& words) {
    return {name,
            [=](const Folder& folder) {
                // Made once for all that take it, beside their folders.
                const std::string once = folder + "/../" + std::to_string(format) + ".sound";
                if (!fs::exists(once)) silence(once, format, rate, hours);
                fs::copy(once, folder + "/a.sound", fs::copy_options::overwrite_existing);
            },
            words};
}

Input linked(const std::string& name, const std::string& target, const std::vector<std::string>& words) {
    return {name, [target](const Folder& folder) { fs::create_symlink(target, folder + "/x.wav"); }, words};
}

Input piped(const std::string& name, const std::string& file, const std::vector<std::string>& words) {
    return {name,
            [file](const Folder& folder) {
                fs::remove(folder + "/" + file);
                fs::create_directories(fs::path(folder + "/" + file).parent_path());
                if (mkfifo((folder + "/" + file).c_str(), 0600) != 0)
                    throw std::runtime_error(file + ": no pipe");
            },
            words};
}

}  // namespace

std::vector<Input> sound_inputs() {
    constexpr int kFlac = SF_FORMAT_FLAC | SF_FORMAT_PCM_16, kOgg = SF_FORMAT_OGG | SF_FORMAT_VORBIS;
    const std::string some = times(std::string("\x00\x10\x00\xF0", 4), 20'000);
    const std::vector<std::string> predict{"predict", "-m", "m", "a.sound"};
    return {
        packed("sound_flac_hours", kFlac, 48000, 3, predict),
        packed("sound_flac_hours_drawn", kFlac, 48000, 3, {"plot", "-o", "p.png", "a.sound"}),
        packed("sound_flac_hours_explained", kFlac, 48000, 3,
               {"explain", "-m", "m", "-o", "p.png", "a.sound"}),
        packed("sound_flac_hours_shipped", kFlac, 48000, 3, {"predict", "a.sound"}),
        packed("sound_ogg_hours", kOgg, 8000, 6, predict),
        {"sound_zip_of_hours",
         [](const Folder& folder) { zip_of(folder + "/corpus.zip", "-01-01.wav", 4, 250'000'000); },
         {"extract", "--threads", "2", "corpus.zip/0-01-01.wav", "corpus.zip/1-01-01.wav",
          "corpus.zip/2-01-01.wav", "corpus.zip/3-01-01.wav"}},
        {"sound_zip_of_gigabytes",
         [](const Folder& folder) {
             zip_of(folder + "/corpus.zip", "03-01-05-01-02-01-12.wav", 1, 600'000'000);
         },
         {"corpus", "--audit", "corpus.zip"}},
        heard("sound_rate_86", "a.wav", wav(86, 1, some.size(), some)),
        heard("sound_rate_1", "a.wav", wav(1, 1, some.size(), some)),
        heard("sound_rate_2_to_31", "a.wav", wav(0x7FFFFFFF, 1, some.size(), some)),
        heard("sound_rate_0", "a.wav", wav(0, 1, some.size(), some)),
        heard("sound_channels_65535", "a.wav", wav(16000, 65535, some.size(), some)),
        heard("sound_length_2_to_31", "a.wav", wav(16000, 1, 0x7FFFFFFE, some)),
        heard("sound_length_open", "a.wav", wav(16000, 1, 0xFFFFFFFF, some)),
        heard("sound_cut", "a.flac", "fLaC" + std::string(38, '\0')),
        heard("sound_mp3_of_frames", "a.mp3", times("\xFF\xFB\x90\x64" + std::string(413, '\0'), 60'000)),
        linked("sound_of_zeros", "/dev/zero", {"predict", "-m", "m", "x.wav"}),
        linked("sound_of_zeros_in_folder", "/dev/zero", {"extract", "."}),
        linked("sound_of_itself", "x.wav", {"predict", "-m", "m", "x.wav"}),
        piped("pipe_as_sound", "a.wav", {"predict", "-m", "m", "a.wav"}),
        piped("pipe_in_folder", "clips/03-01-05-01-02-01-12.wav", {"train", "-o", "n", "clips"}),
        piped("pipe_as_model", "m", {"info", "m"}),
        piped("pipe_as_run", "run/run.json", {"report", "run"}),
        piped("pipe_as_predictions", "run/predictions.csv", {"compare", "run", "run"}),
        piped("pipe_as_label_map", "l.csv", {"train", "--label-map", "l.csv", "-o", "n", "clips"}),
        piped("pipe_as_folds", "f.json", {"evaluate", "--folds", "file:f.json", "clips"}),
        piped("pipe_as_config", "c.ini", {"train", "--config", "c.ini", "-o", "n"}),
        piped("pipe_as_table", "t.csv", {"corpus", "t.csv"}),
        piped("pipe_as_zip", "t.zip", {"corpus", "t.zip"}),
        piped("pipe_to_import", "t.onnx", {"import", "t.onnx"}),
    };
}

}  // namespace undertone::hostile
