#include "net/file_lock.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>

namespace tonris::net {
namespace {

namespace fs = std::filesystem;

class FileLock : public testing::Test {
 protected:
  FileLock() {
    auto made = (fs::temp_directory_path() / "tonris-lock-XXXXXX").string();
    directory = mkdtemp(made.data());
    path = (directory / "some.lock").string();
  }
  ~FileLock() override { fs::remove_all(directory); }

  /// None: it could be had, and is free again.
  std::error_code refusal() const {
    const auto taken = file_lock::take(path);
    return taken ? std::error_code{} : taken.error();
  }

  fs::path directory;
  std::string path;
};

TEST_F(FileLock, IsHeldByOneUntilItsEnd) {
  {
    const auto first = file_lock::take(path);
    ASSERT_TRUE(first) << first.error().message();
    EXPECT_EQ(refusal(), std::errc::resource_unavailable_try_again);
    EXPECT_EQ(refusal(), std::errc::resource_unavailable_try_again) << "who is refused takes nothing from him";
  }
  EXPECT_TRUE(fs::exists(path));
  EXPECT_EQ(refusal(), std::error_code{});
}

TEST_F(FileLock, GoesWhereItIsMoved) {
  std::optional<file_lock> holder;
  {
    auto taken = file_lock::take(path);
    ASSERT_TRUE(taken);
    holder = std::move(*taken);
  }
  EXPECT_EQ(refusal(), std::errc::resource_unavailable_try_again);
  holder.reset();
  EXPECT_EQ(refusal(), std::error_code{});
}

TEST_F(FileLock, IsGoneWithAProcessThatIsKilled) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto held = file_lock::take(path);
    (void)!::write(ready[1], held ? "y" : "n", 1);
    for (;;) ::pause();
  }
  char answer = 0;
  EXPECT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_EQ(refusal(), std::errc::resource_unavailable_try_again);
  ::kill(child, SIGKILL);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(refusal(), std::error_code{});
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(FileLock, IsNotInheritedByProgramsThatAreStarted) {
  const auto held = file_lock::take(path);
  ASSERT_TRUE(held);
  int found = 0;
  for (const auto& entry : fs::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone;
    if (fs::read_symlink(entry, gone) != fs::canonical(path)) continue;
    ++found;
    EXPECT_NE(::fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(found, 1);
}

TEST_F(FileLock, SaysWhyAFileCannotBeHad) {
  path = (directory / "missing" / "some.lock").string();
  EXPECT_EQ(refusal(), std::errc::no_such_file_or_directory);
}

}  // namespace
}  // namespace tonris::net
