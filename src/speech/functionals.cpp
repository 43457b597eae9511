#include "speech/functionals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

namespace undertone {
namespace functional {

Matrix<double> cepstral_basis(std::size_t n_bands) {
    const std::size_t n = n_bands;
    Matrix<double> basis(n, kCepstra);
    for (std::size_t b = 0; b < n; ++b)
        for (std::size_t k = 0; k < std::min(kCepstra, n); ++k)
            basis(b, k) = std::sqrt((k == 0 ? 1.0 : 2.0) / static_cast<double>(n)) *
                          std::cos(std::numbers::pi * static_cast<double>(k * (2 * b + 1)) /
                                   static_cast<double>(2 * n));
    return basis;
}

Part part_of(std::size_t part, std::size_t n_parts, std::size_t n) {
    const std::size_t first = std::min(part * n / n_parts, n - 1);
    return {first, std::max((part + 1) * n / n_parts, first + 1)};
}

}  // namespace functional

namespace {

using namespace functional;

/// Writes one functional behind the other.
class Writer {
public:
    explicit Writer(std::span<double> out) : out_(out) {}
    void put(double value) { out_[n_++] = value; }
    void put(std::span<const double> values) {
        for (const double value : values) put(value);
    }

private:
    std::span<double> out_;
    std::size_t n_ = 0;
};

/// The bands of frames, less one level. Computed when they are asked for: an hour of them is much memory.
class Bands {
public:
    Bands(MatrixView<const float> frames, std::size_t n_bands, double level)
        : frames_(frames), n_bands_(n_bands), level_(level) {}
    [[nodiscard]] std::size_t rows() const noexcept { return frames_.rows(); }
    [[nodiscard]] std::size_t cols() const noexcept { return n_bands_; }
    [[nodiscard]] double operator()(std::size_t t, std::size_t b) const noexcept {
        return static_cast<double>(frames_(t, b)) - level_;
    }

private:
    MatrixView<const float> frames_;
    std::size_t n_bands_;
    double level_;
};

/// x[t + ahead] - x[t - ahead], computed likewise; one row of zeros where no frame has both.
template <class X>
class Differences {
public:
    Differences(const X& x, std::size_t ahead) : x_(x), across_(2 * ahead) {}
    [[nodiscard]] std::size_t rows() const noexcept { return is_short() ? 1 : x_.rows() - across_; }
    [[nodiscard]] std::size_t cols() const noexcept { return x_.cols(); }
    [[nodiscard]] double operator()(std::size_t t, std::size_t c) const noexcept {
        return is_short() ? 0 : x_(t + across_, c) - x_(t, c);
    }

private:
    [[nodiscard]] bool is_short() const noexcept { return x_.rows() <= across_; }
    const X& x_;
    std::size_t across_;
};

struct Moments {
    std::vector<double> mean, deviation, skewness;
};

template <class X>
Moments moments(const X& x) {
    const auto n = static_cast<double>(x.rows());
    Moments of{std::vector<double>(x.cols()), std::vector<double>(x.cols()), std::vector<double>(x.cols())};
    for (std::size_t t = 0; t < x.rows(); ++t)
        for (std::size_t c = 0; c < x.cols(); ++c) of.mean[c] += x(t, c);
    for (double& mean : of.mean) mean /= n;
    for (std::size_t t = 0; t < x.rows(); ++t)
        for (std::size_t c = 0; c < x.cols(); ++c) {
            const double d = x(t, c) - of.mean[c];
            of.deviation[c] += d * d;
            of.skewness[c] += d * d * d;
        }
    for (std::size_t c = 0; c < x.cols(); ++c) {
        of.deviation[c] = std::sqrt(of.deviation[c] / n);
        of.skewness[c] /= n * std::pow(std::max(of.deviation[c], kLeastDeviation), 3);
    }
    return of;
}

/// The mean over the bands of each frame.
std::vector<double> levels_of(MatrixView<const float> frames, std::size_t n_bands) {
    std::vector<double> levels(frames.rows());
    for (std::size_t t = 0; t < levels.size(); ++t) {
        for (std::size_t b = 0; b < n_bands; ++b) levels[t] += static_cast<double>(frames(t, b));
        levels[t] /= static_cast<double>(n_bands);
    }
    return levels;
}

Matrix<double> cepstra(const Bands& x) {
    const Matrix<double> basis = cepstral_basis(x.cols());
    Matrix<double> c(x.rows(), kCepstra);
    for (std::size_t t = 0; t < x.rows(); ++t)
        for (std::size_t b = 0; b < x.cols(); ++b)
            for (std::size_t k = 0; k < kCepstra; ++k) c(t, k) += x(t, b) * basis(b, k);
    return c;
}

void put_bands(const Bands& x, Writer& out) {
    const Moments of = moments(x);
    out.put(of.mean);
    out.put(of.deviation);
    out.put(of.skewness);
    const auto n = static_cast<double>(x.rows());
    std::vector<double> slope(x.cols());
    for (std::size_t t = 0; t < x.rows(); ++t) {
        const double time = static_cast<double>(t) - (n - 1) / 2;
        for (std::size_t c = 0; c < x.cols(); ++c) slope[c] += time * x(t, c);
    }
    const double squares = n * (n * n - 1) / 12;  // of the times
    for (double& value : slope) value *= n / std::max(squares, 1.0);
    out.put(slope);
    const Differences d(x, 1);
    out.put(moments(d).deviation);
    std::vector<double> magnitude(d.cols());
    for (std::size_t t = 0; t < d.rows(); ++t)
        for (std::size_t c = 0; c < d.cols(); ++c)
            magnitude[c] += std::abs(d(t, c)) / static_cast<double>(d.rows());
    out.put(magnitude);
}

/// Of cepstra, and their covariances.
void put_cepstra(const Matrix<double>& c, Writer& out) {
    const Moments of = moments(c);
    out.put(of.mean);
    out.put(of.deviation);
    out.put(of.skewness);
    const Differences d(c, 2);
    out.put(moments(d).deviation);
    out.put(moments(Differences(d, 1)).deviation);

    Matrix<double> z(c.rows(), kCovaried);
    for (std::size_t t = 0; t < z.rows(); ++t)
        for (std::size_t k = 0; k < kCovaried; ++k)
            z(t, k) = (c(t, k) - of.mean[k]) / std::max(of.deviation[k], kLeastDeviation);
    const auto covariance = [&](std::size_t lag) {
        Matrix<double> sum(kCovaried, kCovaried);
        for (std::size_t t = lag; t < z.rows(); ++t)
            for (std::size_t i = 0; i < kCovaried; ++i)
                for (std::size_t j = 0; j < kCovaried; ++j) sum(i, j) += z(t, i) * z(t - lag, j);
        for (double& value : sum.values())
            value /= static_cast<double>(std::max<std::size_t>(z.rows(), lag + 1) - lag);
        return sum;
    };
    const Matrix<double> together = covariance(0);
    for (std::size_t i = 0; i < kCovaried; ++i) out.put(together.row(i).subspan(i + 1));
    for (const std::size_t lag : kLags) out.put(covariance(lag).values());
}

/// Means over even groups of neighbouring bands, frame by frame.
Matrix<double> grouped(const Bands& x, std::size_t n_groups) {
    Matrix<double> means(x.rows(), n_groups);
    for (std::size_t g = 0; g < n_groups; ++g) {
        const auto [first, end] = part_of(g, n_groups, x.cols());
        for (std::size_t t = 0; t < x.rows(); ++t) {
            double sum = 0;
            for (std::size_t b = first; b < end; ++b) sum += x(t, b);
            means(t, g) = sum / static_cast<double>(end - first);
        }
    }
    return means;
}

/// How fast and how much groups of bands, the level and the broad shape of the spectrum move.
void put_movements(const Matrix<double>& groups, std::span<const double> level, const Matrix<double>& c,
                   Writer& out) {
    constexpr std::size_t kMovements = kGroups + 1 + kMoving;
    Matrix<double> sums(c.rows() + 1, kMovements);  // of all frames before
    for (std::size_t t = 0; t < c.rows(); ++t) {
        const auto from = sums.row(t), to = sums.row(t + 1);
        for (std::size_t g = 0; g < kGroups; ++g) to[g] = from[g] + groups(t, g);
        to[kGroups] = from[kGroups] + level[t];
        for (std::size_t k = 0; k < kMoving; ++k) to[kGroups + 1 + k] = from[kGroups + 1 + k] + c(t, k);
    }
    for (const std::size_t run : kRuns) {
        std::array<double, kMovements> power{};
        const std::size_t n = c.rows() < 2 * run ? 0 : c.rows() - 2 * run + 1;
        for (std::size_t t = 0; t < n; ++t)
            for (std::size_t m = 0; m < kMovements; ++m) {
                const double change =
                    (sums(t + 2 * run, m) - 2 * sums(t + run, m) + sums(t, m)) / static_cast<double>(2 * run);
                power[m] += change * change;
            }
        for (const double value : power)
            out.put(std::log(value / static_cast<double>(std::max<std::size_t>(n, 1)) + kLeastPower));
    }
}

void put_thirds(const Matrix<double>& groups, std::span<const double> level, Writer& out) {
    const std::size_t n = groups.rows();
    for (std::size_t third = 0; third < kThirds; ++third) {
        const auto [first, end] = part_of(third, kThirds, n);
        std::array<double, kFineGroups + 1> mean{};
        for (std::size_t t = first; t < end; ++t) {
            for (std::size_t g = 0; g < kFineGroups; ++g) mean[g] += groups(t, g);
            mean[kFineGroups] += level[t];
        }
        for (const double value : mean) out.put(value / static_cast<double>(end - first));
    }
}

void put_autocorrelation(std::span<const double> level, Writer& out) {
    double power = kLeastEnergy;
    for (const double value : level) power += value * value;
    for (std::size_t lag = 1; lag <= kAutocorrelations; ++lag) {
        double sum = 0;
        for (std::size_t t = lag; t < level.size(); ++t) sum += level[t] * level[t - lag];
        out.put(sum / power);
    }
}

}  // namespace

std::size_t n_functionals(std::size_t n_bands) noexcept {
    return 6 * n_bands + 5 * kCepstra + kCovaried * (kCovaried - 1) / 2 +
           kLags.size() * kCovaried * kCovaried + kRuns.size() * (kGroups + 1 + kMoving) +
           kThirds * (kFineGroups + 1) + kAutocorrelations + 3 + kLevelFunctionals;
}

void functionals(MatrixView<const float> frames, std::size_t n_bands, std::span<double> out) {
    std::vector<double> levels = levels_of(frames, n_bands);
    const auto n = static_cast<double>(levels.size());
    const double mean = std::accumulate(levels.begin(), levels.end(), 0.0) / n;
    const Bands x(frames, n_bands, mean);
    const double loudest = *std::max_element(levels.begin(), levels.end());
    for (double& level : levels) level -= mean;
    const Matrix<double> c = cepstra(x);

    Writer writer(out);
    put_bands(x, writer);
    put_cepstra(c, writer);
    put_movements(grouped(x, kGroups), levels, c, writer);
    put_thirds(grouped(x, kFineGroups), levels, writer);
    put_autocorrelation(levels, writer);
    writer.put(n / 100);
    writer.put(std::log(n));
    double squares = 0;
    for (const double level : levels) squares += level * level;
    writer.put(std::sqrt(squares / n));
    writer.put(mean);
    writer.put(loudest);
}

}  // namespace undertone
