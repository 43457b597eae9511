// Models that scikit-learn, Keras, TensorFlow and skl2onnx wrote, with what they say:
// tools/reference/exchange.py.
#include "undertone/exchange.hpp"

#include <sys/resource.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "exchange/formats.hpp"
#include "formats/zip.hpp"
#include "os/file.hpp"
#include "support/support.hpp"

namespace undertone::exchange {
namespace {

constexpr double kTolerance = 1e-6;

struct Case {
    std::string era, file;
    Matrix<double> x, proba;
};

Matrix<double> matrix(const TensorFile& file, const std::string& name) {
    const Tensor* tensor = file.find(name);
    if (tensor == nullptr || tensor->shape.size() != 2) return {};
    Matrix<double> made(tensor->shape[0], tensor->shape[1]);
    const auto& values = std::get<std::vector<double>>(tensor->values);
    std::copy(values.begin(), values.end(), made.values().begin());
    return made;
}

std::vector<Case> cases() {
    std::vector<Case> all;
    for (const std::string era : {"new", "old", "mixed"}) {
        const TensorFile file = test::reference("exchange/" + era);
        for (const Tensor& tensor : file.tensors) {
            if (!tensor.name.ends_with(".x")) continue;
            const std::string name = tensor.name.substr(0, tensor.name.size() - 2);
            all.push_back({era, name, matrix(file, tensor.name), matrix(file, name + ".proba")});
        }
    }
    return all;
}

std::string stored(const Case& one) {
    return test::project_file("tests/reference/data/exchange/" + one.era + "/" + one.file);
}

/// A SavedModel is kept as a zip of its folder.
std::string unpacked(const Case& one, const test::TemporaryFolder& folder) {
    if (!one.file.ends_with(".zip")) return stored(one);
    std::filesystem::create_directories(folder.path("model/variables"));
    const Zip zip(stored(one));
    for (const ZipEntry& entry : zip.entries())
        write_file(folder.path("model/" + entry.name), zip.read(entry.name, std::size_t{1} << 24));
    return folder.path("model");
}

const Format& format_of(const std::string& path, const std::string& bytes) {
    for (const Format& format : formats())
        if (format.sniff(bytes, path, std::filesystem::is_directory(path))) return format;
    throw Error(Errc::unsupported_format, path);
}

Imported read(const std::string& path) {
    const std::string bytes = std::filesystem::is_directory(path) ? std::string() : read_file(path);
    return format_of(path, bytes).read(path, bytes);
}

Matrix<double> probabilities(Perceptron network, const std::string& framework, const Matrix<double>& x) {
    network = framework == "sklearn" ? with_logistic(network) : with_softmax(network);
    Matrix<double> scaled = x;
    if (network.scaler)
        for (std::size_t i = 0; i < x.rows(); ++i)
            for (std::size_t c = 0; c < x.cols(); ++c)
                scaled(i, c) = (x(i, c) - network.scaler->mean[c]) / network.scaler->scale[c];
    return classifier_of(network, framework, {})->predict_proba(scaled);
}

double largest_difference(const Matrix<double>& a, const Matrix<double>& b) {
    if (a.rows() != b.rows() || a.cols() != b.cols()) return INFINITY;
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a.data()[i] - b.data()[i]));
    return most;
}

TEST(Exchange, StoredModelsSayWhatTheySaidWhereTheyWereMade) {
    std::map<std::string, int> counts;
    for (const Case& one : cases()) {
        const test::TemporaryFolder folder;
        const std::string path = unpacked(one, folder);
        const Imported imported = read(path);
        EXPECT_LT(largest_difference(probabilities(imported.network, std::string(imported.framework), one.x),
                                     one.proba),
                  kTolerance)
            << one.era << " " << one.file;
        ++counts[one.era + " " +
                 std::string(format_of(path, one.file.ends_with(".zip") ? "" : read_file(path)).about.name)];
    }
    for (const std::string format : {"sklearn", "keras", "h5", "savedmodel", "onnx"})
        EXPECT_GE(counts["new " + format], 10) << format;
    for (const std::string format : {"sklearn", "h5", "savedmodel"})
        EXPECT_GE(counts["old " + format], 4) << format;
    for (const std::string format : {"keras", "h5", "savedmodel"})
        EXPECT_EQ(counts["mixed " + format], 4) << format;
    EXPECT_EQ(counts["mixed onnx"], 2);
}

