#include "formats/zip.hpp"

#include <filesystem>
#include <thread>

#include "os/file.hpp"
#include "support/support.hpp"
#include "support/zip.hpp"

namespace undertone {
namespace {

using test::TemporaryFolder;
using test::write_zip;

std::vector<std::string> names(const std::vector<ZipEntry>& entries) {
    std::vector<std::string> all;
    for (const ZipEntry& entry : entries) all.push_back(entry.name);
    return all;
}

std::string little(std::uint64_t value, std::size_t n_bytes) {
    std::string bytes;
    for (std::size_t i = 0; i < n_bytes; ++i) bytes += static_cast<char>(value >> 8 * i & 0xFFU);
    return bytes;
}

struct Entry {
    std::string name;
    std::uint64_t packed = 0, bytes = 0, offset = 0, flags = 0;
};

// A list with what is asked and nothing behind it.
std::string zip_list(const std::vector<Entry>& entries) {
    std::string list;
    for (const Entry& entry : entries)
        list += "PK\x01\x02" + little(20, 2) + little(20, 2) + little(entry.flags, 2) + little(8, 2) +
                little(0, 8) + little(entry.packed, 4) + little(entry.bytes, 4) +
                little(entry.name.size(), 2) + std::string(12, '\0') + little(entry.offset, 4) + entry.name;
    return list + "PK\x05\x06" + little(0, 4) + little(entries.size(), 2) + little(entries.size(), 2) +
           little(list.size(), 4) + little(0, 4) + little(0, 2);
}

TEST(Zip, EntriesAreReadInAnyOrderByManyThreads) {
    const TemporaryFolder folder;
    std::vector<std::pair<std::string, std::string>> files;
    for (int i = 0; i < 200; ++i)
        files.emplace_back("d/" + std::to_string(i),
                           std::string(static_cast<std::size_t>(i) * 500, static_cast<char>('a' + i % 26)));
    for (const std::string method : {"deflate", "store"}) {
        const std::string path = folder.path(method + ".zip");
        ASSERT_TRUE(write_zip(path, files, method));
        const Zip zip(path);
        EXPECT_EQ(zip.entries().size(), 200U);
        std::vector<std::jthread> threads;
        std::vector<int> wrong(4, 0);
        for (std::size_t t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (std::size_t i = 0; i < files.size(); ++i) {
                    const auto& file = files[(i * 37 + t * 11) % files.size()];
                    if (zip.read(file.first, 1 << 20) != file.second) ++wrong[t];
                }
            });
        threads.clear();
        EXPECT_EQ(wrong, std::vector<int>(4, 0)) << method;
    }
}

TEST(Zip, HiddenFilesAndFoldersAreNotListed) {
    const TemporaryFolder folder;
    ASSERT_TRUE(
        write_zip(folder.path("a.zip"),
                  {{"a/b.wav", "1"}, {"__MACOSX/a/._b.wav", "2"}, {".git/x", "3"}, {"a/Icon\r", ""}}));
    EXPECT_EQ(names(Zip(folder.path("a.zip")).entries()), std::vector<std::string>{"a/b.wav"});
    EXPECT_EQ(names(parse_zip_list(zip_list({{"a\\b.wav"}, {"c/"}, {"./d"}}), "z")),
              (std::vector<std::string>{"a/b.wav", "d"}));
}

TEST(Zip, PathsGoOnWithinIt) {
    const TemporaryFolder folder;
    ASSERT_TRUE(write_zip(folder.path("a.ZIP"), {{"x/y.txt", "hello"}}));
    const std::string path = folder.path("a.ZIP/x/y.txt");
    const auto cut = split_zip_path(path);
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->zip, folder.path("a.ZIP"));
    EXPECT_EQ(cut->entry, "x/y.txt");
    EXPECT_TRUE(names_a_file(path));
    EXPECT_FALSE(names_a_file(folder.path("a.ZIP/x/z.txt")));
    EXPECT_FALSE(split_zip_path(folder.path("b.zip/x")));
    EXPECT_EQ(read_bytes(path, 100), "hello");
    EXPECT_ERROR(read_bytes(folder.path("a.ZIP/x/z.txt"), 100), Errc::io, "z.txt: no such entry in the zip");
    // A file of the same name later is another zip.
    ASSERT_TRUE(write_zip(folder.path("b.zip"), {{"x/y.txt", "good bye"}}));
    std::filesystem::rename(folder.path("b.zip"), folder.path("a.ZIP"));
    EXPECT_EQ(read_bytes(path, 100), "good bye");
}

