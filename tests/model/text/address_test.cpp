#include "model/text/address.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace tonris::model {
namespace {

struct parts_row {
  std::string why, text;
  std::string scheme, authority, userinfo, written_host, host, port_text, target, fragment;
  host_kind kind;
  std::uint16_t port;
};
class AddressTakesApart : public testing::TestWithParam<parts_row> {};

TEST_P(AddressTakesApart, AsItIsWritten) {
  const auto& row = GetParam();
  const auto read = read_address(row.text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->scheme, row.scheme);
  EXPECT_EQ(read->authority, row.authority);
  EXPECT_EQ(read->userinfo, row.userinfo);
  EXPECT_EQ(read->written_host, row.written_host);
  EXPECT_EQ(read->host, row.host);
  EXPECT_EQ(read->port_text, row.port_text);
  EXPECT_EQ(read->target, row.target);
  EXPECT_EQ(read->fragment, row.fragment);
  EXPECT_EQ(read->kind, row.kind);
  EXPECT_EQ(read->port, row.port);
  EXPECT_EQ(read->has_userinfo, row.authority.find('@') != std::string::npos);
  EXPECT_EQ(read->has_fragment, row.text.find('#') != std::string::npos);
}

constexpr auto name = host_kind::name, ipv4 = host_kind::ipv4, ipv6 = host_kind::ipv6, unusable = host_kind::unusable;

INSTANTIATE_TEST_SUITE_P(
    Addresses, AddressTakesApart,
    testing::Values(
        parts_row{"HostOnly", "https://gw.example.com", "https", "gw.example.com", "", "gw.example.com",
                  "gw.example.com", "", "", "", name, 0},
        parts_row{"Everything", "HTTPS://Me:Pw@GW.example.com:8443/A/b?c=@://#d?e", "HTTPS",
                  "Me:Pw@GW.example.com:8443", "Me:Pw", "GW.example.com", "GW.example.com", "8443", "/A/b?c=@://",
                  "d?e", name, 8443},
        parts_row{"QueryOnly", "ws://h?q=1", "ws", "h", "", "h", "h", "", "?q=1", "", name, 0},
        parts_row{"FragmentOnly", "ws://h#", "ws", "h", "", "h", "h", "", "", "", name, 0},
        parts_row{"CharactersThatShouldBeEncoded", "wss://h/a?b=|[\"\\", "wss", "h", "", "h", "h", "", "/a?b=|[\"\\",
                  "", name, 0},
        parts_row{"EmptyUser", "http://@h", "http", "@h", "", "h", "h", "", "", "", name, 0},
        parts_row{"PasswordOnly", "redis://:pw@h/2", "redis", ":pw@h", ":pw", "h", "h", "", "/2", "", name, 0},
        parts_row{"Underscore", "http://my_host/", "http", "my_host", "", "my_host", "my_host", "", "/", "", name, 0},
        parts_row{"Ipv4", "http://127.0.0.1:3000/", "http", "127.0.0.1:3000", "", "127.0.0.1", "127.0.0.1", "3000", "/",
                  "", ipv4, 3000},
        parts_row{"NameThatBeginsAsAnAddress", "http://127.0.0.1.example.com:80", "http", "127.0.0.1.example.com:80",
                  "", "127.0.0.1.example.com", "127.0.0.1.example.com", "80", "", "", name, 80},
        parts_row{"Ipv6", "http://[2001:DB8::1]", "http", "[2001:DB8::1]", "", "[2001:DB8::1]", "2001:DB8::1", "", "",
                  "", ipv6, 0},
        parts_row{"Ipv6AndPort", "http://[::1]:443/x", "http", "[::1]:443", "", "[::1]", "::1", "443", "/x", "", ipv6,
                  443},
        parts_row{"EmptyPort", "http://h:/x", "http", "h:", "", "h", "h", "", "/x", "", name, 0},
        parts_row{"PortZero", "http://h:0", "http", "h:0", "", "h", "h", "0", "", "", name, 0},
        parts_row{"PortTooBig", "http://h:65536", "http", "h:65536", "", "h", "h", "65536", "", "", name, 0},
        parts_row{"LastPort", "http://h:65535", "http", "h:65535", "", "h", "h", "65535", "", "", name, 65535},
        parts_row{"PortWithZeros", "http://h:00080", "http", "h:00080", "", "h", "h", "00080", "", "", name, 80},
        parts_row{"NoHost", "https:///path", "https", "", "", "", "", "", "/path", "", unusable, 0},
        parts_row{"NoHostButPort", "https://:80", "https", ":80", "", "", "", "80", "", "", unusable, 80},
        parts_row{"EncodedHost", "http://h%41", "http", "h%41", "", "h%41", "h%41", "", "", "", unusable, 0},
        parts_row{"Comma", "http://h,i", "http", "h,i", "", "h,i", "h,i", "", "", "", unusable, 0}),
    [](const auto& row) { return row.param.why; });

TEST(Address, IsNothingWithoutSchemeAndAuthority) {
  for (const auto* no : {"",
                         "h",
                         "/path",
                         "://h",
                         "//h",
                         "1http://h",
                         "ht tp://h",
                         "h:80",
                         "mailto:a@b",
                         "http:/h",
                         "http://a b",
                         "http://h\\x",
                         "http://h:80x",
                         "http://h: 80",
                         "http://h:-1",
                         "http://[::1",
                         "http://[::1]x",
                         "http://[::g]",
                         "http://[]",
                         "http://[v1.a]",
                         "http://]",
                         "http://[::1]]",
                         "http://u[x]@h",
                         "http://[127.0.0.1]",
                         "http://[fe80::1%25eth0]",
                         "http://[fe80::1%eth0]",
                         "http://::1",
                         "http://1:2:3",
                         "http://a@b@c",
                         "http://h%4",
                         "http://caf\xC3\xA9",
                         "http://h\n"})
    EXPECT_FALSE(read_address(no)) << no;
  EXPECT_FALSE(read_address(std::string("http://h\0x", 10)));
}

TEST(Address, SaysWhetherItsPortCanBe) {
  for (const auto* yes : {"http://h", "http://h:1", "http://h:65535/"})
    EXPECT_TRUE(read_address(yes)->has_usable_port());
  for (const auto* no :
       {"http://h:", "http://h:0", "http://h:65536", "http://h:99999", "http://h:99999999999999999999"})
    EXPECT_FALSE(read_address(no)->has_usable_port()) << no;
}

struct host_row {
  std::string host;
  host_kind kind;
  bool is_loopback;
};
std::ostream& operator<<(std::ostream& out, const host_row& row) {
  return out << row.host;
}
class Host : public testing::TestWithParam<host_row> {};

TEST_P(Host, IsOfItsKindAndOfThisMachineOrNot) {
  EXPECT_EQ(kind_of_host(GetParam().host), GetParam().kind);
  EXPECT_EQ(is_loopback(GetParam().host), GetParam().is_loopback);
}

// What loopback means, everywhere: the origins of the settings, the stream's address in TwiML, the simulators'
// judgement.
INSTANTIATE_TEST_SUITE_P(
    Hosts, Host,
    testing::Values(
        host_row{"localhost", name, true}, host_row{"LocalHost", name, true}, host_row{"127.0.0.1", ipv4, true},
        host_row{"127.0.0.0", ipv4, true}, host_row{"127.255.255.255", ipv4, true}, host_row{"::1", ipv6, true},
        host_row{"0:0:0:0:0:0:0:1", ipv6, true}, host_row{"0000::0001", ipv6, true},
        host_row{"::ffff:127.0.0.1", ipv6, true}, host_row{"::FFFF:7f08:090a", ipv6, true},
        // Names that only look like it.
        host_row{"localhost.", unusable, false}, host_row{"localhost.example.com", name, false},
        host_row{"my.localhost", name, false}, host_row{"localhost4", name, false},
        host_row{"127.0.0.1.example.com", name, false}, host_row{"127.0.0.1.", unusable, false},
        // Ways to write 127.0.0.1 which some resolvers take: no address, and no name either.
        host_row{"127.1", unusable, false}, host_row{"2130706433", unusable, false},
        host_row{"127.000.000.001", unusable, false}, host_row{"0177.0.0.1", unusable, false},
        host_row{"0x7f.0.0.1", unusable, false}, host_row{"127.0.0.0x1", unusable, false},
        host_row{"0x7f000001", unusable, false}, host_row{"host.1", unusable, false}, host_row{"1.host", name, false},
        host_row{"0xhost", name, false},
        // Others.
        host_row{"0.0.0.0", ipv4, false}, host_row{"126.255.255.255", ipv4, false}, host_row{"128.0.0.1", ipv4, false},
        host_row{"10.0.0.7", ipv4, false}, host_row{"::", ipv6, false}, host_row{"::2", ipv6, false},
        host_row{"::127.0.0.1", ipv6, false}, host_row{"::ffff:10.0.0.7", ipv6, false},
        host_row{"fe80::1", ipv6, false}, host_row{"2001:db8::1", ipv6, false},
        host_row{"xn--bcher-kva.example", name, false}, host_row{"my_gw.example", name, false},
        host_row{std::string(63, 'a') + ".b", name, false},
        // No hosts.
        host_row{"", unusable, false}, host_row{".", unusable, false}, host_row{"a..b", unusable, false},
        host_row{".a", unusable, false}, host_row{"-a", unusable, false}, host_row{"a-", unusable, false},
        host_row{"a b", unusable, false}, host_row{"a,b", unusable, false}, host_row{"a%41", unusable, false},
        host_row{"256.1.1.1", unusable, false}, host_row{"1.2.3", unusable, false},
        host_row{"1.2.3.4.5", unusable, false}, host_row{"[::1]", unusable, false}, host_row{"::g", unusable, false},
        host_row{"1::2::3", unusable, false}, host_row{"fe80::1%eth0", unusable, false},
        host_row{std::string(64, 'a'), unusable, false}, host_row{std::string("localhost\0", 10), unusable, false},
        host_row{std::string("127.0.0.1\0x", 11), unusable, false}));

}  // namespace
}  // namespace tonris::model
