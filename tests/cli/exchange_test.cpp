#include <sys/stat.h>

#include <cmath>

#include "exchange/perceptron.hpp"
#include "os/file.hpp"
#include "support/support.hpp"
#include "undertone/model.hpp"

namespace undertone::test {
namespace {

double feature(std::size_t column) { return 6 + 3 * std::cos(static_cast<double>(column)); }

/// A model of librosa193 with a scaler and one hidden layer.
Model made_model(std::string_view framework) {
    constexpr std::size_t kInputs = 193, kHidden = 4, kClasses = 3;
    const auto product = [](std::size_t n_in, std::size_t n_out) {
        exchange::Product made{n_in, n_out, {}};
        for (std::size_t i = 0; i < n_in * n_out; ++i)
            made.kernel.push_back(0.2 * std::sin(static_cast<double>(i * i + n_out)));
        return made;
    };
    exchange::Affine scaler{std::vector<double>(kInputs, 0.25), std::vector<double>(kInputs, -1.5)};
    scaler.scale[7] = 2e8;  // a column that hardly moves, as mel_127 of clips that end below 20 kHz
    scaler.offset[7] = -2e8 * feature(7) + 0.3;
    exchange::Perceptron network =
        exchange::fold({std::move(scaler), product(kInputs, kHidden), exchange::Function::tanh,
                        product(kHidden, kClasses), exchange::Function::softmax},
                       Dtype::float64);
    network.labels = {"sad", "happy", "angry"};
    return exchange::model_of(std::move(network), {framework, {}, "", {{"corpus", "made"}}});
}

std::vector<double> answer(const std::string& path, const std::string& label) {
    const Model model = Model::load(path);
    std::vector<double> features(193), found;
    for (std::size_t i = 0; i < features.size(); ++i) features[i] = feature(i);
    const Prediction prediction = model.predict(features);
    for (std::size_t i = 0; i < model.labels().size(); ++i)
        if (model.labels()[i] == label) found.push_back(prediction.probabilities[i]);
    return found;
}

TEST(ExchangeVerbs, WhatIsExportedIsImportedAgain) {
    const TemporaryFolder folder;
    for (const std::string framework : {"sklearn", "keras"}) {
        const std::string model = folder.path("model.safetensors");
        made_model(framework).save(model);
        for (const std::string format : {"sklearn", "keras", "onnx"}) {
            const std::string file = folder.path("out." + format), again = folder.path("again.safetensors");
            const Outcome out = run({"export", "--to", format, "-o", file, model});
            EXPECT_EQ(out.exit_code, 0) << out.err;
            EXPECT_NE(out.out.find("saved: " + file), std::string::npos) << out.out;
            const Outcome in = run({"import", "-o", again, "--format", "json", file});
            EXPECT_EQ(in.exit_code, 0) << in.err;
            EXPECT_NE(in.out.find("\"features\": \"librosa193/1\", \"columns\": 193"), std::string::npos)
                << in.out;
            for (const char* label : {"sad", "happy", "angry"}) {
                const std::vector<double> got = answer(again, label), expected = answer(model, label);
                ASSERT_EQ(got.size(), 1U) << label;
                EXPECT_NEAR(got[0], expected[0], 1e-6) << framework << " as " << format;
            }
            EXPECT_EQ(run({"info", again}).exit_code, 0);
        }
    }
}

TEST(ExchangeVerbs, KerasFilesAreMadeAndReadInMemoryWhateverLiesThere) {
    const TemporaryFolder folder, empty;
    const std::string model = folder.path("model.safetensors");
    made_model("keras").save(model);
    ASSERT_EQ(run({"export", "--to", "keras", "-o", empty.path("x.keras"), model}).exit_code, 0);
    // Under the names that HDF5 has been told: it opens such a file, and waits for a pipe.
    for (const std::string name : {"image", "model.weights.h5", "memory"})
        ASSERT_EQ(mkfifo(folder.path(name).c_str(), 0600), 0);
    const Outcome out = run({"export", "--to", "keras", "-o", "x.keras", model}, "", folder.path());
    EXPECT_EQ(out.exit_code, 0) << out.err;
    EXPECT_EQ(read_file(folder.path("x.keras")), read_file(empty.path("x.keras")));
    const Outcome in = run({"import", "-o", "again.safetensors", "x.keras"}, "", folder.path());
    EXPECT_EQ(in.exit_code, 0) << in.err;
}

TEST(ExchangeVerbs, LayersOfDifferentActivationsComeAndGo) {
    const TemporaryFolder folder;
    const std::string model = folder.path("model.safetensors");
    const Outcome trained =
        run({"train", "--quiet", "--framework", "keras", "--hidden-layer-sizes", "8,6", "--activation",
             "relu,tanh", "--epochs", "2", "-o", model, project_file("examples/demo")});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    for (const std::string format : {"keras", "onnx"}) {
        const std::string file = folder.path("out." + format), again = folder.path("again.safetensors");
        EXPECT_EQ(run({"export", "--to", format, "-o", file, model}).exit_code, 0);
        const Outcome in = run({"import", "-o", again, file});
        EXPECT_EQ(in.exit_code, 0) << in.err;
        for (const char* label : {"neutral", "happy", "sad", "angry", "fear"})
            EXPECT_NEAR(answer(again, label).at(0), answer(model, label).at(0), 1e-6) << format;
    }
    const Outcome refused = run({"export", "--to", "sklearn", "-o", folder.path("m"), model});
    EXPECT_EQ(refused.exit_code, 5);
    EXPECT_NE(refused.err.find("has hidden layers of relu, tanh, and an MLPClassifier has one activation"),
              std::string::npos)
        << refused.err;
    EXPECT_EQ(refused.err.find('\n') + 1, refused.err.size()) << refused.err;
}

TEST(ExchangeVerbs, LabelsThatAreGivenGoBeforeTheFilesOwn) {
    const TemporaryFolder folder;
    made_model("sklearn").save(folder.path("model.safetensors"));
    const std::string file = folder.path("model.onnx");
    ASSERT_EQ(run({"export", "--to", "onnx", "-o", file, folder.path("model.safetensors")}).exit_code, 0);
    const Outcome named = run({"import", "-o", folder.path("m"), "--labels", "a,b,c", file});
    EXPECT_NE(named.out.find("labels: a b c\n"), std::string::npos) << named.out << named.err;
    const Outcome few = run({"import", "-o", folder.path("m"), "--labels", "a,b", file});
    EXPECT_EQ(few.exit_code, 3);
    EXPECT_NE(few.err.find("tells 3 classes apart, there are 2 labels"), std::string::npos) << few.err;
}

TEST(ExchangeVerbs, RefusalsAreOneLineThatNamesTheFile) {
    const TemporaryFolder folder;
    const auto refused = [&](const std::string& bytes, int code, const std::string& part) {
        const std::string file = folder.path("model.pkl");
        write_file(file, bytes);
        const Outcome outcome = run({"import", "-o", folder.path("m"), file});
        EXPECT_EQ(outcome.exit_code, code) << outcome.err;
        EXPECT_EQ(outcome.err.rfind("undertone: " + file + ": ", 0), 0U) << outcome.err;
        EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
        EXPECT_EQ(outcome.err.find('\n') + 1, outcome.err.size()) << outcome.err;
    };
    refused("text", 5, "is of no format that is read: sklearn, keras, h5, savedmodel, onnx");
    refused(
        "\x80\x04"
        "cposix\nsystem\n.",
        5, "posix.system");
    refused("\x80\x04", 6, "the pickle is cut at byte 2");
    refused("PK\x03\x04", 6, "zip");
    refused("\x89HDF\r\n\x1a\nnothing", 6, "its HDF5 is broken");
    refused("\x08\x07\x3a\x02", 6, "is no ONNX file");
    const std::string data = project_file("tests/reference/data/exchange/new/");
    const Outcome narrow = run({"import", "-o", folder.path("m"), data + "keras_0.keras"});
    EXPECT_EQ(narrow.exit_code, 3);
    EXPECT_NE(narrow.err.find("reads 3 numbers a clip, and the file does not say which: --features"),
              std::string::npos)
        << narrow.err;
    EXPECT_EQ(run({"import", "-o", folder.path("m"), folder.path("absent.pkl")}).exit_code, 4);
    EXPECT_EQ(run({"import", "-o", folder.path("m"), folder.path()}).exit_code, 5);
    EXPECT_EQ(run({"export", "--to", "torch", "-o", folder.path("m"), "ravdess"}).exit_code, 2);
    EXPECT_EQ(run({"export", "--to", "keras", "-o", folder.path("m.h5"), "ravdess"}).exit_code, 2);
}

TEST(ExchangeVerbs, APickleHasTheOptionsOfTheTraining) {
    const TemporaryFolder folder;
    const std::string model = folder.path("model.safetensors"), pickle = folder.path("model.pkl");
    ASSERT_EQ(run({"train", "--quiet", "--split", "none", "--solver", "sgd", "--max-iter", "7", "-o", model,
                   project_file("examples/demo")})
                  .exit_code,
              0);
    ASSERT_EQ(run({"export", "--to", "sklearn", "-o", pickle, model}).exit_code, 0);
    const std::string again = folder.path("again.safetensors");
    ASSERT_EQ(run({"import", "-o", again, pickle}).exit_code, 0);
    const std::string bytes = read_file(pickle);
    EXPECT_NE(bytes.find("sgd"), std::string::npos);
    EXPECT_EQ(bytes.find("adam"), std::string::npos);
}

TEST(ExchangeVerbs, WhatIsReadIsNotWrittenOver) {
    const TemporaryFolder folder;
    const std::string model = folder.path("model.safetensors");
    made_model("sklearn").save(model);
    const std::string before = read_file(model);
    for (const Outcome& outcome :
         {run({"export", "--to", "onnx", "-o", model, model}), run({"import", "-o", model, model}),
          run({"extract", "-o", model, model})}) {
        EXPECT_EQ(outcome.exit_code, 2);
        EXPECT_NE(outcome.err.find("name another file"), std::string::npos) << outcome.err;
    }
    EXPECT_EQ(read_file(model), before);
}

TEST(ExchangeVerbs, NetworkOverFramesGoesToOnnxAndKeras) {
    const TemporaryFolder folder;
    for (const std::string format : {"onnx", "keras"}) {
        const std::string file = folder.path("m." + format), again = folder.path("again." + format);
        const Outcome outcome = run({"export", "--to", format, "-o", file, "ravdess"});
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_NE(outcome.out.find("features: logmel64/1, 64 columns\n"), std::string::npos) << outcome.out;
        EXPECT_NE(outcome.out.find("\nnote: what compares a clip with its speaker's voice is left out"),
                  std::string::npos)
            << outcome.out;
        EXPECT_NE(read_file(file).find("frames of -1000"), std::string::npos);
        EXPECT_EQ(run({"export", "--to", format, "-o", again, "ravdess"}).exit_code, 0);
        EXPECT_EQ(read_file(file), read_file(again));
        const Outcome in = run({"import", "-o", folder.path("m"), file});
        EXPECT_EQ(in.exit_code, 5) << in.err;
        EXPECT_EQ(in.err.rfind("undertone: " + file + ": ", 0), 0U) << in.err;
        EXPECT_EQ(in.err.find('\n') + 1, in.err.size()) << in.err;
        EXPECT_NE(in.err.find("one vector"), std::string::npos) << in.err;
    }
}

TEST(ExchangeVerbs, ScikitLearnHasNoNetworkOverFrames) {
    const TemporaryFolder folder;
    const Outcome outcome = run({"export", "--to", "sklearn", "-o", folder.path("m"), "ravdess"});
    EXPECT_EQ(outcome.exit_code, 5);
    EXPECT_NE(outcome.err.find("sklearn has no network over frames: write it as keras or onnx"),
              std::string::npos)
        << outcome.err;
    EXPECT_EQ(outcome.err.find('\n') + 1, outcome.err.size()) << outcome.err;
}

}  // namespace
}  // namespace undertone::test
