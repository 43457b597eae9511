#include "undertone/config.hpp"

#include <filesystem>

#include "os/file.hpp"
#include "support/support.hpp"

namespace undertone {
namespace {

using test::TemporaryFolder;

constexpr const char* kClassic = R"([DATA]
data_dir=../input
file_glob=Audio_*_Actors_01-24/Actor_*/*.wav
emotions={'01':'neutral', '02':'calm', '03':'happy'}
learn_emotions=[1,3]

[MODEL]
hidden_layer_shape=[300,50,20,10]
batch_size=8
epoch=500
num_features=193
model_save_path=../output

[API]
port=8050
)";

// The config with one line more in [MODEL]; that line is number 7.
std::string model_line(const std::string& line) { return "\n\n\n\n\n[MODEL]\n" + line + "\n"; }
std::string data_line(const std::string& line) { return "\n\n\n\n\n[DATA]\n" + line + "\n"; }

TEST(Config, TheClassicFile) {
    const Config config = parse_config(kClassic, "config.ini");
    EXPECT_EQ(config.path, "config.ini");
    EXPECT_EQ(config.data_dir, "../input");
    EXPECT_EQ(config.file_glob, "Audio_*_Actors_01-24/Actor_*/*.wav");
    EXPECT_EQ(config.labels.emotions,
              (std::map<std::string, std::string>{{"01", "neutral"}, {"02", "calm"}, {"03", "happy"}}));
    EXPECT_EQ(config.labels.learn, (std::vector<std::string>{"01", "03"}));
    EXPECT_EQ(config.hidden_layer_shape, (std::vector{300, 50, 20, 10}));
    EXPECT_EQ(config.batch_size, 8);
    EXPECT_EQ(config.epoch, 500);
    EXPECT_EQ(config.num_features, 193);
    EXPECT_EQ(config.model_save_path, "../output");
    EXPECT_EQ(config.port, 8050);
}

TEST(Config, TheUsersFileAsItIs) {
    const std::string path = test::shared_data("seed/config.ini");
    if (path.empty()) GTEST_SKIP() << "seed/config.ini does not stand beside the project";
    const Config config = read_config(path);
    EXPECT_EQ(config.labels.emotions.size(), 8U);
    EXPECT_EQ(config.labels.emotions.at("06"), "fearful");
    EXPECT_EQ(config.labels.learn.back(), "08");
    EXPECT_EQ(config.port, 8050);
}

TEST(Config, WrittenAsPythonsConfigparserTakesIt) {
    const Config config = parse_config(
        "\xEF\xBB\xBF# a comment\r\n[DATA] ; another\r\nDATA_Dir : /a/b # c\r\nemotions = {\r\n"
        "    '01': 'neutral',\r\n    ; between\r\n\r\n    '02': \"calm\",  # Python's own comment\r\n  }\r\n"
        "[API]\r\n  port=1\r\n",
        "x");
    EXPECT_EQ(config.data_dir, "/a/b # c");
    EXPECT_EQ(config.labels.emotions.size(), 2U);
    EXPECT_EQ(config.port, 1);
    EXPECT_FALSE(config.batch_size.has_value());
}

TEST(Config, CodesAreTextOrNumbers) {
    const auto learn = [](const std::string& codes) {
        return parse_config("[DATA]\nemotions={'01':'a',2:'b'}\nlearn_emotions=" + codes, "x").labels.learn;
    };
    EXPECT_EQ(learn("['2', 1]"), (std::vector<std::string>{"2", "01"}));
    EXPECT_EQ(learn("('01',)"), std::vector<std::string>{"01"});
    EXPECT_EQ(parse_config("[DATA]\nlearn_emotions=[3]", "x").labels.learn, std::vector<std::string>{"3"});
}

TEST(Config, RefusalsNameFileAndLine) {
    const auto read = [](const std::string& text) { return parse_config(text, "c.ini"); };
    const auto code = Errc::corrupt_data;
    EXPECT_ERROR(read(model_line("batchsize=8")), code,
                 "c.ini:7: unknown key batchsize; there are hidden_layer_shape batch_size epoch");
    EXPECT_ERROR(read("[DATA]\n\n[OTHER]\n"), code,
                 "c.ini:3: unknown section [OTHER]; there are [DATA] [MODEL] [API]");
    EXPECT_ERROR(read("[DATA]\ndata_dir=a\ndata_dir=b"), code,
                 "c.ini:3: data_dir: is given twice, before on line 2");
    EXPECT_ERROR(read("[DATA]\n[DATA]"), code, "c.ini:2: [DATA]: the section is given twice");
    EXPECT_ERROR(read("data_dir=a"), code, "c.ini:1: data_dir=a: stands before the first [section]");
    EXPECT_ERROR(read("[DATA"), code, "c.ini:1: [DATA: a section is written [NAME]");
    EXPECT_ERROR(read("[DATA]\nhello"), code, "c.ini:2: hello: must be [section], key = value");
    EXPECT_ERROR(read("[DATA]\nx=\x01"), code, "c.ini:2: the line: holds a control character");
    EXPECT_ERROR(read("[DATA]\ndata_dir=a\n  file_glob=b"), code,
                 "c.ini:3: data_dir: goes over several lines");
    EXPECT_ERROR(read(data_line("data_dir=")), code, "c.ini:7: data_dir: has no value");
    EXPECT_ERROR(read(data_line("data_dir=%(home)s/x")), code, "%(name)s is not replaced");
    EXPECT_ERROR(read(model_line("batch_size=")), code,
                 "c.ini:7: batch_size: a value must stand here, not the end");
    EXPECT_ERROR(read(model_line("batch_size=0")), code, "c.ini:7: batch_size: 0: must be at least 1");
    EXPECT_ERROR(read(model_line("batch_size=8.0")), code, "must be a whole number, not a number");
    EXPECT_ERROR(read(model_line("batch_size=9999999999")), code, "at most 2147483647");
    EXPECT_ERROR(read(model_line("hidden_layer_shape=[300,'50']")), code, "must be a whole number, not text");
    EXPECT_ERROR(read("[API]\nport=65536"), code,
                 "c.ini:2: port: 65536: must be at least 0 and at most 65535");
    EXPECT_ERROR(read(data_line("emotions={'01':'a'\n  '02':'b'}")), code,
                 "c.ini:8: emotions: ',' or '}' must stand here, not ':'");
    EXPECT_ERROR(read(data_line("emotions=['01']")), code, "must be a dictionary");
    EXPECT_ERROR(read(data_line("emotions={}")), code, "names no emotion");
    EXPECT_ERROR(read(data_line("emotions={'01':'a', 1:'b'}")), code, "code 1 is given twice");
    EXPECT_ERROR(read(data_line("emotions={'01':''}")), code, "must be a label");
    EXPECT_ERROR(read(data_line(R"(emotions={'01':'two\nlines'})")), code, "without control characters");
    EXPECT_ERROR(read(data_line("emotions={None:'a'}")), code, "must be a code, 1 or '01', not None");
    EXPECT_ERROR(read(data_line("learn_emotions=[]")), code, "names no emotion");
    EXPECT_ERROR(read(data_line("learn_emotions=[1,1]")), code, "code 1 is given twice");
    EXPECT_ERROR(read(data_line("learn_emotions=[9]\nemotions={'01':'a'}")), code,
                 "c.ini:7: learn_emotions: code 9 is not among emotions");
    EXPECT_ERROR(read(data_line(R"(learn_emotions=['\x1b[31m'])")), code,
                 "a code is one line of text without control characters");
    EXPECT_ERROR(read(data_line(R"(emotions={'\r':'a'})")), code, "without control characters");
    std::string many;
    for (int i = 0; i < 1001; ++i) many += std::to_string(i) + ",";
    EXPECT_ERROR(read(data_line("learn_emotions=[" + many + "]")), code,
                 "names 1001 emotions; up to 1000 are read");
    EXPECT_ERROR(read(data_line("emotions=__import__('os').system('true')")), code,
                 "__import__ is no literal; text is written in quotes, and nothing is evaluated");
    EXPECT_ERROR(read_config("no/such.ini"), Errc::io, "no/such.ini");
}

TEST(ConfigFiles, GlobBelowTheFolderOfTheConfig) {
    const TemporaryFolder folder;
    namespace fs = std::filesystem;
    for (const char* name :
         {"in/Audio_A/Actor_02/b.wav", "in/Audio_A/Actor_01/a.wav", "in/Audio_A/Actor_01/a.WAV",
          "in/Audio_A/Actor_01/.hidden.wav", "in/Audio_B/Actor_01/c.wav", "in/other/d.wav"}) {
        fs::create_directories(fs::path(folder.path(name)).parent_path());
        write_file(folder.path(name), "");
    }
    fs::create_directories(folder.path("conf"));
    const auto files = [&](const std::string& text) {
        write_file(folder.path("conf/c.ini"), "[DATA]\n" + text);
        std::vector<std::string> found = config_files(read_config(folder.path("conf/c.ini")));
        for (std::string& file : found) file = file.substr(folder.path("conf/").size());
        return found;
    };
    using Files = std::vector<std::string>;
    EXPECT_EQ(files("data_dir=../in\nfile_glob=Audio_*/Actor_*/*.wav"),
              (Files{"../in/Audio_A/Actor_01/a.wav", "../in/Audio_A/Actor_02/b.wav",
                     "../in/Audio_B/Actor_01/c.wav"}));
    EXPECT_EQ(files("data_dir=../in\nfile_glob=Audio_[!A]/Actor_0?/*"),
              Files{"../in/Audio_B/Actor_01/c.wav"});
    EXPECT_EQ(files("data_dir=../in\nfile_glob=**/[cd].wav"),
              (Files{"../in/Audio_B/Actor_01/c.wav", "../in/other/d.wav"}));
    EXPECT_EQ(files("data_dir=../in/other\nfile_glob=d.wav"), Files{"../in/other/d.wav"});
    EXPECT_EQ(files("data_dir=../in"), Files{"../in"});
    EXPECT_ERROR(files("data_dir=../in\nfile_glob=*.flac"), Errc::invalid_argument,
                 "fits file_glob = *.flac");
    EXPECT_ERROR(files("data_dir=gone\nfile_glob=*.flac"), Errc::io, "data_dir = gone: there is no folder");
    EXPECT_ERROR(files("file_glob=*.flac"), Errc::invalid_argument, "has no data_dir in [DATA]");
}

}  // namespace
}  // namespace undertone
