#include "undertone/folds.hpp"

#include <algorithm>
#include <set>

#include "support/support.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

TEST(Folds, EverySampleTestsOnceAndTrainsElsewhere) {
    RandomState random(3);
    for (int round = 0; round < 20; ++round) {
        std::vector<int> classes, groups;
        for (int i = 0; i < 120; ++i) {
            classes.push_back(static_cast<int>(random.randint(0, 4)));
            groups.push_back(static_cast<int>(random.randint(0, 12)));
        }
        const FoldOptions options{.n_splits = 5, .shuffle = round % 2 == 0, .random_state = 11};
        for (const auto& folds :
             {k_fold(120, options), stratified_k_fold(classes, options), group_k_fold(groups, options),
              leave_one_group_out(groups), stratified_group_k_fold(classes, groups, options)}) {
            std::vector<int> tested(120);
            for (const Fold& fold : folds) {
                std::vector<bool> seen(120);
                for (const std::size_t i : fold.train) seen[i] = true;
                for (const std::size_t i : fold.test) {
                    EXPECT_FALSE(seen[i]);
                    ++tested[i];
                }
                EXPECT_EQ(fold.train.size() + fold.test.size(), 120U);
            }
            EXPECT_EQ(std::count(tested.begin(), tested.end(), 1), 120);
        }
    }
}

TEST(Folds, GroupsStayTogether) {
    std::vector<int> classes, groups;
    for (int i = 0; i < 90; ++i) {
        classes.push_back(i % 3);
        groups.push_back(i / 7);
    }
    for (const auto& folds : {group_k_fold(groups, {.n_splits = 4}), leave_one_group_out(groups),
                              stratified_group_k_fold(classes, groups, {.n_splits = 4})})
        for (const Fold& fold : folds) {
            std::set<int> trained;
            for (const std::size_t i : fold.train) trained.insert(groups[i]);
            for (const std::size_t i : fold.test) EXPECT_FALSE(trained.contains(groups[i]));
        }
}

TEST(Folds, RefuseWhatCannotBeDivided) {
    const std::vector<int> classes{0, 0, 1, 1, 2, 2}, one(6, 4), groups{0, 0, 1, 1, 2, 2}, short_one{1};
    EXPECT_ERROR(k_fold(6, {.n_splits = 1}), Errc::invalid_argument, "n_splits = 1: must be at least 2");
    EXPECT_ERROR(k_fold(6, {.n_splits = 7}), Errc::invalid_argument, "number of samples, 6");
    EXPECT_ERROR(stratified_k_fold(classes, {.n_splits = 3}), Errc::invalid_argument, "largest class, 2");
    EXPECT_ERROR(group_k_fold(groups, {.n_splits = 4}), Errc::invalid_argument, "number of groups, 3");
    EXPECT_ERROR(stratified_group_k_fold(classes, short_one), Errc::shape_mismatch, "6 classes but 1");
    EXPECT_ERROR(leave_one_group_out(one), Errc::invalid_argument, "1 group");
    EXPECT_ERROR(leave_one_group_out({}), Errc::invalid_argument, "0 group");
}

}  // namespace
}  // namespace undertone::eval
