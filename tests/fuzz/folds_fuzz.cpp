#include <set>

#include "fuzz.hpp"
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
