#include "undertone/audit.hpp"

#include <filesystem>

#include "feature/fingerprint.hpp"
#include "made_corpus.hpp"
#include "support/sound.hpp"
#include "undertone/audio.hpp"
#include "undertone/random.hpp"

namespace undertone {
namespace {

using test::MadeCorpus;
using test::write_sound;

std::vector<std::string> lines(const std::vector<Finding>& findings) {
    std::vector<std::string> all;
    for (const Finding& finding : findings) {
        std::string line(name(finding.kind));
        for (const std::string& file : finding.files) line += " " + file.substr(file.rfind('/') + 1);
        all.push_back(line);
    }
    return all;
}
using Lines = std::vector<std::string>;

Clip demo_clip(const std::string& name) {
    return read_audio(test::project_file("examples/demo/synthetic-" + name + ".opus"));
}

TEST(Audit, ListsWhatIsWrong) {
    const MadeCorpus made(
        {{"angry/lfs.wav", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"},
         {"angry/cut.wav", "RIFF"},
         {"stray.wav", ""}});
    const auto sound = test::made_sound(16000);
    write_sound(made.path("angry/a.wav"), sound);
    std::filesystem::create_directories(made.path("sad"));
    write_sound(made.path("sad/a_copy.wav"), sound);
    write_sound(made.path("sad/b.flac"), sound, 16000, SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
    write_sound(made.path("sad/silent.wav"), std::vector<float>(16000, 0.0005F));
    auto loud = test::made_sound(16000, 0.2F);
    for (float& sample : loud) sample = std::min(1.0F, std::max(-1.0F, 4 * sample));
    write_sound(made.path("sad/loud.wav"), loud);
    write_sound(made.path("sad/short.wav"), test::made_sound(1600, 0.1F));
    const auto findings = audit_corpus(made.read(), {}, 2);
    EXPECT_EQ(lines(findings),
              (Lines{"identical_bytes a.wav a_copy.wav", "identical_samples a.wav a_copy.wav b.flac",
                     "silent silent.wav", "clipped loud.wav", "too_short short.wav", "lfs_pointer lfs.wav",
                     "unreadable cut.wav", "unknown_name stray.wav"}));
    EXPECT_EQ(findings[0].detail, "labelled angry and sad");
    EXPECT_ERROR(audit_corpus(made.read(), {}, 1, [](const Progress&) { return false; }), Errc::cancelled,
                 "1 of 8");
}

// What people do to recordings before they pass them on.
TEST(Audit, FindsCopiesThatWereChanged) {
    const Clip clip = demo_clip("05-01-03");
    RandomState random(1);
    const test::TemporaryFolder folder;
    struct Change {
        const char* what;
        std::vector<float> samples;
        int rate, format;
    };
    std::vector<float> quiet = clip.samples, noisy = clip.samples;
    for (float& sample : quiet) sample *= 0.2F;
    for (float& sample : noisy) sample += static_cast<float>(random.uniform(-0.003, 0.003));
    const std::vector<float> cut(clip.samples.begin() + 1613, clip.samples.end() - 800);
    std::vector<float> padded(2131, 0.0F);
    padded.insert(padded.end(), clip.samples.begin(), clip.samples.end());
    constexpr int kWav = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    const std::vector<Change> changes{
        {"quiet", quiet, 16000, kWav},
        {"noisy", noisy, 16000, kWav},
        {"cut", cut, 16000, kWav},
        {"padded", padded, 16000, kWav},
        {"22050", resample(clip.samples, 16000, 22050), 22050, kWav},
        {"44100", resample(clip.samples, 16000, 44100), 44100, kWav},
        {"8000", resample(clip.samples, 16000, 8000), 8000, kWav},
        {"vorbis", clip.samples, 16000, SF_FORMAT_OGG | SF_FORMAT_VORBIS},
        {"mu-law", clip.samples, 16000, SF_FORMAT_WAV | SF_FORMAT_ULAW},
    };
    corpus::Fingerprinter fingerprinter;
    const corpus::Fingerprint original = fingerprinter.of(clip);
    for (const Change& change : changes) {
        const std::string path = folder.path(change.what);
        if (!write_sound(path, change.samples, change.rate, change.format)) continue;
        const std::vector<corpus::Fingerprint> both{original, fingerprinter.of(read_audio(path))};
        const auto alike = corpus::find_alike(both, 0.5);
        ASSERT_EQ(alike.size(), 1U) << change.what;
        EXPECT_LE(alike[0].bit_error, 0.08) << change.what;
    }
}

TEST(Audit, OtherClipsOfOneVoiceAreNoCopies) {
    std::vector<corpus::Fingerprint> prints;
    corpus::Fingerprinter fingerprinter;
    for (const std::string emotion : {"01", "03", "04", "05", "06"})
        for (const std::string text : {"01", "02"})
            prints.push_back(fingerprinter.of(demo_clip(emotion + "-" + text + "-03")));
    EXPECT_TRUE(corpus::find_alike(prints, AuditOptions{}.max_bit_error).empty());
    EXPECT_TRUE(fingerprinter.of({std::vector<float>(100), 16000, 1}).bits.empty());
    EXPECT_TRUE(fingerprinter.of({std::vector<float>(10000), 2000, 1}).bits.empty());
    const Clip silence{std::vector<float>(16000), 16000, 1};
    prints = {fingerprinter.of(silence), fingerprinter.of(silence)};
    EXPECT_TRUE(corpus::find_alike(prints, 0.5).empty());
}

TEST(Audit, TheRealCorpusHasAnIdenticalPair) {
    const std::string actor = test::shared_data("ravdess/Audio_Speech_Actors_01-24/Actor_07");
    if (actor.empty()) GTEST_SKIP() << "no shared recordings beside the project";
    const std::vector<std::string> places{actor};
    const auto findings = audit_corpus(read_corpus(places), {}, 2);
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(lines(findings).front(), "identical_bytes 03-01-03-01-02-01-07.flac 03-01-03-01-02-02-07.flac");
}

TEST(ReadHeaders, OfPartsAndOfWhatCannotBeRead) {
    const MadeCorpus made({{"labels.csv",
                            "file,emotion,start,end\na.wav,angry,,\na.wav,sad,0.25,0.5\na.wav,happy,0.5,1.5\n"
                            "bad.wav,fear,,\n"},
                           {"bad.wav", "no sound"}});
    write_sound(made.path("a.wav"), test::made_sound(16000));
    const auto headers = read_headers(made.read(), 2);
    ASSERT_EQ(headers.size(), 4U);
    EXPECT_DOUBLE_EQ(headers[0].duration_s, 1);
    EXPECT_DOUBLE_EQ(headers[1].duration_s, 0.25);
    ASSERT_TRUE(headers[2].error);
    EXPECT_NE(std::string(headers[2].error->what()).find("labels.csv:4: "), std::string::npos);
    EXPECT_TRUE(headers[3].error);
    EXPECT_EQ(headers[0].info.sample_rate, 16000);
}

}  // namespace
}  // namespace undertone
