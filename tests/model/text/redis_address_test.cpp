#include "model/text/redis_address.hpp"

#include <gmock/gmock.h>

namespace tonris::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct read_row {
  std::string why, text;
  bool secure;
  std::string host;
  std::uint16_t port;
  std::string user, password;
  std::uint32_t database;
};
class RedisAddressReads : public testing::TestWithParam<read_row> {};

TEST_P(RedisAddressReads, WhatIsWritten) {
  const auto& row = GetParam();
  const auto read = read_redis_address(row.text);
  ASSERT_TRUE(read) << row.text;
  EXPECT_EQ(read->secure, row.secure);
  EXPECT_THAT(read->hosts, ElementsAre(host_port{row.host, row.port}));
  EXPECT_EQ(read->user, row.user);
  EXPECT_EQ(read->password, row.password);
  EXPECT_EQ(read->database, row.database);
  EXPECT_EQ(read->master, "");
}

INSTANTIATE_TEST_SUITE_P(
    Address, RedisAddressReads,
    testing::Values(read_row{"HostAlone", "redis://localhost", false, "localhost", 6379, "", "", 0},
                    read_row{"Slash", "redis://localhost/", false, "localhost", 6379, "", "", 0},
                    read_row{"DatabaseZero", "redis://localhost:6379/0", false, "localhost", 6379, "", "", 0},
                    read_row{"UserAndPassword", "rediss://user:pw@redis.example.com:6380/2", true, "redis.example.com",
                             6380, "user", "pw", 2},
                    read_row{"EmptyUser", "redis://:pw@127.0.0.1", false, "127.0.0.1", 6379, "", "pw", 0},
                    read_row{"EmptyBoth", "redis://:@h", false, "h", 6379, "", "", 0},
                    read_row{"EmptyPassword", "redis://u:@h", false, "h", 6379, "u", "", 0},
                    read_row{"EncodedMarks", "redis://:p%40s%23s%2Fw%3Ard@h/3", false, "h", 6379, "", "p@s#s/w:rd", 3},
                    read_row{"EncodedPercent", "redis://u%40x:100%2525@h", false, "h", 6379, "u@x", "100%25", 0},
                    read_row{"ColonInPassword", "redis://u:a:b@h", false, "h", 6379, "u", "a:b", 0},
                    read_row{"PlusIsItself", "redis://u:a+b@h", false, "h", 6379, "u", "a+b", 0},
                    read_row{"Ipv6", "redis://[::1]:7000", false, "::1", 7000, "", "", 0},
                    read_row{"CapitalScheme", "REDISS://H", true, "h", 6379, "", "", 0}),
    [](const auto& row) { return row.param.why; });

class RedisAddressRefuses : public testing::TestWithParam<std::string> {};
TEST_P(RedisAddressRefuses, WhatIsNoAddress) {
  EXPECT_FALSE(read_redis_address(GetParam())) << GetParam();
}
INSTANTIATE_TEST_SUITE_P(
    Address, RedisAddressRefuses,
    testing::Values("", "localhost:6379", "http://localhost", "redis://", "redis:///0", "redis://localhost:0",
                    "redis://localhost:99999", "redis://localhost:", "redis://localhost/x", "redis://localhost/-1",
                    "redis://localhost/1000001", "redis://localhost/0/1", "redis://pw@localhost", "redis://local host",
                    "redis://localhost?db=1", "redis://localhost#0", "redis://:p@ss@localhost",
                    "redis://:p/ss@localhost", "redis://:p#ss@localhost", "redis://:p%4@localhost", "redis://a,b",
                    "redis+sentinel://a", "redis+sentinel://a/", "redis+sentinel://a,/main", "redis+sentinel://,a/main",
                    "redis+sentinel://a/ma in", "redis+sentinel://a/main/x", "redis+sentinel:///main",
                    "redis-sentinel://a/main"));

TEST(RedisAddress, OfSentinelsHasAllOfThemAndTheName) {
  const auto read = read_redis_address("redis+sentinel://u:p%3A@s1:26380,s2,[::1]/main-1/4");
  ASSERT_TRUE(read);
  EXPECT_THAT(read->hosts, ElementsAre(host_port{"s1", 26'380}, host_port{"s2", 26'379}, host_port{"::1", 26'379}));
  EXPECT_EQ(read->master, "main-1");
  EXPECT_EQ(read->password, "p:");
  EXPECT_EQ(read->database, 4U);
  EXPECT_FALSE(read->secure);
}

TEST(RedisAddress, NamesNoMoreHostsThanAreAskedInReason) {
  std::string text = "redis+sentinel://a";
  for (int i = 0; i < 16; ++i) text += ",a";
  EXPECT_FALSE(read_redis_address(text + "/main"));
}

TEST(RedisAddress, IsMaskedForLogs) {
  for (const auto& [text, masked] : std::vector<std::pair<std::string, std::string>>{
           {"redis://localhost/0", "redis://localhost:6379"},
           {"rediss://user:s3cret@h:1/2", "rediss://user:***@h:1/2"},
           {"redis://:s3%40cret@[::1]", "redis://:***@[::1]:6379"},
           {"redis+sentinel://u:s3cret@a,b:2/main/1", "redis+sentinel://u:***@a:26379,b:2/main/1"}}) {
    const auto read = read_redis_address(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->masked(), masked);
    EXPECT_THAT(read->masked(), Not(HasSubstr("cret")));
  }
}

}  // namespace
}  // namespace tonris::model
