#include "plot/axes.hpp"

#include <algorithm>
#include <cmath>

#include "plot/numbers.hpp"
#include "undertone/error.hpp"
#include "undertone/mel.hpp"

namespace undertone::plot {

namespace {

double along(Scale scale, double value) {
    switch (scale) {
        case Scale::log:
            return std::log(std::max(value, 1e-300));
        case Scale::mel:
            return dsp::hz_to_mel(std::max(value, 0.0));
        case Scale::linear:
        case Scale::categories:
            break;
    }
    return value;
}

double back(Scale scale, double place) {
    switch (scale) {
        case Scale::log:
            return std::exp(place);
        case Scale::mel:
            return dsp::mel_to_hz(place);
        case Scale::linear:
        case Scale::categories:
            break;
    }
    return place;
}

/// 1, 2 or 5 times a power of ten, at least `least`.
double round_step(double least) {
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= least * (1 - 1e-9)) return factor * power;
    return 10 * power;
}

std::vector<Tick> even_ticks(double low, double high, double n_steps) {
    const double step = round_step((high - low) / std::max(n_steps, 1.0));
    const int digits = std::clamp(-static_cast<int>(std::floor(std::log10(step) + 1e-9)), 0, 12);
    std::vector<Tick> ticks;
    // Counted: beyond 2^53 one more is the same number.
    constexpr int kMostTicks = 1000;
    const double first = std::ceil(low / step - 1e-9);
    for (int i = 0; i < kMostTicks && first + i <= high / step + 1e-9; ++i)
        ticks.push_back({(first + i) * step, rounded((first + i) * step, digits)});
    return ticks;
}

/// Round numbers along a scale that is not even; those too close to the one before are left out.
std::vector<Tick> uneven_ticks(const Axis& axis, double low, double high, double length, double spacing) {
    std::vector<Tick> ticks;
    const auto take = [&](double at) {
        if (at < low * (1 - 1e-9) || at > high * (1 + 1e-9)) return;
        const double place = share(axis, at) * length;
        if (ticks.empty() || std::abs(place - share(axis, ticks.back().at) * length) >= spacing * 0.75)
            ticks.push_back(
                {at, rounded(at, at >= 1 || at == 0 ? 0 : -static_cast<int>(std::floor(std::log10(at))))});
    };
    if (axis.scale == Scale::mel) {
        take(0);
        for (double at = 250; at <= high; at *= 2) take(at);
        if (ticks.size() > 1) return ticks;
        return even_ticks(low, high, length / spacing / 2);
    }
    for (double power = std::pow(10.0, std::floor(std::log10(low))); power <= high; power *= 10)
        for (const double factor : {1.0, 2.0, 5.0}) take(factor * power);
    return ticks;
}

}  // namespace

double share(const Axis& axis, double value) {
    const double low = along(axis.scale, axis.low), high = along(axis.scale, axis.high);
    return (along(axis.scale, value) - low) / (high - low);
}

double value_at(const Axis& axis, double share) {
    const double low = along(axis.scale, axis.low), high = along(axis.scale, axis.high);
    return back(axis.scale, low + share * (high - low));
}

std::vector<Tick> ticks_of(const Axis& axis, double length, double spacing) {
    if (!axis.shows_ticks || !axis.ticks.empty()) return axis.ticks;
    const double low = std::min(axis.low, axis.high), high = std::max(axis.low, axis.high);
    if (axis.scale == Scale::linear) return even_ticks(low, high, length / spacing);
    if (axis.scale == Scale::categories) return {};
    const bool decade = axis.scale == Scale::mel || high / low >= 10;
    return decade ? uneven_ticks(axis, low, high, length, spacing)
                  : even_ticks(low, high, length / spacing / 2);
}

void check(const Axis& axis) {
    const auto refuse = [&](const char* rule) {
        throw Error(Errc::invalid_argument, "plot: axis \"" + axis.label + "\" from " +
                                                std::to_string(axis.low) + " to " +
                                                std::to_string(axis.high) + ": " + rule);
    };
    if (!std::isfinite(axis.low) || !std::isfinite(axis.high)) refuse("both ends must be finite");
    if (axis.low == axis.high) refuse("its ends must differ");
    if (axis.scale == Scale::log && (axis.low <= 0 || axis.high <= 0))
        refuse("a logarithmic axis lies above 0");
    if (axis.scale == Scale::mel && (axis.low < 0 || axis.high < 0))
        refuse("a mel axis has no negative frequencies");
}

}  // namespace undertone::plot
