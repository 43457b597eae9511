#include "eval/fitted.hpp"

#include <algorithm>
#include <set>

#include "eval/calibration_folds.hpp"
#include "made_dataset.hpp"
#include "support/support.hpp"
#include "undertone/metrics.hpp"
#include "undertone/tuning.hpp"

namespace undertone::eval {
namespace {

std::vector<std::size_t> all_clips(const Dataset& dataset) {
    std::vector<std::size_t> clips(dataset.targets.size());
    for (std::size_t i = 0; i < clips.size(); ++i) clips[i] = i;
    return clips;
}

EvaluationOptions calibrated_options() {
    EvaluationOptions options = made_options();
    options.train.calibrate = CalibrationKind::temperature;
    return options;
}

FoldPlan speaker_plan(const Dataset& dataset) { return plan_folds(dataset, parse_protocol("speaker:3")); }

TEST(CalibrationFolds, KeepSpeakersWhole) {
    const Dataset data = made_dataset(126, 7);
    std::vector<std::size_t> clips = all_clips(data);
    std::reverse(clips.begin(), clips.end());
    clips.resize(108);  // none of the first 18: the six other speakers' clips and some
    const CalibrationFolds made = calibration_folds(data, clips, 4);
    EXPECT_EQ(made.folds.size(), 5U);
    EXPECT_EQ(made.n_speakers, 7U);
    std::multiset<std::size_t> tested;
    for (const Fold& fold : made.folds) {
        std::set<std::string> trained;
        for (const std::size_t clip : fold.train) trained.insert(data.recordings[clip].speaker);
        for (const std::size_t clip : fold.test)
            EXPECT_FALSE(trained.contains(data.recordings[clip].speaker));
        EXPECT_EQ(fold.train.size() + fold.test.size(), 108U);
        EXPECT_TRUE(std::is_sorted(fold.train.rbegin(), fold.train.rend()));  // in the order given
        tested.insert(fold.test.begin(), fold.test.end());
    }
    EXPECT_EQ(tested, std::multiset<std::size_t>(clips.begin(), clips.end()));
}

TEST(CalibrationFolds, AreOfClipsWhereSpeakersDoNotDo) {
    Dataset data = made_dataset(60, 3);
    EXPECT_EQ(calibration_folds(data, all_clips(data), 4).folds.size(), 3U);
    const auto expect_clips = [](const Dataset& from, std::size_t n_folds) {
        const CalibrationFolds made = calibration_folds(from, all_clips(from), 4);
        EXPECT_EQ(made.n_speakers, 0U);
        EXPECT_EQ(made.folds.size(), n_folds);
        for (const Fold& fold : made.folds) {
            std::set<int> trained;
            for (const std::size_t clip : fold.train) trained.insert(from.targets[clip]);
            EXPECT_EQ(trained.size(), 3U);
        }
    };
    Dataset one = data, rare = data;
    data.recordings[7].speaker = "";
    expect_clips(data, 5);
    for (Recording& recording : one.recordings) recording.speaker = "c0:00";
    expect_clips(one, 5);
    for (std::size_t i = 0; i < 60; ++i)  // only one speaker is ever angry, twice
        if (rare.targets[i] == 2 && i != 2 && i != 11) rare.targets[i] = 1;
    rare.recordings[11].speaker = rare.recordings[2].speaker;
    expect_clips(rare, 2);
    rare.targets[11] = 0;
    EXPECT_ERROR(calibration_folds(rare, all_clips(rare), 4), Errc::invalid_argument,
                 "calibration needs two clips of every label to train on: angry has one");
}

TEST(FitClips, CalibratesWithModelsThatHadNotLearntTheClips) {
    const Dataset data = made_dataset(120, 6);
    const std::vector<std::size_t> clips = all_clips(data);
    const TrainOptions options = with_seed(calibrated_options().train, 5);
    std::size_t last = 0;
    const Fitted fitted =
        fit_clips(data, clips, options, Validation::speakers, [&](const Progress& progress) {
            EXPECT_EQ(progress.total, 6U * 25);
            EXPECT_GT(progress.done, last);
            last = progress.done;
            return true;
        });
    ASSERT_TRUE(fitted.calibration.has_value());
    // By hand.
    TrainOptions plain = options;
    plain.calibrate = CalibrationKind::none;
    Matrix<double> proba(120, 3);
    for (const Fold& fold : calibration_folds(data, clips, 5).folds) {
        const Matrix<double> said =
            fit_clips(data, fold.train, plain, Validation::speakers).predict_proba(data, fold.test);
        for (std::size_t i = 0; i < fold.test.size(); ++i)
            std::copy(said.row(i).begin(), said.row(i).end(), proba.row(fold.test[i]).begin());
    }
    const Calibration expected = Calibration::fit(proba, data.targets);
    EXPECT_NEAR(fitted.calibration->calibration.temperature, expected.temperature, 1e-9);
    EXPECT_EQ(fitted.calibration->n_clips, 120U);
    EXPECT_EQ(fitted.calibration->n_folds, 5U);
    EXPECT_EQ(fitted.calibration->n_speakers, 6U);
    EXPECT_NE(calibration_text(*fitted.calibration).find(", fitted on 120 clips in 5 folds of 6 speakers"),
              std::string::npos);
    // The network is that of a training without a calibration.
    const Fitted bare = fit_clips(data, clips, plain, Validation::speakers);
    EXPECT_FALSE(bare.calibration.has_value());
    EXPECT_EQ(fitted.predict_proba(data, clips),
              fitted.calibration->calibration.transform(bare.predict_proba(data, clips)));
}

TEST(FitClips, CanBeStoppedInEachOfItsTrainings) {
    const Dataset data = made_dataset(60, 4);
    for (const int steps : {0, 30, 110}) {
        int left = steps;
        EXPECT_ERROR(fit_clips(data, all_clips(data), calibrated_options().train, Validation::speakers,
                               [&](const Progress&) { return left-- > 0; }),
                     Errc::cancelled, "");
    }
}

TEST(EvaluateFold, CalibrationDoesNotKnowTheTestClips) {
    const Dataset data = made_dataset(120, 6);
    const FoldPlan plan = speaker_plan(data);
    const TrainOptions options = calibrated_options().train;
    const FoldResult result = evaluate_fold(data, plan, 1, options, 5);
    Dataset altered = data;
    for (const std::size_t clip : plan.folds[1].test) {
        for (double& value : altered.features.row(clip)) value = 1e3;
        altered.targets[clip] = 0;
        altered.recordings[clip].speaker = clip % 2 == 0 ? "" : "someone else";
        altered.recordings[clip].emotion = "calm";
    }
    const FoldResult same = evaluate_fold(altered, plan, 1, options, 5);
    ASSERT_TRUE(result.calibration && same.calibration);
    EXPECT_EQ(same.calibration->calibration.temperature, result.calibration->calibration.temperature);
    EXPECT_EQ(same.calibration->n_speakers, 4U);
    EXPECT_NE(same.proba, result.proba);
}

TEST(Evaluate, CalibratesAlikeForAnyNumberOfThreadsAndChangesNoLabel) {
    const Dataset data = made_dataset(120, 6);
    EvaluationOptions options = calibrated_options();
    options.n_threads = 1;
    const Evaluation one = evaluate(data, speaker_plan(data), options);
    options.n_threads = 2;
    const Evaluation two = evaluate(data, speaker_plan(data), options);
    const Evaluation plain = evaluate(data, speaker_plan(data), made_options());
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(one.results[i].proba, two.results[i].proba);
        EXPECT_EQ(one.results[i].calibration->calibration.temperature,
                  two.results[i].calibration->calibration.temperature);
        EXPECT_EQ(most_probable(one.results[i].proba), most_probable(plain.results[i].proba));
        EXPECT_FALSE(plain.results[i].calibration.has_value());
    }
    EXPECT_EQ(one.report.confusion, plain.report.confusion);
    EXPECT_NE(one.figures.log_loss.value, plain.figures.log_loss.value);
}

TEST(Tune, CalibratesWhatIsChosenByProbabilities) {
    const Dataset data = made_dataset(60, 4);
    TuningOptions options;
    options.train = calibrated_options().train;
    options.parameters = {parse_parameter("alpha=0.001/0.1")};
    options.folds = parse_protocol("speaker:2");
    const auto scores = [&](Scoring scoring, CalibrationKind calibrate) {
        options.scoring = scoring;
        options.train.calibrate = calibrate;
        return tune(data, options).trials[0].scores;
    };
    EXPECT_EQ(scores(Scoring::uar, CalibrationKind::temperature),
              scores(Scoring::uar, CalibrationKind::none));
    EXPECT_NE(scores(Scoring::log_loss, CalibrationKind::temperature),
              scores(Scoring::log_loss, CalibrationKind::none));
}

}  // namespace
}  // namespace undertone::eval
