#include <cstdint>

#include "support/support.hpp"
#include "undertone/calibration.hpp"

namespace undertone {
namespace {

// tools/reference/sklearn_calibration.py
TEST(SklearnCalibration, TemperaturesAreThoseOfScikitLearnAndSciPy) {
    const TensorFile file = test::reference("sklearn_calibration");
    for (const std::string set : {"sharp", "blunt", "two", "right"}) {
        const auto doubles = [&](const char* name) {
            return std::get<std::vector<double>>(file.find(set + name)->values);
        };
        const Tensor& stored = *file.find(set + ".proba");
        Matrix<double> proba(stored.shape[0], stored.shape[1]);
        const std::vector<double> values = doubles(".proba"), calibrated = doubles(".calibrated");
        std::copy(values.begin(), values.end(), proba.data());
        const auto& truth = std::get<std::vector<std::int32_t>>(file.find(set + ".truth")->values);
        const Calibration fitted = Calibration::fit(proba, truth);
        EXPECT_NEAR(fitted.temperature / doubles(".root")[0], 1, 1e-12) << set;
        // It minimises the loss itself, which is flat within 1e-8 or so.
        EXPECT_NEAR(fitted.temperature / doubles(".sklearn")[0], 1, 1e-6) << set;
        const Matrix<double> got = fitted.transform(proba);
        for (std::size_t i = 0; i < calibrated.size(); ++i)
            EXPECT_NEAR(got.values()[i], calibrated[i], 1e-12) << set;
    }
}

}  // namespace
}  // namespace undertone
