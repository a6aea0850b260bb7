#include "net/descriptor_count.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace tonris::net {
namespace {

class DescriptorCount : public testing::Test {
 protected:
  ~DescriptorCount() override {
    for (const int fd : opened) ::close(fd);
  }
  bool open_one() {
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd >= 0) opened.push_back(fd);
    return fd >= 0;
  }
  descriptor_count count;
  std::vector<int> opened;
};

TEST_F(DescriptorCount, FollowsWhatIsOpenedAndClosed) {
  const auto before = count.now();
  EXPECT_GE(before, 4u) << "0, 1, 2, and its own";
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(open_one());
  EXPECT_EQ(count.now(), before + 500);
  for (int i = 0; i < 200; ++i) {
    ::close(opened.back());
    opened.pop_back();
  }
  EXPECT_EQ(count.now(), before + 300);
}

TEST_F(DescriptorCount, KnowsThoseBeyondALimitThatWasLowered) {
  while (opened.size() < 200) ASSERT_TRUE(open_one());
  const auto before = count.now();
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit few{50, limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  EXPECT_EQ(count.now(), before);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST_F(DescriptorCount, AnswersWhenNoneIsLeft) {
  const auto idle = count.now();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{64, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  while (open_one()) {
  }
  EXPECT_FALSE(opened.empty());
  EXPECT_EQ(count.now(), idle + opened.size());
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace tonris::net
