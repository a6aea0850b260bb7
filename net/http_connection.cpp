#include "net/http_connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/http_text.hpp"
#include "net/websocket_handshake.hpp"
#include "net/websocket_stream.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_rest = 16 * 1024;  ///< read ahead of the request under way; beyond, reading pauses
/// A peer that takes at least so much of a response in http_server_limits::write has that time again.
constexpr std::size_t write_progress = 64 * 1024;
/// The stream itself ends a close in order in time; this is for one that does not.
constexpr auto close_limit = 30s;

}  // namespace

http_connection::http_connection(std::shared_ptr<http_service> service, std::shared_ptr<byte_stream> stream)
    : service_{std::move(service)},
      stream_{std::move(stream)},
      parser_{{service_->limits.max_header_bytes, service_->limits.max_body_bytes}},
      peer_{stream_->peer_address()} {}

void http_connection::begin() {
  enter(phase::idle, on_loop().now() + service_->limits.keep_alive);
  stream_->read_to(*this);
}

void http_connection::enter(phase next, time deadline) noexcept {
  phase_ = next;
  deadline_ = deadline;
}

void http_connection::check_time(time now) {
  if (now < deadline_) return;
  switch (phase_) {
    case phase::idle: return close_in_order();
    case phase::reading: service_->timeouts.add(1); return refuse(408);
    case phase::answering: return;  // the handler's time is the handler's business
    case phase::writing:
      if (const auto left = stream_->queued_bytes(); left + write_progress <= unsent_) {
        unsent_ = left;
        return enter(phase::writing, now + service_->limits.write);
      }
      service_->timeouts.add(1);
      return cut();
    case phase::closing: return cut();
    case phase::gone: return;
  }
}

void http_connection::on_bytes(std::span<char> bytes) {
  const auto keep = shared_from_this();  // the handler may cut every connection
  const std::string_view read{bytes.data(), bytes.size()};
  if (takes_requests() && rest_.empty() && !taking_) return take(read);
  if (phase_ != phase::closing && phase_ != phase::gone) hold(read);
}

/// What was just read, straight from the stream's buffer; only what is behind a whole request is kept.
void http_connection::take(std::string_view bytes) {
  const auto used = parser_.put(bytes);
  if (used < bytes.size() && parser_.whole()) rest_.assign(bytes.substr(used));
  taking_ = true;
  after_put();
  taking_ = false;
  take_rest();
}

/// What waits here, request after request, as long as each is answered at once.
void http_connection::take_rest() {
  if (taking_) return;
  taking_ = true;
  while (takes_requests() && rest_at_ < rest_.size()) {
    rest_at_ += parser_.put(std::string_view{rest_}.substr(rest_at_));
    after_put();
  }
  taking_ = false;
  if (rest_at_ < rest_.size()) return;
  rest_.clear();
  rest_at_ = 0;
  if (rest_.capacity() > max_rest) rest_.shrink_to_fit();
  if (paused_ && takes_requests()) {
    paused_ = false;
    stream_->resume_reading();
  }
}

void http_connection::after_put() {
  if (const auto status = parser_.refused(); status != 0) {
    (status == 413 || status == 431 ? service_->oversize : service_->bad_requests).add(1);
    return refuse(status);
  }
  if (parser_.whole()) return dispatch();
  if (phase_ == phase::idle && !parser_.idle()) enter(phase::reading, on_loop().now() + service_->limits.read);
  if (parser_.asks_to_continue()) {
    constexpr std::array<std::string_view, 1> go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
    stream_->write(go_on);
  }
}

void http_connection::dispatch() {
  keep_alive_ = parser_.keep_alive();
  http_1_0_ = parser_.http_1_0();
  auto request = parser_.take();
  request.peer_address = peer_;
  request.tls = stream_->secure();
  to_head_ = request.method == "HEAD";
  upgrade_key_.clear();
  if (is_upgrade(request)) upgrade_key_ = request.fields.get("Sec-WebSocket-Key");
  enter(phase::answering, time::max());
  service_->requests.add(1);
  service_->handle(std::move(request), http_responder{std::make_shared<http_responder::target>(shared_from_this())});
}

/// Ends the connection with a status: behind bytes we could not make sense of no request can begin.
void http_connection::refuse(unsigned status) {
  http_response response;
  response.status = status;
  to_head_ = http_1_0_ = false;
  send(response, false);
}

void http_connection::answer(const http_response& response) {
  if (phase_ != phase::answering) return;
  send(response, keep_alive_);
  // Not from within the call of whoever answers: the next request is another story.
  if (!taking_ && takes_requests() && (paused_ || !rest_.empty()))
    on_loop().post([self = shared_from_this()] { self->take_rest(); });
}

void http_connection::send(const http_response& response, bool keep_alive) {
  const bool with_body = !to_head_ && !has_no_body(response.status);
  const std::array<std::string_view, 2> pieces{service_->head(response, keep_alive, http_1_0_), response.body};
  if (!stream_->write({pieces.data(), with_body && !response.body.empty() ? 2U : 1U})) return cut();
  if (!keep_alive) return close_in_order();
  if (unsent_ = stream_->queued_bytes(); unsent_ > 0)
    return enter(phase::writing, on_loop().now() + service_->limits.write);
  begin_next();
}

void http_connection::begin_next() {
  const bool more = rest_at_ < rest_.size();
  const auto& limits = service_->limits;
  enter(more ? phase::reading : phase::idle, on_loop().now() + (more ? limits.read : limits.keep_alive));
}

void http_connection::on_writable() {
  if (phase_ != phase::writing) return;
  const auto keep = shared_from_this();
  begin_next();
  take_rest();
}

void http_connection::hold(std::string_view bytes) {
  rest_.append(bytes);
  if (paused_ || rest_.size() - rest_at_ < max_rest) return;
  paused_ = true;
  stream_->pause_reading();
}

/// What the peer still sends is read and dropped meanwhile: a reset would take our last answer with it.
void http_connection::close_in_order() {
  enter(phase::closing, on_loop().now() + close_limit);
  rest_ = {};
  rest_at_ = 0;
  if (std::exchange(paused_, false)) stream_->resume_reading();
  stream_->close_when_written();
}

void http_connection::cut() {
  if (phase_ == phase::gone) return;
  stream_->abort();
  leave();
}

void http_connection::on_end(const error&) {
  leave();
}

void http_connection::leave() {
  const auto keep = shared_from_this();
  enter(phase::gone, time::max());
  stream_ = nullptr;
  rest_ = {};
  rest_at_ = 0;
  service_->connections.erase(keep);
}

void http_connection::become_websocket(const websocket_limits& limits,
                                       const std::function<void(std::shared_ptr<websocket>)>& accepted) {
  const auto keep = shared_from_this();
  if (phase_ != phase::answering) return accepted(nullptr);
  if (upgrade_key_.empty()) {  // nobody asked for it: the one mistake left to the handler
    answer(http_response{500, {}, {}});
    return accepted(nullptr);
  }
  const auto proof = websocket_accept(upgrade_key_);
  const std::array<std::string_view, 3> pieces{
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ", proof,
      "\r\n\r\n"};
  stream_->pause_reading();
  stream_->detach();
  auto stream = std::exchange(stream_, nullptr);
  auto early = rest_.substr(rest_at_);
  leave();
  if (!stream->write(pieces)) {
    stream->abort();
    return accepted(nullptr);
  }
  accepted(make_websocket(std::move(stream), websocket_role::server, limits, std::move(early)));
}

}  // namespace tonris::net
