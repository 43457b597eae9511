// The models that come with the program: what their users rely on.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/support.hpp"
#include "undertone/model.hpp"

namespace undertone::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> shipped() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(project_file("models")))
        if (entry.path().extension() == ".safetensors") paths.push_back(entry.path());
    return paths;
}

std::string text_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string recorded(const Model& model, std::string_view key) {
    for (const auto& [name, value] : model.record())
        if (name == key) return value;
    return {};
}

TEST(ShippedModels, AreSmallAndHaveACardThatSaysTheirLicenceAndHowTheyAreMade) {
    ASSERT_EQ(shipped().size(), 3U);
    for (const fs::path& path : shipped()) {
        SCOPED_TRACE(path.string());
        EXPECT_LT(fs::file_size(path), 1'000'000U);
        const Model model = Model::load(path.string());
        const std::string card = text_of(fs::path(path).replace_extension(".md"));
        const std::string licence = recorded(model, "licence");
        ASSERT_FALSE(licence.empty());
        EXPECT_NE(card.find(licence), std::string::npos);
        EXPECT_NE(card.find("undertone train "), std::string::npos);
        for (const char* part : {"## Results", "## Limits", "ECE"})
            EXPECT_NE(card.find(part), std::string::npos) << part;
        for (const std::string& label : model.labels()) EXPECT_NE(card.find(label), std::string::npos);
    }
}

TEST(ShippedModels, AnswerWithAndWithoutAVoice) {
    const std::string clip = project_file("examples/demo/synthetic-01-01-01.opus");
    for (const fs::path& path : shipped()) {
        SCOPED_TRACE(path.string());
        const Outcome alone = run({"predict", "-m", path.string(), clip});
        EXPECT_EQ(alone.exit_code, 0) << alone.err;
        const Outcome known = run({"predict", "-m", path.string(), "--enroll", clip, clip});
        EXPECT_EQ(known.exit_code, 0) << known.err;
        EXPECT_NE(known.out, alone.out);
    }
}

}  // namespace
}  // namespace undertone::test
