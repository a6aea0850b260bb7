#include "net/http_service.hpp"

#include <unistd.h>

#include <array>
#include <charconv>

#include "net/caught.hpp"
#include "net/http_connection.hpp"
#include "net/http_text.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_stream.hpp"

namespace tonris::net {
namespace {

void append_number(std::string& to, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  to.append(digits.data(), end);
}

bool is_framing(std::string_view name) noexcept {
  return same_text(name, "Content-Length") || same_text(name, "Connection") || same_text(name, "Date") ||
         same_text(name, "Transfer-Encoding");
}

/// Given up at once where there is no descriptor left, although there should be.
constexpr int given_up_for_want_of_descriptors = 8;

/// The stream, counted as open and in its place for as long as somebody (HTTP, then a WebSocket) holds it.
std::shared_ptr<byte_stream> placed(std::shared_ptr<http_place> place, std::shared_ptr<byte_stream> stream) {
  place->at()->open.add(1);
  auto* const raw = stream.get();
  return {raw, [held = std::move(stream), in = std::move(place)](byte_stream*) { in->at()->open.take(1); }};
}

/// A TLS handshake under way. Owner: the handshake's own callback.
struct handshaking_guest final : idle_guest {
  explicit handshaking_guest(http_place in) : place{std::make_shared<http_place>(std::move(in))} {}
  ~handshaking_guest() override { stop_waiting(); }  // before the service may go, with its place
  void give_up() override {
    const auto cut_it = std::move(cut);
    cut_it();
  }

  std::shared_ptr<http_place> place;
  tls_cancel cut;
};

/// A connection whose time is up.
struct overdue final : turn_taker {
  explicit overdue(std::shared_ptr<http_connection> of) : connection{std::move(of)} {}
  void take_turn() override { connection->check_time(connection->on_loop().now()); }
  void fail() override { connection->fail(); }
  const std::shared_ptr<http_connection> connection;
};

}  // namespace

/// A crowd that came at once is overdue at once: each takes its turn.
void http_service::check_times(std::chrono::steady_clock::time_point now) {
  if (!overdue_turns_->empty()) return;
  for (const auto& connection : connections)
    if (connection->due(now)) overdue_turns_->wait(std::make_shared<overdue>(connection));
}

http_place::http_place(std::shared_ptr<http_service> at, int descriptor) noexcept
    : at_{std::move(at)}, descriptor_{descriptor} {
  at_->places_.fetch_add(1, std::memory_order_relaxed);
  if (const auto& budget = at_->limits.descriptors) budget->take(budgeted_ = 1);
}

http_place::http_place(http_place&& other) noexcept
    : at_{std::exchange(other.at_, nullptr)},
      descriptor_{other.release_descriptor()},
      budgeted_{std::exchange(other.budgeted_, 0)} {}

http_place::~http_place() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!at_) return;
  at_->places_.fetch_sub(1, std::memory_order_relaxed);
  if (const auto& budget = at_->limits.descriptors) budget->give_back(budgeted_);
}

void http_place::became_websocket() noexcept {
  const auto& budget = at_->limits.descriptors;
  if (!budget) return;
  budget->take(budget->beside_a_websocket());
  budgeted_ += budget->beside_a_websocket();
}

bool http_service::has_room_for(std::size_t more) const noexcept {
  return places_taken() + more <= limits.max_connections && (!limits.descriptors || limits.descriptors->allows(more));
}

bool http_service::give_up_one() {
  auto* const idle_longest = guests.first();
  if (!idle_longest) return false;
  given_up.add(1);
  idle_longest->give_up();
  return true;
}

bool http_service::make_room() {
  while (!has_room_for(0))
    if (!give_up_one()) return false;
  return true;
}

void http_service::make_room_soon() {
  on.post([self = shared_from_this()] {
    for (int i = 0; i < given_up_for_want_of_descriptors && self->give_up_one(); ++i) continue;
  });
}

void http_service::admit(http_place place) {
  if (closed_) return;
  if (!make_room()) return refused_connections.add(1);
  const int descriptor = place.release_descriptor();
  if (!tls) {
    auto stream = make_stream<socket_stream>(on, descriptor);
    return begin(std::make_shared<http_place>(std::move(place)), std::move(stream));
  }
  auto guest = std::make_shared<handshaking_guest>(std::move(place));
  guest->wait_at(guests);
  guest->cut = accept_tls(on, descriptor, *tls, limits.tls_handshake, handshake_turns_,
                          [guest](result<std::shared_ptr<byte_stream>> stream) {
                            const auto service = guest->place->at();
                            guest->stop_waiting();
                            if (!stream) return service->tls_failures.add(1);
                            if (!service->closed_) service->begin(guest->place, std::move(*stream));
                          });
}

void http_service::begin(std::shared_ptr<http_place> place, std::shared_ptr<byte_stream> stream) {
  accepted.add(1);
  auto in_place = placed(place, std::move(stream));
  auto connection = std::make_shared<http_connection>(shared_from_this(), std::move(in_place), std::move(place));
  connections.insert(connection);
  connection->begin();
}

void http_service::close() {
  closed_ = true;
  handshake_turns_->clear();
  overdue_turns_->clear();
  request_turns->clear();
  answer_turns->clear();
  cut_connections();
}

void http_service::cut_connections() {
  const auto all = std::exchange(connections, {});
  for (const auto& connection : all) connection->cut();
}

void http_service::take_no_more_requests() {
  closing = true;
  const auto all = connections;  // one that ends leaves the set
  for (const auto& connection : all) connection->close_if_idle();
}

std::string_view http_service::date(std::time_t now) {
  if (now == date_of_) return date_;
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 64> text{};
  // The C locale is in force: nothing in this program calls setlocale.
  const auto size = std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
  date_.assign(text.data(), size);
  date_of_ = now;
  return date_;
}

std::string_view http_service::head(const http_response& response, http_framing framing, bool keep_alive,
                                    bool to_http_1_0) {
  const bool usable = response.status >= 200 && response.status <= 999;
  const unsigned status = usable ? response.status : 500;
  head_.assign("HTTP/1.1 ");
  append_number(head_, status);
  head_ += ' ';
  head_ += reason_phrase(status);
  head_ += "\r\n";
  for (const auto& [name, value] : response.fields.all()) {
    // A field with a line break would be an answer of somebody else's making: it is left out.
    if (is_framing(name) || !is_field(name, value)) continue;
    head_.append(name).append(": ").append(value).append("\r\n");
  }
  head_ += date(std::time(nullptr));
  if (!has_no_body(status) && framing == http_framing::chunks) {
    head_ += "Transfer-Encoding: chunked\r\n";
  } else if (!has_no_body(status) && framing == http_framing::length) {
    head_ += "Content-Length: ";
    append_number(head_, response.body.size());
    head_ += "\r\n";
  }
  if (!keep_alive) {
    head_ += "Connection: close\r\n";
  } else if (to_http_1_0) {
    head_ += "Connection: keep-alive\r\n";
  }
  head_ += "\r\n";
  return head_;
}

}  // namespace tonris::net
