#include "tools/sim/wire/wire.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "net/run_on.hpp"
#include "tools/sim/wire/frame_seams.hpp"

namespace {

using namespace tonris;
using namespace tonris::sim;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

/// A plain socket that the test's own thread uses.
struct plug {
  explicit plug(int descriptor) : fd(descriptor) {}
  ~plug() { ::close(fd); }
  plug(const plug&) = delete;
  plug& operator=(const plug&) = delete;
  void say(std::string_view text) const { ASSERT_EQ(::send(fd, text.data(), text.size(), MSG_NOSIGNAL), text.size()); }
  /// What comes within a second: "fin" and "rst" for the two ends, "" for nothing at all.
  [[nodiscard]] std::string hear(int within_ms = 1000) const {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, within_ms) <= 0) return "";
    char buffer[4096];
    const auto n = ::recv(fd, buffer, sizeof buffer, 0);
    if (n == 0) return "fin";
    return n < 0 ? errno == ECONNRESET ? "rst" : "error" : std::string(buffer, static_cast<std::size_t>(n));
  }
  int fd;
};

/// A wire with a gateway that dials it, and a simulator's listening socket behind it.
class SimWire : public testing::Test {
 protected:
  SimWire() {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, plain, size), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    ::getsockname(listener_, plain, &size);
    loop_.start();
    wire_ =
        net::run_on(loop_, [&] { return wire::lay(loop_, ntohs(address.sin_port), wire::gateway_end::dials).value(); });
    gateway = std::make_unique<plug>(::socket(AF_INET, SOCK_STREAM, 0));
    const auto to = loopback(wire_->port());
    EXPECT_EQ(::connect(gateway->fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    simulator = std::make_unique<plug>(::accept(listener_, nullptr, nullptr));
  }
  ~SimWire() override {
    net::run_on(loop_, [&] { return wire_.reset(), 0; });
    loop_.stop();
    ::close(listener_);
  }
  template <class Work>
  void with_wire(Work work) {
    net::run_on(loop_, [&] { return work(*wire_), 0; });
  }

  std::unique_ptr<plug> gateway, simulator;

 private:
  int listener_ = -1;
  net::loop loop_{"wire"};
  std::unique_ptr<wire> wire_;
};

TEST_F(SimWire, PassesBytesBothWaysAndAnOrderlyEnd) {
  gateway->say("ping");
  EXPECT_EQ(simulator->hear(), "ping");
  simulator->say("pong");
  EXPECT_EQ(gateway->hear(), "pong");
  ::shutdown(gateway->fd, SHUT_WR);
  EXPECT_EQ(simulator->hear(), "fin");
}

TEST_F(SimWire, ResetsTheGateway) {
  gateway->say("ping");
  EXPECT_EQ(simulator->hear(), "ping");
  with_wire([](wire& w) { w.reset(); });
  EXPECT_EQ(gateway->hear(), "rst");
}

TEST_F(SimWire, FinishesTowardsTheGatewayAndSwallowsTheRest) {
  gateway->say("ping");
  EXPECT_EQ(simulator->hear(), "ping");
  with_wire([](wire& w) { w.finish(); });
  EXPECT_EQ(gateway->hear(), "fin");
  gateway->say("still here");
  gateway->say("and here");
  EXPECT_EQ(simulator->hear(100), "");
}

TEST_F(SimWire, GoesDarkWithoutAWordToEither) {
  gateway->say("ping");
  EXPECT_EQ(simulator->hear(), "ping");
  with_wire([](wire& w) { w.go_dark(); });
  gateway->say("lost");
  simulator->say("lost");
  EXPECT_EQ(simulator->hear(100), "");
  EXPECT_EQ(gateway->hear(100), "");
}

TEST_F(SimWire, HoldsBackTheGatewayAloneAndLosesNothing) {
  gateway->say("one");
  EXPECT_EQ(simulator->hear(), "one");
  with_wire([](wire& w) { w.hold(); });
  gateway->say("two");
  simulator->say("back");
  EXPECT_EQ(gateway->hear(), "back");
  EXPECT_EQ(simulator->hear(100), "");
  with_wire([](wire& w) { w.release(); });
  EXPECT_EQ(simulator->hear(), "two");
}

TEST_F(SimWire, IsFullSoonWhenItIsHeld) {
  with_wire([](wire& w) { w.hold(); });
  const std::string second(12'000, 'x');  // about what a caller's audio of a second takes on a socket
  std::size_t taken = 0;
  for (int quiet = 0; quiet < 3 && taken < 2'000'000;) {
    const auto n = ::send(gateway->fd, second.data(), second.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      taken += static_cast<std::size_t>(n);
      quiet = 0;
    } else {
      ++quiet;
      ::usleep(20'000);
    }
  }
  EXPECT_LT(taken, 600'000U) << "bare loopback takes several MB";
}

TEST_F(SimWire, ChangesAByteOfWhatTheGatewayGetsNextAndNoMore) {
  with_wire([](wire& w) { w.corrupt(); });
  simulator->say("ping");
  const auto heard = gateway->hear();
  EXPECT_EQ(heard.size(), 4U);
  EXPECT_NE(heard, "ping");
  simulator->say("pong");
  EXPECT_EQ(gateway->hear(), "pong");
}

TEST_F(SimWire, KnowsThatTheGatewayIsGoneWithoutReading) {
  gateway->say("ping");
  EXPECT_EQ(simulator->hear(), "ping");
  with_wire([](wire& w) {
    w.hold();
    w.go_dark();
    EXPECT_FALSE(w.gateway_gone());
  });
  gateway->say("unread");
  gateway.reset();
  bool gone = false;
  for (int i = 0; i < 100 && !gone; ++i) {
    ::usleep(10'000);
    with_wire([&](wire& w) { gone = w.gateway_gone(); });
  }
  EXPECT_TRUE(gone);
  EXPECT_EQ(simulator->hear(100), "") << "nobody is told";
}

TEST_F(SimWire, PutsAFrameBetweenTwoOthers) {
  with_wire([](wire& w) { w.inject("X"); });
  simulator->say("HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02hi");
  EXPECT_EQ(gateway->hear(), "HTTP/1.1 101 Switching Protocols\r\n\r\nX\x81\x02hi");
  with_wire([](wire& w) { w.inject("Y"); });
  EXPECT_EQ(gateway->hear(), "Y");
  simulator->say("\x81\x03h");
  EXPECT_EQ(gateway->hear(), "\x81\x03h");
  with_wire([](wire& w) { w.inject("Z"); });
  simulator->say("o!\x81");
  EXPECT_EQ(gateway->hear(), "o!Z\x81");
}

struct seam_row {
  std::string name, bytes;
  std::optional<std::size_t> first;
  bool at_end = false;
};
class SimFrameSeams : public testing::TestWithParam<seam_row> {};

TEST_P(SimFrameSeams, AreFound) {
  frame_seams seams;
  EXPECT_EQ(seams.feed(GetParam().bytes), GetParam().first);
  EXPECT_EQ(seams.at_seam(), GetParam().at_end);
}

const std::string shake = "GET /\r\n\r\n";  // 9 bytes
INSTANTIATE_TEST_SUITE_P(
    Rows, SimFrameSeams,
    testing::Values(
        seam_row{"HalfAHandshake", "GET /\r\n\r", std::nullopt}, seam_row{"Handshake", shake, 9, true},
        seam_row{"EmptyFrame", shake + std::string("\x81\0", 2), 9, true},
        seam_row{"HalfAHeader", shake + "\x81", 9, false},
        seam_row{"MaskedFrame", shake + std::string("\x81\x81mask!", 7), 9, true},
        seam_row{"MaskMissing", shake + std::string("\x81\x81mas", 5), 9, false},
        seam_row{"SixteenBitLength", shake + std::string("\x81\x7e\0\x80", 4) + std::string(128, 'x'), 9, true},
        seam_row{"SixtyFourBitLength", shake + std::string("\x81\x7f\0\0\0\0\0\0\0\x05", 10) + "hallo", 9, true},
        seam_row{"PayloadMissing", shake + "\x81\x05hall", 9, false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
