#include "eval/label_conflicts.hpp"

#include "support/support.hpp"

namespace undertone::eval {
namespace {

Dataset of(const std::vector<std::pair<std::string, std::uint64_t>>& clips) {
    Dataset made;
    made.labels = {"angry", "sad"};
    for (const auto& [label, hash] : clips) {
        made.recordings.push_back({"clip" + std::to_string(made.targets.size()) + ".wav", label, "", "", ""});
        made.targets.push_back(label == "sad" ? 1 : 0);
        made.sample_hashes.push_back(hash);
    }
    return made;
}

TEST(CheckOneLabelASound, CopiesOfOneLabelAreLetThrough) {
    EXPECT_NO_THROW(check_one_label_a_sound(of({{"angry", 1}, {"sad", 2}, {"angry", 1}, {"sad", 2}})));
    Dataset unknown = of({{"angry", 1}, {"sad", 1}});
    unknown.sample_hashes.clear();
    EXPECT_NO_THROW(check_one_label_a_sound(unknown));
}

TEST(CheckOneLabelASound, OneSoundUnderTwoLabelsIsRefused) {
    EXPECT_ERROR(check_one_label_a_sound(of({{"angry", 1}, {"sad", 2}, {"sad", 1}})), Errc::corrupt_data,
                 "clip0.wav (angry) and clip2.wav (sad) are the same sound, sample for sample, under two "
                 "labels; correct");
    Dataset listed = of({{"angry", 1}, {"sad", 1}, {"sad", 1}});
    listed.recordings[1].listed_at = "labels.csv:3";
    EXPECT_ERROR(check_one_label_a_sound(listed), Errc::corrupt_data,
                 "clip1.wav at labels.csv:3 (sad) are the same sound, sample for sample, under two labels; "
                 "there are 2 such");
}

}  // namespace
}  // namespace undertone::eval
