#include "feature/librosa193.hpp"
#include "undertone/features.hpp"

namespace undertone {

std::unique_ptr<FeatureSet> make_feature_set(std::string_view name,
                                             const std::map<std::string, std::string>& options) {
    if (name != "librosa193" && name != "librosa193/1")
        throw Error(Errc::invalid_argument,
                    "feature set " + std::string(name) + ": no such set; there is librosa193");
    Librosa193Options chosen;
    for (const auto& [key, text] : options) set_field(chosen, key, text);
    return std::make_unique<Librosa193>(chosen);
}

}  // namespace undertone
