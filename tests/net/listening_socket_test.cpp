#include "net/listening_socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/net/http_server_fixture.hpp"

namespace tonris::net::test {
namespace {

int descriptor_flags(int fd) {
  return fcntl(fd, F_GETFD);
}

TEST(ListeningSocket, IsAdoptedAsItIsAndInheritedByNobody) {
  auto bound = listening_socket::bind("127.0.0.1", 0);
  ASSERT_TRUE(bound) << bound.error().detail;
  const auto port = bound->port();
  const int fd = bound->release();
  ASSERT_EQ(fcntl(fd, F_SETFD, 0), 0);
  ASSERT_EQ(fcntl(fd, F_SETFL, 0), 0);  // as a service manager hands it over
  const auto adopted = listening_socket::adopt(fd);
  ASSERT_TRUE(adopted) << adopted.error().detail;
  EXPECT_EQ(adopted->port(), port);
  EXPECT_EQ(descriptor_flags(fd), FD_CLOEXEC);
  EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

TEST(ListeningSocket, IsNoOtherDescriptor) {
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int unbound = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int datagrams = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int local = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  for (const int fd : {file, unbound, datagrams, local, 9999}) {
    const auto adopted = listening_socket::adopt(fd);
    ASSERT_FALSE(adopted) << fd;
    EXPECT_EQ(adopted.error().detail, "descriptor " + std::to_string(fd) + " is no listening TCP socket");
  }
  for (const int fd : {file, unbound, datagrams, local}) EXPECT_EQ(::close(fd), 0) << "it was left open";
}

/// A door that somebody else holds, as a service manager does, and hands to one server after the other.
class HeldDoor : public ServerTest {
 protected:
  listening_socket hand_over() { return listening_socket::adopt(fcntl(held.fd(), F_DUPFD_CLOEXEC, 0)).value(); }
  std::unique_ptr<http_server> serve_on(loop& where, listening_socket socket) {
    auto made = http_server::on_socket(where, std::move(socket), limits, nullptr, echo);
    made->start();
    return made;
  }
  listening_socket held = listening_socket::bind("127.0.0.1", 0).value();
};

TEST_F(HeldDoor, IsAnsweredByWhoeverIsThere) {
  server = serve_on(io, hand_over());
  {
    auto before = raw_peer::to(held.port());
    before.say(get("/a"));
    EXPECT_THAT(before.message(), testing::EndsWith("GET /a "));
  }
  on(io, [&] { server.reset(); });
  auto knocks = raw_peer::to(held.port());  // nobody is there: the kernel takes it all the same
  knocks.say(get("/b"));
  server = serve_on(io, hand_over());
  EXPECT_THAT(knocks.message(), testing::EndsWith("GET /b "));
}

TEST_F(HeldDoor, OfAServerThatStopsLeavesTheNextRequestToTheNextOne) {
  server = serve_on(io, hand_over());
  auto kept = raw_peer::to(held.port());
  kept.say(get("/a"));
  EXPECT_THAT(kept.message(), testing::EndsWith("GET /a "));
  auto fresh = raw_peer::to(held.port());
  ASSERT_TRUE(eventually(io, [&] { return stats().accepted == 2; }));
  server->stop_accepting();
  EXPECT_TRUE(kept.ends()) << "its client asks anew, over a connection that waits in the socket";
  fresh.say(get("/b"));
  EXPECT_THAT(fresh.message(), testing::HasSubstr("Connection: close")) << "its request may have been on its way";
  auto late = raw_peer::to(held.port());
  late.say(get("/c"));
  auto next = serve_on(io, hand_over());
  EXPECT_THAT(late.message(), testing::EndsWith("GET /c "));
  on(io, [&] { next.reset(); });
}

}  // namespace
}  // namespace tonris::net::test
