#include "net/http_connection.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/caught.hpp"
#include "net/http_served_request.hpp"
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
      parser_{{service_->limits.max_header_bytes, service_->limits.max_body_bytes}, &service_->limits.body_plan},
      peer_{stream_->peer_address()} {}

void http_connection::begin() {
  enter(phase::idle, on_loop().now() + service_->limits.first_byte);
  stream_->read_to(*this);
}

/// Who is being served is served to the end; everybody else may have to make room.
void http_connection::enter(phase next, time deadline) {
  phase_ = next;
  deadline_ = deadline;
  const bool served =
      next == phase::waiting || next == phase::receiving || next == phase::answering || next == phase::streaming;
  if (served || next == phase::gone)
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
    case phase::receiving:
      if (waits_for_turn_) return;
      service_->timeouts.add(1);
      return refuse_body(408, errc::read_timeout);
    case phase::answering: return;  // the handler's time is the handler's business
    case phase::streaming: return check_taken(now);
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
  if (phase_ == phase::closing || phase_ == phase::gone || drops_input_) return;
  const std::string_view read{bytes.data(), bytes.size()};
  if (!takes_requests() || !rest_.empty()) return hold(read);
  // Straight from the stream's buffer; only what is behind a whole request is kept.
  const auto used = parser_.put(read);
  if (used < read.size() && parser_.refused() == 0) rest_.assign(read.substr(used));
  after_put();
}

/// What waits here, up to the end of the next request.
void http_connection::take_rest() {
  if (rest_at_ == rest_.size()) return;
  rest_at_ += parser_.put(std::string_view{rest_}.substr(rest_at_));
  compact_rest();
  after_put();
}

void http_connection::compact_rest() {
  if (rest_at_ < rest_.size()) return;
  rest_.clear();
  rest_at_ = 0;
  if (rest_.capacity() > max_rest) rest_.shrink_to_fit();
}

void http_connection::after_put() {
  if (const auto status = parser_.refused(); status != 0) {
    count_refusal(status);
    if (status == 413) tell_of_oversize();
    return refuse(status);
  }
  if (parser_.whole() || parser_.streams()) return wait_for_turn();
  if (phase_ == phase::idle && !parser_.idle()) enter(phase::reading, on_loop().now() + service_->limits.read);
  say_continue();
}

void http_connection::say_continue() {
  if (rest_at_ < rest_.size() || !parser_.asks_to_continue()) return;
  constexpr std::array<std::string_view, 1> go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
  stream_->write(go_on);
}

/// Nothing is read meanwhile: whoever ends the stream behind his last request is answered first.
void http_connection::wait_for_turn() {
  enter(phase::waiting, time::max());
  pace_reading();
  service_->request_turns->wait(shared_from_this());
}

void http_connection::take_turn() {
  if (phase_ == phase::waiting) return hand_over();
  if (std::exchange(waits_for_turn_, false) && phase_ == phase::receiving) take_body();
}

void http_connection::hand_over() {
  ++request_;
  keep_alive_ = parser_.keep_alive();
  http_1_0_ = parser_.http_1_0();
  auto request = parser_.take();
  request.peer_address = peer_;
  request.tls = stream_->secure();
  to_head_ = request.method == "HEAD";
  upgrade_key_.clear();
  if (is_upgrade(request)) upgrade_key_ = request.fields.get("Sec-WebSocket-Key");
  enter(request.streamed ? phase::receiving : phase::answering, time::max());
  pace_reading();
  service_->requests.add(1);
  service_->handle(std::move(request),
                   http_responder{std::make_shared<http_served_request>(shared_from_this(), request_)});
}

void http_connection::count_refusal(unsigned status) {
  (status == 413 || status == 431 ? service_->oversize : service_->bad_requests).add(1);
}

void http_connection::tell_of_oversize() {
  if (!service_->limits.on_oversize) return;
  auto head = parser_.take_refused();
  head.peer_address = peer_;
  head.tls = stream_->secure();
  service_->limits.on_oversize(head);
}

/// Ends the connection with a status: behind bytes we could not make sense of no request can begin.
void http_connection::refuse(unsigned status) {
  http_response response;
  response.status = status;
  to_head_ = http_1_0_ = false;
  send(response, false);
}

void http_connection::answer(const http_response& response) noexcept {
  if (!with_handler()) return;
  guard(
      [&] {
        const bool goes_on = keep_alive_ && !service_->closing && !body_comes();
        const auto reader = let_body_go();
        send(response, goes_on);
        if (reader) reader->on_body_end(errc::aborted);
      },
      [this] { fail(); });
}

void http_connection::send(const http_response& response, bool keep_alive) {
  const bool with_body = !to_head_ && !has_no_body(response.status);
  const std::array<std::string_view, 2> pieces{service_->head(response, http_framing::length, keep_alive, http_1_0_),
                                               response.body};
  if (!stream_->write({pieces.data(), with_body && !response.body.empty() ? 2U : 1U})) return cut();
  after_answer(keep_alive);
}

void http_connection::after_answer(bool keep_alive) {
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
  if (phase_ == phase::writing) return begin_next();
  if (phase_ == phase::streaming) look_at_queue();
}

void http_connection::hold(std::string_view bytes) {
  rest_.append(bytes);
  phase_ == phase::receiving ? await_body() : pace_reading();
}

/// Reading pauses while something waits for its turn, while nobody wants the body that comes, and while enough waits
/// behind the request under way.
void http_connection::pace_reading() {
  if (!stream_ || phase_ == phase::closing) return;
  const bool enough = phase_ == phase::receiving ? waits_for_turn_ || !wants_body()
                                                 : phase_ == phase::waiting || rest_.size() - rest_at_ >= max_rest;
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
  if (phase_ == phase::idle && request_ > 0) close_in_order();  // of a new one the first request may be on its way
}

void http_connection::cut(errc why) {
  if (phase_ == phase::gone) return;
  stream_->abort();
  leave(why);
}

/// After an exception: what has been answered is not taken back.
void http_connection::fail() {
  switch (phase_) {
    case phase::closing:
    case phase::gone: return;
    case phase::idle:
    case phase::reading:
    case phase::waiting: return close_in_order();
    case phase::receiving:
    case phase::answering:
    case phase::streaming:
    case phase::writing: return cut(errc::internal);
  }
}

void http_connection::on_end(const error& why) {
  leave(why.code);
}

void http_connection::leave(errc why) {
  const auto keep = shared_from_this();
  enter(phase::gone, time::max());
  stream_ = nullptr;
  place_ = nullptr;
  rest_ = {};
  rest_at_ = 0;
  service_->connections.erase(keep);
  if (const auto out = std::exchange(out_, nullptr)) out->set_gone();
  if (const auto reader = std::exchange(reader_, nullptr)) reader->on_body_end(why);
}

void http_connection::become_websocket(const websocket_limits& limits,
                                       const std::function<void(std::shared_ptr<websocket>)>& accepted) noexcept {
  const auto keep = shared_from_this();
  guard([&] { upgrade(limits, accepted); }, [this] { fail(); });
}

void http_connection::upgrade(const websocket_limits& limits,
                              const std::function<void(std::shared_ptr<websocket>)>& accepted) {
  if (!with_handler()) return accepted(nullptr);
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
  leave(errc::aborted);
  if (!stream->write(pieces)) {
    stream->abort();
    return accepted(nullptr);
  }
  accepted(make_websocket(std::move(stream), websocket_role::server, limits, std::move(early)));
}

}  // namespace tonris::net
