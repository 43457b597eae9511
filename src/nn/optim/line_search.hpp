#pragma once

namespace undertone::nn {

/// Looks for a step along a direction at which a function has fallen enough and its slope is flat enough (the
/// strong Wolfe conditions with 1e-3 and 0.9), by cubic and quadratic interpolation in an interval that holds
/// one.
///
/// Source: Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease", ACM TOMS 20
/// (1994); with the constants of L-BFGS-B 3.0 (Zhu, Byrd, Lu and Nocedal, ACM TOMS 23, 1997, and Morales and
/// Nocedal, 2011).
class LineSearch {
public:
    /// @param value   of the function at step 0
    /// @param slope   there, along the direction; below 0
    /// @param step    to try first, above 0 and at most 1e10
    LineSearch(double value, double slope, double step);

    /// The step to evaluate next, or the one that was found.
    [[nodiscard]] double step() const noexcept { return step_; }

    /// Takes the value and the slope at step().
    /// @return   whether the search has ended at step(), because it is good or because rounding allows no
    /// better
    bool take(double value, double slope);

private:
    struct Point {
        double step, value, slope;
    };
    void choose(Point& best, Point& other, const Point& trial);

    double start_value_, start_slope_;
    Point best_, other_;  // ends of the interval, the better first
    double step_, low_, high_;
    double width_, width_before_;
    bool bracketed_ = false;
    bool first_stage_ = true;
};

}  // namespace undertone::nn