TEST(Zip, NamesOfAnyAlphabetAndOtherMethods) {
    const TemporaryFolder folder;
    for (const std::string sample : {"utf8", "bzip2", "zip64"}) {
        const std::string path = folder.path(sample + ".zip");
        write_file(path, read_file(test::project_file("tests/fuzz/corpus/zip/" + sample)));
        const Zip zip(path);
        ASSERT_EQ(zip.entries().size(), 1U) << sample;
        EXPECT_EQ(zip.read(zip.entries()[0].name, 1000).size(), zip.entries()[0].bytes) << sample;
    }
}

TEST(Zip, RefusesWhatIsBroken) {
    const TemporaryFolder folder;
    const std::string path = folder.path("a.zip");
    ASSERT_TRUE(write_zip(path, {{"a.txt", std::string(5000, 'x') + "end"}, {"b.txt", "b"}}));
    const std::string whole = read_file(path);
    EXPECT_ERROR(parse_zip_list(whole.substr(0, whole.size() - 30), "z"), Errc::corrupt_data,
                 "z: is cut: the list");
    EXPECT_ERROR(parse_zip_list("hello", "z"), Errc::corrupt_data, "z: is not a zip");
    EXPECT_ERROR(parse_zip_list("", "z"), Errc::corrupt_data, "z: is not a zip");
    std::string flipped = whole;
    flipped[60] = static_cast<char>(flipped[60] ^ 0x10);
    write_file(path, flipped);
    EXPECT_ERROR(read_bytes(path + "/a.txt", 1 << 20), Errc::corrupt_data, "a.zip/a.txt: ");
    EXPECT_ERROR(Zip(folder.path("none.zip")), Errc::io, "none.zip: cannot be opened");
    write_file(path, whole);
    EXPECT_ERROR(read_bytes(path + "/a.txt", 1000), Errc::corrupt_data, "announces 5003 bytes; at most 1000");
    for (std::size_t size = 0; size < whole.size(); size += 7) {  // cut anywhere: an error, no crash
        const std::string cut = whole.substr(0, size);
        EXPECT_ERROR(parse_zip_list(cut, "z"), Errc::corrupt_data, "z: ");
    }
}

TEST(Zip, RefusesNamesThatLeaveItAndBombs) {
    EXPECT_ERROR(parse_zip_list(zip_list({{"../a.wav"}}), "z"), Errc::corrupt_data,
                 "entry ../a.wav climbs out");
    EXPECT_ERROR(parse_zip_list(zip_list({{"a\\..\\..\\b"}}), "z"), Errc::corrupt_data, "climbs out");
    EXPECT_ERROR(parse_zip_list(zip_list({{"/etc/passwd"}}), "z"), Errc::corrupt_data, "absolute name");
    EXPECT_ERROR(parse_zip_list(zip_list({{"C:\\a"}}), "z"), Errc::corrupt_data, "absolute name");
    EXPECT_ERROR(parse_zip_list(zip_list({{"a", 10, 4'000'000'000}}), "z"), Errc::corrupt_data, "a zip bomb");
    EXPECT_ERROR(parse_zip_list(zip_list({{"a", 1000, 10}}), "z"), Errc::corrupt_data,
                 "entry a lies past the end");
    const TemporaryFolder folder;
    write_file(folder.path("e.zip"), zip_list({{"a", 0, 0, 0, 1}}));
    EXPECT_ERROR(read_bytes(folder.path("e.zip/a"), 100), Errc::unsupported_format, "is encrypted");
}

}  // namespace
}  // namespace undertone
