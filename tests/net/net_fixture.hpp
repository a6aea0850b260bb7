#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "net/accept.hpp"
#include "net/dial.hpp"
#include "net/loop.hpp"

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

/// A loop that runs, and two ends of a TCP connection on it.
class StreamPair : public testing::Test {
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

  virtual std::shared_ptr<tls_server_context> server_tls() { return nullptr; }
  virtual std::shared_ptr<tls_client_context> client_tls() { return nullptr; }

  void open() {
    auto made = acceptor::listen(io, "127.0.0.1", 0, false, server_tls(), 5s,
                                 {[this](std::shared_ptr<byte_stream> s) { there = std::move(s); },
                                  [this](const error& why) { accept_failures.push_back(why.code); }, nullptr});
    ASSERT_TRUE(made) << made.error().detail;
    listening = std::move(*made);
    listening->start();
    const bool tls = server_tls() != nullptr;
    const url to{tls ? "https" : "http", "127.0.0.1", listening->port(), "/"};
    on(io, [&] {
      attempt = dial(io, client_tls(), to, 5s, 5s, [this](result<std::shared_ptr<byte_stream>> s) {
        EXPECT_TRUE(s) << s.error().detail;
        if (s) here = std::move(*s);
      });
      return 0;
    });
    ASSERT_TRUE(eventually(io, [this] { return here && there; }));
  }

  static bool say(byte_stream& stream, std::string_view text) { return stream.write(std::array{text}); }

  loop io{"test-io"};
  std::unique_ptr<acceptor> listening;
  std::unique_ptr<dial_attempt> attempt;
  std::shared_ptr<byte_stream> here;   // the dialling end
  std::shared_ptr<byte_stream> there;  // the accepted end
  std::vector<errc> accept_failures;
};

}  // namespace tonris::net::test
