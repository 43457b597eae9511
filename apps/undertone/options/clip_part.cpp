#include "options/clip_part.hpp"

#include <filesystem>

#include "options/inputs.hpp"
#include "output/output.hpp"
#include "undertone/error.hpp"

namespace undertone::app {

std::string ClipPart::name() const {
    return file == "-" ? "standard input" : std::filesystem::path(file).filename().string();
}

void declare_part(const Arguments& app, ClipPart& part) {
    app.option("--from", part.from, "s: where the part begins").not_negative().check(not_nan);
    app.option("--to", part.to, "s: where it ends").not_negative().check(not_nan);
}

Clip read_part(const ClipPart& part, const SoundLimits& limits) {
    if (part.to && *part.to <= part.start_s())
        throw Error(Errc::invalid_argument,
                    "--to " + shortest(*part.to) + ": must lie behind --from " + shortest(part.start_s()));
    return read_audio(part.file, {part.start_s(), part.to.value_or(0)}, limits);
}

}  // namespace undertone::app
