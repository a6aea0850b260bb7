#include "tools/bench/http.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tonris::bench {
namespace {

TEST(BenchHttp, ReadsAnAnswerHoweverTheBytesAreCut) {
  const std::string bytes = "HTTP/1.1 403 Forbidden\r\ncontent-LENGTH:  3 \r\nX: y\r\n\r\nno!HTTP/1.1 200 OK\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    http_reader reader;
    std::vector<unsigned> statuses;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      reader.feed(std::span{bytes}.subspan(at, std::min(piece, bytes.size() - at)));
      while (const auto message = reader.next()) {
        statuses.push_back(message->status());
        EXPECT_EQ(message->body, message->status() == 403 ? "no!" : "");
        EXPECT_EQ(message->header("x").value_or(""), message->status() == 403 ? "y" : "");
      }
    }
    EXPECT_EQ(statuses, (std::vector<unsigned>{403, 200})) << piece;
    EXPECT_FALSE(reader.bad());
  }
}

TEST(BenchHttp, LeavesWhatFollowsAnUpgrade) {
  http_reader reader;
  reader.feed(std::string_view{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00"});
  ASSERT_TRUE(reader.next().has_value());
  EXPECT_EQ(reader.take_rest(), "\x81");
}

struct refused {
  std::string name, bytes;
};
class BenchHttpRefuses : public testing::TestWithParam<refused> {};
TEST_P(BenchHttpRefuses, WhatItDoesNotSpeak) {
  http_reader reader;
  reader.feed(GetParam().bytes);
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_TRUE(reader.bad());
}
INSTANTIATE_TEST_SUITE_P(
    Messages, BenchHttpRefuses,
    testing::Values(refused{"ChunkedBody", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
                    refused{"LengthThatIsNoNumber", "HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\n"},
                    refused{"NegativeLength", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"},
                    refused{"HugeBody", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"},
                    refused{"EndlessHead", std::string(20'000, 'x')}),
    [](const auto& each) { return each.param.name; });

TEST(BenchHttp, KnowsARequestFromAnAnswer) {
  http_reader reader;
  reader.feed(std::string_view{"GET / HTTP/1.1\r\nHost: a\r\n\r\n"});
  const auto message = reader.next();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->status(), 0U);
  EXPECT_EQ(message->start_line, "GET / HTTP/1.1");
  EXPECT_FALSE(message->header("nothing").has_value());
}

}  // namespace
}  // namespace tonris::bench
