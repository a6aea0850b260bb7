#include "net/url.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::net {
namespace {

struct good_row {
  std::string text;
  std::string scheme;
  std::string host;
  std::uint16_t port;
  std::string target;
  std::string host_header;
};

class UrlTakesApart : public testing::TestWithParam<good_row> {};

TEST_P(UrlTakesApart, EachPart) {
  const auto& row = GetParam();
  const auto found = parse_url(row.text);
  ASSERT_TRUE(found) << row.text << ": " << found.error().detail;
  EXPECT_EQ(found->scheme, row.scheme);
  EXPECT_EQ(found->host, row.host);
  EXPECT_EQ(found->port, row.port);
  EXPECT_EQ(found->target, row.target);
  EXPECT_EQ(found->host_header(), row.host_header);
  EXPECT_EQ(found->secure(), row.scheme == "https" || row.scheme == "wss");
}

INSTANTIATE_TEST_SUITE_P(
    Table, UrlTakesApart,
    testing::Values(
        good_row{"http://example.com", "http", "example.com", 80, "/", "example.com"},
        good_row{"HTTPS://Example.COM/Path?Q=A", "https", "example.com", 443, "/Path?Q=A", "example.com"},
        good_row{"ws://h:8080/", "ws", "h", 8080, "/", "h:8080"}, good_row{"wss://h:443/x", "wss", "h", 443, "/x", "h"},
        good_row{"ws://h:443/x", "ws", "h", 443, "/x", "h:443"},
        good_row{"wss://api.elevenlabs.io/v1/convai/conversation?agent_id=a&conversation_signature=cvtkn_E%2B=|~",
                 "wss", "api.elevenlabs.io", 443,
                 "/v1/convai/conversation?agent_id=a&conversation_signature=cvtkn_E%2B=|~", "api.elevenlabs.io"},
        good_row{"http://h?q=1", "http", "h", 80, "/?q=1", "h"},
        good_row{"http://h/a#part", "http", "h", 80, "/a", "h"}, good_row{"http://h#part", "http", "h", 80, "/", "h"},
        good_row{"http://h/a?b=@&c=://x", "http", "h", 80, "/a?b=@&c=://x", "h"},
        good_row{"http://h:/x", "http", "h", 80, "/x", "h"},
        good_row{"http://127.0.0.1:3000/a//b", "http", "127.0.0.1", 3000, "/a//b", "127.0.0.1:3000"},
        good_row{"http://[::1]/", "http", "::1", 80, "/", "[::1]"},
        good_row{"https://[2001:DB8::1]:8443/x", "https", "2001:db8::1", 8443, "/x", "[2001:db8::1]:8443"},
        good_row{"http://h:65535/", "http", "h", 65535, "/", "h:65535"}));

class UrlRefuses : public testing::TestWithParam<std::string> {};

TEST_P(UrlRefuses, WithoutRepeatingTheAddress) {
  const auto found = parse_url(GetParam());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, errc::bad_url);
  EXPECT_FALSE(found.error().detail.empty());
  EXPECT_EQ(found.error().detail.find("secret"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Table, UrlRefuses,
                         testing::Values("", "h", "/path", "//h/path", "http:/h", "http://", "http:///x", "ftp://h/",
                                         "://h", "http://h:0/", "http://h:65536/", "http://h:x/", "http://h:-1/",
                                         "http://h: 80/", "http://secret@h/", "http://u:secret@h/",
                                         "http://h/a b?secret", "http://h/\r\nsecret: 1", "http://h/\n", "http://h\\x/",
                                         "http://h/caf\xC3\xA9", "http://h\x7F/", "http://[::1/", "http://[::1]x/",
                                         "http://[::g]/", "http://[]/", "http://[127.0.0.1]/", "http://::1/",
                                         "http://h%41/", "http://h,i/", std::string("http://h/\0x", 11),
                                         "http://" + std::string(254, 'h') + "/",
                                         "http://h/" + std::string(17'000, 'x')));

}  // namespace
}  // namespace tonris::net
