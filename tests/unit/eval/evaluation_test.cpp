#include "undertone/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "eval/inner_split.hpp"
#include "made_dataset.hpp"
#include "memory_store.hpp"
#include "support/support.hpp"
#include "undertone/cross_corpus.hpp"
#include "undertone/inflation.hpp"

namespace undertone::eval {
namespace {

FoldPlan plan(const Dataset& dataset, const std::string& text) {
    return plan_folds(dataset, parse_protocol(text));
}

TEST(Evaluate, ScalerAndWeightsKnowTheTrainingPartAlone) {
    const Dataset data = made_dataset(120, 6);
    const FoldPlan folds = plan(data, "speaker:3");
    const EvaluationOptions options = made_options();
    const FoldResult result = evaluate_fold(data, folds, 1, options.train, 5);
    // By hand.
    Matrix<double> x(folds.folds[1].train.size(), data.features.cols());
    std::vector<int> y;
    for (std::size_t i = 0; i < x.rows(); ++i) {
        const auto row = data.features.row(folds.folds[1].train[i]);
        std::copy(row.begin(), row.end(), x.row(i).begin());
        y.push_back(data.targets[folds.folds[1].train[i]]);
    }
    StandardScaler scaler;
    scaler.fit(x);
    scaler.transform(MatrixView<double>(x));
    auto texts = options.train.framework_options;
    texts["random_state"] = "5";
    const auto classifier = make_classifier("sklearn", Dtype::float64, texts);
    classifier->fit(x, y, 3);
    const Matrix<double> all = classifier->predict_proba(scaler.transform(data.features));
    for (std::size_t i = 0; i < result.clips.size(); ++i)
        for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(result.proba(i, c), all(result.clips[i], c), 1e-12);
    EXPECT_EQ(result.n_train, x.rows());
    EXPECT_EQ(result.n_epochs, 25U);

    // What is tested changes nothing of the model: its other features give other probabilities of it alone.
    Dataset altered = data;
    altered.features(folds.folds[1].test[0], 0) += 100;
    const FoldResult same = evaluate_fold(altered, folds, 1, options.train, 5);
    for (std::size_t i = 1; i < result.clips.size(); ++i)
        EXPECT_TRUE(
            std::equal(same.proba.row(i).begin(), same.proba.row(i).end(), result.proba.row(i).begin()));
}

TEST(Evaluate, ADivergedTrainingIsFound) {
    const Dataset data = made_dataset(120, 6);
    TrainOptions options = made_options().train;
    options.framework_options["solver"] = "sgd";
    options.framework_options["learning_rate_init"] = "1e200";
    EXPECT_ERROR(evaluate_fold(data, plan(data, "speaker:3"), 1, options, 5), Errc::numerical,
                 "fold 2, seed 5: epoch 2: weights are no longer finite");
    options.calibrate = CalibrationKind::temperature;
    EXPECT_ERROR(evaluate_fold(data, plan(data, "speaker:3"), 1, options, 5), Errc::numerical,
                 "fold 2, seed 5: calibration fold 1 of 4: epoch 2: weights are no longer finite");
}

TEST(Evaluate, EveryClipIsPredictedOnceASeedWhateverTheNumberOfThreads) {
    const Dataset data = made_dataset(120, 6);
    EvaluationOptions options = made_options();
    options.seeds = {9, 10, 11};
    options.n_threads = 1;
    const Evaluation one = evaluate(data, plan(data, "speaker"), options);
    options.n_threads = 2;
    const Evaluation two = evaluate(data, plan(data, "speaker"), options);
    ASSERT_EQ(one.results.size(), 15U);
    std::vector<int> tested(120);
    for (std::size_t i = 0; i < one.results.size(); ++i) {
        EXPECT_EQ(one.results[i].proba, two.results[i].proba);
        EXPECT_EQ(one.results[i].seed, 9 + i / 5);
        for (const std::size_t clip : one.results[i].clips) ++tested[clip];
    }
    EXPECT_EQ(std::count(tested.begin(), tested.end(), 3), 120);
    EXPECT_EQ(one.figures.uar.low, two.figures.uar.low);
    EXPECT_EQ(one.figures.uar.high, two.figures.uar.high);
    EXPECT_EQ(one.figures.n_units, 6U);
    EXPECT_TRUE(one.drawn_speakers);
    EXPECT_EQ(one.report.n_samples, 360U);
    EXPECT_NEAR(one.report.uar, one.figures.uar.value, 1e-12);
    EXPECT_NEAR(one.spread.mean.uar, one.figures.uar.value, 1e-12);
    EXPECT_GT(one.spread.deviation.uar, 0);
    EXPECT_LE(one.figures.uar.low, one.figures.uar.value);
    EXPECT_GE(one.figures.uar.high, one.figures.uar.value);
    EXPECT_GT(one.figures.uar.value, 0.6);
    EXPECT_EQ(one.folds.size(), 15U);
}

TEST(Evaluate, StoredFoldsOfSeveralProtocolsAreKeptApart) {
    const Dataset data = made_dataset(90, 6);
    EvaluationOptions options = made_options();
    options.bootstrap.n_draws = 20;
    const Inflation plain = inflation(data, options, 3);
    MemoryStore store;
    options.store = &store;
    static_cast<void>(inflation(data, options, 3));
    store.n_missing = 0;
    const Inflation again = inflation(data, options, 3);
    EXPECT_EQ(store.n_missing, 0U);
    EXPECT_EQ(store.n_refused, 0U);
    ASSERT_EQ(again.rows.size(), plain.rows.size());
    for (std::size_t row = 0; row < plain.rows.size(); ++row)
        EXPECT_EQ(again.rows[row].figures.uar.value, plain.rows[row].figures.uar.value);
}

TEST(Evaluate, StoredResultsOfOtherClipsAreNotTakenUp) {
    const Dataset data = made_dataset(60, 4);
    const FoldPlan folds = plan(data, "loso");
    EvaluationOptions options = made_options();
    const Evaluation right = evaluate(data, folds, options);
    const auto refused = [&](const std::function<void(FoldResult&)>& change) {
        MemoryStore store;
        options.store = &store;
        static_cast<void>(evaluate(data, folds, options));
        store.change_each(change);
        EXPECT_EQ(evaluate(data, folds, options).figures.uar.value, right.figures.uar.value);
        return store.n_refused;
    };
    EXPECT_EQ(refused([](FoldResult&) {}), 0U);
    EXPECT_EQ(refused([](FoldResult& unit) { ++unit.clips.front(); }), 4U);
    EXPECT_EQ(refused([](FoldResult& unit) { unit.clips.clear(); }), 4U);
    EXPECT_EQ(refused([](FoldResult& unit) { unit.fold = 99; }), 4U);
    EXPECT_EQ(refused([](FoldResult& unit) { ++unit.seed; }), 4U);
    EXPECT_EQ(refused([](FoldResult& unit) { unit.proba = Matrix<double>(unit.clips.size(), 7); }), 4U);
    EXPECT_EQ(refused([](FoldResult& unit) { unit.importance = {0.5}; }), 4U);
}

TEST(Evaluate, ResultsThatAreThereAreScoredAlikeInAnyOrder) {
    const Dataset data = made_dataset(60, 4);
    const Evaluation whole = evaluate(data, plan(data, "loso"), made_options());
    std::vector<FoldResult> results = whole.results;
    std::reverse(results.begin(), results.end());
    const Evaluation again = score(data, whole.plan, results, made_options().bootstrap);
    EXPECT_EQ(again.figures.log_loss.high, whole.figures.log_loss.high);
    EXPECT_EQ(again.results[0].fold, 0U);
    EXPECT_ERROR(score(data, whole.plan, {}), Errc::invalid_argument, "no result");
}

TEST(Evaluate, DrawsClipsWhereSpeakersAreNotKnown) {
    Dataset data = made_dataset(60, 4);
    for (Recording& recording : data.recordings) recording.speaker = "";
    const Evaluation result = evaluate(data, plan(data, "random:3"), made_options());
    EXPECT_FALSE(result.drawn_speakers);
    EXPECT_EQ(result.figures.n_units, 60U);
}

TEST(Evaluate, CanBeStoppedWithinAFold) {
    const Dataset data = made_dataset(120, 4);
    EvaluationOptions options = made_options();
    options.train.framework_options["max_iter"] = "1000000";
    options.train.framework_options["n_iter_no_change"] = "1000000";
    int asked = 0;
    EXPECT_ERROR(evaluate(data, plan(data, "loso"), options,
                          [&](const Progress& progress) {
                              EXPECT_EQ(progress.total, 4U);
                              return ++asked < 3;
                          }),
                 Errc::cancelled, "stopped after 0 of 4 folds");
}

TEST(Evaluate, SaysWhichOptionIsWrong) {
    const Dataset data = made_dataset(60, 4);
    EvaluationOptions options = made_options();
    options.train.framework_options["nonsense"] = "1";
    EXPECT_ERROR(evaluate(data, plan(data, "loso"), options), Errc::invalid_argument, "nonsense");
    options = made_options();
    options.seeds = {};
    EXPECT_ERROR(evaluate(data, plan(data, "loso"), options), Errc::invalid_argument, "no seed");
    options.seeds = {3, 3};
    EXPECT_ERROR(evaluate(data, plan(data, "loso"), options), Errc::invalid_argument, "a seed stands twice");
    const Dataset one = with_labels(data, std::vector<std::string>{"sad"});
    EXPECT_ERROR(evaluate(one, plan(one, "loso"), made_options()), Errc::invalid_argument,
                 "only one emotion, sad");
}

TEST(InnerSplit, WholeSpeakersValidate) {
    const Dataset data = made_dataset(240, 8);
    std::vector<std::size_t> train;
    for (std::size_t i = 0; i < 240; ++i) train.push_back(i);
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
        std::map<std::string, std::string> options{{"validation_split", "0.2"}};
        const InnerSplit split = inner_split(data, train, seed, options);
        const double share = std::stod(options["validation_split"]);
        const auto kept = static_cast<std::size_t>(std::floor(240 * (1 - share)));  // as Keras cuts
        EXPECT_EQ(kept, 240 - split.n_validation);
        std::set<std::string> trained;
        for (std::size_t i = 0; i < kept; ++i) trained.insert(data.recordings[split.clips[i]].speaker);
        for (std::size_t i = kept; i < 240; ++i)
            EXPECT_FALSE(trained.contains(data.recordings[split.clips[i]].speaker));
        EXPECT_TRUE(split.n_validation == 30 || split.n_validation == 60);  // of 8 speakers one or two
        std::set<std::size_t> all(split.clips.begin(), split.clips.end());
        EXPECT_EQ(all.size(), 240U);
    }
}

TEST(InnerSplit, ClipsValidateWhereSpeakersAreNotKnown) {
    Dataset data = made_dataset(60, 4);
    data.recordings[5].speaker = "";
    std::vector<std::size_t> train;
    for (std::size_t i = 0; i < 60; ++i) train.push_back(i);
    std::map<std::string, std::string> options{{"validation_split", "0.25"}};
    const InnerSplit split = inner_split(data, train, 1, options);
    EXPECT_EQ(options["validation_split"], "0.25");
    EXPECT_EQ(split.n_validation, 15U);
    EXPECT_FALSE(std::is_sorted(split.clips.begin(), split.clips.end()));
    options = {{"alpha", "1"}};
    EXPECT_EQ(inner_split(data, train, 1, options).clips, train);
}

TEST(Evaluate, KerasValidatesOnTrainingSpeakers) {
    const Dataset data = made_dataset(120, 6);
    EvaluationOptions options = made_options();
    options.train.framework = "keras";
    options.train.framework_options = {
        {"hidden_layer_sizes", "6"}, {"epochs", "4"}, {"validation_split", "0.3"}};
    const Evaluation result = evaluate(data, plan(data, "loso"), options);
    for (const FoldResult& fold : result.results) {
        EXPECT_EQ(fold.n_train, 102U + (fold.clips.size() == 18 ? 0 : 120 - fold.clips.size() - 102));
        EXPECT_GT(fold.n_validation, 0U);
        EXPECT_EQ(fold.history.count("val_loss"), 1U);
    }
}

TEST(SpeakerNormalisation, EachVoiceHasMeanZeroAndVarianceOne) {
    const Dataset data = made_dataset(120, 5), made = normalised_by_speaker(data);
    for (const std::string speaker : {"c0:00", "c0:03"})
        for (std::size_t k = 0; k < made.features.cols(); ++k) {
            double sum = 0, squares = 0, n = 0;
            for (std::size_t i = 0; i < 120; ++i)
                if (data.recordings[i].speaker == speaker) {
                    sum += made.features(i, k);
                    squares += made.features(i, k) * made.features(i, k);
                    ++n;
                }
            EXPECT_NEAR(sum / n, 0, 1e-12);
            EXPECT_NEAR(squares / n, 1, 1e-12);
        }
    Dataset wrong = data;
    wrong.recordings[3].speaker = "";
    EXPECT_ERROR(normalised_by_speaker(wrong), Errc::invalid_argument, "clip3.flac");
    wrong.recordings[3].speaker = "c0:99";
    EXPECT_ERROR(normalised_by_speaker(wrong), Errc::invalid_argument, "c0:99 has a single clip");
}

TEST(WithLabels, KeepsTheirClips) {
    const Dataset data = made_dataset(60, 4);
    const Dataset some = with_labels(data, std::vector<std::string>{"angry", "calm"});
    EXPECT_EQ(some.labels, (std::vector<std::string>{"calm", "angry"}));
    EXPECT_EQ(some.features.rows(), 40U);
    EXPECT_EQ(some.targets[1], 1);
    EXPECT_EQ(some.recordings[1].emotion, "angry");
    EXPECT_EQ(some.features(1, 2), data.features(2, 2));
    EXPECT_EQ(some.sample_hashes[1], data.sample_hashes[2]);
    EXPECT_ERROR(with_labels(data, std::vector<std::string>{"bored"}), Errc::invalid_argument,
                 "no clip is labelled bored; there are calm sad angry");
    EXPECT_ERROR(with_labels(data, {}), Errc::invalid_argument, "no clip is left");
}

TEST(Inflation, ProtocolsStandSideBySide) {
    const Dataset data = made_dataset(180, 6, 2);
    std::size_t last = 0;
    const Inflation result = inflation(data, made_options(), 3, [&](const Progress& progress) {
        EXPECT_GE(progress.done, last);
        EXPECT_EQ(progress.total, 20U);  // 5 random, 8 texts, 5 of speakers, 2 corpora
        last = progress.done;
        return true;
    });
    ASSERT_EQ(result.rows.size(), 4U);
    EXPECT_EQ(result.rows[0].plan.protocol, "random:5");
    EXPECT_EQ(result.rows[1].plan.protocol, "text");
    EXPECT_EQ(result.rows[3].plan.protocol, "corpus");
    Dataset mute = made_dataset(60, 4);
    for (Recording& recording : mute.recordings) recording.text = "";
    const Inflation less = inflation(mute, made_options(), 3);
    EXPECT_EQ(less.rows.size(), 2U);
    ASSERT_EQ(less.left_out.size(), 1U);
    EXPECT_EQ(less.left_out[0].rfind("text: ", 0), 0U);
}

TEST(CrossCorpus, TrainsOnEachAndTestsOnEach) {
    Dataset data = made_dataset(180, 6, 2);
    data.labels.emplace_back("bored");  // one corpus alone has it
    for (std::size_t i = 0; i < 180; i += 6)
        if (data.recordings[i].corpus == "c1") data.targets[i] = 3;
    const CrossCorpus result = cross_corpus(data, made_options(), 0);
    EXPECT_EQ(result.corpora, (std::vector<std::string>{"c0", "c1"}));
    EXPECT_EQ(result.labels, (std::vector<std::string>{"calm", "sad", "angry"}));
    ASSERT_EQ(result.cells.size(), 4U);
    EXPECT_EQ(result.cell(0, 0).figures.n_units, 3U);
    EXPECT_EQ(result.cell(0, 1).report.n_samples, result.cell(1, 1).report.n_samples);
    EXPECT_EQ(result.cell(1, 0).report.n_samples, 90U);
    // A cell is what a single training says.
    const Dataset shared = with_labels(data, result.labels);
    FoldPlan one;
    one.folds.emplace_back();
    for (std::size_t clip = 0; clip < shared.recordings.size(); ++clip)
        (shared.recordings[clip].corpus == "c0" ? one.folds[0].train : one.folds[0].test).push_back(clip);
    EXPECT_EQ(evaluate_fold(shared, one, 0, made_options().train, 9).proba,
              result.cell(0, 1).results[0].proba);
    EXPECT_ERROR(cross_corpus(made_dataset(60, 4), made_options(), 0), Errc::invalid_argument,
                 "at least two");
}

Model made_model(const Dataset& data) {
    const auto features = make_feature_set("librosa193");
    Matrix<double> x(data.targets.size(), features->columns().size());
    for (std::size_t i = 0; i < x.rows(); ++i)
        for (std::size_t k = 0; k < x.cols(); ++k) x(i, k) = data.features(i, k % data.features.cols());
    auto classifier = make_classifier(
        "sklearn", Dtype::float64, {{"hidden_layer_sizes", "4"}, {"max_iter", "20"}, {"random_state", "1"}});
    classifier->fit(x, data.targets, static_cast<int>(data.labels.size()));
    return {make_feature_set("librosa193"),
            std::nullopt,
            std::move(classifier),
            data.labels,
            {{"corpus", "c0 + c5"}}};
}

TEST(EvaluateModel, TellsUnknownLabelsAndKnownCorpora) {
    const Dataset data = made_dataset(60, 4, 2);
    Model model = made_model(data);
    Dataset wide = data;
    wide.features = Matrix<double>(60, 193);
    for (std::size_t i = 0; i < 60; ++i)
        for (std::size_t k = 0; k < 193; ++k) wide.features(i, k) = data.features(i, k % 6);
    wide.labels = {"angry", "calm", "sad"};  // another order
    for (int& target : wide.targets) target = (target + 1) % 3;
    const Evaluation result = evaluate(model, wide, {.n_draws = 100});
    EXPECT_EQ(result.labels, model.labels());
    EXPECT_GT(result.figures.accuracy.value, 0.5);
    EXPECT_EQ(result.results[0].proba, model.predict_proba(wide.features));
    EXPECT_EQ(corpora_trained_on(model, wide), (std::vector<std::string>{"c0"}));
    model.set_record({{"corpus", "c0 + c5"}, {"test speakers", "c0:00, c0:02"}});
    EXPECT_TRUE(corpora_trained_on(model, wide).empty());  // c0 has no other speakers here
    model.set_record({{"corpus", "c0 + c5"}, {"test speakers", "c0:00"}});
    EXPECT_EQ(corpora_trained_on(model, wide).size(), 1U);
    wide.labels = {"angry", "bored", "tired"};
    EXPECT_ERROR(evaluate(model, wide), Errc::incompatible_model, "does not know bored tired");
}

}  // namespace
}  // namespace undertone::eval
