#include "plot/run_figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/support.hpp"

namespace undertone::plot {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

template <class T>
std::vector<T> marks_of(const Panel& panel) {
    std::vector<T> marks;
    for (const Mark& mark : panel.marks)
        if (const T* one = std::get_if<T>(&mark)) marks.push_back(*one);
    return marks;
}

std::vector<std::string> texts_of(const Axis& axis) {
    std::vector<std::string> texts;
    for (const Tick& tick : axis.ticks) texts.push_back(tick.text);
    return texts;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(LearningFigure, DrawsEachTrainingThinAndTheirMeanThick) {
    const std::vector<TrainingCurves> trainings{
        {"1", 9, {{"loss", {2, 1}}, {"val_loss", {3, 2}}, {"accuracy", {0.2, 0.6}}}},
        {"2", 9, {{"loss", {4, 3}}, {"val_loss", {5, 4}}, {"accuracy", {0.4, 0.8}}}}};
    const Figure figure = learning_figure(trainings);
    ASSERT_EQ(figure.panels.size(), 2U);
    const auto loss = marks_of<Curve>(figure.panels[0]);
    ASSERT_EQ(loss.size(), 6U);  // two trainings, twice; two means
    EXPECT_EQ(loss[4].name, "training");
    EXPECT_EQ(loss[4].x, (std::vector<double>{1, 2}));
    EXPECT_EQ(loss[4].y, (std::vector<double>{3, 2}));
    EXPECT_EQ(loss[5].name, "validation");
    EXPECT_EQ(loss[5].y, (std::vector<double>{4, 3}));
    EXPECT_EQ(loss[4].tips[1], "epoch 2, training: loss 2.000 (2 trainings: 1.000 to 3.000)");
    EXPECT_LT(loss[0].width, loss[4].width);
    EXPECT_DOUBLE_EQ(marks_of<Curve>(figure.panels[1]).back().y[1], 0.7);
    EXPECT_TRUE(has(figure.description, "epoch 2"));
}

TEST(LearningFigure, EndsItsMeanWhereMostTrainingsHaveEnded) {
    const std::vector<TrainingCurves> trainings{
        {"1", 9, {{"loss", {2}}}}, {"2", 9, {{"loss", {2, 1}}}}, {"3", 9, {{"loss", {2, 3, 9, 9}}}}};
    const auto curves = marks_of<Curve>(learning_figure(trainings).panels.front());
    EXPECT_EQ(curves.back().y, (std::vector<double>{2, 2}));
    EXPECT_EQ(curves[2].y.size(), 4U);
}

TEST(LearningFigure, TellsALongTrainingAtFewEpochs) {
    TrainingCurves training{"1", 9, {}};
    for (int epoch = 0; epoch < 5000; ++epoch) training.values["loss"].push_back(5000 - epoch);
    training.values["val_loss"].assign(5000, kNone);
    const auto curves = marks_of<Curve>(learning_figure(std::vector{training}).panels.front());
    ASSERT_EQ(curves.size(), 1U);  // alone it is its own mean; what is nowhere known is not drawn
    EXPECT_LE(curves[0].x.size(), 200U);
    EXPECT_EQ(curves[0].x.front(), 1);
    EXPECT_EQ(curves[0].x.back(), 5000);
}

TEST(LearningFigure, RefusesTrainingsWithoutALoss) {
    const std::vector<TrainingCurves> none{{"1", 9, {}}};
    EXPECT_ERROR(learning_figure(none), Errc::invalid_argument, "no training");
}

TEST(ConfusionFigure, HasCountsAndSharesOfRows) {
    Matrix<std::size_t> confusion(2, 2);
    confusion(0, 0) = 3;
    confusion(0, 1) = 1;
    const Figure figure = confusion_figure({"sad", "calm"}, confusion);
    const auto cells = marks_of<Cells>(figure.panels.front());
    ASSERT_EQ(cells.size(), 1U);
    EXPECT_DOUBLE_EQ(cells[0].values(0, 0), 0.75);
    EXPECT_DOUBLE_EQ(cells[0].values(1, 1), 0);  // a label without a clip
    EXPECT_EQ(cells[0].texts[0], "3\n75 %");
    EXPECT_EQ(cells[0].tips[1], "1 of 4 clips of sad (25.0 %) were taken for calm");
    EXPECT_EQ(texts_of(figure.panels.front().y), (std::vector<std::string>{"sad", "calm"}));
    EXPECT_ERROR(confusion_figure({"sad"}, confusion), Errc::invalid_argument, "confusion");
}

TEST(ReliabilityFigure, LeavesOutEmptyBins) {
    const std::vector<eval::ReliabilityBin> bins{{0, 0.5, 0, 0, 0}, {0.5, 1, 10, 0.8, 0.6}};
    const Figure figure = reliability_figure(bins, {0.2, 0.1, 0.3});
    const auto bars = marks_of<Bars>(figure.panels.front());
    ASSERT_EQ(bars.front().x.size(), 1U);
    EXPECT_DOUBLE_EQ(bars.front().x[0], 0.75);
    EXPECT_DOUBLE_EQ(bars.front().y[0], 0.6);
    EXPECT_EQ(bars.front().tips[0], "given with 0.50 to 1.00 (mean 0.800): 60.0 % of 10 clips right");
    EXPECT_DOUBLE_EQ(marks_of<Dots>(figure.panels.front()).front().x[0], 0.8);
    EXPECT_TRUE(has(figure.panels.front().title, "0.200"));
    EXPECT_TRUE(has(figure.description, "0.200 (95 %: 0.100 to 0.300)"));
}

TEST(SpeakersFigure, PutsTheBestFirst) {
    const Figure figure =
        speakers_figure({{"a", 4, {0.2, 0.1, 0.3}}, {"b", 1, {0.9, kNone, kNone}}}, {0.5, 0.4, 0.6}, 0.25);
    const Panel& panel = figure.panels.front();
    EXPECT_EQ(texts_of(panel.y), (std::vector<std::string>{"b", "a"}));
    const Dots dots = marks_of<Dots>(panel).front();
    EXPECT_EQ(dots.x, (std::vector<double>{0.9, 0.2}));
    EXPECT_EQ(dots.low, (std::vector<double>{0.9, 0.1}));  // none is known: a dot alone
    EXPECT_EQ(dots.tips[0], "b: UAR 0.900, 1 clip");
    EXPECT_EQ(dots.tips[1], "a: UAR 0.200 (95 %: 0.100 to 0.300), 4 clips");
    EXPECT_EQ(marks_of<Rule>(panel).size(), 2U);
}

TEST(TuningFigure, HasAHeatMapOfTwoOptions) {
    const std::vector<TrialScore> trials{
        {{"0.1", "8"}, 0.5, 0.1, 2, 1}, {{"0.01", "8"}, 0.6, 0.1, 1, 1}, {{"0.1", "20,6"}, 0.3, 0.1, 3, 1}};
    const Figure figure = tuning_figure({"alpha", "sizes"}, trials, "uar");
    const Panel& panel = figure.panels.front();
    const Cells cells = marks_of<Cells>(panel).front();
    EXPECT_EQ(texts_of(panel.y), (std::vector<std::string>{"0.01", "0.1"}));  // numbers rise
    EXPECT_EQ(texts_of(panel.x), (std::vector<std::string>{"8", "20,6"}));
    EXPECT_DOUBLE_EQ(cells.values(0, 0), 0.6);
    EXPECT_TRUE(std::isnan(cells.values(0, 1)));  // was not tried
    EXPECT_EQ(cells.tips[0], "alpha = 0.01, sizes = 8: uar 0.6000 +- 0.1000, rank 1");
}

TEST(TuningFigure, TakesTheScoreOnTheMostClips) {
    const std::vector<TrialScore> trials{{{"1", "2"}, 0.9, 0, 1, 0.3}, {{"1", "2"}, 0.5, 0, 2, 1}};
    EXPECT_DOUBLE_EQ(
        marks_of<Cells>(tuning_figure({"a", "b"}, trials, "uar").panels.front()).front().values(0, 0), 0.5);
}

TEST(TuningFigure, HasALineForEachTrialOfMoreOptions) {
    const std::vector<TrialScore> trials{{{"1e-4", "8", "relu"}, 0.5, 0.1, 2, 1},
                                         {{"1e-2", "64", "tanh"}, 0.7, 0.1, 1, 1},
                                         {{"1", "36", "relu"}, 0.6, 0.1, 3, 1}};
    const Figure figure = tuning_figure({"alpha", "batch_size", "activation"}, trials, "uar");
    const Panel& panel = figure.panels.front();
    EXPECT_EQ(texts_of(panel.x),
              (std::vector<std::string>{"alpha (log)", "batch_size", "activation", "uar"}));
    const auto lines = marks_of<Curve>(panel);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines.back().name, "best");  // the last one, above the others
    EXPECT_NEAR(lines.back().y[0], 0.5, 1e-12);
    EXPECT_EQ(lines.back().y[3], 1);
    EXPECT_EQ(lines.front().y[3], 0);
    EXPECT_TRUE(has(lines.front().tips[0], "alpha = 1e-4, batch_size = 8, activation = relu"));
}

TEST(TuningFigure, HasDotsOfOneOption) {
    const std::vector<TrialScore> trials{{{"0.1"}, 0.5, 0.1, 1, 1}, {{"0.01"}, 0.4, 0.2, 2, 1}};
    const Dots dots = marks_of<Dots>(tuning_figure({"alpha"}, trials, "uar").panels.front()).front();
    EXPECT_EQ(dots.x, (std::vector<double>{1, 0}));
    EXPECT_DOUBLE_EQ(dots.low[1], 0.2);
    EXPECT_ERROR(tuning_figure({"alpha"}, {}, "uar"), Errc::invalid_argument, "without a trial");
}

TEST(InflationFigure, TellsKnownVoicesFromNewOnes) {
    const std::vector<ProtocolScore> rows{{"random:5", "nothing", {0.7, 0.6, 0.8}, {0.7, 0.6, 0.8}, 20, 20},
                                          {"speaker:5", "speakers", {0.4, 0.3, 0.5}, {0.4, 0.3, 0.5}, 0, 20}};
    const auto bars = marks_of<Bars>(inflation_figure(rows).panels.front());
    ASSERT_EQ(bars.size(), 2U);
    EXPECT_EQ(bars[0].name, "new speakers");
    EXPECT_EQ(bars[0].x, (std::vector<double>{1}));
    EXPECT_EQ(bars[1].y, (std::vector<double>{0.7}));
    EXPECT_TRUE(has(bars[1].tips[0], "20 of 20 tested clips are of speakers heard in training"));
}

TEST(CrossCorpusFigure, HasACellForEachPair) {
    Matrix<eval::Figure> uar(2, 2, {0.5, 0.4, 0.6});
    uar(0, 1) = {0.3, 0.2, 0.4};
    const Cells cells =
        marks_of<Cells>(cross_corpus_figure({"emodb", "ravdess"}, uar).panels.front()).front();
    EXPECT_DOUBLE_EQ(cells.values(0, 1), 0.3);
    EXPECT_EQ(cells.texts[1], "0.300\n0.20 to 0.40");
    EXPECT_TRUE(has(cells.tips[1], "trained on emodb, tested on ravdess"));
}

TEST(ImportanceFigure, PutsTheMostNeededFirst) {
    const Figure figure = importance_figure({{"mel", 128, {-0.01, -0.02, 0}}, {"mfcc", 40, {0.2, 0.1, 0.3}}});
    const Panel& panel = figure.panels.front();
    EXPECT_EQ(texts_of(panel.y), (std::vector<std::string>{"mfcc", "mel"}));
    EXPECT_LT(panel.x.low, -0.02);
    EXPECT_TRUE(has(marks_of<Bars>(panel).front().tips[0], "mfcc (40 columns): UAR falls by 0.200"));
}

TEST(Joined, KeepsPanelsOfOneFigureInOneRow) {
    const Figure one = confusion_figure({"a"}, Matrix<std::size_t>(1, 1));
    const std::vector<TrainingCurves> training{{"1", 9, {{"loss", {1}}, {"accuracy", {1}}}}};
    const Figure two = learning_figure(training);
    const std::vector<Figure> figures{one, two, one, one};
    const Figure all = joined("run", figures);
    ASSERT_EQ(all.panels.size(), 5U);
    const std::vector<std::pair<std::size_t, std::size_t>> places{{0, 0}, {1, 0}, {1, 1}, {2, 0}, {2, 1}};
    for (std::size_t i = 0; i < places.size(); ++i) {
        EXPECT_EQ(all.panels[i].row, places[i].first) << i;
        EXPECT_EQ(all.panels[i].column, places[i].second) << i;
    }
    EXPECT_EQ(all.row_heights.size(), 3U);
    EXPECT_EQ(panels_apart(two).size(), 2U);
    EXPECT_EQ(panels_apart(two)[1].panels.front().column, 0U);
}

TEST(RunFigures, AreAllDrawn) {
    const std::vector<TrainingCurves> training{
        {"1", 9, {{"loss", {2, kNone, 1}}, {"accuracy", {0.1, 0.2, 0.5}}}}};
    const std::vector<TrialScore> trials{{{"1", "x"}, 0.5, 0.1, 1, 1}};
    const std::vector<Figure> figures{
        learning_figure(training), confusion_figure({"<a>", "b&"}, Matrix<std::size_t>(2, 2)),
        speakers_figure({{"\"q\"", 1, {0, kNone, kNone}}}, {0.5, 0.4, 0.6}, 0.5),
        tuning_figure({"a", "b"}, trials, "uar"), importance_figure({{"mfcc", 1, {0, kNone, kNone}}})};
    for (const Figure& figure : figures) {
        const std::string svg = svg_element(figure, {.width = 440});
        EXPECT_EQ(svg.find("nan"), std::string::npos) << figure.title;
        EXPECT_NE(svg.find("data-tip"), std::string::npos) << figure.title;
        EXPECT_EQ(svg.find("<a>"), std::string::npos);
    }
    EXPECT_NE(svg_element(joined("all", figures), {}).find("<svg"), std::string::npos);
}

// As many as there may be in a run of a stranger, or of a very large corpus.
TEST(RunFigures, HoldForAnyCount) {
    for (const std::size_t n : {1U, 5U, 60U, 61U, 1100U, 20000U}) {
        std::vector<NamedScore> speakers;
        std::vector<GroupScore> groups;
        std::vector<ProtocolScore> protocols;
        std::vector<TrialScore> one, two, three;
        for (std::size_t i = 0; i < n; ++i) {
            const std::string name = "n" + std::to_string(i);
            const double score = static_cast<double>(i) / static_cast<double>(n);
            speakers.push_back({name, 8, {score, kNone, kNone}});
            groups.push_back({name, 1, {score, kNone, kNone}});
            protocols.push_back({name, "speakers", {score, kNone, kNone}, {}, 0, 8});
            one.push_back({{name}, score, 0, n - i, 1});
            two.push_back({{name, name}, score, 0, n - i, 1});
            three.push_back({{name, "x", "1"}, score, 0, n - i, 1});
        }
        for (const Figure& figure :
             {speakers_figure(speakers, {0.5, 0.4, 0.6}, 0.125), importance_figure(groups),
              inflation_figure(protocols), tuning_figure({"a"}, one, "uar"),
              tuning_figure({"a", "b"}, two, "uar"), tuning_figure({"a", "b", "c"}, three, "uar")}) {
            EXPECT_LE(figure.row_heights.front(), 2000) << figure.title;
            EXPECT_LT(svg_element(figure, {.width = 440}).size(), 1000000U) << figure.title << " " << n;
        }
        const Figure drawn = speakers_figure(speakers, {0.5, 0.4, 0.6}, 0.125);
        EXPECT_EQ(marks_of<Dots>(drawn.panels.front()).front().x.size(), std::min(n, kMostSpeakers));
        EXPECT_EQ(has(drawn.title, "30 best, 30 worst"), n > kMostSpeakers);
    }
    EXPECT_TRUE(has(importance_figure(std::vector<GroupScore>(41)).title, ": 40 of 41"));
    EXPECT_FALSE(has(importance_figure(std::vector<GroupScore>(40)).title, " of "));
}

TEST(ConfusionFigure, OfManyLabelsShowsTheMostMistaken) {
    const std::size_t n = 70;
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < n; ++i) labels.push_back("l" + std::to_string(i));
    Matrix<std::size_t> confusion(n, n);
    for (std::size_t i = 0; i < n; ++i) confusion(i, i) = 10;
    confusion(3, 69) = 5;
    confusion(68, 69) = 7;
    const Figure figure = confusion_figure(labels, confusion);
    const Panel& panel = figure.panels.front();
    EXPECT_EQ(panel.x.ticks.size(), 41U);
    EXPECT_EQ(panel.x.ticks.back().text, "the other 30");
    const auto cells = marks_of<Cells>(panel).front();
    EXPECT_TRUE(cells.texts.empty());
    const auto names = texts_of(panel.x);
    for (const char* kept : {"l3", "l68", "l69"})
        EXPECT_NE(std::find(names.begin(), names.end(), kept), names.end()) << kept;
    EXPECT_EQ(cells.tips.back(), "300 of 300 clips of the other 30 (100.0 %) were heard as such");
    EXPECT_TRUE(has(figure.title, "the 40 most mistaken of 70 labels"));
    labels.resize(60);
    EXPECT_EQ(confusion_figure(labels, Matrix<std::size_t>(60, 60)).panels.front().x.ticks.size(), 60U);
}

TEST(CrossCorpusFigure, OfManyCorporaShowsTheFirst) {
    const Figure figure =
        cross_corpus_figure(std::vector<std::string>(30, "a"), Matrix<eval::Figure>(30, 30));
    EXPECT_EQ(figure.panels.front().x.ticks.size(), kMostCorpora);
    EXPECT_TRUE(has(figure.title, ": 24 of 30"));
}

}  // namespace
}  // namespace undertone::plot
