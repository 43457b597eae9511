#include <set>

#include "mutate_json.hpp"
#include "undertone/protocols.hpp"

namespace {

undertone::Dataset six_clips() {
    undertone::Dataset data;
    data.labels = {"calm", "sad"};
    for (int i = 0; i < 6; ++i) {
        data.targets.push_back(i % 2);
        data.recordings.push_back({std::string(1, static_cast<char>('a' + i)) + ".wav",
                                   data.labels[static_cast<std::size_t>(i % 2)], "s:" + std::to_string(i / 2),
                                   "", ""});
    }
    return data;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace undertone;
    static const Dataset clips = six_clips();
    fuzz::parse_or_refuse([&] {
        const eval::FoldPlan plan = eval::plan_folds(clips, fuzz::as_text(data, size), "fuzz");
        std::set<std::size_t> tested;
        for (const eval::Fold& fold : plan.folds) {
            fuzz::require(!fold.test.empty() && fold.train.size() + fold.test.size() == 6);
            for (const std::size_t clip : fold.test) fuzz::require(clip < 6 && tested.insert(clip).second);
        }
    });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace undertone::fuzz;
    static constexpr std::array<std::string_view, 16> kWords{
        "folds", "test",    "train", "speakers", "name", "a.wav", "b.wav", "c.wav",
        "d.wav", "x/e.wav", "a",     "s:0",      "s:1",  "s:2",   "0",     "1"};
    return mutate(data, size, max_size, seed,
                  [](const std::string& text, Dice& dice) { return changed_json(text, dice, kWords); });
}