TEST(Exchange, ClassesOfScikitLearnAreTheLabels) {
    const auto labels = [](const std::string& name) {
        return read(test::project_file("tests/reference/data/exchange/" + name)).network.labels;
    };
    EXPECT_EQ(labels("new/sklearn_5.pkl"), (std::vector<std::string>{"angry", "boredom", "calm"}));
    EXPECT_EQ(labels("new/sklearn_2.joblib"), (std::vector<std::string>{"angry", "boredom"}));  // objects
    EXPECT_EQ(labels("old/sklearn_2.pkl"), (std::vector<std::string>{"angry", "boredom"}));
    EXPECT_EQ(labels("old/sklearn_8.pkl"),
              (std::vector<std::string>{"1", "2", "3", "4", "5", "6", "7", "8"}));
    EXPECT_EQ(labels("new/skl2onnx_5.onnx"), (std::vector<std::string>{"angry", "boredom", "calm"}));
}

TEST(Exchange, WhatIsWrittenIsReadAgainAsItWas) {
    const test::TemporaryFolder folder;
    std::set<std::string> written;
    for (const Case& one : cases()) {
        if (one.era == "old" || !(one.file.ends_with(".h5") || one.file.ends_with(".pkl"))) continue;
        Perceptron network = read(stored(one)).network;
        network.labels.clear();
        for (std::size_t i = 0; i < network.n_classes(); ++i)
            network.labels.push_back("label " + std::to_string(i));
        for (const Format& format : formats()) {
            if (format.write == nullptr) continue;
            if (format.about.name == "sklearn" && network.activations.size() > 1) {
                EXPECT_ERROR(format.write(network), Errc::unsupported_format,
                             "an MLPClassifier has one activation for all: export it to keras or onnx");
                continue;
            }
            const std::string bytes = format.write(network);
            EXPECT_EQ(bytes, format.write(network)) << format.about.name << ": the same model, other bytes";
            const std::string path = folder.path("model" + std::string(format.about.extension));
            write_file(path, bytes);
            EXPECT_EQ(&format_of(path, bytes), &format) << format.about.name;
            const Imported again = format.read(path, bytes);
            EXPECT_EQ(again.network.labels, network.labels) << format.about.name;
            EXPECT_LT(largest_difference(probabilities(again.network, "keras", one.x), one.proba), kTolerance)
                << one.file << " as " << format.about.name;
            written.insert(std::string(format.about.name));
        }
    }
    EXPECT_EQ(written, (std::set<std::string>{"sklearn", "keras", "onnx"}));
}

TEST(Exchange, FileThatIsCutAnywhereIsRefused) {
    for (const std::string name : {"new/sklearn_6.pkl", "old/sklearn_0.joblib", "new/sklearn_1.joblib",
                                   "new/skl2onnx_3.onnx", "new/keras_0.h5", "new/keras_0.keras"}) {
        const std::string whole = read_file(test::project_file("tests/reference/data/exchange/" + name));
        const Format& format = format_of(name, whole);
        const test::TemporaryFolder folder;
        const std::size_t step = name.ends_with("h5") || name.ends_with("keras") ? whole.size() / 40 : 97;
        for (std::size_t size = 1; size < whole.size(); size += step) {
            const std::string cut = whole.substr(0, size);
            if (format.about.name == "keras") write_file(folder.path("cut"), cut);
            EXPECT_THROW((void)format.read(folder.path("cut"), cut), Error) << name << ": " << size;
        }
    }
}

long peak_mb(__rusage_who who) {
    rusage usage{};
    getrusage(who, &usage);
    return usage.ru_maxrss / 1024;
}

// HDF5 takes what a file says that its parts need, in a process of its own. With the address sanitizer the
// notes on a block of 16 GB alone are 2 GB.
TEST(Exchange, Hdf5ThatAsksForGigabytesIsRefusedInALine) {
    const std::string name = "old/keras_2.h5";
    const std::string whole = read_file(test::project_file("tests/reference/data/exchange/" + name));
    const Format& format = format_of(name, whole);
    // An object's header that goes on elsewhere: the kind of message and its size, the address, the length.
    const std::string goes_on{0x10, 0, 0x10, 0, 0, 0, 0, 0};
    const std::string gigabytes{0, 0, 0, 0, 4, 0, 0, 0};  // 16
    constexpr std::size_t kLength = 16;
    constexpr long kMostMb = 1024;
    const long before = peak_mb(RUSAGE_SELF);
    std::size_t n_headers = 0;
    for (std::size_t at = 0; (at = whole.find(goes_on, at)) != std::string::npos; ++at) {
        std::string hostile = whole;
        hostile.replace(at + kLength, gigabytes.size(), gigabytes);
        EXPECT_ERROR(format.read(name, hostile), Errc::corrupt_data, "its HDF5 is broken");
        ++n_headers;
    }
    EXPECT_GE(n_headers, 2U);
    EXPECT_LT(peak_mb(RUSAGE_SELF) - before, kMostMb);
    EXPECT_LT(peak_mb(RUSAGE_CHILDREN), kMostMb);
}

}  // namespace
}  // namespace undertone::exchange
