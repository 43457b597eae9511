#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "os/file.hpp"
#include "support/sound.hpp"
#include "support/support.hpp"

namespace undertone::test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string clip() { return project_file("examples/demo/synthetic-01-01-01.opus"); }

/// A tiny model, trained once.
const std::string& tiny_model() {
    static const TemporaryFolder folder;
    static const std::string path = [] {
        const std::string model = folder.path("tiny.safetensors");
        const Outcome trained = run({"train", "--quiet", "--max-iter", "12", "--hidden-layer-sizes", "16",
                                     "--dtype", "float32", "-o", model, project_file("examples/demo")});
        EXPECT_EQ(trained.exit_code, 0) << trained.err;
        return model;
    }();
    return path;
}

/// The program as it is installed, with shipped models.
class Installed : public ::testing::Test {
protected:
    Installed() {
        fs::create_directories(prefix_.path("bin"));
        fs::create_directories(prefix_.path("here"));
        fs::copy_file(program(), prefix_.path("bin/undertone"));
    }
    void ship(const std::string& name) {
        fs::create_directories(prefix_.path("share/undertone/models"));
        fs::copy_file(tiny_model(), shipped(name));
    }
    std::string shipped(const std::string& name) const {
        return prefix_.path("share/undertone/models/" + name + ".safetensors");
    }
    std::string here(const std::string& name) const { return prefix_.path("here/" + name); }
    Outcome run_here(const std::vector<std::string>& arguments) const {
        return run(arguments, "", prefix_.path("here"), prefix_.path("bin/undertone"));
    }

private:
    TemporaryFolder prefix_;
};

TEST_F(Installed, PredictTakesTheShippedModelWhenNoneIsNamed) {
    ship("ravdess");
    const Outcome outcome = run_here({"predict", clip()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "undertone: the model is " + shipped("ravdess") + "\n");
    EXPECT_EQ(outcome.out, run({"predict", "-m", tiny_model(), clip()}).out);
    EXPECT_EQ(run_here({"predict", "--quiet", clip()}).err, "");
}

TEST_F(Installed, ModelOfTheFolderComesBeforeTheShippedOneAndANamedOneBeforeBoth) {
    ship("ravdess");
    ship("emodb");
    fs::copy_file(tiny_model(), here("model.safetensors"));
    EXPECT_EQ(run_here({"predict", clip()}).err, "undertone: the model is model.safetensors\n");
    const Outcome named = run_here({"predict", "-m", "emodb", clip()});
    EXPECT_EQ(named.exit_code, 0);
    EXPECT_EQ(named.err, "");
    // A file of that name is meant; a folder of recordings is not.
    fs::create_directory(here("emodb"));
    EXPECT_EQ(run_here({"predict", "-m", "emodb", clip()}).exit_code, 0);
    fs::remove(here("emodb"));
    std::ofstream(here("emodb")) << "no model";
    EXPECT_EQ(run_here({"predict", "-m", "emodb", clip()}).exit_code, 6);
}

TEST_F(Installed, WithoutAnyModelThereIsOneClearError) {
    const Outcome outcome = run_here({"predict", clip()});
    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(
        outcome.err.rfind("undertone: there is no model: no model.safetensors in this folder and no ", 0), 0U)
        << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
    EXPECT_NE(run_here({"predict", "-m", "emodb", clip()}).err.find("none came with undertone"),
              std::string::npos);
    ship("ravdess");
    EXPECT_NE(run_here({"predict", "-m", "emodb", clip()}).err.find("with undertone came ravdess;"),
              std::string::npos);
}

TEST_F(Installed, InfoListsTheShippedModels) {
    EXPECT_NE(run_here({"info"}).out.find("no model came with undertone"), std::string::npos);
    ship("ravdess");
    ship("emodb");
    const Outcome text = run_here({"info"});
    EXPECT_EQ(text.out.rfind("emodb       neutral happy sad angry fear  (synthetic)\nravdess ", 0), 0U)
        << text.out;
    const json told = json::parse(run_here({"info", "--format", "json"}).out);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[1].at("model"), "ravdess");
    EXPECT_EQ(told[1].at("labels").size(), 5U);
    EXPECT_EQ(run_here({"info", "ravdess"}).out.rfind(shipped("ravdess"), 0), 0U);
}

TEST(Predict, AbstainsBelowAProbability) {
    const auto predict = [](const std::string& abstain, const std::string& format) {
        return run({"predict", "-m", tiny_model(), "--abstain", abstain, "--format", format, clip()});
    };
    const json sure = json::parse(predict("0", "json").out)[0],
               unsure = json::parse(predict("1", "json").out)[0];
    EXPECT_EQ(unsure.at("label"), "unsure");
    EXPECT_NE(sure.at("label"), "unsure");
    EXPECT_EQ(unsure.at("probabilities"), sure.at("probabilities"));
    EXPECT_EQ(predict("1", "text").out.rfind("unsure  ", 0), 0U) << predict("1", "text").out;
    EXPECT_NE(predict("1", "csv").out.find(clip() + ",unsure,0."), std::string::npos);
    const Outcome top = run({"predict", "-m", tiny_model(), "--abstain", "1", "--top", "2", clip()});
    EXPECT_EQ(top.out.rfind("unsure     " + sure.at("label").get<std::string>(), 0), 0U) << top.out;
    EXPECT_EQ(predict("1.5", "text").exit_code, 2);
    EXPECT_EQ(predict("nan", "text").exit_code, 2);
}

