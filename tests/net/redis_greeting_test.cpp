#include "net/redis_greeting.hpp"

#include <gmock/gmock.h>

#include "net/redis_codec.hpp"

namespace tonris::net::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using kind = redis_reply::kind;
using verdict = redis_welcome::verdict;

redis_reply ok() {
  return {kind::status, "OK", 0, {}};
}
redis_reply failure(std::string text) {
  return {kind::failure, std::move(text), 0, {}};
}
redis_reply text(std::string what) {
  return {kind::text, std::move(what), 0, {}};
}
redis_reply role(std::string what) {
  return {kind::items, {}, 0, {text(std::move(what)), redis_reply{kind::integer, {}, 0, {}}}};
}
redis_reply info_text(const std::string& version = "7.0.15", const std::string& policy = "noeviction",
                      const std::string& loading = "0") {
  return text("# Server\r\nredis_version:" + version + "\r\nrun_id:abc\r\n# Memory\r\nmaxmemory_policy:" + policy +
              "\r\n# Persistence\r\nloading:" + loading +
              "\r\nasync_loading:0\r\n# Replication\r\nmaster_replid:def\r\n" + "master_replid2:000\r\n");
}

/// What a greeting comes to with these answers; it must take them all.
redis_welcome greet(const redis_introduction& who, const std::vector<redis_reply>& answers) {
  redis_greeting greeting{who};
  std::optional<redis_welcome> end;
  for (const auto& answer : answers) {
    EXPECT_FALSE(end) << "ended before " << answer.text;
    end = greeting.take(answer);
  }
  EXPECT_TRUE(end) << "did not end";
  return end.value_or(redis_welcome{});
}

std::string said(const redis_introduction& who) {
  std::string words;
  const redis_greeting greeting{who};
  // A command is an array of texts: it reads as a reply.
  redis_decoder{}.put(greeting.commands(), [&](redis_reply&& command) {
    for (const auto& word : command.items) words += word.text + ' ';
    words.back() = '\n';
    return true;
  });
  return words;
}

TEST(RedisGreeting, SaysOnlyWhatThereIsToSay) {
  EXPECT_EQ(said({}), "ROLE\nINFO\n");
  EXPECT_EQ(said({"", "pw", 0, "", {}}), "AUTH pw\nROLE\nINFO\n");
  EXPECT_EQ(said({"u", "pw", 2, "tonris:a", {{"return 1", "e0"}}}),
            "AUTH u pw\nSELECT 2\nCLIENT SETNAME tonris:a\nROLE\nINFO\nSCRIPT LOAD return 1\n");
}

TEST(RedisGreeting, IsGoodWithAMasterThatKeepsItsData) {
  const auto end =
      greet({"u", "pw", 2, "a", {{"return 1", "e0"}}}, {ok(), ok(), ok(), role("master"), info_text(), text("e0")});
  EXPECT_EQ(end.is, verdict::good) << end.why;
  EXPECT_EQ(end.server.run_id, "abc");
  EXPECT_EQ(end.server.replid, "def");
  EXPECT_EQ(end.server.version, "7.0.15");
}

TEST(RedisGreeting, TakesLaterVersionsAndServersThatTellNoPolicy) {
  EXPECT_EQ(greet({}, {role("master"), info_text("7.2.4")}).is, verdict::good);
  EXPECT_EQ(greet({}, {role("master"), info_text("10.0.0")}).is, verdict::good);
  EXPECT_EQ(greet({}, {role("master"), text("redis_version:7.0.0\r\n")}).is, verdict::good);
}

struct ending_row {
  std::string name;
  redis_introduction who;
  std::vector<redis_reply> answers;
  verdict is;
  std::string why;
};
class RedisGreetingEnds : public testing::TestWithParam<ending_row> {};

TEST_P(RedisGreetingEnds, AndSaysWhy) {
  const auto& row = GetParam();
  const auto end = greet(row.who, row.answers);
  EXPECT_EQ(end.is, row.is);
  EXPECT_THAT(end.why, HasSubstr(row.why));
  EXPECT_THAT(end.why, Not(HasSubstr("s3cret")));
  EXPECT_EQ(end.why.starts_with("REDIS_URL: "), row.is == verdict::refused);
}

const redis_introduction with_password{"u", "s3cret", 0, "", {}};
const redis_introduction with_database{"", "", 3, "", {}};

INSTANTIATE_TEST_SUITE_P(
    Redis, RedisGreetingEnds,
    testing::Values(
        ending_row{"WrongPassword",
                   with_password,
                   {failure("WRONGPASS invalid username-password pair")},
                   verdict::refused,
                   "WRONGPASS"},
        ending_row{"NoPasswordThere",
                   with_password,
                   {failure("ERR AUTH <password> called without any password configured")},
                   verdict::refused,
                   "the server has none"},
        ending_row{"NoPasswordHere", {}, {failure("NOAUTH Authentication required.")}, verdict::refused, "NOAUTH"},
        ending_row{"NoRoom",
                   with_password,
                   {failure("ERR max number of clients reached")},
                   verdict::away,
                   "max number of clients"},
        ending_row{"NoDatabase",
                   with_database,
                   {failure("ERR DB index is out of range")},
                   verdict::refused,
                   "no such database"},
        ending_row{"Replica", {}, {role("slave")}, verdict::away, "replica"},
        ending_row{"Sentinel", {}, {role("sentinel")}, verdict::refused, "redis+sentinel://"},
        ending_row{"Old", {}, {role("master"), info_text("6.2.14")}, verdict::refused, "the server is 6.2.14"},
        ending_row{"NoVersion", {}, {role("master"), text("")}, verdict::refused, "7.0 or newer"},
        ending_row{
            "Evicts", {}, {role("master"), info_text("7.0.15", "allkeys-lru")}, verdict::refused, "it is allkeys-lru"},
        ending_row{"Loads", {}, {role("master"), info_text("7.0.15", "noeviction", "1")}, verdict::away, "LOADING"},
        ending_row{"Busy", {}, {failure("BUSY Redis is busy running a script")}, verdict::away, "BUSY"},
        ending_row{"NoRights",
                   {},
                   {role("master"), failure("NOPERM this user has no permissions to run the 'info' command")},
                   verdict::refused,
                   "'info'"},
        ending_row{"MasterDown", {}, {failure("MASTERDOWN Link with MASTER is down")}, verdict::away, "MASTERDOWN"},
        ending_row{"SomethingElse", {}, {failure("ERR\nwhat\x1b")}, verdict::away, "refused the greeting: ERR what "}),
    [](const auto& row) { return row.param.name; });

TEST(RedisGreeting, DoesNotNeedItsName) {
  EXPECT_EQ(greet({"", "", 0, "a", {}}, {failure("NOPERM client|setname"), role("master"), info_text()}).is,
            verdict::good);
  const auto bad_name = failure("ERR Client names cannot contain spaces, newlines or special characters.");
  EXPECT_EQ(greet({"", "", 0, "a b", {}}, {bad_name, role("master"), info_text()}).is, verdict::good);
  const auto no_room = failure("ERR max number of clients reached");
  EXPECT_EQ(greet({"", "", 0, "a", {}}, {no_room}).is, verdict::away);
}

}  // namespace
}  // namespace tonris::net::test
