#include "undertone/training.hpp"

#include <algorithm>
#include <set>

#include "support/support.hpp"
#include "undertone/random.hpp"
#include "undertone/split.hpp"

namespace undertone {
namespace {

/// Three emotions that lie apart, told by some speakers.
Dataset dataset(std::size_t n_clips, std::size_t n_speakers) {
    const std::size_t n_columns = make_feature_set("librosa193")->columns().size();
    RandomState random(4);
    Dataset made;
    made.labels = {"calm", "sad", "angry"};
    made.features = Matrix<double>(n_clips, n_columns);
    for (std::size_t i = 0; i < n_clips; ++i) {
        const int target = static_cast<int>(i % 3);
        for (double& value : made.features.row(i)) value = random.uniform(-1, 1);
        for (std::size_t k = i % 3; k < n_columns; k += 3) made.features(i, k) += 2;
        made.targets.push_back(target);
        made.recordings.push_back({"clip" + std::to_string(i), made.labels[i % 3],
                                   n_speakers == 0 ? "" : "s:" + std::to_string(i / 3 % n_speakers), "", ""});
    }
    return made;
}

TrainOptions options(std::optional<SplitKind> split = std::nullopt) {
    TrainOptions made;
    made.framework_options = {
        {"hidden_layer_sizes", "8"}, {"max_iter", "60"}, {"learning_rate_init", "0.02"}};
    made.split = split;
    return made;
}

TrainResult trained(const Dataset& data, const TrainOptions& how, const OnProgress& on_progress = {}) {
    return train(data, *make_feature_set("librosa193"), "made up", "CC0", how, on_progress);
}

std::string recorded(const Model& model, const std::string& name) {
    for (const auto& [key, value] : model.record())
        if (key == name) return value;
    return "nothing";
}

TEST(Train, RandomSplitIsTrainTestSplit) {
    const Dataset data = dataset(60, 5);
    const TrainResult result = trained(data, options(SplitKind::random));
    const Split expected = train_test_split(60, {.test_size = 0.3}, 9);
    EXPECT_EQ(result.split, SplitKind::random);
    EXPECT_EQ(result.test_clips, expected.test);
    EXPECT_EQ(result.n_train, 42U);
    EXPECT_TRUE(result.test_speakers.empty());
    // The same by hand: the scaler sees the training part alone.
    Matrix<double> x(expected.train.size(), data.features.cols());
    std::vector<int> y;
    for (std::size_t i = 0; i < expected.train.size(); ++i) {
        const auto row = data.features.row(expected.train[i]);
        std::copy(row.begin(), row.end(), x.row(i).begin());
        y.push_back(data.targets[expected.train[i]]);
    }
    StandardScaler scaler;
    scaler.fit(x);
    scaler.transform(MatrixView<double>(x));
    auto texts = options().framework_options;
    texts["random_state"] = "9";
    auto classifier = make_classifier("sklearn", Dtype::float64, texts);
    classifier->fit(x, y, 3);
    EXPECT_EQ(result.model.predict_proba(data.features),
              classifier->predict_proba(scaler.transform(data.features)));
}

TEST(Train, SpeakerSplitKeepsSpeakersApart) {
    const Dataset data = dataset(90, 6);
    const TrainResult result = trained(data, options());
    EXPECT_EQ(result.split, SplitKind::speaker);
    std::vector<std::string> expected;  // GroupShuffleSplit: train_test_split over the sorted speakers
    for (const std::size_t index : train_test_split(6, {.test_size = 0.3}, 9).test)
        expected.push_back("s:" + std::to_string(index));
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(result.test_speakers, expected);
    EXPECT_EQ(result.n_train + result.test_clips.size(), 90U);
    std::vector<std::size_t> of_them;
    for (std::size_t i = 0; i < 90; ++i)
        if (std::count(expected.begin(), expected.end(), data.recordings[i].speaker) > 0)
            of_them.push_back(i);
    EXPECT_EQ(result.test_clips, of_them);
}

TEST(Train, KerasValidatesOnSpeakersNotOnTheLastEmotion) {
    Dataset data = dataset(180, 6), sorted = data;
    for (std::size_t to = 0; to < 180; ++to) {  // by emotion, as file names sort
        const std::size_t from = to % 60 * 3 + to / 60;
        std::copy_n(data.features.row(from).begin(), data.features.cols(), sorted.features.row(to).begin());
        sorted.targets[to] = data.targets[from];
        sorted.recordings[to] = data.recordings[from];
    }
    TrainOptions how;
    how.framework = "keras";
    how.framework_options = {{"hidden_layer_sizes", "8"}, {"epochs", "15"}, {"validation_split", "0.3"}};
    const TrainResult result = trained(sorted, how);
    EXPECT_EQ(result.n_train, 120U);
    EXPECT_EQ(result.model.classifier().history().count("val_loss"), 1U);
    for (const eval::ClassScore& score : result.test.classes) EXPECT_GT(score.recall, 0.8);
}

TEST(Train, SplitIsRandomWhereSpeakersAreNotKnown) {
    EXPECT_EQ(trained(dataset(60, 0), options()).split, SplitKind::random);
    EXPECT_EQ(trained(dataset(60, 1), options()).split, SplitKind::random);
}

TEST(Train, ScoresAndRecords) {
    const TrainResult result = trained(dataset(90, 6), options());
    EXPECT_EQ(result.test.n_samples, result.test_clips.size());
    EXPECT_GT(result.test.accuracy, 0.9);  // they lie far apart
    EXPECT_EQ(recorded(result.model, "corpus"), "made up");
    EXPECT_EQ(recorded(result.model, "licence"), "CC0");
    EXPECT_EQ(recorded(result.model, "framework"), "sklearn");
    EXPECT_NE(recorded(result.model, "split").find("speaker"), std::string::npos);
    EXPECT_EQ(recorded(result.model, "clips trained"), std::to_string(result.n_train));
    EXPECT_EQ(recorded(result.model, "clips tested"), std::to_string(result.test_clips.size()));
    EXPECT_EQ(recorded(result.model, "test speakers"),
              result.test_speakers[0] + ", " + result.test_speakers[1]);
    EXPECT_NEAR(std::stod(recorded(result.model, "accuracy")), result.test.accuracy, 5.1e-5);
    EXPECT_NEAR(std::stod(recorded(result.model, "uar")), result.test.uar, 5.1e-5);
    EXPECT_EQ(recorded(result.model, "epochs"),
              std::to_string(result.model.classifier().history().at("loss").size()));
    EXPECT_EQ(Model::parse(result.model.bytes(), "m").record(), result.model.record());
}

TEST(Train, RandomStateIsOfSplitAndNetworkUnlessGiven) {
    const Dataset data = dataset(60, 0);
    const auto random_state = [&](const TrainOptions& how) {
        for (const auto& [name, text] : trained(data, how).model.classifier().options())
            if (name == "random_state") return text;
        return std::string();
    };
    TrainOptions how = options();
    how.random_state = 21;
    EXPECT_EQ(random_state(how), "21");
    how.framework_options["random_state"] = "5";
    EXPECT_EQ(random_state(how), "5");
    how.standardise = false;
    EXPECT_FALSE(trained(data, how).model.scaler().has_value());
}

TEST(Train, RefusesWhatCannotBeTrained) {
    Dataset one = dataset(12, 3);
    std::fill(one.targets.begin(), one.targets.end(), 2);
    EXPECT_ERROR(trained(one, options()), Errc::invalid_argument,
                 "only one emotion, angry: there is nothing to tell apart");
    EXPECT_ERROR(trained(Dataset{}, options()), Errc::invalid_argument, "no clip");
    EXPECT_ERROR(trained(dataset(30, 1), options(SplitKind::speaker)), Errc::invalid_argument,
                 "only one speaker, s:0");
    EXPECT_ERROR(trained(dataset(30, 0), options(SplitKind::speaker)), Errc::invalid_argument,
                 "speaker of every");
    EXPECT_ERROR(trained(dataset(3, 0), options()), Errc::invalid_argument, "training part");
    TrainOptions how = options();
    how.test_size = 1.5;
    EXPECT_ERROR(trained(dataset(30, 3), how), Errc::invalid_argument, "test_size = 1.5");
    how = options();
    how.framework_options["nonsense"] = "1";
    EXPECT_ERROR(trained(dataset(30, 3), how), Errc::invalid_argument, "nonsense");
    EXPECT_ERROR(trained(dataset(30, 3), options(), [](const Progress&) { return false; }), Errc::cancelled,
                 "");
    Dataset wrong = dataset(30, 3);
    wrong.targets.pop_back();
    EXPECT_ERROR(trained(wrong, options()), Errc::shape_mismatch, "targets");
}

TEST(LoadDataset, OrdersLabelsAndListsFailures) {
    Corpus corpus;
    const auto add = [&](const char* emotion, const std::string& path) {
        corpus.recordings.push_back({path, emotion, "s:1", "", ""});
    };
    const auto demo = [](int take) {
        return test::project_file("examples/demo/synthetic-01-01-0" + std::to_string(take) + ".opus");
    };
    add("zeal", demo(1));
    add("angry", demo(2));
    add("awe", "no/such/file.wav");
    add("calm", demo(3));
    add("boredom", demo(4));
    add("angry", demo(5));
    add("bliss", demo(6));
    const auto features = make_feature_set("librosa193");
    std::vector<std::size_t> steps;
    const Dataset data = load_dataset(corpus, *features, std::vector<std::string>{"joy", "boredom"}, 2,
                                      [&](const Progress& progress) {
                                          EXPECT_EQ(progress.total, 7U);
                                          steps.push_back(progress.done);
                                          return true;
                                      });
    EXPECT_EQ(data.labels, (std::vector<std::string>{"boredom", "calm", "angry", "bliss", "zeal"}));
    EXPECT_EQ(data.targets, (std::vector<int>{4, 2, 1, 0, 2, 3}));
    EXPECT_EQ(steps, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7}));
    ASSERT_EQ(data.failed.size(), 1U);
    EXPECT_EQ(data.failed[0].path, "no/such/file.wav");
    ASSERT_EQ(data.features.rows(), 6U);
    const auto workspace = features->workspace();
    const std::vector<double> third = extract_clip(*features, read_audio(demo(3)), *workspace);
    EXPECT_TRUE(std::equal(third.begin(), third.end(), data.features.row(2).begin()));

    EXPECT_ERROR(load_dataset(corpus, *features, {}, 1, [](const Progress&) { return false; }),
                 Errc::cancelled, "1 of 7");
    corpus.recordings = {corpus.recordings[2]};
    EXPECT_ERROR(load_dataset(corpus, *features, {}, 1), Errc::io, "no/such/file.wav");
}

}  // namespace
}  // namespace undertone
