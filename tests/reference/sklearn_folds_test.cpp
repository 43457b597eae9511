#include "support/support.hpp"
#include "undertone/folds.hpp"

namespace undertone::eval {
namespace {

const std::vector<FoldOptions> kOptions{
    // as OPTIONS in tools/reference/sklearn_folds.py
    {2, false, 0}, {5, false, 0}, {5, true, 0}, {3, true, 9}, {6, true, 42}, {4, true, 4294967295U}};
const std::vector<std::string> kSets{"even", "uneven", "mixed", "skewed", "ties"};

class SklearnFolds : public testing::Test {
protected:
    static void SetUpTestSuite() { file = test::reference("sklearn_folds"); }
    static const std::vector<std::int32_t>& values(const std::string& name) {
        const Tensor* tensor = file.find(name);
        if (tensor == nullptr) throw Error(Errc::corrupt_data, name + " is not in the reference file");
        return std::get<std::vector<std::int32_t>>(tensor->values);
    }
    static void expect_same(const std::vector<Fold>& folds, const std::string& name) {
        const std::vector<std::int32_t>& fold_of = values(name);
        for (std::size_t fold = 0; fold < folds.size(); ++fold) {
            std::vector<std::size_t> train, test;
            for (std::size_t i = 0; i < fold_of.size(); ++i)
                (fold_of[i] == static_cast<std::int32_t>(fold) ? test : train).push_back(i);
            EXPECT_EQ(folds[fold].train, train) << name << ", fold " << fold;
            EXPECT_EQ(folds[fold].test, test) << name << ", fold " << fold;
        }
    }
    static inline TensorFile file;
};

TEST_F(SklearnFolds, EqualScikitLearnsIndexForIndex) {
    for (const std::string& set : kSets) {
        const auto& classes = values(set + ".classes");
        const auto& groups = values(set + ".groups");
        expect_same(leave_one_group_out(groups), set + ".leave_one_group_out");
        for (std::size_t i = 0; i < kOptions.size(); ++i) {
            const FoldOptions& options = kOptions[i];
            const std::string tail = "." + std::to_string(i);
            expect_same(k_fold(classes.size(), options), set + ".k_fold" + tail);
            expect_same(stratified_k_fold(classes, options), set + ".stratified_k_fold" + tail);
            expect_same(group_k_fold(groups, options), set + ".group_k_fold" + tail);
            expect_same(stratified_group_k_fold(classes, groups, options),
                        set + ".stratified_group_k_fold" + tail);
        }
    }
}

}  // namespace
}  // namespace undertone::eval
