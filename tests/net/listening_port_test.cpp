#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/listening_socket.hpp"

namespace tonris::net {
namespace {

TEST(ListeningPort, InUseIsRefusedAtEachAddressOfTheHost) {
  const auto first = listening_socket::bind("127.0.0.1", 0);
  ASSERT_TRUE(first);
  for (const auto* const host : {"127.0.0.1", "0.0.0.0", ""}) {
    const auto second = listening_socket::bind(host, first->port());
    ASSERT_FALSE(second) << host;
    EXPECT_EQ(second.error().code, errc::bad_url);
    EXPECT_THAT(second.error().detail, testing::HasSubstr("in use")) << host;
  }
}

TEST(ListeningPort, OfAHostNobodyKnowsIsRefused) {
  const auto nowhere = listening_socket::bind("no-such-host.invalid", 0);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, errc::resolve_failed);
}

TEST(ListeningPort, IsFreeWhenItsSocketIsGone) {
  std::uint16_t port = 0;
  {
    const auto first = listening_socket::bind("127.0.0.1", 0);
    ASSERT_TRUE(first);
    port = first->port();
  }
  EXPECT_TRUE(listening_socket::bind("127.0.0.1", port));
}

}  // namespace
}  // namespace tonris::net
