#include "feature/librosa193.hpp"
#include "feature/log_mel.hpp"
#include "feature/pcen.hpp"
#include "undertone/features.hpp"

namespace undertone {
namespace {

template <class Set, class Options>
std::unique_ptr<FeatureSet> make(const std::map<std::string, std::string>& options) {
    Options chosen;
    for (const auto& [key, text] : options) set_field(chosen, key, text);
    return std::make_unique<Set>(chosen);
}

}  // namespace

std::unique_ptr<FeatureSet> make_feature_set(std::string_view name,
                                             const std::map<std::string, std::string>& options) {
    if (name == "librosa193" || name == "librosa193/1") return make<Librosa193, Librosa193Options>(options);
    if (name == "logmel64" || name == "logmel64/1") return make<LogMel, LogMelOptions>(options);
    if (name == "logmel64+pitch" || name == "logmel64+pitch/1")
        return make<LogMelPitch, LogMelPitchOptions>(options);
    if (name == "pcen64" || name == "pcen64/1") return make<Pcen, PcenOptions>(options);
    throw Error(Errc::invalid_argument,
                "feature set " + std::string(name) +
                    ": no such set; there is librosa193, and for frames logmel64, logmel64+pitch and pcen64");
}

}  // namespace undertone
