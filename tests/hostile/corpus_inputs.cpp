#include <filesystem>
#include <fstream>

#include "inputs.hpp"

// Tables, headers of corpora, label maps and folders.
namespace undertone::hostile {
namespace {

namespace fs = std::filesystem;

Input table(const std::string& name, const std::string& file, const std::string& text,
            const std::vector<std::string>& words = {}) {
    return {name, [=](const Folder& folder) { put(folder, file, text); },
            words.empty() ? std::vector<std::string>{"corpus", file} : words};
}

// Each level names the one before ten times: 10^9 nodes of some hundred bytes.
std::string aliases() {
    std::string text = "name: x\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before +
                times(", " + before, 9) + "]\n";
    }
    return text + "tables:\n  emotion: *a8\n";
}

// As many aliases as fit, all of one small list.
std::string many_aliases() {
    return "name: x\na: &a {type: filewise, columns: {emotion: {scheme_id: emotion}}}\ntables:\n" + [] {
        std::string text;
        for (int i = 0; i < 12'000; ++i) text += "  t" + std::to_string(i) + ": *a\n";
        return text;
    }();
}

std::string long_map() {
    std::string text = "code_or_label,label\n";
    for (int i = 0; i < 60'000; ++i) text += "c" + std::to_string(i) + ",x\n";
    return text;
}

std::string long_table() {
    std::string text = "file,emotion,speaker\n";
    for (int i = 0; i < 5'000; ++i)
        text += "clips/synthetic-01-01-01.opus,c" + std::to_string(59'999 - i) + ",s\n";
    return text;
}

}  // namespace

std::vector<Input> corpus_inputs() {
    return {
        table("yaml_aliases", "db.yaml", aliases()),
        table("yaml_many_aliases", "db.yaml", many_aliases()),
        table("yaml_deep", "db.yaml", "tables: " + times("[", 200'000)),
        table("yaml_deep_blocks", "db.yaml", "tables:\n" + times("- ", 100'000)),
        table("yaml_wide", "db.yaml", "tables: [" + times("x,", 4'000'000) + "x]"),
        table("yaml_table_elsewhere", "db.yaml",
              "name: x\ntables:\n  ../elsewhere: {type: filewise, columns: {emotion: {}}}\n"),
        table("yaml_table_hidden", "db.yaml",
              "name: x\ntables:\n  \"a\\e[31m\": {type: filewise, columns: {emotion: {}}}\n"),
        table("table_commas", "t.csv", "file,emotion\n" + times(",", 60'000'000)),
        table("table_columns", "t.csv", "file,emotion" + times(",x", 5'000'000) + "\n"),
        table("table_lines", "t.csv", "file,emotion\n" + times("a,b\n", 6'000'000)),
        table("table_quotes", "t.csv", "file,emotion\n" + times("\"\"\"", 5'000'001)),
        table("table_open_quote", "t.csv", "file,emotion\n\"" + times("x\n", 10'000'000)),
        table("table_times", "t.csv",
              "file,emotion,start,end\nclips/synthetic-01-01-01.opus,sad,1e300,1e308\n",
              {"train", "-o", "n", "t.csv"}),
        table("table_jsonl_lines", "t.jsonl", times("{\"file\":\"a\",\"emotion\":\"b\"}\n", 1'000'000)),
        table("table_devices", "t.csv",
              "file,emotion\n/dev/zero,sad\n/dev/stdin,sad\n/dev/tty,happy\n/proc/self/mem,happy\n",
              {"train", "-o", "n", "t.csv"}),
        {"label_map_long",
         [](const Folder& folder) {
             put(folder, "l.csv", long_map());
             put(folder, "t.csv", long_table());
         },
         {"corpus", "--label-map", "l.csv", "t.csv"}},
        table("config_deep", "c.ini", "[DATA]\nemotions = " + times("[", 200'000),
              {"train", "--config", "c.ini"}),
        table("config_dict", "c.ini", "[DATA]\nemotions = " + times("{1: ", 100'000),
              {"train", "--config", "c.ini"}),
        table("config_number", "c.ini", "[DATA]\nnum_features = " + times("9", 1'000'000),
              {"train", "--config", "c.ini"}),
        {"folder_of_links",
         [](const Folder& folder) {
             fs::create_directories(folder + "/deep/a");
             fs::create_directory_symlink("..", folder + "/deep/a/up");
             fs::create_directory_symlink("loop", folder + "/deep/loop");
         },
         {"corpus", "deep"}},
        {"folder_of_links_below_runs",
         [](const Folder& folder) { fs::create_symlink("loop", folder + "/loop"); },
         {"runs", "."}},
    };
}

}  // namespace undertone::hostile
