#include "undertone/search.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "undertone/error.hpp"
#include "undertone/fields.hpp"
#include "undertone/random.hpp"

namespace undertone::eval {
namespace {

[[noreturn]] void refuse(const std::string& reason) { throw Error(Errc::invalid_argument, reason); }

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::optional<Parameter::Range> parse_range(std::string_view text, const std::string& whole) {
    constexpr std::string_view kLog = "log:";
    const bool logarithmic = text.substr(0, kLog.size()) == kLog;
    if (logarithmic) text.remove_prefix(kLog.size());
    const std::size_t dots = text.find("..");
    if (dots == std::string_view::npos) {
        if (logarithmic) refuse(whole + ": log: is followed by a range, as in log:1e-5..1e-1");
        return std::nullopt;
    }
    const auto low = number(text.substr(0, dots)), high = number(text.substr(dots + 2));
    if (!low || !high) refuse(whole + ": a range is two numbers, as in 0.001..0.1");
    if (*low >= *high) refuse(whole + ": the range must go upwards");
    if (logarithmic && *low <= 0) refuse(whole + ": a logarithmic range must be above 0");
    const bool whole_numbers = text.find_first_not_of("+-0123456789.") == std::string_view::npos &&
                               std::count(text.begin(), text.end(), '.') == 2;
    return Parameter::Range{*low, *high, logarithmic, whole_numbers};
}

// In order of their names, each with something to choose from.
std::vector<Parameter> checked(std::vector<Parameter> parameters, bool may_have_ranges) {
    if (parameters.empty()) refuse("no parameter to search: give NAME=VALUE/VALUE");
    std::sort(parameters.begin(), parameters.end(),
              [](const Parameter& a, const Parameter& b) { return a.name < b.name; });
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const Parameter& parameter = parameters[i];
        if (i > 0 && parameters[i - 1].name == parameter.name) refuse(parameter.name + ": is given twice");
        if (parameter.range && !may_have_ranges)
            refuse(parameter.name + ": a range has no end of values; name some, or search at random");
        if (!parameter.range && parameter.values.empty()) refuse(parameter.name + ": has no value to try");
    }
    return parameters;
}

std::size_t grid_size(const std::vector<Parameter>& parameters) {
    constexpr std::size_t kMost = 1'000'000;
    std::size_t size = 1;
    for (const Parameter& parameter : parameters) {
        size *= parameter.values.size();
        if (size > kMost) refuse("the grid has more than " + std::to_string(kMost) + " points");
    }
    return size;
}

Point grid_point(const std::vector<Parameter>& parameters, std::size_t index) {
    Point point;
    for (std::size_t i = parameters.size(); i-- > 0; index /= parameters[i].values.size())
        point[parameters[i].name] = parameters[i].values[index % parameters[i].values.size()];
    return point;
}

std::vector<Point> whole_grid(const std::vector<Parameter>& parameters) {
    std::vector<Point> points(grid_size(parameters));
    for (std::size_t i = 0; i < points.size(); ++i) points[i] = grid_point(parameters, i);
    return points;
}

std::string drawn_text(const Parameter::Range& range, RandomState& random) {
    const double high = range.whole ? range.high + 1 : range.high;
    double value = range.logarithmic ? std::exp(random.uniform(std::log(range.low), std::log(high)))
                                     : random.uniform(range.low, high);
    if (range.whole) value = std::min(std::floor(value), range.high);
    // Six digits are enough to choose by, and can be typed again.
    char digits[32];
    const auto [end, error] =
        range.whole ? std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed)
                    : std::to_chars(digits, digits + sizeof digits, value, std::chars_format::general, 6);
    return {digits, end};
}

/// Rounds of trials, and the scores of the one that was asked for last.
class Rounds : public Search {
public:
    std::vector<Trial> ask() final {
        for (std::size_t i = 0; i < round_.size(); ++i)
            if (!scores_[i]) refuse("trial " + std::to_string(round_[i].id) + ": has no score yet");
        std::vector<double> scores;
        for (const auto& score : scores_) scores.push_back(*score);
        std::vector<Trial> next = next_round(round_, scores);
        for (Trial& trial : next) trial.id = n_asked_++;
        round_ = std::move(next);
        scores_.assign(round_.size(), std::nullopt);
        return round_;
    }

    void tell(std::size_t id, double score) final {
        const auto trial =
            std::find_if(round_.begin(), round_.end(), [id](const Trial& t) { return t.id == id; });
        const std::string name = "trial " + std::to_string(id);
        if (trial == round_.end()) refuse(name + ": was not asked for in this round");
        if (std::isnan(score)) throw Error(Errc::numerical, name + ": its score is not a number");
        auto& slot = scores_[static_cast<std::size_t>(trial - round_.begin())];
        if (slot) refuse(name + ": has a score already");
        slot = score;
    }

private:
    // What follows the last round; both are empty at first.
    virtual std::vector<Trial> next_round(const std::vector<Trial>& last,
                                          const std::vector<double>& scores) = 0;

