#include "undertone/tuning.hpp"

#include <set>

#include "made_dataset.hpp"
#include "memory_store.hpp"
#include "support/support.hpp"

namespace undertone::eval {
namespace {

TuningOptions made_tuning() {
    TuningOptions options;
    options.train = made_options().train;
    options.parameters = {parse_parameter("alpha=0.001/10"), parse_parameter("hidden_layer_sizes=3/8,4")};
    options.folds = {Protocol::speaker, 3, 0};
    options.bootstrap.n_draws = 100;
    options.n_threads = 2;
    return options;
}

void expect_same(const Tuning& a, const Tuning& b) {
    ASSERT_EQ(a.trials.size(), b.trials.size());
    for (std::size_t i = 0; i < a.trials.size(); ++i) {
        EXPECT_EQ(a.trials[i].trial.point, b.trials[i].trial.point);
        EXPECT_EQ(a.trials[i].scores, b.trials[i].scores);
        EXPECT_EQ(a.trials[i].rank, b.trials[i].rank);
    }
    EXPECT_EQ(a.best, b.best);
    EXPECT_EQ(a.nested_best, b.nested_best);
    ASSERT_EQ(a.nested.has_value(), b.nested.has_value());
    if (a.nested) {
        EXPECT_EQ(a.nested->figures.uar.value, b.nested->figures.uar.value);
    }
}

TEST(Tune, IsTheSameForAnyNumberOfThreads) {
    const Dataset data = made_dataset(120, 6);
    for (const SearchKind kind : {SearchKind::grid, SearchKind::random, SearchKind::halving}) {
        TuningOptions options = made_tuning();
        options.search = kind;
        options.n_trials = 3;
        options.factor = 2;
        const Tuning two = tune(data, options);
        options.n_threads = 1;
        expect_same(tune(data, options), two);
    }
}

TEST(Tune, GoesOnFromWhatIsKept) {
    const Dataset data = made_dataset(120, 6);
    TuningOptions options = made_tuning();
    options.search = SearchKind::halving;
    options.factor = 2;
    options.nested = ProtocolOptions{Protocol::speaker, 2, 0};
    const Tuning whole = tune(data, options);
    MemoryStore store;
    options.store = &store;
    expect_same(tune(data, options), whole);
    const std::size_t n_units = store.size();
    store.forget_every_third();
    store.n_missing = 0;
    expect_same(tune(data, options), whole);
    EXPECT_EQ(store.n_missing, (n_units + 2) / 3);
    EXPECT_EQ(store.size(), n_units);
}

TEST(Tune, NestedSearchesDoNotSeeWhatTheyAreTestedOn) {
    // Other labels and features of the clips that an outer fold tests: its search must find the same.
    Dataset data = made_dataset(120, 6);
    TuningOptions options = made_tuning();
    options.nested = ProtocolOptions{Protocol::speaker, 3, 0};
    MemoryStore before, after;
    options.store = &before;
    const Tuning first = tune(data, options);
    ASSERT_TRUE(first.nested);
    for (const std::size_t clip : first.nested->plan.folds[0].test)
        for (double& value : data.features.row(clip)) value = -value;
    options.store = &after;
    const Tuning second = tune(data, options);
    EXPECT_EQ(first.nested_best[0], second.nested_best[0]);
    for (std::size_t trial = 0; trial < 4; ++trial)
        for (std::size_t fold = 0; fold < 3; ++fold) {
            const std::string key = "without 0/" + std::to_string(trial) + "/" + std::to_string(fold);
            const auto a = before.find(key), b = after.find(key);
            ASSERT_TRUE(a && b) << key;
            EXPECT_TRUE(
                std::equal(a->proba.values().begin(), a->proba.values().end(), b->proba.values().begin()));
        }
}

TEST(Tune, ScalingIsAParameterToo) {
    const Dataset data = made_dataset(120, 6);
    TuningOptions options = made_tuning();
    options.parameters = {parse_parameter("scaler=none/standard")};
    const Tuning found = tune(data, options);
    ASSERT_EQ(found.trials.size(), 2U);
    EXPECT_NE(found.trials[0].scores, found.trials[1].scores);
}

TEST(Tune, OfALossTheLowestIsTheBest) {
    const Dataset data = made_dataset(120, 6);
    TuningOptions options = made_tuning();
    options.scoring = Scoring::log_loss;
    const Tuning found = tune(data, options);
    for (const TrialResult& trial : found.trials) EXPECT_GE(trial.mean, found.trials[found.best].mean);
    EXPECT_EQ(found.trials[found.best].rank, 1U);
}

TEST(Tune, RefusesBeforeItTrains) {
    const Dataset data = made_dataset(120, 6);
    TuningOptions options = made_tuning();
    MemoryStore store;
    options.store = &store;
    const auto with = [&](const std::string& parameter) {
        options.parameters = {parse_parameter(parameter)};
        return tune(data, options);
    };
    EXPECT_ERROR(with("alhpa=1/2"), Errc::invalid_argument, "alhpa");
    EXPECT_ERROR(with("alpha=1/-2"), Errc::invalid_argument, "alpha = -2");
    EXPECT_ERROR(with("scaler=robust"), Errc::invalid_argument, "standard or none");
    EXPECT_ERROR(with("random_state=1/2"), Errc::invalid_argument, "won by chance");
    options.search = SearchKind::random;
    EXPECT_ERROR(with("batch_size=1.5..9"), Errc::invalid_argument, "batch_size");
    EXPECT_ERROR(with("alpha=-3..9"), Errc::invalid_argument, "alpha = -3");
    EXPECT_EQ(store.n_missing, 0U);
    EXPECT_ERROR(parse_scoring("f2"), Errc::invalid_argument, "must be one of uar accuracy");
}

TEST(TrainOnAll, LearnsEveryClip) {
    const Dataset data = made_dataset(120, 6);
    const auto features = make_feature_set("librosa193");
    Dataset wide = data;
    wide.features = Matrix<double>(120, 193);
    for (std::size_t i = 0; i < 120; ++i)
        std::copy(data.features.row(i).begin(), data.features.row(i).end(), wide.features.row(i).begin());
    const Model model = train_on_all(wide, *features, made_options().train, 9, {{"corpus", "made"}});
    EXPECT_EQ(model.labels(), data.labels);
    EXPECT_EQ(model.record().front().second, "made");
    EXPECT_EQ(model.record()[1], (std::pair<std::string, std::string>{"clips trained", "120"}));
    double sum = 0;
    for (std::size_t i = 0; i < 120; ++i) sum += data.features(i, 0);
    EXPECT_NEAR(model.scaler()->mean()[0], sum / 120, 1e-12);
}

TEST(TrainOnAll, KerasLearnsTheLastEmotion) {
    const Dataset data = made_dataset(120, 6);
    std::vector<std::size_t> by_emotion;  // as file names sort
    for (std::size_t i = 0; i < 120; ++i) by_emotion.push_back(i % 40 * 3 + i / 40);
    Dataset sorted = some_clips(data, by_emotion);
    Matrix<double> wide(120, 193);
    for (std::size_t i = 0; i < 120; ++i)
        std::copy(sorted.features.row(i).begin(), sorted.features.row(i).end(), wide.row(i).begin());
    sorted.features = std::move(wide);
    TrainOptions options;
    options.framework = "keras";
    options.framework_options = {{"hidden_layer_sizes", "8"}, {"epochs", "20"}, {"validation_split", "0.3"}};
    const Model model = train_on_all(sorted, *make_feature_set("librosa193"), options, 9, {});
    const std::vector<int> predicted = most_probable(model.predict_proba(sorted.features));
    EXPECT_GT(classification_report(sorted.targets, predicted, sorted.labels).classes.back().recall, 0.5);
    EXPECT_EQ(model.classifier().history().count("val_loss"), 1U);
}

}  // namespace
}  // namespace undertone::eval
