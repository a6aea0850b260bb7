#include "net/http_responder.hpp"

#include <utility>

#include "net/http_connection.hpp"
#include "net/http_served_request.hpp"
#include "net/http_text.hpp"
#include "net/websocket_handshake.hpp"

namespace tonris::net {

// --- an answer

http_responder::http_responder(std::shared_ptr<http_served_request> of) noexcept : of_{std::move(of)} {}
http_responder::http_responder(http_responder&&) noexcept = default;

http_responder& http_responder::operator=(http_responder&& other) noexcept {
  http_responder old{std::exchange(of_, std::exchange(other.of_, nullptr))};  // says its last words
  return *this;
}

http_responder::~http_responder() {
  if (!of_ || of_->answered) return;
  guard(
      [this] {
        respond(of_->last_words ? std::move(*of_->last_words) : http_response{500, {}, {}});
      },
      [this] { of_->connection->abandon(); });
}

void http_responder::respond(http_response response) {
  if (!of_ || of_->answered.exchange(true)) return;
  of_->on_its_loop([of = of_, response = std::move(response)] { of->connection->answer(response); });
}

void http_responder::upgrade(const websocket_limits& limits, std::function<void(std::shared_ptr<websocket>)> accepted) {
  if (!of_ || of_->answered.exchange(true)) return;
  of_->on_its_loop(
      [of = of_, limits, accepted = std::move(accepted)] { of->connection->become_websocket(limits, accepted); });
}

http_answer_stream http_responder::stream(http_response head, http_answer_watch watch, std::size_t max_unsent) {
  if (!of_ || of_->answered) return http_answer_stream{nullptr};
  auto to = std::make_shared<http_answer_stream::channel>(of_, std::move(watch), max_unsent);
  if (of_->answered.exchange(true)) return http_answer_stream{nullptr};
  of_->on_its_loop([of = of_, to, head = std::move(head)] { of->connection->stream(to, head); });
  return http_answer_stream{std::move(to)};
}

void http_responder::set_last_words(http_response response) {
  if (of_) of_->last_words = std::move(response);
}

loop& http_responder::on_loop() const noexcept {
  return of_->connection->on_loop();
}

bool is_upgrade(const http_request& request) noexcept {
  return request.method == "GET" && request.body.empty() && !request.streamed &&
         lists(request.fields, "Upgrade", "websocket") && lists(request.fields, "Connection", "upgrade") &&
         request.fields.get("Sec-WebSocket-Version") == "13" &&
         is_websocket_key(request.fields.get("Sec-WebSocket-Key"));
}

// --- a body that streams in

void http_body_stream::read_to(std::shared_ptr<http_body_reader> reader) const {
  of_->on_its_loop([of = of_, reader = std::move(reader)] { of->connection->read_body(of->number, reader); });
}

void http_body_stream::resume() const {
  of_->on_its_loop([of = of_] { of->connection->resume_body(of->number); });
}

// --- an answer that streams out

http_answer_stream::http_answer_stream(std::shared_ptr<channel> to) noexcept : to_{std::move(to)} {}
http_answer_stream::http_answer_stream(http_answer_stream&&) noexcept = default;

http_answer_stream& http_answer_stream::operator=(http_answer_stream&& other) noexcept {
  http_answer_stream old{std::exchange(to_, std::exchange(other.to_, nullptr))};
  return *this;
}

http_answer_stream::~http_answer_stream() {
  if (to_) to_->cut();
}

http_answer_stream::outcome http_answer_stream::write(std::string bytes) {
  return to_ ? to_->write(std::move(bytes)) : outcome::gone;
}

void http_answer_stream::end() {
  if (const auto to = std::exchange(to_, nullptr)) to->end();
}

std::size_t http_answer_stream::unsent() const noexcept {
  return to_ ? to_->unsent() : 0;
}

/// A piece, or the end.
struct http_answer_stream::channel::step final : turn_taker {
  step(std::shared_ptr<channel> from, std::string piece) : of{std::move(from)}, bytes{std::move(piece)} {}
  void take_turn() override {
    if (bytes.empty()) return of->request_->connection->end_stream(*of);
    of->deliver(bytes);
    of->posted_ -= bytes.size();
    of->tell_room();
  }
  void fail() override { of->request_->connection->fail(); }

  const std::shared_ptr<channel> of;
  const std::string bytes;
};

void http_answer_stream::channel::post(std::string bytes) {
  auto next = std::make_shared<step>(shared_from_this(), std::move(bytes));
  request_->connection->on_loop().post([next = std::move(next)] {
    auto& to = *next->of->request_->connection;
    guard([&] { to.wait_to_write(next); }, [&] { next->fail(); });
  });
}

http_answer_stream::outcome http_answer_stream::channel::write(std::string bytes) {
  if (gone_) return outcome::gone;
  if (bytes.empty()) return outcome::taken;
  if (const auto waiting = unsent(); waiting > 0 && waiting + bytes.size() > max_unsent_) {
    room_wanted_ = true;
    // The last of it may have gone just before the loop could know that.
    if (unsent() > 0 || !room_wanted_.exchange(false)) return gone_ ? outcome::gone : outcome::full;
  }
  auto& on = request_->connection->on_loop();
  const auto size = bytes.size();
  guard(
      [&] {
        if (on.on_thread() && posted_ == 0) return deliver(bytes);
        posted_ += size;
        post(std::move(bytes));
      },
      [&] {
        request_->connection->abandon();
        gone_ = true;
      });
  return gone_ ? outcome::gone : outcome::taken;
}

void http_answer_stream::channel::deliver(std::string_view bytes) {
  const auto& to = request_->connection;
  guard([&] { to->write_piece(*this, bytes); }, [&] { to->fail(); });
}

void http_answer_stream::channel::end() {
  let_go_ = true;
  if (posted_ == 0)
    return request_->on_its_loop([self = shared_from_this()] { self->request_->connection->end_stream(*self); });
  guard([&] { post({}); }, [&] { request_->connection->abandon(); });
}

void http_answer_stream::channel::cut() {
  let_go_ = true;
  request_->on_its_loop([self = shared_from_this()] { self->request_->connection->cut_stream(*self); });
}

void http_answer_stream::channel::tell_room() {
  if (gone_ || let_go_ || unsent() > 0 || !room_wanted_.exchange(false)) return;
  const auto keep = shared_from_this();
  guard(
      [&] {
        if (watch_.on_room) watch_.on_room();
      },
      [&] { request_->connection->fail(); });
}

void http_answer_stream::channel::set_gone() noexcept {
  if (gone_.exchange(true)) return;
  guard(
      [&] {
        request_->connection->on_loop().post([self = shared_from_this()] {
          const auto watch = std::exchange(self->watch_, {});
          if (watch.on_gone && !self->let_go_) watch.on_gone();
        });
      },
      [] {});
}

}  // namespace tonris::net
