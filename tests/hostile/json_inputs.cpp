#include "inputs.hpp"

// JSON that is nested, large, or has many keys, wherever undertone reads some.
namespace undertone::hostile {
namespace {

constexpr std::size_t kDeep = 110'000, kMany = 100'000;

std::string nested(const std::string& key) { return "{\"" + key + "\": " + times("[", kDeep); }

std::string many_keys() {
    std::string text = "{";
    for (std::size_t i = 0; i < kMany; ++i) text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":0";
    return text + "}";
}

// A model whose header is another one.
std::string model(const std::string& header) { return little(header.size(), 8) + header; }

Input into(const std::string& name, const std::string& file, const std::string& text,
           const std::vector<std::string>& words) {
    return {name, [file, text](const Folder& folder) { put(folder, file, text); }, words};
}

// An unfinished run, as undertone leaves one, with another journal or command.
Input unfinished(const std::string& name, const std::string& command, const std::string& units) {
    return {name,
            [=](const Folder& folder) {
                put(folder, "r.part/undertone.lock",
                    "undertone 1\nundertone works in this folder, or did until it was ended. A run of "
                    "evaluate or "
                    "tune goes on with --resume.\n");
                put(folder, "r.part/command.json", command);
                put(folder, "r.part/units.jsonl", units);
            },
            {"evaluate", "--resume", "r"}};
}

constexpr const char* kCommand =
    R"({"words": ["evaluate", "--quiet", "--folds", "loso", "--max-iter", "5", "-o", "r", "clips"], "folder": "."})";

}  // namespace

std::vector<Input> json_inputs() {
    return {
        into("json_deep_model", "m", model(nested("__metadata__")), {"info", "m"}),
        into("json_deep_tensor", "m", model(nested("network.weight")), {"predict", "-m", "m", "clips"}),
        into("json_keys_model", "m", model(R"({"__metadata__": )" + many_keys() + "}"), {"info", "m"}),
        into("json_deep_description", "m",
             model(R"({"__metadata__": {"format": "undertone/5", "model": ")" + times("[", kDeep) + "\"}}"),
             {"info", "m"}),
        into("json_wide_model", "m", model("{\"a\": [" + times("[],", 8'000'000) + "0]}"), {"info", "m"}),
        into("json_deep_run", "run/run.json", nested("metrics"), {"report", "run"}),
        into("json_deep_run_listed", "run/run.json", nested("metrics"), {"runs", "."}),
        into("json_deep_run_verified", "run/run.json", nested("command"), {"verify", "run"}),
        into("json_keys_run", "run/run.json", many_keys(), {"report", "run"}),
        into("json_deep_importance", "run/importance.json", nested("groups"), {"report", "run"}),
        into("json_deep_table", "t.jsonl", nested("file") + "\n", {"corpus", "t.jsonl"}),
        into("json_keys_table", "t.jsonl", many_keys() + "\n", {"corpus", "t.jsonl"}),
        into("json_deep_folds", "f.json", nested("folds"), {"evaluate", "--folds", "file:f.json", "clips"}),
        into("json_keys_folds", "f.json", R"({"folds": [)" + many_keys() + "]}",
             {"evaluate", "--folds", "file:f.json", "clips"}),
        unfinished("json_deep_command", nested("words"), ""),
        unfinished("json_deep_units", kCommand, nested("key") + "\n"),
        unfinished("json_many_units", kCommand, times("{}\n", 200'000)),
        unfinished("json_wide_unit", kCommand,
                   "{\"of\": \"\"}\n{\"clips\": [" + times("0,", 10'000'000) + "0]}\n"),
    };
}

}  // namespace undertone::hostile
