#include "nn/optim/line_search.hpp"

#include <algorithm>
#include <cmath>

namespace undertone::nn {
namespace {

constexpr double kDecrease = 1e-3, kCurvature = 0.9, kSmallest = 0.1;  // ftol, gtol, xtol of L-BFGS-B
constexpr double kLowest = 0, kHighest = 1e10;                         // steps
constexpr double kLeast = 1.1, kMost = 4.0;                            // how far to go on outside an interval
constexpr double kShrink = 0.66;  // an interval must shrink to this share in two steps, else it is halved

}  // namespace

LineSearch::LineSearch(double value, double slope, double step)
    : start_value_(value),
      start_slope_(slope),
      best_{0, value, slope},
      other_{0, value, slope},
      step_(step),
      low_(0),
      high_(step + kMost * step),
      width_(kHighest - kLowest),
      width_before_(2 * width_) {}

bool LineSearch::take(double value, double slope) {
    const double wanted_slope = kDecrease * start_slope_;
    const double wanted = start_value_ + step_ * wanted_slope;
    if (first_stage_ && value <= wanted && slope >= 0) first_stage_ = false;

    const bool stuck = bracketed_ && (step_ <= low_ || step_ >= high_ || high_ - low_ <= kSmallest * high_);
    const bool at_highest = step_ == kHighest && value <= wanted && slope <= wanted_slope;
    const bool at_lowest = step_ == kLowest && (value > wanted || slope >= wanted_slope);
    const bool good = value <= wanted && std::abs(slope) <= -kCurvature * start_slope_;
    if (stuck || at_highest || at_lowest || good) return true;

    if (first_stage_ && value <= best_.value && value > wanted) {
        // Low enough to be the better end but not to be taken: look along the function less the wanted
        // decrease.
        const auto lowered = [&](const Point& point) {
            return Point{point.step, point.value - point.step * wanted_slope, point.slope - wanted_slope};
        };
        const auto raised = [&](const Point& point) {
            return Point{point.step, point.value + point.step * wanted_slope, point.slope + wanted_slope};
        };
        Point best = lowered(best_), other = lowered(other_);
        choose(best, other, lowered({step_, value, slope}));
        best_ = raised(best);
        other_ = raised(other);
    } else {
        choose(best_, other_, {step_, value, slope});
    }

    if (bracketed_) {
        const double width = std::abs(other_.step - best_.step);
        if (width >= kShrink * width_before_) step_ = best_.step + 0.5 * (other_.step - best_.step);
        width_before_ = width_;
        width_ = width;
        low_ = std::min(best_.step, other_.step);
        high_ = std::max(best_.step, other_.step);
    } else {
        low_ = step_ + kLeast * (step_ - best_.step);
        high_ = step_ + kMost * (step_ - best_.step);
    }
    step_ = std::clamp(step_, kLowest, kHighest);
    if (bracketed_ && (step_ <= low_ || step_ >= high_ || high_ - low_ <= kSmallest * high_))
        step_ = best_.step;
    return false;
}

/// The next step from the ends of the interval and a trial between or beyond them; then the interval is
/// narrowed.
void LineSearch::choose(Point& best, Point& other, const Point& trial) {
    // The minimum of the cubic through two points: from `from`, as a share of the way to `to`.
    struct Cubic {
        double theta, gamma;
    };
    const auto cubic = [](const Point& a, const Point& b, bool only_real) {
        const double theta = 3 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope;
        const double scale = std::max({std::abs(theta), std::abs(a.slope), std::abs(b.slope)});
        const double inside = (theta / scale) * (theta / scale) - (a.slope / scale) * (b.slope / scale);
        return Cubic{theta, scale * std::sqrt(only_real ? std::max(0.0, inside) : inside)};
    };
    const double from_best = trial.step - best.step;
    const bool turned = trial.slope * (best.slope / std::abs(best.slope)) < 0;
    const auto secant = [&] {
        return trial.step + trial.slope / (trial.slope - best.slope) * (best.step - trial.step);
    };
    double next = 0;
    if (trial.value > best.value) {  // higher: there is a minimum between
        Cubic c = cubic(best, trial, false);
        if (from_best < 0) c.gamma = -c.gamma;
        const double share =
            (c.gamma - best.slope + c.theta) / (c.gamma - best.slope + c.gamma + trial.slope);
        const double by_cubic = best.step + share * from_best;
        const double fall = (best.value - trial.value) / from_best + best.slope;
        const double by_square = best.step + best.slope / fall / 2 * from_best;
        next = std::abs(by_cubic - best.step) < std::abs(by_square - best.step)
                   ? by_cubic
                   : by_cubic + (by_square - by_cubic) / 2;
        bracketed_ = true;
    } else if (turned) {  // lower, and the slope has turned: a minimum lies between as well
        Cubic c = cubic(best, trial, false);
        if (from_best > 0) c.gamma = -c.gamma;
        const double share =
            (c.gamma - trial.slope + c.theta) / (c.gamma - trial.slope + c.gamma + best.slope);
        const double by_cubic = trial.step + share * (best.step - trial.step), by_secant = secant();
        next = std::abs(by_cubic - trial.step) > std::abs(by_secant - trial.step) ? by_cubic : by_secant;
        bracketed_ = true;
    } else if (std::abs(trial.slope) < std::abs(best.slope)) {  // lower and flatter
        Cubic c = cubic(best, trial, true);
        if (from_best > 0) c.gamma = -c.gamma;
        const double share =
            (c.gamma - trial.slope + c.theta) / (c.gamma + (best.slope - trial.slope) + c.gamma);
        const double by_secant = secant();
        const double by_cubic = share < 0 && c.gamma != 0 ? trial.step + share * (best.step - trial.step)
                                : from_best > 0           ? high_
                                                          : low_;
        const bool cubic_is_closer = std::abs(by_cubic - trial.step) < std::abs(by_secant - trial.step);
        if (bracketed_) {
            next = cubic_is_closer ? by_cubic : by_secant;
            const double limit = trial.step + kShrink * (other.step - trial.step);
            next = from_best > 0 ? std::min(limit, next) : std::max(limit, next);
        } else {
            next = std::abs(by_cubic - trial.step) > std::abs(by_secant - trial.step) ? by_cubic : by_secant;
            next = std::max(low_, std::min(high_, next));
        }
    } else if (bracketed_) {  // lower and steeper
        Cubic c = cubic(trial, other, false);
        if (trial.step > other.step) c.gamma = -c.gamma;
        const double share =
            (c.gamma - trial.slope + c.theta) / (c.gamma - trial.slope + c.gamma + other.slope);
        next = trial.step + share * (other.step - trial.step);
    } else {
        next = from_best > 0 ? high_ : low_;
    }

    if (trial.value > best.value) {
        other = trial;
    } else {
        if (turned) other = best;
        best = trial;
    }
    step_ = next;
}

}  // namespace undertone::nn
