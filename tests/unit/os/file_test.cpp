#include "os/file.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <string>

#include "support/support.hpp"

namespace undertone::test {
namespace {

namespace fs = std::filesystem;

std::size_t n_entries(const std::string& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(AtomicFile, IsAbsentUntilItIsWhole) {
    const TemporaryFolder folder;
    {
        AtomicFile file(folder.path("a"));
        file.write("half");
        EXPECT_FALSE(fs::exists(folder.path("a")));
    }
    EXPECT_EQ(n_entries(folder.path()), 0U);
    AtomicFile file(folder.path("a"));
    file.write("........whole");
    file.rewrite_at(0, "the ");
    file.commit();
    EXPECT_EQ(read_file(folder.path("a")), "the ....whole");
    EXPECT_EQ(n_entries(folder.path()), 1U);
}

TEST(AtomicFile, LeavesTheOldFileWhenItIsNotCommitted) {
    const TemporaryFolder folder;
    write_file(folder.path("a"), "old");
    { AtomicFile(folder.path("a")).write("new"); }
    EXPECT_EQ(read_file(folder.path("a")), "old");
    write_file(folder.path("a"), "new");
    EXPECT_EQ(read_file(folder.path("a")), "new");
    EXPECT_EQ(n_entries(folder.path()), 1U);
}

TEST(AtomicFile, KeepsModeAndFollowsLinks) {
    const TemporaryFolder folder;
    fs::create_directory(folder.path("far"));
    write_file(folder.path("far/secret"), "old");
    ASSERT_EQ(chmod(folder.path("far/secret").c_str(), 0600), 0);
    fs::create_symlink("far/secret", folder.path("link"));
    fs::create_symlink("link", folder.path("link of link"));
    write_file(folder.path("link of link"), "new");
    EXPECT_TRUE(fs::is_symlink(folder.path("link")));
    EXPECT_TRUE(fs::is_symlink(folder.path("link of link")));
    EXPECT_EQ(read_file(folder.path("far/secret")), "new");
    EXPECT_EQ(fs::status(folder.path("far/secret")).permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("far/later", folder.path("to nothing"));
    write_file(folder.path("to nothing"), "made");
    EXPECT_EQ(read_file(folder.path("far/later")), "made");
}

TEST(AtomicFile, WritesToAPipeAndDoesNotReplaceIt) {
    const TemporaryFolder folder;
    const std::string pipe = folder.path("pipe");
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
    ASSERT_GE(reader, 0);
    write_file(pipe, "through");
    std::string got(20, '\0');
    got.resize(static_cast<std::size_t>(std::max<ssize_t>(read(reader, got.data(), got.size()), 0)));
    close(reader);
    EXPECT_EQ(got, "through");
    EXPECT_EQ(fs::status(pipe).type(), fs::file_type::fifo);
}

TEST(AtomicFile, TakesTheLongestNameThatAFileMayHave) {
    const TemporaryFolder folder;
    const std::string path = folder.path(std::string(255, 'n'));
    write_file(path, "x");
    EXPECT_EQ(read_file(path), "x");
}

TEST(AtomicFile, SaysWhyItCannotBeWritten) {
    const TemporaryFolder folder;
    EXPECT_ERROR(AtomicFile(folder.path()), Errc::io, "is a folder, not a file to write");
    EXPECT_ERROR(AtomicFile(folder.path("no/folder")), Errc::io,
                 "no/folder: cannot be written: No such file");
    EXPECT_ERROR(AtomicFile(""), Errc::io, "no name");
}

TEST(AtomicFile, LeavesNothingWhenTheDiskIsFull) {
    const TemporaryFolder folder;
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit little{1000, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
    EXPECT_ERROR(write_file(folder.path("a"), std::string(100'000, 'x')), Errc::io, "a: cannot be written: ");
    EXPECT_ERROR(write_file(folder.path("a"), std::string(1001, 'x')), Errc::io, "a: cannot be written: ");
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(n_entries(folder.path()), 0U);
}

}  // namespace
}  // namespace undertone::test