    std::vector<Trial> round_;
    std::vector<std::optional<double>> scores_;
    std::size_t n_asked_ = 0;
};

class OneRound final : public Rounds {
public:
    explicit OneRound(std::vector<Point> points) : points_(std::move(points)) {}

private:
    std::vector<Trial> next_round(const std::vector<Trial>&, const std::vector<double>&) override {
        std::vector<Trial> trials;
        for (Point& point : std::exchange(points_, {})) trials.push_back({.point = std::move(point)});
        return trials;
    }
    std::vector<Point> points_;
};

class Halving final : public Rounds {
public:
    Halving(std::vector<Point> points, std::size_t factor) : first_(std::move(points)), factor_(factor) {
        // 1 + floor(log(n) / log(factor)), in whole numbers
        for (std::size_t left = first_.size(); left >= factor; left /= factor) ++n_rounds_;
    }

private:
    std::vector<Trial> next_round(const std::vector<Trial>& last,
                                  const std::vector<double>& scores) override {
        if (round_ == n_rounds_) return {};
        std::vector<Point> points;
        if (round_ == 0) {
            points = std::exchange(first_, {});
        } else {
            std::vector<std::size_t> order(last.size());
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::stable_sort(order.begin(), order.end(),
                             [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
            order.resize((last.size() + factor_ - 1) / factor_);
            std::sort(order.begin(), order.end());
            for (const std::size_t i : order) points.push_back(last[i].point);
        }
        ++round_;
        const double share = std::pow(static_cast<double>(factor_), -static_cast<double>(n_rounds_ - round_));
        std::vector<Trial> trials;
        for (Point& point : points)
            trials.push_back({.point = std::move(point), .share = share, .iteration = round_ - 1});
        return trials;
    }

    std::vector<Point> first_;
    std::size_t factor_, n_rounds_ = 1, round_ = 0;
};

}  // namespace

Parameter parse_parameter(std::string_view text) {
    const std::string whole(text);
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos)
        refuse(whole + ": is not NAME=VALUE/VALUE, as in alpha=0.001/0.01");
    Parameter parameter;
    parameter.name = text.substr(0, equals);
    text.remove_prefix(equals + 1);
    parameter.range = parse_range(text, whole);
    if (parameter.range) return parameter;
    for (bool more = true; more;) {
        const std::size_t slash = text.find('/');
        more = slash != std::string_view::npos;
        const std::string value(text.substr(0, slash));
        if (value.empty()) refuse(whole + ": has an empty value");
        if (std::find(parameter.values.begin(), parameter.values.end(), value) != parameter.values.end())
            refuse(std::string(whole).append(": has the value ").append(value).append(" twice"));
        parameter.values.push_back(value);
        if (more) text.remove_prefix(slash + 1);
    }
    return parameter;
}

std::unique_ptr<Search> grid_search(const std::vector<Parameter>& parameters) {
    return std::make_unique<OneRound>(whole_grid(checked(parameters, false)));
}

std::unique_ptr<Search> random_search(const std::vector<Parameter>& parameters, std::size_t n_trials,
                                      std::uint32_t random_state) {
    const std::vector<Parameter> sorted = checked(parameters, true);
    if (n_trials == 0) refuse("n_trials = 0: must be at least 1");
    RandomState random(random_state);
    std::vector<Point> points;
    const bool has_range =
        std::any_of(sorted.begin(), sorted.end(), [](const Parameter& p) { return p.range.has_value(); });
    if (!has_range) {
        const std::size_t size = grid_size(sorted);
        for (const std::size_t index : random.permutation(size)) {
            if (points.size() == n_trials) break;
            points.push_back(grid_point(sorted, index));
        }
        return std::make_unique<OneRound>(std::move(points));
    }
    for (std::size_t trial = 0; trial < n_trials; ++trial) {
        Point& point = points.emplace_back();
        for (const Parameter& parameter : sorted) {
            if (!parameter.range) {
                const auto n = static_cast<double>(parameter.values.size());
                const auto index = static_cast<std::size_t>(random.uniform(0, n));
                point[parameter.name] = parameter.values[std::min(index, parameter.values.size() - 1)];
                continue;
            }
            point[parameter.name] = drawn_text(*parameter.range, random);
        }
    }
    return std::make_unique<OneRound>(std::move(points));
}

std::unique_ptr<Search> halving_search(const std::vector<Parameter>& parameters, std::size_t factor) {
    if (factor < 2) refuse("factor = " + std::to_string(factor) + ": must be at least 2");
    return std::make_unique<Halving>(whole_grid(checked(parameters, false)), factor);
}

}  // namespace undertone::eval
