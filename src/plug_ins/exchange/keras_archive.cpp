#include "plug_ins/exchange/keras_archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <utility>

#include "core/text.hpp"
#include "plug_ins/exchange/hdf5.hpp"
#include "undertone/error.hpp"

namespace undertone::exchange {
namespace {

// The first that reads such files; what is written is the same for all after it.
constexpr const char* kKerasVersion = "3.0.0";

struct FreeArchive {
    void operator()(archive* a) const noexcept { archive_write_free(a); }
};
struct FreeEntry {
    void operator()(archive_entry* e) const noexcept { archive_entry_free(e); }
};

la_ssize_t take_block(archive*, void* bytes, const void* block, std::size_t size) {
    static_cast<std::string*>(bytes)->append(static_cast<const char*>(block), size);
    return static_cast<la_ssize_t>(size);
}

std::string zipped(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string bytes;
    const std::unique_ptr<archive, FreeArchive> zip(archive_write_new());
    bool good = zip && archive_write_set_format_zip(zip.get()) == ARCHIVE_OK &&
                archive_write_set_options(zip.get(), "zip:compression=store") == ARCHIVE_OK &&
                archive_write_set_bytes_in_last_block(zip.get(), 1) == ARCHIVE_OK &&
                archive_write_open(zip.get(), &bytes, nullptr, take_block, nullptr) == ARCHIVE_OK;
    for (const auto& [name, content] : files) {
        const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
        archive_entry_set_pathname(entry.get(), name.c_str());
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        good = good && archive_write_header(zip.get(), entry.get()) == ARCHIVE_OK &&
               archive_write_data(zip.get(), content.data(), content.size()) ==
                   static_cast<la_ssize_t>(content.size());
    }
    if (!good || archive_write_close(zip.get()) != ARCHIVE_OK)
        throw Error(Errc::io, "the zip of a .keras file cannot be made");
    return bytes;
}

}  // namespace

Json keras_layer(const std::string& kind, Json config) {
    return {{"module", "keras.layers"},
            {"class_name", kind},
            {"config", std::move(config)},
            {"registered_name", nullptr}};
}

std::string keras_group(const std::string& name) {
    std::string snake;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool capital = name[i] >= 'A' && name[i] <= 'Z';
        const bool before = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
        if (capital && before) snake += '_';
        snake += lower_case(name[i]);
    }
    return snake;
}

std::string keras_archive(const Json& config, const std::vector<std::string>& labels,
                          const std::vector<std::pair<std::string, std::string>>& notes,
                          const std::vector<Tensor>& tensors, std::vector<std::string> groups) {
    groups.emplace_back("vars");  // the model's own, which Keras 3.0 does not do without
    Json metadata{{"keras_version", kKerasVersion}, {"date_saved", ""}, {"labels", labels}};
    for (const auto& [key, value] : notes) metadata[key] = value;
    const auto text = [](const Json& json) { return json.dump(); };
    return zipped({{"metadata.json", text(metadata)},
                   {"config.json", text(config)},
                   {"model.weights.h5", write_hdf5(tensors, groups)}});
}

}  // namespace undertone::exchange
