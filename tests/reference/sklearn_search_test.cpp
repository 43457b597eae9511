#include <cstdint>

#include "support/support.hpp"
#include "undertone/tuning.hpp"

namespace undertone::eval {
namespace {

const TensorFile& vectors() {
    static const TensorFile file = test::reference("sklearn_search");
    return file;
}

template <class T>
const std::vector<T>& stored(const std::string& name) {
    return std::get<std::vector<T>>(vectors().find(name)->values);
}

Dataset dataset() {
    Dataset data;
    const Tensor& x = *vectors().find("x");
    data.features = Matrix<double>(x.shape[0], x.shape[1]);
    std::copy(stored<double>("x").begin(), stored<double>("x").end(), data.features.data());
    data.labels = {"angry", "calm", "sad"};
    for (const std::int32_t label : stored<std::int32_t>("y")) {
        data.targets.push_back(label);
        Recording& recording = data.recordings.emplace_back();
        recording.path = std::to_string(data.targets.size()) + ".wav";
        recording.emotion = data.labels[static_cast<std::size_t>(label)];
    }
    return data;
}

// tools/reference/sklearn_search.py
TEST(Tune, FindsWhatGridSearchCvFinds) {
    for (const Scoring scoring : {Scoring::accuracy, Scoring::uar}) {
        const std::string name = scoring == Scoring::uar ? "uar" : "accuracy";
        TuningOptions options;
        options.train.framework_options = {{"batch_size", "16"}, {"max_iter", "12"}};
        options.parameters = {parse_parameter("hidden_layer_sizes=4/12,5"),
                              parse_parameter("alpha=1e-4/1/10")};
        options.folds = {Protocol::stratified, 4, 11};
        options.scoring = scoring;
        options.seed = 11;
        const Tuning found = tune(dataset(), options);
        const auto &mean = stored<double>(name + ".mean"), &deviation = stored<double>(name + ".deviation");
        const auto& rank = stored<std::int64_t>(name + ".rank");
        ASSERT_EQ(found.trials.size(), mean.size());
        for (std::size_t i = 0; i < mean.size(); ++i) {
            ASSERT_EQ(found.trials[i].scores.size(), 4U);
            for (std::size_t fold = 0; fold < 4; ++fold)
                EXPECT_NEAR(found.trials[i].scores[fold], stored<double>(name)[4 * i + fold], 1e-12);
            EXPECT_NEAR(found.trials[i].mean, mean[i], 1e-12);
            EXPECT_NEAR(found.trials[i].deviation, deviation[i], 1e-12);
            EXPECT_EQ(found.trials[i].rank, static_cast<std::size_t>(rank[i])) << name << ", trial " << i;
        }
        if (scoring == Scoring::uar) {
            EXPECT_EQ(found.best, static_cast<std::size_t>(stored<std::int64_t>("best")[0]));
        }
    }
}

}  // namespace
}  // namespace undertone::eval
