#include "net/http_connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/caught.hpp"
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

http_connection::http_connection(std::shared_ptr<http_service> service, std::shared_ptr<byte_stream> stream,
                                 std::shared_ptr<http_place> place)
    : service_{std::move(service)},
      stream_{std::move(stream)},
      place_{std::move(place)},
      parser_{{service_->limits.max_header_bytes, service_->limits.max_body_bytes}},
      peer_{stream_->peer_address()} {}

void http_connection::begin() {
  enter(phase::idle, on_loop().now() + service_->limits.first_byte);
  stream_->read_to(*this);
}

/// Whose request is whole is served to the end; everybody else may have to make room.
void http_connection::enter(phase next, time deadline) {
  phase_ = next;
  deadline_ = deadline;
  if (next == phase::waiting || next == phase::answering || next == phase::gone)
    stop_waiting();
  else if (!waits())
    wait_at(service_->guests);
}

void http_connection::check_time(time now) {
  if (abandoned_) return cut();
  if (now < deadline_) return;
  switch (phase_) {
    case phase::idle: return close_in_order();
    case phase::reading: service_->timeouts.add(1); return refuse(408);
    case phase::waiting: return;
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
  const auto keep = shared_from_this();  // what is refused may be cut
  if (phase_ == phase::closing || phase_ == phase::gone) return;
  const std::string_view read{bytes.data(), bytes.size()};
  if (!takes_requests() || !rest_.empty()) return hold(read);
  // Straight from the stream's buffer; only what is behind a whole request is kept.
  const auto used = parser_.put(read);
  if (used < read.size() && parser_.whole()) rest_.assign(read.substr(used));
  after_put();
}

/// What waits here, up to the end of the next request.
void http_connection::take_rest() {
  if (rest_at_ == rest_.size()) return;
  rest_at_ += parser_.put(std::string_view{rest_}.substr(rest_at_));
  if (rest_at_ == rest_.size()) {
    rest_.clear();
    rest_at_ = 0;
    if (rest_.capacity() > max_rest) rest_.shrink_to_fit();
  }
  after_put();
}

void http_connection::after_put() {
  if (const auto status = parser_.refused(); status != 0) {
    (status == 413 || status == 431 ? service_->oversize : service_->bad_requests).add(1);
    return refuse(status);
  }
  if (parser_.whole()) return wait_for_turn();
  if (phase_ == phase::idle && !parser_.idle()) enter(phase::reading, on_loop().now() + service_->limits.read);
  if (parser_.asks_to_continue()) {
    constexpr std::array<std::string_view, 1> go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
    stream_->write(go_on);
  }
}

/// Nothing is read meanwhile: whoever ends the stream behind his last request is answered first.
void http_connection::wait_for_turn() {
  enter(phase::waiting, time::max());
  pace_reading();
  service_->request_turns->wait(shared_from_this());
}

void http_connection::take_turn() {
  has_asked_ = true;
  if (phase_ != phase::waiting) return;
  keep_alive_ = parser_.keep_alive();
  http_1_0_ = parser_.http_1_0();
  auto request = parser_.take();
  request.peer_address = peer_;
  request.tls = stream_->secure();
  to_head_ = request.method == "HEAD";
  upgrade_key_.clear();
  if (is_upgrade(request)) upgrade_key_ = request.fields.get("Sec-WebSocket-Key");
  enter(phase::answering, time::max());
  pace_reading();
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

void http_connection::answer(const http_response& response) noexcept {
  if (phase_ != phase::answering) return;
  guard([&] { send(response, keep_alive_ && !service_->closing); }, [this] { fail(); });
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
  enter(phase::idle, on_loop().now() + service_->limits.keep_alive);
  take_rest();
  pace_reading();
}

void http_connection::on_writable() {
  const auto keep = shared_from_this();
  if (phase_ == phase::writing) begin_next();
}

void http_connection::hold(std::string_view bytes) {
  rest_.append(bytes);
  pace_reading();
}

/// Reading pauses while a request waits for its turn, and while enough waits behind the one under way.
void http_connection::pace_reading() {
  if (!stream_ || phase_ == phase::closing) return;
  const bool enough = phase_ == phase::waiting || rest_.size() - rest_at_ >= max_rest;
  if (enough == paused_) return;
  paused_ = enough;
  paused_ ? stream_->pause_reading() : stream_->resume_reading();
}

/// What the peer still sends is read and dropped meanwhile: a reset would take our last answer with it.
void http_connection::close_in_order() {
  enter(phase::closing, on_loop().now() + close_limit);
  rest_ = {};
  rest_at_ = 0;
  if (std::exchange(paused_, false)) stream_->resume_reading();
  stream_->close_when_written();
}

void http_connection::close_if_idle() {
  if (phase_ == phase::idle && has_asked_) close_in_order();  // of a new one the first request may be on its way
}

void http_connection::cut() {
  if (phase_ == phase::gone) return;
  stream_->abort();
  leave();
}

/// After an exception: what has been answered is not taken back.
void http_connection::fail() {
  if (phase_ == phase::closing || phase_ == phase::gone) return;
  phase_ == phase::answering || phase_ == phase::writing ? cut() : close_in_order();
}

void http_connection::on_end(const error&) {
  leave();
}

void http_connection::leave() {
  const auto keep = shared_from_this();
  enter(phase::gone, time::max());
  stream_ = nullptr;
  place_ = nullptr;
  rest_ = {};
  rest_at_ = 0;
  service_->connections.erase(keep);
}

void http_connection::become_websocket(const websocket_limits& limits,
                                       const std::function<void(std::shared_ptr<websocket>)>& accepted) noexcept {
  const auto keep = shared_from_this();
  guard([&] { upgrade(limits, accepted); }, [this] { fail(); });
}

void http_connection::upgrade(const websocket_limits& limits,
                              const std::function<void(std::shared_ptr<websocket>)>& accepted) {
  if (phase_ != phase::answering) return accepted(nullptr);
  if (upgrade_key_.empty()) {  // nobody asked for it: the one mistake left to the handler
    answer(http_response{500, {}, {}});
    return accepted(nullptr);
  }
  const auto proof = websocket_accept(upgrade_key_);
  const std::array<std::string_view, 3> pieces{
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ", proof,
      "\r\n\r\n"};
  place_->became_websocket();
  (void)service_->make_room();
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
