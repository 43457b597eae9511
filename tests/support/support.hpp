#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "undertone/error.hpp"
#include "undertone/tensor.hpp"

namespace undertone::test {

/// Whether a sanitizer is built in, which takes more addresses than any limit on them allows.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

/// A file of the project, by its path from the project's root.
[[nodiscard]] std::string project_file(std::string_view path);

/// A file of the shared recordings that stand beside the project, `ravdess/...`; empty where they do not
/// stand. A test that needs it skips with a printed line.
[[nodiscard]] std::string shared_data(std::string_view path);

/// The program under test.
[[nodiscard]] std::string program();

/// Reference vectors: tests/reference/data/NAME.safetensors, written by a generator in tools/reference/.
[[nodiscard]] TensorFile reference(std::string_view name);

/// A fresh folder for one test, removed when the object goes.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] std::string path(std::string_view name = "") const;

private:
    std::string path_;
};

/// What a command printed and how it ended.
struct Outcome {
    int exit_code = 0;  ///< 128 + signal when a signal ended it
    std::string out, err;
};

/// Runs the program with arguments, without a shell.
/// @param input   what it reads on standard input
/// @param place   where it is run; empty: here
/// @param other   another program than program()
[[nodiscard]] Outcome run(const std::vector<std::string>& arguments, std::string_view input = "",
                          const std::string& place = "", const std::string& other = "");

/// The code and the message of the Error that `act` throws; a test failure if it throws none.
template <class Act>
Error error_of(Act&& act) {
    try {
        act();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no Error was thrown";
    return {Errc::cancelled, ""};
}

/// Checks that `act` throws Error `code` and that its one-line message contains `part`.
#define EXPECT_ERROR(act, expected_code, part)                                                          \
    do {                                                                                                \
        const ::undertone::Error error_ = ::undertone::test::error_of([&] { (void)(act); });            \
        EXPECT_EQ(::undertone::name(error_.code()), ::undertone::name(expected_code)) << error_.what(); \
        EXPECT_NE(std::string_view(error_.what()).find(part), std::string_view::npos) << error_.what(); \
        EXPECT_EQ(std::string_view(error_.what()).find('\n'), std::string_view::npos) << error_.what(); \
    } while (false)

}  // namespace undertone::test
