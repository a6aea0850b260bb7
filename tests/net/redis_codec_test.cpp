#include "net/redis_codec.hpp"

#include <gmock/gmock.h>

#include <chrono>

namespace tonris::net::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using kind = redis_reply::kind;

std::string command(std::vector<std::string_view> arguments) {
  std::string out;
  append_redis_command(arguments, out);
  return out;
}

struct decoded {
  std::vector<redis_reply> replies;
  std::string failure;
};
decoded decode(std::string_view bytes, std::size_t piece = std::string_view::npos,
               const redis_reply_limits& limits = {}) {
  redis_decoder decoder{limits};
  decoded out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const bool good = decoder.put(bytes.substr(0, piece), [&](redis_reply&& reply) {
      out.replies.push_back(std::move(reply));
      return true;
    });
    EXPECT_EQ(good, !decoder.failed());
  }
  out.failure = decoder.failure();
  return out;
}

redis_reply text(std::string what) {
  return {kind::text, std::move(what), 0, {}};
}
redis_reply number(std::int64_t what) {
  return {kind::integer, {}, what, {}};
}

TEST(RedisCommand, SaysHowLongItsArgumentsAre) {
  EXPECT_EQ(command({"GET", "k"}), "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
  EXPECT_EQ(command({"SET", "k", ""}), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n");
}

TEST(RedisCommand, CarriesAnyBytes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(command({"SET", "a b"sv, "\0\r\n%s"sv}), "*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$5\r\n\0\r\n%s\r\n"sv);
}

TEST(RedisCommand, IsAppended) {
  std::string out = "*1\r\n$4\r\nPING\r\n";
  append_redis_command(std::vector<std::string_view>{"PING"}, out);
  EXPECT_EQ(out, "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n");
}

TEST(RedisCommand, OfAHashBecomesOneOfItsText) {
  const std::string hash(40, 'a');
  for (const std::string_view script : {"return 1", "EVALSHA $7 \r\n"})
    EXPECT_EQ(eval_of(command({"EVALSHA", hash, "1", "EVALSHA", "v"}), script),
              command({"EVAL", script, "1", "EVALSHA", "v"}));
}

TEST(RedisReply, IsReadWhateverTheCuts) {
  const std::string bytes =
      "+OK\r\n-ERR "
      "no\r\n:-7\r\n$-1\r\n*-1\r\n$0\r\n\r\n$4\r\na\r\nb\r\n*0\r\n*3\r\n:1\r\n*2\r\n$1\r\nx\r\n$-1\r\n+y\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, bytes.size()}) {
    const auto out = decode(bytes, piece);
    EXPECT_THAT(out.failure, IsEmpty());
    EXPECT_THAT(
        out.replies,
        ElementsAre(redis_reply{kind::status, "OK", 0, {}}, redis_reply{kind::failure, "ERR no", 0, {}}, number(-7),
                    redis_reply{}, redis_reply{}, text(""), text("a\r\nb"), redis_reply{kind::items, "", 0, {}},
                    redis_reply{kind::items,
                                "",
                                0,
                                {number(1), redis_reply{kind::items, "", 0, {text("x"), redis_reply{}}},
                                 redis_reply{kind::status, "y", 0, {}}}}))
        << piece;
  }
}

class RedisReplyRefuses : public testing::TestWithParam<std::string> {};
TEST_P(RedisReplyRefuses, WhatIsNotRespTwo) {
  const auto out = decode(GetParam());
  EXPECT_THAT(out.replies, IsEmpty());
  EXPECT_THAT(out.failure, Not(IsEmpty()));
}
INSTANTIATE_TEST_SUITE_P(Wire, RedisReplyRefuses,
                         testing::Values("%1\r\n+a\r\n+b\r\n", "~1\r\n+a\r\n", ">2\r\n+a\r\n+b\r\n", "_\r\n", "#t\r\n",
                                         ",1.5\r\n", "(12\r\n", "=5\r\ntxt:a\r\n", "|1\r\n", "HTTP/1.1 400\r\n\r\n",
                                         ":+1\r\n", ":1x\r\n", "$007\r\n", "$-2\r\n", "*x\r\n", "\x16\x03\x01"));

TEST(RedisReply, IsLimitedInDepth) {
  EXPECT_THAT(decode("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n").replies, SizeIs(1));
  EXPECT_EQ(decode("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n").failure, "a reply beyond all limits");
}

// An array that is only announced would cost its size when it is freed: seconds of a loop.
TEST(RedisReply, CostsNothingThatIsOnlyAnnounced) {
  const auto begun = std::chrono::steady_clock::now();
  for (const auto* announced : {"*100001\r\n", "*100000000\r\n", "*2147483647\r\n", "*2\r\n*50000\r\n"}) {
    const auto out = decode(announced);
    EXPECT_EQ(out.failure, std::string{announced} == "*2\r\n*50000\r\n" ? "" : "a reply beyond all limits")
        << announced;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{1});
}

TEST(RedisReply, IsLimitedOverAllOfItsArrays) {
  const redis_reply_limits limits{4, 4, 100};
  EXPECT_THAT(decode("*2\r\n*1\r\n:1\r\n*1\r\n:1\r\n", 1, limits).failure, IsEmpty());
  EXPECT_EQ(decode("*2\r\n*1\r\n:1\r\n*2\r\n:1\r\n:1\r\n", 1, limits).failure, "a reply beyond all limits");
  EXPECT_THAT(decode("*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n*1\r\n:1\r\n", 1, limits).replies, SizeIs(2)) << "each anew";
}

TEST(RedisReply, IsLimitedInSizeAlsoBeforeItIsWhole) {
  const redis_reply_limits limits{4, 4, 1000};
  EXPECT_THAT(decode("$1000\r\n" + std::string(1000, 'x') + "\r\n", 99, limits).replies, SizeIs(1));
  EXPECT_EQ(decode("$1001\r\n" + std::string(1001, 'x') + "\r\n", 99, limits).failure, "a reply beyond all limits");
  EXPECT_EQ(decode("$9223372036854775807\r\n" + std::string(2000, 'x'), 99, limits).failure,
            "a reply beyond all limits");
  EXPECT_EQ(
      decode("*2\r\n$600\r\n" + std::string(600, 'x') + "\r\n$600\r\n" + std::string(600, 'x') + "\r\n", 99, limits)
          .failure,
      "a reply beyond all limits");
}

TEST(RedisReply, IsNotReadAnyMoreAfterAFailure) {
  redis_decoder decoder;
  const auto none = [](redis_reply&&) -> bool { throw std::logic_error{"a reply"}; };
  EXPECT_FALSE(decoder.put("?", none));
  EXPECT_FALSE(decoder.put("+OK\r\n", none));
}

TEST(RedisReply, MayEndItsDecoder) {
  auto decoder = std::make_unique<redis_decoder>();
  EXPECT_FALSE(decoder->put("+OK\r\n+OK\r\n", [&](redis_reply&& reply) {
    EXPECT_TRUE(reply.is_status("OK"));
    decoder.reset();
    return false;
  }));
}

// In one feed hiredis takes ten seconds for it.
TEST(RedisReply, TakesItsTimeInProportion) {
  std::string bytes;
  const auto one = "$1024\r\n" + std::string(1024, 'x') + "\r\n";
  for (int i = 0; i < 16 * 1024; ++i) bytes += one;
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_THAT(decode(bytes).replies, SizeIs(16 * 1024));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{2});
}

}  // namespace
}  // namespace tonris::net::test
