#include "net/private_file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace tonris::net {
namespace {

namespace fs = std::filesystem;

class PrivateFile : public testing::Test {
 protected:
  PrivateFile() {
    auto made = (fs::temp_directory_path() / "tonris-private-XXXXXX").string();
    directory = mkdtemp(made.data());
    path = (directory / "file").string();
  }
  ~PrivateFile() override {
    ::umask(before);
    fs::remove_all(directory);
  }
  fs::perms mode() const { return fs::status(path).permissions(); }

  static constexpr fs::perms owner_only = fs::perms::owner_read | fs::perms::owner_write;
  mode_t before = ::umask(0);
  fs::path directory;
  std::string path;
};

TEST_F(PrivateFile, IsMadeForItsOwnerWhateverTheUmask) {
  for (const mode_t mask : {0, 022, 0777}) {
    ::umask(mask);
    EXPECT_FALSE(keep_private(path, true));
    EXPECT_EQ(mode(), owner_only) << mask;
    fs::remove(path);
  }
}

TEST_F(PrivateFile, ThatIsThereIsTakenFromOthersAndKept) {
  std::ofstream{path} << "what was in it";
  fs::permissions(path, fs::perms::all);
  EXPECT_FALSE(keep_private(path, true));
  EXPECT_EQ(mode(), owner_only);
  EXPECT_EQ(fs::file_size(path), 14u);
}

TEST_F(PrivateFile, IsNotMadeUnasked) {
  EXPECT_FALSE(keep_private(path, false));
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(PrivateFile, SaysWhyItCannotBeMade) {
  EXPECT_EQ(keep_private((directory / "no" / "file").string(), true), std::errc::no_such_file_or_directory);
}

TEST_F(PrivateFile, LiesInADirectoryThatOthersMayEnterOrNot) {
  fs::permissions(directory, fs::perms::owner_all);
  EXPECT_FALSE(others_may_enter(directory.string()));
  for (const auto mode : {fs::perms::group_read, fs::perms::others_exec, fs::perms::others_read}) {
    fs::permissions(directory, fs::perms::owner_all | mode);
    EXPECT_TRUE(others_may_enter(directory.string()));
  }
}

}  // namespace
}  // namespace tonris::net
