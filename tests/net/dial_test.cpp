#include "net/dial.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "net_fixture.hpp"
#include "raw_peer.hpp"
#include "tests/sanitized.hpp"

namespace tonris::net::test {
namespace {

using outcome = result<std::shared_ptr<byte_stream>>;

/// Dials and waits for the answer; the stream, if any, is aborted.
class Dial : public testing::Test {
 protected:
  void SetUp() override { io.start(); }
  void TearDown() override {
    on(io, [this] {
      attempt.reset();
      listening.reset();
      for (auto& stream : accepted) stream->abort();
      accepted.clear();
      return 0;
    });
    io.stop();
  }

  std::uint16_t serve(std::shared_ptr<tls_server_context> tls = nullptr, const std::string& host = "127.0.0.1") {
    listening = std::make_unique<stream_door>(
        io, std::move(tls), [this](std::shared_ptr<byte_stream> s) { accepted.push_back(std::move(s)); },
        [this](const error& why) { failures.push_back(why.code); }, tls_limit, host);
    return listening->port();
  }

  errc failure_of(const std::string& scheme, const std::string& host, std::uint16_t port,
                  std::shared_ptr<tls_client_context> tls = nullptr, std::chrono::milliseconds limit = 5s) {
    std::optional<errc> seen;
    on(io, [&] {
      attempt = dial(io, std::move(tls), url{scheme, host, port, "/"}, limit, limit, [&](outcome out) {
        seen = out ? errc::closed : out.error().code;
        if (!out) detail = out.error().detail;
        if (out) (*out)->abort();
      });
      EXPECT_FALSE(seen) << "answered from within";
      return 0;
    });
    EXPECT_TRUE(eventually(io, [&] { return seen.has_value(); }));
    return seen.value_or(errc::aborted);
  }
  static constexpr errc success = errc::closed;

  /// No further descriptor can be opened meanwhile.
  class no_descriptors {
   public:
    no_descriptors() {
      getrlimit(RLIMIT_NOFILE, &before_);
      const int next = ::dup(0);  // the lowest that is free
      ::close(next);
      const rlimit none{static_cast<rlim_t>(next), before_.rlim_max};
      setrlimit(RLIMIT_NOFILE, &none);
    }
    ~no_descriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
    no_descriptors(const no_descriptors&) = delete;
    no_descriptors& operator=(const no_descriptors&) = delete;

   private:
    rlimit before_{};
  };

  /// A listening port where connections succeed and nobody ever speaks.
  struct silent_port {
    silent_port() {
      fd = ::socket(AF_INET, SOCK_STREAM, 0);
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
      socklen_t size = sizeof address;
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
      ::listen(fd, 8);
    }
    ~silent_port() { ::close(fd); }
    [[nodiscard]] std::uint16_t port() const { return ntohs(address.sin_port); }
    int fd = -1;
    sockaddr_in address{};
  };

