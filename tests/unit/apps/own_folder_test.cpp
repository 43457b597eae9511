#include "run/own_folder.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "os/file.hpp"
#include "support/support.hpp"

namespace undertone::app {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

TEST(OwnFolder, TakesWithItWhatItMadeAndNothingElse) {
    const TemporaryFolder folder;
    const std::string path = folder.path("w.part");
    {
        OwnFolder own(path);
        write_file(path + "/command.json", "{}");
        fs::create_directories(path + "/result/random-5");
        write_file(path + "/result/random-5/run.json", "{}");
        own.remove();
    }
    EXPECT_FALSE(fs::exists(path));
    EXPECT_TRUE(fs::is_empty(folder.path()));
    fs::create_directory(folder.path("far"));
    write_file(folder.path("far/run.json"), "theirs");
    {
        OwnFolder own(path);
        write_file(path + "/mine.txt", "theirs");
        fs::create_directory(path + "/mine");
        fs::create_symlink(folder.path("far"), path + "/result");
        own.remove();
    }
    EXPECT_EQ(read_file(path + "/mine.txt"), "theirs");
    EXPECT_TRUE(fs::is_directory(path + "/mine"));
    EXPECT_TRUE(fs::is_symlink(path + "/result"));
    EXPECT_EQ(read_file(folder.path("far/run.json")), "theirs");
}

TEST(OwnFolder, RefusesWhatIsNotItsOwn) {
    const TemporaryFolder folder;
    const std::string path = folder.path("w.part");
    const auto refused = [&] {
        EXPECT_ERROR(OwnFolder(path), Errc::io, "w.part: is there and is no unfinished run of undertone");
    };
    fs::create_directory(path);
    refused();
    EXPECT_TRUE(fs::is_empty(path));
    write_file(path + "/undertone.lock", "theirs");
    refused();
    fs::remove_all(path);
    write_file(path, "theirs");
    refused();
    EXPECT_EQ(read_file(path), "theirs");
    fs::remove(path);
    { const OwnFolder real(folder.path("real")); }
    fs::create_symlink("real", path);  // a link to one of its own is none either
    refused();
    EXPECT_ERROR(OwnFolder(folder.path("none/w.part")), Errc::io,
                 "cannot be made: No such file or directory");
}

TEST(OwnFolder, OneProcessWorksInItAndTheNextTakesUpWhatItLeft) {
    const TemporaryFolder folder;
    const std::string path = folder.path("w.part");
    {
        const OwnFolder first(path);
        EXPECT_ERROR(OwnFolder(path), Errc::io, "another process is at work on this run");
        write_file(path + "/command.json", "{}");
    }
    ASSERT_TRUE(OwnFolder::is_there(path));
    OwnFolder second(path);
    second.clear();
    EXPECT_FALSE(fs::exists(path + "/command.json"));
    write_file(folder.path("theirs"), "theirs");
    fs::create_symlink(folder.path("theirs"), path + "/command.json");
    EXPECT_ERROR(second.clear(), Errc::io, "holds what undertone did not make; move it away: ");
    EXPECT_EQ(read_file(folder.path("theirs")), "theirs");
    fs::remove(path + "/command.json");
    EXPECT_ERROR(OwnFolder(path), Errc::io, "another process is at work on this run");
    second.remove();
    EXPECT_FALSE(OwnFolder::is_there(path));
}

TEST(OwnFolder, RemovesWhatAKilledProcessLeftOnTheWay) {
    const TemporaryFolder folder;
    const std::string path = folder.path("w.part");
    const auto temporary = [&](int attempt) { return folder.path(temporary_name(path, attempt)); };
    fs::create_directory(temporary(0));
    { const OwnFolder own(path); }
    fs::copy(path, temporary(1));
    fs::create_directory(temporary(2));
    write_file(temporary(2) + "/x", "theirs");
    fs::create_directory(temporary(3));
    write_file(temporary(3) + "/undertone.lock", "");
    OwnFolder(path).remove();
    EXPECT_FALSE(fs::exists(temporary(3)));
    EXPECT_FALSE(fs::exists(temporary(0)));
    EXPECT_FALSE(fs::exists(temporary(1)));
    EXPECT_EQ(read_file(temporary(2) + "/x"), "theirs");
}

TEST(RenameToFree, ReplacesNotEvenAnEmptyFolder) {
    const TemporaryFolder folder;
    fs::create_directory(folder.path("a"));
    fs::create_directory(folder.path("b"));
    EXPECT_FALSE(rename_to_free(folder.path("a"), folder.path("b")));
    EXPECT_TRUE(rename_to_free(folder.path("a"), folder.path("c")));
    EXPECT_TRUE(fs::is_directory(folder.path("c")));
}

}  // namespace
}  // namespace undertone::app
