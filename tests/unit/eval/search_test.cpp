#include "undertone/search.hpp"

#include <cmath>
#include <limits>
#include <set>

#include "support/support.hpp"

namespace undertone::eval {
namespace {

std::vector<Parameter> parse(const std::vector<std::string>& texts) {
    std::vector<Parameter> parameters;
    for (const std::string& text : texts) parameters.push_back(parse_parameter(text));
    return parameters;
}

TEST(ParseParameter, TellsValuesApartBySlashes) {
    const Parameter p = parse_parameter("hidden_layer_sizes=100/300,50");
    EXPECT_EQ(p.name, "hidden_layer_sizes");
    EXPECT_EQ(p.values, (std::vector<std::string>{"100", "300,50"}));
    EXPECT_FALSE(p.range);
}

TEST(ParseParameter, ReadsRanges) {
    const Parameter linear = parse_parameter("alpha=0.5..2"), log = parse_parameter("alpha=log:1e-5..1e-1");
    ASSERT_TRUE(linear.range && log.range);
    EXPECT_EQ(linear.range->low, 0.5);
    EXPECT_EQ(linear.range->high, 2);
    EXPECT_FALSE(linear.range->logarithmic);
    EXPECT_EQ(log.range->low, 1e-5);
    EXPECT_TRUE(log.range->logarithmic);
}

TEST(ParseParameter, RefusesWhatIsNone) {
    EXPECT_ERROR(parse_parameter("alpha"), Errc::invalid_argument, "NAME=VALUE");
    EXPECT_ERROR(parse_parameter("=1"), Errc::invalid_argument, "NAME=VALUE");
    EXPECT_ERROR(parse_parameter("alpha="), Errc::invalid_argument, "empty value");
    EXPECT_ERROR(parse_parameter("alpha=1//2"), Errc::invalid_argument, "empty value");
    EXPECT_ERROR(parse_parameter("alpha=1/1"), Errc::invalid_argument, "twice");
    EXPECT_ERROR(parse_parameter("alpha=2..1"), Errc::invalid_argument, "upwards");
    EXPECT_ERROR(parse_parameter("alpha=a..1"), Errc::invalid_argument, "two numbers");
    EXPECT_ERROR(parse_parameter("alpha=log:0..1"), Errc::invalid_argument, "above 0");
    EXPECT_ERROR(parse_parameter("alpha=log:1"), Errc::invalid_argument, "followed by a range");
}

TEST(GridSearch, GoesThroughTheGridAsParameterGrid) {
    const auto search = grid_search(parse({"b=1/2/3", "a=x/y"}));
    const std::vector<Trial> trials = search->ask();
    ASSERT_EQ(trials.size(), 6U);
    std::string order;
    for (const Trial& trial : trials) {
        order += trial.point.at("a") + trial.point.at("b") + " ";
        EXPECT_EQ(trial.share, 1);
    }
    EXPECT_EQ(order, "x1 x2 x3 y1 y2 y3 ");
    for (const Trial& trial : trials) search->tell(trial.id, 0.5);
    EXPECT_TRUE(search->ask().empty());
}

TEST(GridSearch, RefusesRangesAndNothing) {
    EXPECT_ERROR((void)grid_search(parse({"a=1..2"})), Errc::invalid_argument, "search at random");
    EXPECT_ERROR((void)grid_search({}), Errc::invalid_argument, "no parameter");
    EXPECT_ERROR((void)grid_search(parse({"a=1", "a=2"})), Errc::invalid_argument, "given twice");
}

TEST(Search, EveryTrialIsToldOnceBeforeTheNextRound) {
    const auto search = grid_search(parse({"a=1/2"}));
    const auto trials = search->ask();
    search->tell(trials[1].id, 1);
    EXPECT_ERROR((void)search->ask(), Errc::invalid_argument, "no score yet");
    EXPECT_ERROR(search->tell(trials[1].id, 1), Errc::invalid_argument, "already");
    EXPECT_ERROR(search->tell(7, 1), Errc::invalid_argument, "not asked for");
    EXPECT_ERROR(search->tell(trials[0].id, std::numeric_limits<double>::quiet_NaN()), Errc::numerical,
                 "not a number");
}

TEST(RandomSearch, TakesNoPointOfAGridTwice) {
    const auto parameters = parse({"a=1/2/3/4", "b=1/2/3/4"});
    std::set<Point> points;
    for (const Trial& trial : random_search(parameters, 16, 3)->ask()) points.insert(trial.point);
    EXPECT_EQ(points.size(), 16U);
    EXPECT_EQ(random_search(parameters, 100, 3)->ask().size(), 16U);
    const auto once = random_search(parameters, 5, 3)->ask(), again = random_search(parameters, 5, 3)->ask(),
               other = random_search(parameters, 5, 4)->ask();
    bool differs = false;
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(once[i].point, again[i].point);
        differs = differs || once[i].point != other[i].point;
    }
    EXPECT_TRUE(differs);
}

TEST(RandomSearch, DrawsFromRanges) {
    const auto trials = random_search(parse({"a=log:1e-6..1", "b=10..20", "c=x/y"}), 400, 1)->ask();
    ASSERT_EQ(trials.size(), 400U);
    int small = 0, x = 0;
    std::set<double> b_values;
    for (const Trial& trial : trials) {
        const double a = std::stod(trial.point.at("a")), b = std::stod(trial.point.at("b"));
        EXPECT_TRUE(a >= 0.99e-6 && a <= 1 && b >= 10 && b <= 20);
        EXPECT_EQ(trial.point.at("b").size(), 2U) << "a whole number";
        b_values.insert(b);
        small += a < 1e-3;
        x += trial.point.at("c") == "x";
    }
    EXPECT_NEAR(small, 200, 60);  // the half of the logarithms
    EXPECT_NEAR(x, 200, 60);
    EXPECT_EQ(b_values.size(), 11U);
}

TEST(HalvingSearch, KeepsTheBestAndGivesThemMoreClips) {
    const auto search = halving_search(parse({"a=0/1/2/3/4/5/6/7/8/9"}), 3);
    std::vector<std::size_t> sizes;
    std::vector<double> shares;
    std::vector<Trial> last;
    for (auto trials = search->ask(); !trials.empty(); trials = search->ask()) {
        sizes.push_back(trials.size());
        shares.push_back(trials.front().share);
        EXPECT_EQ(trials.front().iteration + 1, sizes.size());
        for (const Trial& trial : trials)
            search->tell(trial.id, -std::abs(std::stod(trial.point.at("a")) - 6.4));
        last = trials;
    }
    // scikit-learn 1.9.1, HalvingGridSearchCV(factor=3) over 10 candidates: n_candidates_ [10, 4, 2]
    EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 4, 2}));
    ASSERT_EQ(shares.size(), 3U);
    EXPECT_NEAR(shares[0], 1.0 / 9, 1e-15);
    EXPECT_NEAR(shares[1], 1.0 / 3, 1e-15);
    EXPECT_EQ(shares[2], 1);
    EXPECT_EQ(last[0].point.at("a"), "6");
    EXPECT_EQ(last[1].point.at("a"), "7");
}

TEST(HalvingSearch, OfOneOrTwoPointsIsOneRoundWithAllClips) {
    const auto trials = halving_search(parse({"a=0/1"}), 3)->ask();
    ASSERT_EQ(trials.size(), 2U);
    EXPECT_EQ(trials.front().share, 1);
    EXPECT_ERROR((void)halving_search(parse({"a=0/1"}), 1), Errc::invalid_argument, "at least 2");
}

}  // namespace
}  // namespace undertone::eval
