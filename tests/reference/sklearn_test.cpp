#include <cmath>
#include <limits>

#include "support/support.hpp"
#include "undertone/random.hpp"
#include "undertone/scaler.hpp"
#include "undertone/split.hpp"

namespace undertone {
namespace {

template <class T>
const std::vector<T>& values(const TensorFile& file, const std::string& name) {
    const Tensor* tensor = file.find(name);
    if (tensor == nullptr) throw Error(Errc::corrupt_data, name + " is not in the reference file");
    return std::get<std::vector<T>>(tensor->values);
}

class Sklearn : public testing::Test {
protected:
    static void SetUpTestSuite() { file = test::reference("sklearn"); }
    static inline TensorFile file;
};

TEST_F(Sklearn, RandomStateGivesNumPysStreams) {
    for (const std::uint32_t seed : {0U, 9U, 42U, 4294967295U}) {
        RandomState random(seed);
        std::vector<double> reals;
        std::vector<std::int64_t> whole;
        const auto append = [&](const std::vector<std::size_t>& indices) {
            for (const std::size_t index : indices) whole.push_back(static_cast<std::int64_t>(index));
        };
        for (int i = 0; i < 4; ++i) reals.push_back(random.random_sample());
        for (int i = 0; i < 4; ++i) reals.push_back(random.uniform(-2.3, 5.1));
        for (int i = 0; i < 5; ++i) whole.push_back(random.randint(0, 1000));
        for (int i = 0; i < 4; ++i) whole.push_back(random.randint(-5, std::int64_t{1} << 40));
        whole.push_back(random.randint(std::numeric_limits<std::int64_t>::min(),
                                       std::numeric_limits<std::int64_t>::max()));
        whole.push_back(random.randint(7, 8));
        reals.push_back(random.random_sample());
        append(random.permutation(10));
        std::vector<std::int64_t> order;
        for (int i = 0; i < 700; ++i) order.push_back(i);
        random.shuffle(std::span(order));
        whole.insert(whole.end(), order.begin(), order.end());
        append(random.choice(50, 7));
        for (int i = 0; i < 2000; ++i) (void)random.random_sample();
        reals.push_back(random.random_sample());
        const std::string name = "random." + std::to_string(seed);
        EXPECT_EQ(reals, values<double>(file, name + ".reals")) << name;  // bit for bit
        EXPECT_EQ(whole, values<std::int64_t>(file, name + ".whole")) << name;
    }
}

TEST_F(Sklearn, SplitsAreThoseOfTrainTestSplit) {
    struct Case {  // as SPLITS in tools/reference/sklearn_vectors.py
        std::size_t n_samples;
        int n_classes;
        std::uint32_t seed;
        SplitOptions options;
    };
    const std::vector<Case> cases{
        {10, 0, 0, {}},
        {2452, 0, 9, {.test_size = 0.3}},
        {101, 0, 1, {.test_size = 0.5}},
        {100, 0, 2, {.train_size = 0.33}},
        {57, 0, 3, {.test_size = 13}},
        {57, 0, 3, {.train_size = 13}},
        {200, 0, 4, {.test_size = 0.1, .train_size = 0.25}},
        {200, 0, 4, {.test_size = 7, .train_size = 0.9}},
        {30, 0, 5, {.test_size = 0.3, .shuffle = false}},
        {30, 0, 5, {.test_size = 4, .train_size = 9, .shuffle = false}},
        {500, 8, 9, {.test_size = 0.3}},
        {500, 8, 10, {.test_size = 0.1, .train_size = 0.4}},
        {97, 3, 11, {.test_size = 20, .train_size = 31}},
        {64, 2, 12, {}},
        {60, 6, 13, {.test_size = 7}},
    };
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const Case& one = cases[i];
        std::vector<int> stratify;
        RandomState random(one.seed);
        if (one.n_classes > 0)
            for (std::size_t s = 0; s < one.n_samples; ++s)
                stratify.push_back(static_cast<int>(random.randint(0, one.n_classes)));
        const Split split = train_test_split(one.n_samples, one.options, one.seed, stratify);
        const auto same = [&](const std::vector<std::size_t>& part, const std::string& name) {
            const std::vector<std::int32_t> got(part.begin(), part.end());
            EXPECT_EQ(got, values<std::int32_t>(file, "split." + std::to_string(i) + name));
        };
        same(split.train, ".train");
        same(split.test, ".test");
    }
}

void expect_close(std::span<const double> got, const std::vector<double>& expected, double relative) {
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i)
        ASSERT_NEAR(got[i], expected[i], relative * std::abs(expected[i])) << "at " << i;
}

TEST_F(Sklearn, ScalerMeasuresAndScalesAsStandardScaler) {
    const Tensor* x = file.find("scaler.x");
    Matrix<double> samples(x->shape[0], x->shape[1]);
    const auto& numbers = values<double>(file, "scaler.x");
    std::copy(numbers.begin(), numbers.end(), samples.values().begin());

    StandardScaler both;
    both.fit(samples);
    expect_close(both.mean(), values<double>(file, "scaler.mean"), 1e-12);
    expect_close(both.var(), values<double>(file, "scaler.var"), 1e-12);
    expect_close(both.scale(), values<double>(file, "scaler.scale"), 1e-12);
    for (const auto& [options, name] : std::vector<std::pair<ScalerOptions, std::string>>{
             {{}, "both"}, {{.with_std = false}, "with_mean"}, {{.with_mean = false}, "with_std"}}) {
        StandardScaler scaler(options);
        scaler.fit(samples);
        expect_close(scaler.transform(MatrixView<const double>(samples)).values(),
                     values<double>(file, "scaler." + name), 1e-12);
    }
}

}  // namespace
}  // namespace undertone
