#include "exchange/frame_model.hpp"
#include "speech/functionals.hpp"

/// speech/functionals.cpp told in the steps of a FrameGraph; its order is kept. Sums go over all frames,
/// those behind the end of a clip are zeros.
namespace undertone::exchange {
namespace {

using namespace functional;

struct Moments {
    FrameValue mean, deviation, skewness, normal;  // the last: brought to mean 0 and deviation 1
};

/// @param inside   1 of frames that count, 0 of others
/// @param n        how many count, at least 1
Moments moments(const FrameValue& x, const FrameValue& inside, const FrameValue& n) {
    const FrameValue mean = (x * inside).sum() / n;
    const FrameValue off = (x - mean) * inside;
    const FrameValue squares = off * off;
    const FrameValue deviation = (squares.sum() / n).root();
    const FrameValue scale = deviation.at_least(kLeastDeviation);
    return {mean, deviation, (squares * off).sum() / (n * (scale * scale * scale)), off / scale};
}

/// A channel that is the mean of each of several groups.
FrameValue grouped(const FrameValue& x, std::size_t n_groups) {
    std::vector<double> kernel(x.n_channels() * n_groups);
    for (std::size_t g = 0; g < n_groups; ++g) {
        const auto [first, end] = part_of(g, n_groups, x.n_channels());
        for (std::size_t b = first; b < end; ++b)
            kernel[b * n_groups + g] = 1 / static_cast<double>(end - first);
    }
    return x.layer(FrameOp::dense, "functionals/groups_of_" + std::to_string(n_groups),
                   {Tensor{"kernel", {x.n_channels(), n_groups}, std::move(kernel)}});
}

class Functionals {
public:
    Functionals(const HeardFrames& clip, std::size_t n_bands)
        : inside_(clip.inside),
          n_(clip.n),
          t_(clip.times),
          bands_(clip.frames.channels(counted(0, n_bands)).wide()),
          level_(bands_.then(FrameOp::mean_channels)),
          mean_(level_.sum() / n_),
          x_((bands_ - mean_) * inside_),
          c_(cepstra()) {}

    FrameValue all() {
        put_bands();
        put_cepstra();
        const FrameValue moving = (level_ - mean_) * inside_;
        put_movements(moving);
        put_thirds(moving);
        put_autocorrelation(moving);
        put(n_ / 100);
        put(n_.then(FrameOp::logarithm));
        put(((moving * moving).sum() / n_).root());
        put(mean_);
        put((level_ + (inside_ - 1) * kFar).most());
        return FrameValue::joined(parts_);
    }

private:
    static constexpr double kFar = 1e30;  // below all that is heard

    void put(const FrameValue& value) { parts_.push_back(value); }

    FrameValue cepstra() const {
        const Matrix<double> basis = cepstral_basis(x_.n_channels());
        return x_.layer(FrameOp::dense, "functionals/cepstra",
                        {Tensor{"kernel",
                                {basis.rows(), basis.cols()},
                                std::vector<double>(basis.values().begin(), basis.values().end())}});
    }

    /// n less so many, and at least 1: how many frames differences over so many have.
    [[nodiscard]] FrameValue fewer(std::size_t n) const { return (n_ - static_cast<double>(n)).at_least(1); }
    [[nodiscard]] FrameValue inside(std::size_t n) const { return t_ < n_ - static_cast<double>(n); }

    void put_bands() {
        const Moments of = moments(x_, inside_, n_);
        put(of.mean);
        put(of.deviation);
        put(of.skewness);
        const FrameValue time = t_ - (n_ - 1) / 2;
        const FrameValue squares = n_ * (n_ * n_ - 1) / 12;  // of the times
        put((time * x_).sum() * (n_ / squares.at_least(1)));
        const FrameValue within = inside(2), change = (x_.later(2) - x_) * within;
        put(moments(change, within, fewer(2)).deviation);
        put(change.then(FrameOp::magnitude).sum() / fewer(2));
    }

    void put_cepstra() {
        const Moments of = moments(c_, inside_, n_);
        put(of.mean);
        put(of.deviation);
        put(of.skewness);
        const FrameValue change = c_.later(4) - c_;
        put(moments(change, inside(4), fewer(4)).deviation);
        put(moments(change.later(2) - change, inside(6), fewer(6)).deviation);

        const FrameValue z = of.normal.channels(counted(0, kCovaried));
        std::vector<std::size_t> upper;
        for (std::size_t i = 0; i < kCovaried; ++i)
            for (std::size_t j = i + 1; j < kCovaried; ++j) upper.push_back(i * kCovaried + j);
        put((z.then(FrameOp::products, z) / n_).channels(upper));
        for (const std::size_t lag : kLags) put(z.later(lag).then(FrameOp::products, z) / fewer(lag));
    }

    void put_movements(const FrameValue& moving) {
        const FrameValue of =
            FrameValue::joined({grouped(x_, kGroups), moving, c_.channels(counted(0, kMoving))});
        const FrameValue sums = of.then(FrameOp::running_sum).padded(1, 0);  // of all frames before
        const FrameValue t = sums.times();
        for (const std::size_t run : kRuns) {
            const auto whole = static_cast<double>(2 * run);
            const FrameValue change = (sums.later(2 * run) - sums.later(run) * 2 + sums) / whole;
            const FrameValue within = t < n_ - (whole - 1);
            const FrameValue power = (change * change * within).sum() / fewer(2 * run - 1);
            put((power + kLeastPower).then(FrameOp::logarithm));
        }
    }

    void put_thirds(const FrameValue& moving) {
        const FrameValue of = FrameValue::joined({grouped(x_, kFineGroups), moving});
        const auto begin = [&](std::size_t third) {
            return (n_ * static_cast<double>(third) / static_cast<double>(kThirds)).then(FrameOp::whole);
        };
        for (std::size_t third = 0; third < kThirds; ++third) {
            const FrameValue first = begin(third).then(FrameOp::minimum, n_ - 1);
            const FrameValue end = begin(third + 1).then(FrameOp::maximum, first + 1);
            put((of * ((t_ < end) - (t_ < first))).sum() / (end - first));
        }
    }

    void put_autocorrelation(const FrameValue& moving) {
        FrameValue lagged = moving;  // channel i: of i frames later
        for (std::size_t n = 1; n <= kAutocorrelations; n *= 2)
            lagged = FrameValue::joined({lagged, lagged.later(n)});
        const FrameValue later = lagged.channels(counted(1, kAutocorrelations + 1));
        put((moving * later).sum() / ((moving * moving).sum() + kLeastEnergy));
    }

    FrameValue inside_, n_, t_, bands_, level_, mean_, x_, c_;
    std::vector<FrameValue> parts_;
};

}  // namespace

FrameValue functionals_of(const HeardFrames& clip, std::size_t n_bands) {
    return Functionals(clip, n_bands).all();
}

}  // namespace undertone::exchange
