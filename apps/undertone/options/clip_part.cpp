#include "options/clip_part.hpp"

#include <filesystem>

#include "options/inputs.hpp"
#include "output/output.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

std::string ClipPart::name() const {
    return file == "-" ? "standard input" : std::filesystem::path(file).filename().string();
}

void declare_part(CLI::App& app, ClipPart& part) {
    app.add_option("--from", part.from, "s: where the part begins")
        ->check(CLI::NonNegativeNumber)
        ->check(not_nan);
    app.add_option("--to", part.to, "s: where it ends")->check(CLI::NonNegativeNumber)->check(not_nan);
}

Clip read_part(const ClipPart& part, const SoundLimits& limits) {
    if (part.to && *part.to <= part.start_s())
        throw Error(Errc::invalid_argument,
                    "--to " + shortest(*part.to) + ": must lie behind --from " + shortest(part.start_s()));
    return read_audio(part.file, {part.start_s(), part.to.value_or(0)}, limits);
}

}  // namespace undertone::app