  loop io{"dial"};
  std::chrono::milliseconds tls_limit = 5s;
  std::string detail;
  std::unique_ptr<stream_door> listening;
  std::unique_ptr<dial_attempt> attempt;
  std::vector<std::shared_ptr<byte_stream>> accepted;
  std::vector<errc> failures;
};

TEST_F(Dial, ReachesNamesAndAddressesOfBothFamilies) {
  auto port = serve();
  EXPECT_EQ(failure_of("http", "127.0.0.1", port), success);
  EXPECT_EQ(failure_of("http", "localhost", port), success);
  on(io, [this] {
    listening.reset();
    return 0;
  });
  if (!listening_socket::bind("::1", 0)) GTEST_SKIP() << "no IPv6 on this machine";
  port = serve(nullptr, "::1");
  EXPECT_EQ(failure_of("http", "::1", port), success);
}

TEST_F(Dial, SaysWhyItFails) {
  const auto port = serve();
  on(io, [this] {
    listening.reset();
    return 0;
  });
  EXPECT_EQ(failure_of("http", "127.0.0.1", port), errc::connect_refused);
  EXPECT_EQ(failure_of("http", "no-such-host.invalid", 80), errc::resolve_failed);
  EXPECT_EQ(failure_of("https", "127.0.0.1", serve()), errc::tls_failed);  // and no context was given
}

TEST_F(Dial, SaysWhenNoDescriptorIsLeft) {
  if (sanitized) GTEST_SKIP() << "UBSan needs descriptors of its own to look at an object's type";
  const auto port = serve();
  EXPECT_EQ(failure_of("http", "127.0.0.1", port), success);  // what is opened once is open
  {
    const no_descriptors meanwhile;
    EXPECT_EQ(failure_of("http", "127.0.0.1", port), errc::no_descriptors);
  }
  EXPECT_EQ(failure_of("http", "127.0.0.1", port), success);
}

TEST_F(Dial, AcceptsLaterWhatItHasNoDescriptorFor) {
  if (sanitized) GTEST_SKIP() << "UBSan needs descriptors of its own to look at an object's type";
  const auto port = serve();
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  {
    const no_descriptors meanwhile;
    const auto address = raw_peer::loopback(port);
    ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_TRUE(eventually(io, [this] { return !failures.empty(); }));
  }
  EXPECT_EQ(failures.front(), errc::no_descriptors);
  EXPECT_TRUE(eventually(io, [this] { return accepted.size() == 1; }));
  EXPECT_LT(failures.size(), 20U) << "it waits, and does not spin";
  ::close(fd);
}

TEST_F(Dial, ATlsServerThatSaysNothingIsATimeout) {
  tls_pair tls;
  const silent_port silent;
  EXPECT_EQ(failure_of("https", "127.0.0.1", silent.port(), tls.client, 50ms), errc::handshake_timeout);
}

TEST_F(Dial, ACancelledAttemptIsNeverAnswered) {
  const auto port = serve();
  tls_pair tls;
  const silent_port silent;
  for (const bool secure : {false, true}) {
    on(io, [&] {
      for (const std::string host : {"127.0.0.1", "localhost"}) {
        auto attempted = dial(io, tls.client, url{secure ? "https" : "http", host, secure ? silent.port() : port, "/"},
                              5s, 5s, [](outcome) { FAIL() << "answered after it was cancelled"; });
      }
      return 0;
    });
  }
  on(io, [&] {
    attempt = dial(io, tls.client, url{"https", "127.0.0.1", silent.port(), "/"}, 5s, 5s,
                   [](outcome) { FAIL() << "answered after it was cancelled"; });
    return 0;
  });
  std::this_thread::sleep_for(30ms);  // in the midst of TLS
  on(io, [this] {
    attempt.reset();
    return 0;
  });
  std::this_thread::sleep_for(30ms);
}

TEST_F(Dial, AnAttemptMayBeDestroyedByItsOwnAnswer) {
  const auto port = serve();
  bool answered = false;
  on(io, [&] {
    attempt = dial(io, nullptr, url{"http", "127.0.0.1", port, "/"}, 5s, 5s, [&](outcome out) {
      attempt.reset();
      answered = out.has_value();
    });
    return 0;
  });
  EXPECT_TRUE(eventually(io, [&] { return answered; }));
}

TEST_F(Dial, TlsChecksTheChainAndTheName) {
  tls_pair tls;
  const auto here = serve(tls.server);
  EXPECT_EQ(failure_of("https", "localhost", here, tls.client), success);
  EXPECT_EQ(failure_of("wss", "127.0.0.1", here, tls.client), success);

  const auto other = tls.authority.issue("other", "DNS:other.example,IP:127.0.0.9");
  on(io, [this] {
    listening.reset();
    return 0;
  });
  const auto wrong_name = serve(tls_server_context::load(other.certificate, other.key).value());
  EXPECT_EQ(failure_of("https", "localhost", wrong_name, tls.client), errc::certificate_refused);
  EXPECT_EQ(failure_of("https", "127.0.0.1", wrong_name, tls.client), errc::certificate_refused);
  EXPECT_THAT(detail, testing::HasSubstr("IP address mismatch"));

  certificate_authority stranger;
  const auto unknown = stranger.issue("localhost", "DNS:localhost");
  on(io, [this] {
    listening.reset();
    return 0;
  });
  const auto unknown_ca = serve(tls_server_context::load(unknown.certificate, unknown.key).value());
  EXPECT_EQ(failure_of("https", "localhost", unknown_ca, tls.client), errc::certificate_refused);
  EXPECT_TRUE(eventually(io, [this] { return failures.size() == 3; })) << "each refused handshake is counted";
}

TEST_F(Dial, APlainPeerAtATlsServerIsCountedAndCutOff) {
  tls_pair tls;
  tls_limit = 50ms;
  const auto port = serve(tls.server);
  std::shared_ptr<byte_stream> plain[2];
  collecting_reader readers[2];
  on(io, [&] {
    attempt = dial(io, nullptr, url{"http", "127.0.0.1", port, "/"}, 5s, 5s, [&](outcome out) {
      plain[0] = *out;
      plain[0]->read_to(readers[0]);
      plain[0]->write(std::array<std::string_view, 1>{"GET / HTTP/1.1\r\n\r\n"});
    });
    return 0;
  });
  EXPECT_TRUE(eventually(io, [&] { return failures.size() == 1 && readers[0].ended; }));
  EXPECT_EQ(failures[0], errc::tls_failed);
  on(io, [&] {
    attempt = dial(io, nullptr, url{"http", "127.0.0.1", port, "/"}, 5s, 5s, [&](outcome out) {
      plain[1] = *out;
      plain[1]->read_to(readers[1]);
    });
    return 0;
  });
  EXPECT_TRUE(eventually(io, [&] { return failures.size() == 2 && readers[1].ended; }));
  EXPECT_EQ(failures[1], errc::handshake_timeout);
  EXPECT_TRUE(accepted.empty());
}

TEST_F(Dial, ATlsConnectionCutWithoutCloseNotifyIsAReset) {
  // A TLS server on a raw socket would do; cutting our own stream in the middle is the same to the other end.
  tls_pair tls;
  const auto port = serve(tls.server);
  std::shared_ptr<byte_stream> secure;
  collecting_reader reader;
  on(io, [&] {
    attempt = dial(io, tls.client, url{"https", "localhost", port, "/"}, 5s, 5s, [&](outcome out) {
      secure = *out;
      secure->read_to(reader);
    });
    return 0;
  });
  ASSERT_TRUE(eventually(io, [&] { return secure && accepted.size() == 1; }));
  on(io, [this] {
    accepted[0]->abort();
    return 0;
  });
  ASSERT_TRUE(eventually(io, [&] { return reader.ended; }));
  EXPECT_EQ(reader.end_code, errc::reset);
}

TEST_F(Dial, AStoppedAcceptorTakesNothingMore) {
  const auto port = serve();
  EXPECT_EQ(failure_of("http", "127.0.0.1", port), success);
  listening->stop();
  EXPECT_EQ(failure_of("http", "127.0.0.1", port), errc::connect_refused);
  EXPECT_EQ(accepted.size(), 1U);
}

TEST(TlsContext, RefusesFilesItCannotUseWithoutNamingThem) {
  certificate_authority authority;
  const auto good = authority.issue("good", "DNS:localhost");
  const auto other = authority.issue("other", "DNS:localhost");
  const auto garbage = authority.path("garbage");
  std::ofstream{garbage} << "-----BEGIN CERTIFICATE-----\nnot base64\n";
  for (const auto& [certificate, key] : {std::pair{good.certificate, other.key},
                                         {garbage, good.key},
                                         {good.certificate, garbage},
                                         {authority.path("none"), good.key},
                                         {good.certificate, authority.path("none")}}) {
    const auto refused = tls_server_context::load(certificate, key);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, errc::tls_failed);
    EXPECT_EQ(refused.error().detail.find('/'), std::string::npos) << refused.error().detail;
  }
}

TEST(TlsContext, KeepsTheOldCertificateWhenTheNewOneIsBad) {
  certificate_authority authority;
  const auto files = authority.issue("good", "DNS:localhost");
  const auto context = tls_server_context::load(files.certificate, files.key).value();
  const auto before = context->current();
  std::ofstream{files.certificate} << "garbage";
  EXPECT_FALSE(context->reload());
  EXPECT_EQ(context->current(), before);
  authority.issue("good", "DNS:localhost");  // the same files, anew
  EXPECT_TRUE(context->reload());
  EXPECT_NE(context->current(), before);
}

}  // namespace
}  // namespace tonris::net::test
