#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/caught.hpp"
#include "net/http_connection.hpp"
#include "net/http_responder.hpp"

namespace tonris::net {

/// Inside http_responder: one request and its answer, as those see it who are not on the connection. Shared by the
/// responder, what streams, and what is on its way to the loop.
class http_served_request {
 public:
  http_served_request(std::shared_ptr<http_connection> on, std::uint32_t request)
      : connection{std::move(on)}, number{request} {}

  /// At once on the loop's own thread, else posted. What cannot even be said for want of memory ends the connection.
  template <class Say>
  void on_its_loop(Say say) {
    auto& on = connection->on_loop();
    guard(
        [&] {
          if (on.on_thread())
            say();
          else
            on.post(std::move(say));
        },
        [&] { connection->abandon(); });
  }

  const std::shared_ptr<http_connection> connection;
  const std::uint32_t number;  ///< of the connection's requests
  std::atomic<bool> answered{false};
  std::optional<http_response> last_words;  ///< the responder's owner's
};

/// Inside http_answer_stream: what has been written, on its way to the connection. Each side has its own functions.
class http_answer_stream::channel : public std::enable_shared_from_this<channel> {
 public:
  channel(std::shared_ptr<http_served_request> of, http_answer_watch told, std::size_t max_waiting)
      : request_{std::move(of)}, watch_{std::move(told)}, max_unsent_{max_waiting} {}

  // --- the writer's: any thread
  outcome write(std::string bytes);
  void end();
  void cut();
  [[nodiscard]] std::size_t unsent() const noexcept { return gone_ ? 0 : posted_ + queued_; }

  // --- the connection's: on its loop
  void set_queued(std::size_t bytes) noexcept { queued_ = bytes; }  ///< what the peer has not taken of what was sent
  void tell_room();                                                 ///< if nothing waits, and somebody waits for that
  void set_gone() noexcept;                                         ///< it will not be: the writer is told so, later

 private:
  struct step;  // to the loop: what many clients are told at once keeps it from frames no longer than a turn

  void deliver(std::string_view bytes);
  void post(std::string bytes);

  // given
  const std::shared_ptr<http_served_request> request_;
  http_answer_watch watch_;  // the loop's
  const std::size_t max_unsent_;
  // state
  std::atomic<std::size_t> posted_{0};  // bytes on their way to the loop
  std::atomic<std::size_t> queued_{0};  // bytes that the connection waits with
  std::atomic<bool> room_wanted_{false};
  std::atomic<bool> gone_{false};
  std::atomic<bool> let_go_{false};  // by the writer
};

}  // namespace tonris::net
