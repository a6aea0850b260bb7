#include "model/text/public_address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

bool is_public(std::string_view text) {
  const auto ip = read_ip(text);
  EXPECT_TRUE(ip) << text;
  return ip && is_public_address(*ip);
}

TEST(PublicAddress, IsNoneOfOurOwnNetwork) {
  for (const auto* ip :
       {"0.0.0.0",         "0.1.2.3",         "10.0.0.0",        "10.255.255.255", "100.64.0.1",   "100.100.100.200",
        "100.127.255.255", "127.0.0.1",       "127.255.255.254", "168.63.129.16",  "169.254.0.1",  "169.254.169.254",
        "169.254.170.2",   "172.16.0.1",      "172.31.255.255",  "192.0.0.192",    "192.0.2.1",    "192.88.99.1",
        "192.168.0.1",     "192.168.255.255", "198.18.0.1",      "198.19.255.255", "198.51.100.7", "203.0.113.9",
        "224.0.0.1",       "239.255.255.255", "240.0.0.1",       "255.255.255.255"})
    EXPECT_FALSE(is_public(ip)) << ip;
}

TEST(PublicAddress, IsWhatLiesBesideThose) {
  for (const auto* ip :
       {"1.1.1.1",    "9.255.255.255", "11.0.0.0",        "100.63.255.255",  "100.128.0.0",    "126.255.255.255",
        "128.0.0.0",  "168.63.129.15", "169.253.255.255", "169.255.0.0",     "172.15.255.255", "172.32.0.0",
        "192.0.1.0",  "192.0.3.0",     "192.88.98.1",     "192.167.255.255", "192.169.0.0",    "198.17.255.255",
        "198.20.0.0", "198.51.99.1",   "203.0.112.1",     "203.0.114.1",     "223.255.255.255"})
    EXPECT_TRUE(is_public(ip)) << ip;
}

TEST(PublicAddress, OfVersionSixIsGlobalUnicastAlone) {
  for (const auto* ip :
       {"::",         "::1",     "fc00::1", "fd00:ec2::254", "fdff::1",     "fe80::1",   "fe80::a9fe:a9fe",
        "febf::1",    "fec0::1", "ff02::1", "100::1",        "2001:db8::1", "2001:2::1", "2001:10::1",
        "2001:20::1", "3fff::1", "5f00::1", "64:ff9b:1::1",  "4000::1",     "1fff::1"})
    EXPECT_FALSE(is_public(ip)) << ip;
  for (const auto* ip : {"2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888", "2001:db9::1",
                         "3ffe::1", "2001:3::1", "2001:1ff::1"})
    EXPECT_TRUE(is_public(ip)) << ip;
}

TEST(PublicAddress, IsWhatTheAddressWithinItIs) {
  for (const auto* ip : {"::ffff:127.0.0.1", "::ffff:10.0.0.7", "::ffff:a9fe:a9fe", "::ffff:0.0.0.0", "::10.0.0.7",
                         "::127.0.0.1", "64:ff9b::10.0.0.7", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:7::1",
                         "2002:c0a8:101::", "2002:a9fe:a9fe::1",
                         "2001:0:808:808::f5ff:fff8",     // Teredo: 10.0.0.7 behind 8.8.8.8
                         "2001:0:a00:7::f7f7:f7f7",       // 8.8.8.8 behind 10.0.0.7
                         "2001:0:808:808:0:0:5601:5601",  // 169.254.169.254
                         "2a00:1450::5efe:10.0.0.7",      // ISATAP
                         "2a00:1450::200:5efe:169.254.169.254"})
    EXPECT_FALSE(is_public(ip)) << ip;
  for (const auto* ip : {"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "2001:0:808:808::f7f7:f7f7",
                         "2a00:1450::5efe:8.8.8.8"})
    EXPECT_TRUE(is_public(ip)) << ip;
}

TEST(PublicAddress, HasFourBytesOrSixteen) {
  const std::vector<std::uint8_t> eights(32, 8), global(16, 0x26);
  EXPECT_TRUE(is_public_address(std::span{eights}.first(4)));
  EXPECT_TRUE(is_public_address(global));
  for (const auto size : {0U, 1U, 3U, 5U, 15U, 17U, 32U})
    EXPECT_FALSE(is_public_address(std::span{eights}.first(size))) << size;
}

TEST(ReadIp, TakesOnlyWhatIsOneForEverybody) {
  EXPECT_EQ(read_ip("10.0.0.7"), (ip_bytes{ipv4_bytes{10, 0, 0, 7}}));
  EXPECT_EQ(read_ip("::1"), (ip_bytes{ipv6_bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}));
  for (const auto* text : {"", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ",
                           "[::1]", "fe80::1%eth0", ":::", "1.2.3.4:80", "localhost"})
    EXPECT_FALSE(read_ip(text)) << text;
  EXPECT_EQ(plain_ip(*read_ip("::ffff:10.0.0.7")), *read_ip("10.0.0.7"));
  EXPECT_EQ(plain_ip(*read_ip("fd00::1")), *read_ip("fd00::1"));
}

}  // namespace
}  // namespace tonris::model
