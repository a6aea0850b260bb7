#include "config/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/places.hpp"

namespace tonris::config::values {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct good_origin {
  std::string why, written, origin;
};
class OriginAccepts : public testing::TestWithParam<good_origin> {};
TEST_P(OriginAccepts, AndNormalises) {
  const auto result = parse_origin(GetParam().written);
  EXPECT_EQ(result.mistake, "");
  EXPECT_EQ(result.text, GetParam().origin);
}
INSTANTIATE_TEST_SUITE_P(
    Settings, OriginAccepts,
    testing::Values(good_origin{"Https", "https://gw.example.com", "https://gw.example.com"},
                    good_origin{"TrailingSlash", "https://gw.example.com/", "https://gw.example.com"},
                    good_origin{"Capitals", "HTTPS://GW.Example.com", "https://gw.example.com"},
                    good_origin{"Port", "https://gw.example.com:8443", "https://gw.example.com:8443"},
                    good_origin{"HttpLocalhost", "http://localhost:3000", "http://localhost:3000"},
                    good_origin{"HttpLoopback", "http://127.0.0.1", "http://127.0.0.1"},
                    good_origin{"HttpLoopbackNet", "http://127.8.9.10:80", "http://127.8.9.10:80"},
                    good_origin{"HttpLoopbackSix", "http://[::1]:3000/", "http://[::1]:3000"},
                    good_origin{"HttpsAddressSix", "https://[2001:db8::1]", "https://[2001:db8::1]"}),
    [](const auto& row) { return row.param.why; });

struct bad_origin {
  std::string why, written, mistake;
};
class OriginRefuses : public testing::TestWithParam<bad_origin> {};
TEST_P(OriginRefuses, WithAReason) {
  const auto result = parse_origin(GetParam().written);
  EXPECT_THAT(std::string{result.mistake}, HasSubstr(GetParam().mistake));
  EXPECT_EQ(result.text, "");
}
INSTANTIATE_TEST_SUITE_P(
    Settings, OriginRefuses,
    testing::Values(bad_origin{"NoScheme", "gw.example.com", "begin with https://"},
                    bad_origin{"OtherScheme", "ftp://gw.example.com", "begin with https://"},
                    bad_origin{"WebSocket", "wss://gw.example.com", "begin with https://"},
                    bad_origin{"PlainHttp", "http://gw.example.com", "loopback"},
                    bad_origin{"NameThatStartsLikeLoopback", "http://127.0.0.1.example.com", "loopback"},
                    bad_origin{"NameThatEndsLikeLocalhost", "http://localhost.example.com", "loopback"},
                    bad_origin{"Path", "https://gw.example.com/tonris", "origin only"},
                    bad_origin{"TwoSlashes", "https://gw.example.com//", "origin only"},
                    bad_origin{"Query", "https://gw.example.com?a=b", "origin only"},
                    bad_origin{"Fragment", "https://gw.example.com#a", "origin only"},
                    bad_origin{"User", "https://me:pw@gw.example.com", "user name"},
                    bad_origin{"NoHost", "https://", "name a host"},
                    bad_origin{"NoHostButPort", "https://:80", "name a host"},
                    bad_origin{"PortZero", "https://gw.example.com:0", "port"},
                    bad_origin{"PortTooBig", "https://gw.example.com:65536", "port"},
                    bad_origin{"PortEmpty", "https://gw.example.com:", "port"},
                    bad_origin{"Underscore", "https://my_gw.example.com", "name a host"},
                    bad_origin{"EmptyLabel", "https://gw..example.com", "name a host"},
                    bad_origin{"DotAtTheEnd", "https://gw.example.com.", "name a host"},
                    bad_origin{"NoAddressInFourNumbers", "https://256.1.1.1", "name a host"},
                    bad_origin{"Blank", "https://gw example.com", "name a host"},
                    bad_origin{"OpenBracket", "https://[::1", "name a host"},
                    bad_origin{"NoAddressInBrackets", "https://[gw]", "name a host"}),
    [](const auto& row) { return row.param.why; });

TEST(Values, SplitsListsAtCommas) {
  EXPECT_THAT(split_list(" a , b,,c ,"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_list(" , "), IsEmpty());
}

TEST(Values, ReadsWholeNumbersInTheirRangeOnly) {
  EXPECT_EQ(whole("1", 1, 10), 1U);
  EXPECT_EQ(whole("10", 1, 10), 10U);
  EXPECT_EQ(whole("007", 1, 10), 7U);
  for (const auto* no : {"", "0", "11", "-1", "+1", "1.0", "1 ", " 1", "0x1", "one", "4294967297", "99999999999999"}) {
    EXPECT_EQ(whole(no, 1, 10), std::nullopt) << no;
  }
}

TEST(Endpoint, IsAnAddressWithOrWithoutAPath) {
  const struct {
    std::string written, is, mistake;
  } rows[] = {
      {"http://localhost:4318", "http://localhost:4318", ""},
      {"HTTPS://Otel.Example.com/", "https://otel.example.com", ""},
      {"http://otel-collector:4318/Tenant/otlp//", "http://otel-collector:4318/Tenant/otlp", ""},
      {"http://[::1]:4318", "http://[::1]:4318", ""},
      {"otel-collector:4318", "", "must begin with http:// or https://"},
      {"grpc://otel-collector:4317", "", "must begin with http:// or https://"},
      {"http://", "", "must"},
      {"http://otel:0", "", "must name a host, and a port"},
      {"http://me:pw@otel:4318", "", "must not contain a user name"},
      {"http://otel:4318/x?key=k", "", "must not have a query"},
      {"http://otel:4318/#x", "", "must not have a query or a fragment"},
      {"http://otel:4318/a b", "", "must"},
  };
  for (const auto& row : rows) {
    const auto read = parse_endpoint(row.written);
    EXPECT_EQ(read.text, row.is) << row.written;
    EXPECT_EQ(read.mistake.empty(), row.mistake.empty()) << row.written;
    EXPECT_THAT(std::string{read.mistake}, HasSubstr(row.mistake)) << row.written;
  }
}

TEST(Share, IsANumberFromZeroToOne) {
  for (const auto& [text, is] : {std::pair{"0", 0.0}, {"1", 1.0}, {"1.0", 1.0}, {"0.125", 0.125}, {".5", 0.5}})
    EXPECT_EQ(share(text), is) << text;
  for (const auto* no : {"", "-0.1", "1.01", "2", "1e-1", "nan", "inf", "0,5", "0.5 ", "half", "10%"})
    EXPECT_FALSE(share(no)) << no;
}

TEST(Values, KnowsAddressesAndNames) {
  for (const auto* yes : {"127.0.0.1", "::", "2001:db8::1"}) EXPECT_TRUE(is_ip_address(yes)) << yes;
  for (const auto* no : {"", "localhost", "10.0.0.0/8", "256.1.1.1", "1.2.3", "[::1]"})
    EXPECT_FALSE(is_ip_address(no)) << no;
  EXPECT_FALSE(is_ip_address(std::string_view{"127.0.0.1\0x", 11}));
  EXPECT_TRUE(is_host_name(std::string(63, 'a') + ".example"));
  EXPECT_FALSE(is_host_name(std::string(64, 'a') + ".example"));
  EXPECT_FALSE(is_host_name("-a"));
  EXPECT_FALSE(is_host_name("a."));
}

TEST(Values, KnowsReadableFiles) {
  EXPECT_TRUE(is_readable_file(test::source_dir() + "/CMakeLists.txt"));
  EXPECT_FALSE(is_readable_file(test::source_dir()));
  EXPECT_FALSE(is_readable_file(test::source_dir() + "/no-such-file"));
}

}  // namespace
}  // namespace tonris::config::values
