#include "exchange/pickle.hpp"

#include "exchange/pickle_writer.hpp"
#include "exchange/sklearn.hpp"
#include "support/support.hpp"

namespace undertone::exchange {
namespace {

std::string pickle(std::string_view rest) { return "\x80\x04" + std::string(rest); }

TEST(Pickle, HostileOneIsRefusedByNameAndRunsNothing) {
    // os.system("true") in two spellings of the format, and others that would do harm.
    const std::string text = std::string("X\x04\0\0\0", 5) + "true";
    EXPECT_ERROR(read_sklearn(pickle("cposix\nsystem\n" + text + "\x85R.")), Errc::unsupported_format,
                 "asks for posix.system, which no MLPClassifier needs: refused");
    EXPECT_ERROR(read_sklearn(pickle("\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.")),
                 Errc::unsupported_format, "posix.system");
    EXPECT_ERROR(read_sklearn(pickle("cbuiltins\neval\n.")), Errc::unsupported_format, "builtins.eval");
    EXPECT_ERROR(read_sklearn(pickle("csklearn.ensemble._forest\nRandomForestClassifier\n.")),
                 Errc::unsupported_format, "holds a sklearn.ensemble._forest.RandomForestClassifier");
    EXPECT_ERROR(read_sklearn(pickle("\x82\x01.")), Errc::unsupported_format, "numbers of a registry");
    EXPECT_ERROR(read_sklearn(pickle("NQ.")), Errc::unsupported_format, "outside the pickle");
    EXPECT_ERROR(read_sklearn(pickle("\x97.")), Errc::unsupported_format, "buffer_callback");
}

TEST(Pickle, WhatBreaksTheMachineIsRefused) {
    for (const std::string_view broken :
         {"", ".", "0.", "t.", "(((", "h\x05.", "NNb.", "N)R.", "Na.", "]s.", "}Na.", "(Nd.",
          "X\xff\xff\xff\x7f"
          "a.",
          "\x8d\xff\xff\xff\xff\xff\xff\xff\xffz.", "cnumpy\nndarray", "NN\x93.", "~.", "\x8a\xff.", "1."})
        EXPECT_ERROR(read_sklearn(pickle(broken)), Errc::corrupt_data, "");
    EXPECT_ERROR(read_sklearn("\x80\x01N."), Errc::unsupported_format, "protocol 1: 2 to 5 are read");
}

TEST(Pickle, MemoryStaysThatOfTheFile) {
    EXPECT_ERROR(read_sklearn(pickle(std::string(1100000, 'N'))), Errc::corrupt_data,
                 "more than 1000000 objects");
    std::string marks(1100000, '(');
    EXPECT_ERROR(read_sklearn(pickle(marks)), Errc::corrupt_data, "without end");
    // A tuple of many that becomes the arguments of many objects.
    std::string many = "(" + std::string(1000, 'N') + "tq\x01";
    for (int i = 0; i < 2000; ++i) many += "cnumpy\nndarray\nh\x01R";
    EXPECT_ERROR(read_sklearn(pickle(many)), Errc::corrupt_data, "copies its objects without end");
}

TEST(Pickle, ListMayHoldItself) {
    const std::string bytes = pickle(
        "]q\x01h\x01"
        "a.");
    const Pickle read(bytes);
    ASSERT_EQ(read.root().items.size(), 1U);
    EXPECT_EQ(&read.at(read.root().items[0]), &read.root());
    EXPECT_ERROR(read_sklearn(bytes), Errc::unsupported_format, "holds a list: an MLPClassifier is read");
}

TEST(Pickle, ValuesAreRead) {
    PickleWriter out;
    out.begin();
    out.text("whole");
    out.integer(-5);
    out.text("large");
    out.integer(INT64_C(1) << 40);
    out.text("real");
    out.real(-0.25);
    out.text("flag");
    out.boolean(true);
    out.text("array");
    out.array({2, 2}, std::vector<double>{1, 2, 3, 4});
    out.text("texts");
    out.array(std::vector<std::string>{"a", "früh", "\xF0\x9F\x98\x80"});
    out.dict();
    const std::string bytes = std::move(out).finished();
    const Pickle read(bytes);
    const auto value = [&](std::string_view key) -> const Pickle::Node& {
        return *read.find(read.root(), key);
    };
    EXPECT_EQ(value("whole").integer, -5);
    EXPECT_EQ(value("large").integer, INT64_C(1) << 40);
    EXPECT_EQ(value("real").real, -0.25);
    EXPECT_EQ(value("flag").kind, Pickle::Kind::boolean);
    EXPECT_EQ(read.find(read.root(), "other"), nullptr);
    std::size_t budget = bytes.size();
    const NumpyArray array = read_array(read, value("array"), budget, "array");
    EXPECT_EQ(array.shape, (std::vector<std::size_t>{2, 2}));
    EXPECT_EQ(array.numbers, (std::vector<double>{1, 2, 3, 4}));
    EXPECT_EQ(read_array(read, value("texts"), budget, "texts").texts,
              (std::vector<std::string>{"a", "früh", "\xF0\x9F\x98\x80"}));
    budget = 31;  // one byte less than the array has
    EXPECT_ERROR(read_array(read, value("array"), budget, "array"), Errc::corrupt_data,
                 "larger than the pickle");
    EXPECT_ERROR(read_array(read, value("real"), budget, "real"), Errc::corrupt_data,
                 "is a number, must be an array");
}

}  // namespace
}  // namespace undertone::exchange
