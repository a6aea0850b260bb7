#pragma once

#include <cstdint>
#include <deque>
#include <functional>
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
  void say(std::string_view text);
  void end(net::errc why, std::uint16_t code = 1006, std::string reason = {});
  /// The kernel takes all that is queued, and more.
  void read_all();
  void peer_closes(std::uint16_t code, std::string reason = {});

  /// What follows from the loop. Did anything?
  bool pump();

  [[nodiscard]] bool detached() const noexcept;
  [[nodiscard]] bool ended() const noexcept;

  void start(net::websocket_handler& handler) override;
  void move_to(net::loop& other, std::function<void(std::shared_ptr<net::websocket>)> moved) override;
  void detach() noexcept override;
  bool send(std::string_view first, std::string_view second, std::string_view third) override;
  bool send_both(std::string_view first, std::string_view second, std::string_view third,
                 std::string_view another) override;
  void pause_reading() noexcept override;
  void resume_reading() override;
  void close(std::uint16_t code, std::string_view) override;
  void abort() override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override;
  [[nodiscard]] bool open() const noexcept override;
  [[nodiscard]] net::loop& on_loop() const noexcept override;

 private:
  void keep(std::string_view first, std::string_view second, std::string_view third);

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
  [[nodiscard]] attempt& last();

  std::unique_ptr<net::websocket_connect> operator()(const std::string& url, net::websocket_connect_options options,
                                                     done tell);

 private:
  struct handle final : net::websocket_connect {
    explicit handle(std::shared_ptr<attempt> to) : of(std::move(to)) {}
    ~handle() override { of->cancelled = true; }
    std::shared_ptr<attempt> of;
  };
};

}  // namespace tonris::actors::test
