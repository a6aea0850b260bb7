#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/websocket.hpp"
#include "net/websocket_client.hpp"

namespace tonris::actors::test {

/// A WebSocket without a network: remembers what was sent, and lets the test play the peer. What the real one does
/// "from the loop, not from within this call" happens in `pump`, which the fixture's `settle` calls.
class fake_websocket final : public net::websocket {
 public:
  explicit fake_websocket(net::loop& on) : loop_(on) {}

  // what the gateway did
  std::vector<std::string> sent;
  std::size_t writes = 0;  ///< writes to the kernel: send_both is one
  bool started = false, aborted = false;
  std::optional<std::uint16_t> close_code;

  // how the peer and the network behave
  bool record = true;         ///< off: only `writes` is counted, nothing is allocated
  bool full = false;          ///< the peer does not read
  bool stuck = false;         ///< nor does the kernel take anything: what is sent stays queued
  bool answers_close = true;  ///< the peer answers our close frame
  bool throws_on_send = false;

  /// The peer says something. Nothing is heard before `start` or after the end.
  void say(std::string_view text) {
    if (handler_ && !ended_) handler_->on_text(text);
  }
  void end(net::errc why, std::uint16_t code = 1006, std::string reason = {}) {
    if (std::exchange(ended_, true) || !handler_) return;
    std::exchange(handler_, nullptr)->on_end({why, code, std::move(reason)});
  }
  /// The kernel takes all that is queued, and more.
  void read_all() {
    stuck = false;
    queued_ = 0;
    if (handler_ && !ended_) handler_->on_drained();
  }
  void peer_closes(std::uint16_t code, std::string reason = {}) { end(net::errc::closed, code, std::move(reason)); }

  /// What follows from the loop. Did anything?
  bool pump() {
    if (ended_ || !handler_) return false;
    if (overflowed_) return end(net::errc::slow_peer), true;
    if (close_code && answers_close) return end(net::errc::aborted, *close_code), true;
    return false;
  }

  [[nodiscard]] bool detached() const noexcept { return started && !handler_ && !ended_; }
  [[nodiscard]] bool ended() const noexcept { return ended_; }

  void start(net::websocket_handler& handler) override {
    started = true;
    handler_ = &handler;
  }
  void detach() noexcept override { handler_ = nullptr; }
  bool send(std::string_view first, std::string_view second, std::string_view third) override {
    if (throws_on_send) throw std::runtime_error("the fake socket's fault");
    if (!open()) return false;
    if (full) return overflowed_ = true, false;
    ++writes;
    if (stuck) queued_ += first.size() + second.size() + third.size();
    keep(first, second, third);
    return true;
  }
  bool send_both(std::string_view first, std::string_view second, std::string_view third,
                 std::string_view another) override {
    if (!send(first, second, third)) return false;
    keep(another, {}, {});
    return true;
  }
  void pause_reading() noexcept override {}
  void resume_reading() override {}
  void close(std::uint16_t code, std::string_view) override {
    if (!ended_ && !close_code) close_code = code;
  }
  void abort() override { aborted = ended_ = true; }
  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return queued_; }
  [[nodiscard]] bool open() const noexcept override { return !ended_ && !close_code; }
  [[nodiscard]] net::loop& on_loop() const noexcept override { return loop_; }
  void set_limits(const net::websocket_limits&) override {}

 private:
  void keep(std::string_view first, std::string_view second, std::string_view third) {
    if (record) sent.push_back(std::string{first}.append(second).append(third));
  }

  net::loop& loop_;
  net::websocket_handler* handler_ = nullptr;
  std::size_t queued_ = 0;
  bool ended_ = false, overflowed_ = false;
};

/// Stands for net::open_websocket: the test decides when and how each attempt ends.
class fake_dialler {
 public:
  using done = std::function<void(net::result<std::shared_ptr<net::websocket>>)>;

  struct attempt {
    std::string url;
    net::websocket_connect_options options;
    done tell;
    bool cancelled = false;

    void succeed(std::shared_ptr<net::websocket> socket) { answer(std::move(socket)); }
    void fail(net::errc why, unsigned http_status = 0) {
      answer(tl::unexpected(net::error{why, "the fake dialler's", http_status}));
    }

   private:
    void answer(net::result<std::shared_ptr<net::websocket>> with) {
      if (!cancelled && tell) std::exchange(tell, nullptr)(std::move(with));
    }
  };

  bool throws = false;
  std::deque<std::shared_ptr<attempt>> attempts;  ///< oldest first
  [[nodiscard]] attempt& last() { return *attempts.back(); }

  std::unique_ptr<net::websocket_connect> operator()(const std::string& url, net::websocket_connect_options options,
                                                     done tell) {
    if (throws) throw std::runtime_error("the fake dialler's fault");
    attempts.push_back(std::make_shared<attempt>(attempt{url, std::move(options), std::move(tell)}));
    return std::make_unique<handle>(attempts.back());
  }

 private:
  struct handle final : net::websocket_connect {
    explicit handle(std::shared_ptr<attempt> to) : of(std::move(to)) {}
    ~handle() override { of->cancelled = true; }
    std::shared_ptr<attempt> of;
  };
};

}  // namespace tonris::actors::test
