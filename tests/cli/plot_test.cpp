#include <filesystem>

#include "os/file.hpp"
#include "support/sound.hpp"
#include "support/support.hpp"

namespace undertone::test {
namespace {

struct Sound {
    TemporaryFolder folder;
    std::string wav = folder.path("clip.wav");
    Sound() { write_sound(wav, made_sound(12000)); }
};

TEST(Plot, EachKindGoesIntoEachFormat) {
    const Sound sound;
    for (const std::string kind :
         {"waveform", "spectrogram", "mel", "chroma", "mfcc", "zero-crossings", "all"}) {
        const Outcome outcome = run({"plot", sound.wav, "--kind", kind}, "", sound.folder.path());
        EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
        EXPECT_EQ(outcome.out, "picture saved: clip-" + kind + ".png\n");
        EXPECT_EQ(read_file(sound.folder.path("clip-" + kind + ".png")).substr(0, 8), "\x89PNG\r\n\x1a\n");
    }
    EXPECT_EQ(run({"plot", sound.wav, "-o", sound.folder.path("a.PDF")}).exit_code, 0);
    EXPECT_EQ(read_file(sound.folder.path("a.PDF")).substr(0, 5), "%PDF-");
    const Outcome json = run({"plot", sound.wav, "--format", "json", "-o", sound.folder.path("a.svg")});
    EXPECT_EQ(json.out.rfind("{\"picture\": ", 0), 0U) << json.out;
    EXPECT_EQ(read_file(sound.folder.path("a.svg")).substr(0, 4), "<svg");
}

TEST(Plot, NamesAreEscaped) {
    const Sound sound;
    const std::string odd = sound.folder.path("<script>alert('\xd7\xa9')&.wav");
    std::filesystem::copy(sound.wav, odd);
    ASSERT_EQ(run({"plot", odd, "--kind", "waveform", "-o", sound.folder.path("a.svg")}).exit_code, 0);
    const std::string svg = read_file(sound.folder.path("a.svg"));
    EXPECT_EQ(svg.find("<script"), std::string::npos);
    EXPECT_NE(svg.find("&lt;script&gt;alert(&#39;\xd7\xa9&#39;)&amp;.wav"), std::string::npos);
}

TEST(Plot, TheArrayBehindAPictureCanBeKept) {
    const Sound sound;
    ASSERT_EQ(run({"plot", sound.wav, "--kind", "mfcc", "--array", sound.folder.path("a.npy"), "-o",
                   sound.folder.path("a.png")})
                  .exit_code,
              0);
    const std::string npy = read_file(sound.folder.path("a.npy"));
    EXPECT_NE(npy.find("'shape': (24, 40)"), std::string::npos);
    EXPECT_EQ(npy.size(), 128U + 24 * 40 * 8);
}

TEST(Plot, APartIsLabelledWithItsOwnTimes) {
    const Sound sound;
    ASSERT_EQ(run({"plot", sound.wav, "--kind", "waveform", "--from", "0.5", "--to", "0.51", "-o",
                   sound.folder.path("a.svg")})
                  .exit_code,
              0);
    const std::string svg = read_file(sound.folder.path("a.svg"));
    EXPECT_NE(svg.find(">0.500<"), std::string::npos);
    EXPECT_NE(svg.find(">0.510<"), std::string::npos);
    EXPECT_GE(std::count(svg.begin(), svg.end(), 'c'), 160);  // a circle for each sample
}

TEST(Plot, WrongInputGetsOneLineAndLeavesNothing) {
    const Sound sound;
    const std::string out = sound.folder.path("a.png");
    const std::vector<std::vector<std::string>> wrong{
        {"plot", sound.wav, "-o", sound.folder.path("a.gif")},
        {"plot", sound.wav, "-o", sound.folder.path("none/a.png")},
        {"plot", sound.wav, "--from", "2", "-o", out},
        {"plot", sound.wav, "--from", "0.2", "--to", "0.1", "-o", out},
        {"plot", sound.wav, "--width", "3", "-o", out},
        {"plot", sound.wav, "--dpi", "nan", "-o", out},
        {"plot", sound.wav, "--n-fft", "0", "-o", out},
        {"plot", sound.wav, "--kind", "all", "--array", sound.folder.path("a.npy"), "-o", out},
        {"plot", sound.wav, "--kind", "waveform", "--n-mels", "40", "-o", out},
        {"plot", sound.wav, "--kind", "mel", "--width", "3", "--array", sound.folder.path("b.npy"), "-o",
         out},
        {"explain", sound.wav, "--any-sound", "--dpi", "300"},
        {"plot", sound.wav, "--width", "20000", "--dpi", "1200", "-o", out},
        {"plot", sound.folder.path("none.wav"), "-o", out},
        {"explain", sound.folder.path("none.wav"), "-o", out},
        {"explain", sound.wav, "--from", "0.2", "--to", "0.1", "--any-sound", "-o", out},
        {"explain", sound.wav, "--label", "joyful", "--any-sound", "-o", out}};
    for (const auto& arguments : wrong) {
        const Outcome outcome = run(arguments);
        EXPECT_NE(outcome.exit_code, 0) << arguments[2];
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err.find("undertone: "), std::string::npos);
        EXPECT_FALSE(std::filesystem::exists(out));
        EXPECT_FALSE(std::filesystem::exists(sound.folder.path("b.npy")));
    }
}

TEST(Explain, TellsWhatSpokeForTheAnswer) {
    const Sound sound;
    const Outcome refused = run({"explain", sound.wav});
    EXPECT_NE(refused.err.find("there is no answer to explain"), std::string::npos) << refused.err;
    const std::string out = sound.folder.path("why.svg");
    const Outcome text = run({"explain", sound.wav, "--any-sound", "--quiet", "--n-draws", "4", "-o", out});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    for (const std::string part : {"the parts add", "moment", "bands", "picture saved"})
        EXPECT_NE(text.out.find(part), std::string::npos) << text.out;
    EXPECT_NE(read_file(out).find("mel spectrogram"), std::string::npos);
    const Outcome json =
        run({"explain", sound.wav, "--any-sound", "--quiet", "--n-draws", "4", "--format", "json"});
    EXPECT_NE(json.out.find("\"method\": \"shapley\""), std::string::npos) << json.out;
}

}  // namespace
}  // namespace undertone::test
