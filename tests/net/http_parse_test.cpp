#include "net/http_parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tonris::net {
namespace {

constexpr http_parse_limits small{512, 256};

struct outcome {
  std::vector<http_request> requests;
  unsigned refused = 0;
  bool idle = false;
};

/// Everything a connection would see, given in pieces of `piece` bytes.
outcome parse(std::string_view bytes, std::size_t piece, const http_parse_limits& limits = small) {
  http_request_parser parser{limits};
  outcome seen;
  while (!bytes.empty()) {
    auto next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    while (!next.empty()) {
      next.remove_prefix(parser.put(next));
      seen.refused = parser.refused();
      if (seen.refused != 0) return seen;
      if (parser.whole()) seen.requests.push_back(parser.take());
    }
  }
  seen.idle = parser.idle();
  return seen;
}

struct refusal {
  std::string why;
  std::string bytes;
  unsigned status;
};

std::string get(std::string_view fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string{fields} + "\r\n";
}

const std::vector<refusal> refusals{
    {"NoSpaceInTheRequestLine", "GET\r\nHost: a\r\n\r\n", 400},
    {"ABareLineFeed", "GET / HTTP/1.1\nHost: a\n\n", 400},
    {"ATlsClientHello", std::string{"\x16\x03\x01\x02", 4}, 400},
    {"AControlCharacterInTheTarget", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"ANulInAValue", get(std::string{"X: a\0b\r\n", 8}), 400},
    {"ABlankInAFieldName", get("X Y: a\r\n"), 400},
    {"ABlankBeforeTheColon", get("Content-Length : 3\r\n"), 400},
    {"AFieldWithoutAColon", get("nothing\r\n"), 400},
    {"ABareCarriageReturn", get("X: a\rb\r\n"), 400},
    {"AMissingHost", "GET / HTTP/1.1\r\n\r\n", 400},
    {"TwoHosts", get("Host: b\r\n"), 400},
    {"AHostWithAPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"ARelativeTarget", "GET index.html HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"AnAuthorityTarget", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"AForeignScheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"AnAbsoluteTargetWithoutAHost", "GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"AStarThatIsNotForOptions", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"BothLengthAndCoding", get("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"BothCodingAndLength", get("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
    {"BothLengthAndAnUnknownCoding", get("Content-Length: 3\r\nTransfer-Encoding: identity\r\n"), 400},
    {"TwoDifferentLengths", get("Content-Length: 3\r\nContent-Length: 4\r\n"), 400},
    {"AListOfDifferentLengths", get("Content-Length: 3, 4\r\n"), 400},
    {"ANegativeLength", get("Content-Length: -1\r\n"), 400},
    {"ASignedLength", get("Content-Length: +1\r\n"), 400},
    {"ALengthBeyondNumbers", get("Content-Length: 99999999999999999999\r\n"), 400},
    {"AnEmptyLength", get("Content-Length: \r\n"), 400},
    {"TwoCodings", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"AChunkedBodyInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"AnUnknownCoding", get("Transfer-Encoding: gzip\r\n"), 501},
    {"AStackOfCodings", get("Transfer-Encoding: gzip, chunked\r\n"), 501},
    {"AMisspeltCoding", get("Transfer-Encoding: xchunked\r\n"), 501},
    {"AnUnknownExpectation", get("Expect: a-miracle\r\n"), 417},
    {"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"AVersionThatIsNone", "GET / HTTQ/1.1\r\nHost: a\r\n\r\n", 400},
    {"AHeaderThatIsTooLong", get("X: " + std::string(600, 'a') + "\r\n"), 431},
    {"AHeaderThatNeverEnds", "GET / HTTP/1.1\r\nX: " + std::string(600, 'a'), 431},
    {"ALengthBeyondTheLimit", get("Content-Length: 257\r\n"), 413},
    {"ChunksBeyondTheLimit", get("Transfer-Encoding: chunked\r\n") + "80\r\n" + std::string(128, 'a') + "\r\n81\r\n",
     413},
    {"AChunkSizeThatIsNone", get("Transfer-Encoding: chunked\r\n") + "zz\r\nabc\r\n", 400},
    {"AChunkSizeBeyondNumbers", get("Transfer-Encoding: chunked\r\n") + "fffffffffffffffff\r\nabc\r\n", 400},
    {"AChunkThatIsLonger", get("Transfer-Encoding: chunked\r\n") + "2\r\nabc\r\n0\r\n\r\n", 400},
    {"AChunkHeadThatNeverEnds", get("Transfer-Encoding: chunked\r\n") + "2;" + std::string(600, 'a'), 431},
    {"ATrailerThatNeverEnds", get("Transfer-Encoding: chunked\r\n") + "0\r\nX: " + std::string(600, 'a'), 431},
};

class HttpRequestParserRefuses : public testing::TestWithParam<refusal> {};

TEST_P(HttpRequestParserRefuses, HoweverTheBytesAreCut) {
  for (const std::size_t piece : {std::size_t{100'000}, std::size_t{1}, std::size_t{7}}) {
    const auto seen = parse(GetParam().bytes, piece);
    EXPECT_EQ(seen.refused, GetParam().status) << "in pieces of " << piece;
    EXPECT_THAT(seen.requests, testing::IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(Wire, HttpRequestParserRefuses, testing::ValuesIn(refusals),
                         [](const auto& row) { return row.param.why; });

TEST(HttpRequestParser, RefusesMoreFieldsThanAnybodySends) {
  std::string fields;
  for (int i = 0; i < 101; ++i) fields += "a:\r\n";
  EXPECT_EQ(parse(get(fields), 100'000, {16'384, 0}).refused, 431U);
  EXPECT_EQ(parse(get(fields.substr(0, 99 * 4)), 100'000, {16'384, 0}).requests.size(), 1U);
}

TEST(HttpRequestParser, ReadsRequestsBehindEachOtherHoweverTheyAreCut) {
  const std::string bytes =
      "POST /a?x=%20&y HTTP/1.1\r\nHost: h:1\r\nX-Twilio-Signature: s=\r\nContent-Length: 3\r\n\r\nabc"
      "\r\n\r\nPOST /b HTTP/1.1\r\nhost: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n"
      "4;ext=\"v\"\r\nwxyz\r\n1\r\n!\r\n0\r\nHost: evil\r\n\r\nOPTIONS * HTTP/1.1\r\nHost:\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const auto seen = parse(bytes, piece);
    ASSERT_EQ(seen.requests.size(), 3U) << piece;
    EXPECT_TRUE(seen.idle);
    const auto& [a, b, c] = std::tie(seen.requests[0], seen.requests[1], seen.requests[2]);
    EXPECT_EQ(a.method, "POST");
    EXPECT_EQ(a.target, "/a?x=%20&y");
    EXPECT_EQ(a.path(), "/a");
    EXPECT_EQ(a.query(), "x=%20&y");
    EXPECT_EQ(a.fields.get("x-twilio-signature"), "s=");
    EXPECT_EQ(a.body, "abc");
    EXPECT_EQ(b.body, "wxyz!");
    EXPECT_EQ(b.fields.get("Host"), "h") << "a trailer field must not pose as a header field";
    EXPECT_EQ(c.target, "*");
  }
}

TEST(HttpRequestParser, TurnsAnAbsoluteTargetIntoItsPathAndHost) {
  const auto seen = parse(
      "GET HTTP://real:8080/p?q HTTP/1.1\r\nHost: other\r\n\r\n"
      "GET http://real?q HTTP/1.1\r\nHost: other\r\n\r\n",
      1000);
  ASSERT_EQ(seen.requests.size(), 2U);
  EXPECT_EQ(seen.requests[0].target, "/p?q");
  EXPECT_EQ(seen.requests[0].fields.get("host"), "real:8080");
  EXPECT_EQ(seen.requests[1].target, "/?q");
}

struct persistence {
  std::string bytes;
  bool keep_alive;
};

TEST(HttpRequestParser, KnowsWhetherAnotherRequestMayFollow) {
  const std::vector<persistence> rows{
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  };
  for (const auto& row : rows) {
    http_request_parser parser{small};
    parser.put(row.bytes);
    ASSERT_TRUE(parser.whole()) << row.bytes;
    EXPECT_EQ(parser.keep_alive(), row.keep_alive) << row.bytes;
  }
}

TEST(HttpRequestParser, IgnoresAnUpgradeInHttp10) {
  const auto seen = parse("GET / HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", 1000);
  ASSERT_EQ(seen.requests.size(), 1U);
  EXPECT_FALSE(seen.requests[0].fields.has("Upgrade"));
}

TEST(HttpRequestParser, AsksToContinueOnceAndOnlyWhenTheBodyIsStillAwaited) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n";
  http_request_parser waiting{small};
  waiting.put(head);
  EXPECT_TRUE(waiting.asks_to_continue());
  EXPECT_FALSE(waiting.asks_to_continue());
  waiting.put("abc");
  EXPECT_TRUE(waiting.whole());

  http_request_parser impatient{small};
  impatient.put(head + "a");
  EXPECT_FALSE(impatient.asks_to_continue());
}

/// The same of one that streams what its planner says: "target:body." each.
std::string parse_streamed(std::string_view bytes, std::size_t piece, const http_request_parser::planner& plan) {
  http_request_parser parser{small, &plan};
  std::string seen;
  bool in_body = false;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    auto next = bytes.substr(0, piece);
    for (bool moves = true; moves;) {
      next.remove_prefix(parser.put(next));
      if (in_body) seen += parser.take_body();
      if (parser.refused() != 0) return seen + std::to_string(parser.refused());
      moves = false;
      if (parser.streams()) {
        EXPECT_EQ(parser.put("x"), 0U) << "nothing until its head is taken";
        const auto head = parser.take();
        EXPECT_TRUE(head.streamed);
        seen += head.target + ':';
        in_body = moves = true;
      } else if (parser.whole() && in_body) {
        seen += '.';
        parser.next();
        in_body = false;
        moves = true;
      } else if (parser.whole()) {
        const auto request = parser.take();
        EXPECT_FALSE(request.streamed);
        seen += request.target + ':' + request.body + '.';
        moves = true;
      }
    }
  }
  return seen;
}

TEST(HttpRequestParser, StopsBehindAHeadWhoseBodyStreamsHoweverItIsCut) {
  const http_request_parser::planner plan = [](const http_request& head) {
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.fields.get("Host"), "h");
    return http_body_plan{5, head.target == "/s"};
  };
  const std::string chunked = "POST /s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string bytes = "POST /s HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc" + chunked +
                            "4;x\r\nwxyz\r\n1\r\n!\r\n0\r\nT: t\r\n\r\nGET /s HTTP/1.1\r\nHost: h\r\n\r\n"
                            "POST /w HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok" +
                            chunked + "4\r\nwxyz\r\n2\r\nab";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece)
    ASSERT_EQ(parse_streamed(bytes, piece, plan), "/s:abc./s:wxyz!./s:./w:ok./s:wxyz413") << piece;
  EXPECT_EQ(parse_streamed("POST /s HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n", 1000, plan), "413");
}

TEST(HttpRequestParser, TakesNothingMoreUntilTheRequestIsTaken) {
  http_request_parser parser{small};
  const std::string one = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(parser.put(one + one), one.size());
  EXPECT_EQ(parser.put(one), 0U);
  parser.take();
  EXPECT_EQ(parser.put(one), one.size());
}

struct answer {
  std::optional<http_response> response;
  std::optional<errc> failed;
  bool keep_alive = false;
  std::size_t left = 0;
};

answer parse_answer(std::string_view bytes, std::size_t piece, bool to_head = false) {
  http_response_parser parser{small, to_head};
  while (!bytes.empty() && !parser.whole() && !parser.failed()) {
    const auto next = bytes.substr(0, piece);
    bytes.remove_prefix(parser.put(next));
  }
  if (!parser.whole() && !parser.failed()) parser.put_end();
  answer seen{{}, parser.failed(), parser.keep_alive(), bytes.size()};
  if (parser.whole()) seen.response = parser.take();
  return seen;
}

struct answer_row {
  std::string why;
  std::string bytes;
  unsigned status;
  std::string body;
  bool keep_alive;
  bool to_head = false;
  std::size_t left = 0;
};

TEST(HttpResponseParser, ReadsWhatServersSayHoweverItIsCut) {
  const std::vector<answer_row> rows{
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true},
      {"no reason", "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", 404, "", true},
      {"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, "hi", true},
      {"until the end", "HTTP/1.1 200 OK\r\n\r\nhi", 200, "hi", false},
      {"close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", false},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", false},
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
      {"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, "", true},
      {"to HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 200, "", true, true},
      {"after interim",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nL: x\r\n\r\nHTTP/1.1 201 C\r\n"
       "Content-Length: 1\r\n\r\nx",
       201, "x", true},
      {"switching", "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n\x81\x01x", 101, "", true, false, 3},
  };
  for (const auto& row : rows) {
    for (std::size_t piece = 1; piece <= row.bytes.size(); ++piece) {
      const auto seen = parse_answer(row.bytes, piece, row.to_head);
      ASSERT_TRUE(seen.response) << row.why << " in pieces of " << piece;
      EXPECT_EQ(seen.response->status, row.status) << row.why;
      EXPECT_EQ(seen.response->body, row.body) << row.why;
      EXPECT_EQ(seen.keep_alive, row.keep_alive) << row.why;
      EXPECT_EQ(seen.left, row.left) << row.why;
      EXPECT_FALSE(seen.response->fields.has("L")) << "fields of interim responses do not last";
    }
  }
}

struct failure_row {
  std::string bytes;
  errc why;
};

TEST(HttpResponseParser, SaysWhatIsWrongHoweverItIsCut) {
  std::string interims;
  for (int i = 0; i < 9; ++i) interims += "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string big(300, 'a');
  const std::vector<failure_row> rows{
      {"SSH-2.0-x\r\n\r\n", errc::protocol_error},
      {"HTTP/1.1 20 OK\r\n\r\n", errc::protocol_error},
      {"HTTP/1.1 200 OK\nX: y\n\n", errc::protocol_error},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", errc::protocol_error},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab", errc::protocol_error},
      {interims + "HTTP/1.1 200 OK\r\n\r\n", errc::protocol_error},
      {"HTTP/1.1 200 OK\r\nContent-Length: 257\r\n\r\n", errc::too_big},
      {"HTTP/1.1 200 OK\r\n\r\n" + big, errc::too_big},
      {"HTTP/1.1 200 OK\r\nX: " + big + big, errc::too_big},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", errc::reset},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", errc::reset},
      {"HTTP/1.1 200 O", errc::reset},
  };
  for (const auto& row : rows) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, std::size_t{100'000}}) {
      const auto seen = parse_answer(row.bytes, piece);
      EXPECT_FALSE(seen.response) << row.bytes;
      EXPECT_EQ(seen.failed, row.why) << row.bytes << " in pieces of " << piece;
    }
  }
}

}  // namespace
}  // namespace tonris::net
