#include "program.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "command.hpp"
#include "interrupt.hpp"
#include "os/file.hpp"
#include "output/output.hpp"
#include "undertone/error.hpp"
#include "verbs/verb.hpp"

namespace undertone::app {

namespace {

/// One verb of the program.
struct Verb {
    std::string_view name, summary;
    Action (*declare)(const Arguments& app);
};

constexpr std::array kVerbs{
    Verb{"train", "train a model on a corpus and test it", declare_train},
    Verb{"evaluate", "test a way of training, or a model, on speakers it has not heard", declare_evaluate},
    Verb{"tune", "search for better options, without fooling oneself", declare_tune},
    Verb{"compare", "tell whether two evaluations differ", declare_compare},
    Verb{"report", "make a page of a run: how good it is, where it fails, and why", declare_report},
    Verb{"runs", "list the runs in a folder", declare_runs},
    Verb{"verify", "do a run again and compare", declare_verify},
    Verb{"corpus", "show what a corpus holds, and what is wrong with it", declare_corpus},
    Verb{"predict", "tell the emotion of recordings", declare_predict},
    Verb{"extract", "write the features of recordings", declare_extract},
    Verb{"plot", "draw a recording, or the results of a run", declare_plot},
    Verb{"explain", "tell why a model answered as it did", declare_explain},
    Verb{"info", "show what a model is, and which were shipped", declare_info},
    Verb{"halve", "write a model again with weights of half precision", declare_halve},
    Verb{"import", "make a model of a scikit-learn, Keras, TensorFlow or ONNX file", declare_import},
    Verb{"export", "write a model for scikit-learn, Keras or ONNX", declare_export},
    Verb{"demo", "train and predict, start to finish", declare_demo},
    Verb{"completion", "print the completion script of a shell", declare_completion},
};

void check_verb(std::string_view called) {
    if (called.empty() || called.front() == '-') return;
    std::string names;
    for (const Verb& verb : kVerbs) {
        if (verb.name == called) return;
        names += " " + std::string(verb.name);
    }
    throw Error(Errc::invalid_argument, std::string(called) + ": no such verb; there are:" + names);
}

CommandLine command_line() {
    return {"undertone: what a voice feels, and when", "undertone " UNDERTONE_VERSION,
            "Examples:\n"
            "  undertone demo                          train and predict on synthetic clips\n"
            "  undertone train -o my.safetensors DIR   train on a folder of RAVDESS recordings\n"
            "  undertone predict -m my.safetensors clip.wav\n"
            "  undertone VERB --help                   more of each verb"};
}

// std::fputs, for complain() makes a string.
void complain_of_memory() noexcept { std::fputs("undertone: out of memory\n", stderr); }

// A destructor that asks for memory and gets none ends in std::terminate(). What is on disk is then as after
// a kill: whole, and the next run puts away what was left.
[[noreturn]] void on_terminate() {
    if (const std::exception_ptr thrown = std::current_exception()) {
        try {
            std::rethrow_exception(thrown);
        } catch (const std::bad_alloc&) {
            complain_of_memory();
            std::_Exit(1);
        } catch (...) {  // a fault of the program, which a core file is to tell of
        }
    }
    std::abort();
}

int run_and_complain(int argc, char** argv) {
    try {
        remember_command(argc, argv);
        const int code = run_verb(remembered_command().words);
        finish_output();
        return code;
    } catch (const Error& error) {
        if (interrupted() || error.code() == Errc::cancelled) {
            complain("interrupted");
            return exit_code(Errc::cancelled);
        }
        complain(error.what());
        return exit_code(error.code());
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::filesystem::filesystem_error& error) {
        complain(error.path1().string() + ": " + error.code().message());
        return exit_code(Errc::io);
    } catch (const std::exception& error) {
        complain(error.what());
    }
    return 1;
}

}  // namespace

int run_program(int argc, char** argv) {
    catch_interrupts();
    std::set_terminate(on_terminate);
    try {
        protect_files_that_are_read();
        return run_and_complain(argc, argv);
    } catch (const std::bad_alloc&) {
        // What was complained of before may have ended here too.
        complain_of_memory();
        return 1;
    }
}

int run_verb(const std::vector<std::string>& words) {
    const std::string called = words.empty() ? "" : words.front();
    check_verb(called);
    CommandLine line = command_line();
    Action action;
    for (const Verb& verb : kVerbs) {
        // Making the options of every verb takes time: only the one called has its own.
        const Arguments arguments = line.add_verb(std::string(verb.name), std::string(verb.summary));
        if (verb.name == called) action = verb.declare(arguments);
    }
    if (words.empty()) {
        std::fputs(line.help().c_str(), stderr);
        return exit_code(Errc::invalid_argument);
    }
    const std::string text = line.read(words);
    if (!text.empty()) {
        print(text);
        return 0;
    }
    if (!action) throw Error(Errc::invalid_argument, "a verb is needed: undertone --help lists them");
    return action();
}

std::vector<VerbFacts> facts_of_verbs() {
    CommandLine line = command_line();
    std::vector<VerbFacts> facts;
    for (const Verb& verb : kVerbs) {
        const Arguments arguments = line.add_verb(std::string(verb.name), std::string(verb.summary));
        const Action action = verb.declare(arguments);  // holds what the options are read into
        facts.push_back({std::string(verb.name), arguments.facts()});
    }
    return facts;
}

}  // namespace undertone::app
