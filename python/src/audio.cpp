#include "undertone/audio.hpp"

#include <cstddef>

#include "bindings.hpp"

namespace undertone::python {
namespace {

auto samples_and_rate(Clip&& clip) { return std::pair(array_of(std::move(clip.samples)), clip.sample_rate); }

}  // namespace

void bind_audio(nb::module_& module) {
    module.def(
        "read_audio",
        [](const std::filesystem::path& path, double start_s, double end_s, std::uint64_t clip_memory) {
            const SoundLimits limits = limits_of(clip_memory, clip_memory);
            return samples_and_rate(unlocked([&] {
                return read_audio(path.string(), Segment{start_s, end_s}, limits);
            }));
        },
        "path"_a, "start_s"_a, "end_s"_a, "clip_memory"_a);
    module.def(
        "read_audio_bytes",
        [](const nb::bytes& bytes, const std::string& origin, std::uint64_t clip_memory) {
            const SoundLimits limits = limits_of(clip_memory, clip_memory);
            const std::span<const std::byte> data(static_cast<const std::byte*>(bytes.data()), bytes.size());
            return samples_and_rate(unlocked([&] { return read_audio(data, origin, limits); }));
        },
        "data"_a, "origin"_a, "clip_memory"_a);
    module.def(
        "resample",
        [](const Vector<float>& samples, int from_rate, int to_rate) {
            return array_of(unlocked([&] { return resample(view(samples), from_rate, to_rate); }));
        },
        "samples"_a.noconvert(), "from_rate"_a, "to_rate"_a);
}

}  // namespace undertone::python
