#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/error.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/websocket.hpp"

namespace tonris::net {

class http_served_request;

/// Takes a body that streams in. On the connection's loop, where a piece waits for its turn as a request does.
class http_body_reader {
 public:
  virtual ~http_body_reader() = default;
  /// What one read brought (64 KiB or a little more), without the chunks' own lines; gone after return. False: enough
  /// for now, nothing more comes until http_body_stream::resume.
  [[nodiscard]] virtual bool on_body(std::string_view bytes) = 0;
  /// The last call, once. Nothing: the body is whole. Else it will never be: closed or reset (the peer left),
  /// read_timeout, too_big (beyond http_body_plan::max_bytes), protocol_error, internal, or aborted: it was answered
  /// before. A request that is still unanswered when this returns is then answered by the server: 408, 413 or 400.
  virtual void on_body_end(std::optional<errc> why) = 0;
};

/// The body of a request that streams in (http_request::streamed). A handle that may be copied; any thread. Nothing
/// happens any more once the body is whole, the request is answered or the connection gone.
class http_body_stream {
 public:
  explicit http_body_stream(std::shared_ptr<http_served_request> of) noexcept : of_{std::move(of)} {}

  /// Once. Before it nothing is read beyond what came with the head, nor "100 Continue" said. The reader is called
  /// later, never from within, and let go behind its last call.
  void read_to(std::shared_ptr<http_body_reader> reader) const;
  void resume() const;  ///< after on_body said that it had enough

 private:
  std::shared_ptr<http_served_request> of_;
};

/// Told how an answer that streams out goes on. On the connection's loop, never from within a call of the stream's, and
/// not once the stream was ended or is no more (what is being told just then on another thread excepted).
struct http_answer_watch {
  std::function<void()> on_room;  ///< the peer has taken everything, and a write had been refused as `full`
  std::function<void()> on_gone;  ///< the last call: the connection ended before the answer did
};

/// An answer that streams out (server-sent events, an export): chunks, or until the close for HTTP/1.0. Move-only; any
/// thread, one at a time. One that dies without `end` is cut, so that nobody takes half an answer for the whole.
class http_answer_stream {
 public:
  enum class outcome : std::uint8_t {
    taken,  ///< it is on its way
    full,   ///< none of it: what the peer has not taken would be more than may wait; on_room follows
    gone,   ///< none of it, nor anything that comes
  };
  class channel;  ///< to its connection: net/http_served_request.hpp

  explicit http_answer_stream(std::shared_ptr<channel> to) noexcept;
  http_answer_stream(http_answer_stream&&) noexcept;
  http_answer_stream& operator=(http_answer_stream&&) noexcept;
  ~http_answer_stream();

  /// All of the bytes or none. Where nothing waits, they may be more than may wait. Empty ones change nothing.
  outcome write(std::string bytes);
  void end();                                         ///< in order; the connection may go on with its next request
  [[nodiscard]] std::size_t unsent() const noexcept;  ///< what waits for the peer, as far as is known; 0 when gone

 private:
  std::shared_ptr<channel> to_;
};

/// Answers one request. Move-only; exactly one of `respond`, `stream` and `upgrade` counts, the first; what is never
/// answered is answered with 500 when the responder dies. Any thread (the bytes leave on the connection's loop; on that
/// thread at once, from within the call); when the connection is gone, nothing happens. The loop must outlive it. Who
/// answers before a body that streams in is whole ends the connection with the answer.
class http_responder {
 public:
  explicit http_responder(std::shared_ptr<http_served_request> of) noexcept;
  http_responder(http_responder&&) noexcept;
  http_responder& operator=(http_responder&&) noexcept;
  ~http_responder();

  void respond(http_response response);

  /// Answers with a head, whose `body` is the first piece, and what is written to the stream. `max_unsent`: bytes that
  /// may wait for the peer. An answer without a body (to HEAD, 204, 304) is its head alone, and the stream `gone`.
  [[nodiscard]] http_answer_stream stream(http_response head, http_answer_watch watch = {},
                                          std::size_t max_unsent = 64 * 1024);

  /// Answers 101 and hands over the connection as a WebSocket that is not reading yet. `accepted` is called on the
  /// connection's loop; with null when the connection is gone. Only for requests for which `is_upgrade` was true.
  void upgrade(const websocket_limits& limits, std::function<void(std::shared_ptr<websocket>)> accepted);

  /// The answer given when this responder dies unanswered, in place of 500 (a signed caller must never hear silence).
  void set_last_words(http_response response);

  [[nodiscard]] http_body_stream body() const { return http_body_stream{of_}; }  ///< of a request that is `streamed`
  [[nodiscard]] loop& on_loop() const noexcept;

 private:
  std::shared_ptr<http_served_request> of_;
};

/// Is this a correct WebSocket opening request (RFC 6455 4.2.1; any Origin, subprotocols and extensions ignored)?
[[nodiscard]] bool is_upgrade(const http_request& request) noexcept;

}  // namespace tonris::net