TEST(Predict, SaysWhenNobodySpeaks) {
    const TemporaryFolder folder;
    const std::string silence = folder.path("silence.wav"), tone = folder.path("tone.wav"),
                      brief = folder.path("brief.wav");
    std::vector<float> samples(32000);
    ASSERT_TRUE(write_sound(silence, samples));
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = 0.3F * std::sin(0.1F * static_cast<float>(i));
    ASSERT_TRUE(write_sound(tone, samples));
    samples.resize(1000);
    ASSERT_TRUE(write_sound(brief, samples));

    const Outcome text = run({"predict", "-m", tiny_model(), silence, tone, brief, clip()});
    EXPECT_EQ(text.exit_code, 0);
    EXPECT_EQ(text.err, "");
    EXPECT_EQ(text.out.rfind("no speech          " + silence + "\nno speech          " + tone +
                                 "\ntoo short          " + brief + "\n",
                             0),
              0U)
        << text.out;
    const json results = json::parse(
        run({"predict", "-m", tiny_model(), "--format", "json", silence, tone, brief, clip()}).out);
    ASSERT_EQ(results.size(), 4U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(results[i].at("label").is_null());
    EXPECT_EQ(results[0].at("reason"), "no speech");
    EXPECT_EQ(results[0].at("detail"), "silence");
    EXPECT_EQ(results[1].at("detail"), "a steady tone");
    EXPECT_EQ(results[2].at("reason"), "too short");
    EXPECT_TRUE(results[3].at("label").is_string());
    for (const std::string top : {"0", "2", "99"}) {
        std::vector<std::string> words{"predict", "-m", tiny_model(), "--format", "csv", silence, clip()};
        if (top != "0") words.insert(words.end(), {"--top", top});
        std::istringstream rows(run(words).out);
        std::string head, row;
        std::getline(rows, head);
        while (std::getline(rows, row))
            EXPECT_EQ(std::count(row.begin(), row.end(), ','), std::count(head.begin(), head.end(), ','))
                << row;
    }
    const Outcome any = run({"predict", "-m", tiny_model(), "--any-sound", silence, tone, brief});
    EXPECT_EQ(any.exit_code, 0) << any.err;
    EXPECT_EQ(any.out.find("no speech"), std::string::npos) << any.out;
}

TEST(Predict, FileWithoutASampleIsOneError) {
    const TemporaryFolder folder;
    ASSERT_TRUE(write_sound(folder.path("none.wav"), {}));
    const Outcome outcome = run({"predict", "-m", tiny_model(), folder.path("none.wav")});
    EXPECT_EQ(outcome.exit_code, 6);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

TEST(Halve, KeepsAModelInHalfTheBytes) {
    const TemporaryFolder folder;
    const std::string small = folder.path("small.safetensors");
    const Outcome outcome = run({"halve", "-o", small, tiny_model()});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("model saved: " + small), std::string::npos);
    const json told = json::parse(run({"info", "--format", "json", small}).out);
    EXPECT_EQ(told.at("framework").at("half_precision"), true);
    EXPECT_NE(run({"info", small}).out.find("weights of half precision"), std::string::npos);
    const json whole = json::parse(run({"predict", "-m", tiny_model(), "--format", "json", clip()}).out)[0];
    const json half = json::parse(run({"predict", "-m", small, "--format", "json", clip()}).out)[0];
    EXPECT_EQ(half.at("label"), whole.at("label"));
    EXPECT_NEAR(half.at("probability").get<double>(), whole.at("probability").get<double>(), 0.02);
    // A second time there is nothing to round.
    ASSERT_EQ(run({"halve", "-o", folder.path("again"), small}).exit_code, 0);
    EXPECT_EQ(read_file(folder.path("again")), read_file(small));
}

TEST(Halve, TrainingDoesItTooAndTestsWhatItSaves) {
    const TemporaryFolder folder;
    const auto train = [&](const std::string& dtype) {
        return run({"train", "--quiet", "--half", "--max-iter", "3", "--hidden-layer-sizes", "4", "--dtype",
                    dtype, "-o", folder.path("m"), "--run", folder.path("run"),
                    project_file("examples/demo")});
    };
    ASSERT_EQ(train("float32").exit_code, 0);
    const json told = json::parse(run({"info", "--format", "json", folder.path("m")}).out);
    EXPECT_EQ(told.at("framework").at("half_precision"), true);
    EXPECT_EQ(told.at("record").at("weights"), "rounded to half precision");
    EXPECT_EQ(told.at("record").at("epochs"), "3");
    const Outcome wide = train("float64");
    EXPECT_EQ(wide.exit_code, 2);
    EXPECT_NE(wide.err.find("--dtype float32"), std::string::npos) << wide.err;
    const Outcome halved = run({"halve", "-o", folder.path("x"), project_file("README.md")});
    EXPECT_EQ(halved.exit_code, 6) << halved.err;
}

}  // namespace
}  // namespace undertone::test
