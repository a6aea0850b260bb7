#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/accept.hpp"
#include "net/dial.hpp"
#include "net/loop.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_stream.hpp"
#include "test_certificates.hpp"

namespace tonris::net::test {

using namespace std::chrono_literals;

/// Runs `work` on the loop and waits for its answer.
template <class Work>
auto on(loop& where, Work work) {
  std::packaged_task<decltype(work())()> task{std::move(work)};
  auto answer = task.get_future();
  where.post([&task] { task(); });
  return answer.get();
}

/// Waits, bounded, until `holds` does on the loop. Generous: only a broken build waits that long.
template <class Condition>
bool eventually(loop& where, Condition holds, std::chrono::seconds limit = 20s) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < until) {
    if (on(where, holds)) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

/// Collects what a stream tells, and checks that on_end is the last word, once.
struct collecting_reader : byte_reader {
  void on_bytes(std::span<char> bytes) override {
    EXPECT_FALSE(ended);
    received.append(bytes.data(), bytes.size());
    ++reads;
    if (each) each();
  }
  void on_writable() override {
    EXPECT_FALSE(ended);
    ++writables;
  }
  void on_end(const error& why) override {
    EXPECT_FALSE(ended);
    ended = true;
    end_code = why.code;
    end_detail = why.detail;
    if (at_end) at_end();
  }

  std::string received;
  int reads = 0;
  int writables = 0;
  bool ended = false;
  errc end_code{};
  std::string end_detail;
  std::function<void()> each;
  std::function<void()> at_end;
};

enum class transport : bool { tcp, tls };

inline std::string to_name(const testing::TestParamInfo<transport>& row) {
  return row.param == transport::tcp ? "Tcp" : "Tls";
}

/// The contexts of a server for localhost that the client here trusts.
struct tls_pair {
  tls_pair() {
    authority.trust();
    const auto files = authority.issue("localhost", "DNS:localhost,IP:127.0.0.1");
    server = tls_server_context::load(files.certificate, files.key).value();
    client = tls_client_context::make().value();
  }
  certificate_authority authority;
  std::shared_ptr<tls_server_context> server;
  std::shared_ptr<tls_client_context> client;
};

/// A door on a free port of 127.0.0.1 (or another host) behind which streams come out, with TLS where there is a
/// context. Its callbacks run on the loop. Owner: the test, which destroys it there.
class stream_door {
 public:
  using accepted = std::function<void(std::shared_ptr<byte_stream>)>;
  using failed = std::function<void(const error&)>;

  stream_door(loop& where, std::shared_ptr<tls_server_context> tls, accepted take, failed fail,
              std::chrono::milliseconds tls_limit = 5s, const std::string& host = "127.0.0.1") {
    auto door = listening_socket::bind(host, 0);
    EXPECT_TRUE(door) << door.error().detail;
    port_ = door->port();
    const auto on_descriptor = [&where, tls = std::move(tls), take = std::move(take), fail, tls_limit](int descriptor) {
      if (!tls) return take(make_stream<socket_stream>(where, descriptor));
      accept_tls(where, descriptor, *tls, tls_limit, std::make_shared<turns>(where),
                 [take, fail](result<std::shared_ptr<byte_stream>> stream) {
                   stream ? take(std::move(*stream)) : fail(stream.error());
                 });
    };
    acceptor_ = acceptor::make(where, std::move(*door), {on_descriptor, fail});
    acceptor_->start();
  }
  void stop() { acceptor_->stop(); }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  std::uint16_t port_ = 0;
  std::unique_ptr<acceptor> acceptor_;
};

/// A loop that runs, and two ends of a connection on it, over TCP and over TLS.
class StreamPair : public testing::TestWithParam<transport> {
 protected:
  void SetUp() override {
    io.start();
    open();
  }
  void TearDown() override {
    on(io, [this] {
      if (here) here->abort();
      if (there) there->abort();
      here = there = nullptr;
      listening = nullptr;
      attempt = nullptr;
      return 0;
    });
    io.stop();
  }

  void open() {
    const bool secure = GetParam() == transport::tls;
    if (secure && !tls) tls = std::make_unique<tls_pair>();
    listening = std::make_unique<stream_door>(
        io, secure ? tls->server : nullptr, [this](std::shared_ptr<byte_stream> s) { there = std::move(s); },
        [this](const error& why) { accept_failures.push_back(why.code); });
    const url to{secure ? "https" : "http", "127.0.0.1", listening->port(), "/"};
    on(io, [&] {
      here = there = nullptr;
      attempt = dial(io, secure ? tls->client : nullptr, to, 5s, 5s, [this](result<std::shared_ptr<byte_stream>> s) {
        EXPECT_TRUE(s) << s.error().detail;
        if (s) here = std::move(*s);
      });
      return 0;
    });
    ASSERT_TRUE(eventually(io, [this] { return here && there; }));
  }

  static bool say(byte_stream& stream, std::string_view text) { return stream.write(std::array{text}); }

  std::unique_ptr<tls_pair> tls;
  loop io{"test-io"};
  std::unique_ptr<stream_door> listening;
  std::unique_ptr<dial_attempt> attempt;
  std::shared_ptr<byte_stream> here;   // the dialling end
  std::shared_ptr<byte_stream> there;  // the accepted end
  std::vector<errc> accept_failures;
};

}  // namespace tonris::net::test
