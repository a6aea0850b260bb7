#include "net/http_service.hpp"

#include <unistd.h>

#include <array>
#include <charconv>

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

/// The stream, counted as open and in its place for as long as somebody (HTTP, then a WebSocket) holds it.
std::shared_ptr<byte_stream> placed(http_place place, std::shared_ptr<byte_stream> stream) {
  place.at()->open.add(1);
  auto* const raw = stream.get();
  return {raw, [held = std::move(stream), in = std::make_shared<http_place>(std::move(place))](byte_stream*) {
            in->at()->open.take(1);
          }};
}

}  // namespace

void http_service::check_times(std::chrono::steady_clock::time_point now) {
  // Collected first: a connection that ends leaves the set.
  for (const auto& connection : connections)
    if (connection->due(now)) due_.push_back(connection);
  for (const auto& connection : due_) connection->check_time(now);
  due_.clear();
}

http_place::http_place(std::shared_ptr<http_service> at, int descriptor) noexcept
    : at_{std::move(at)}, descriptor_{descriptor} {
  at_->places_.fetch_add(1, std::memory_order_relaxed);
}

http_place::http_place(http_place&& other) noexcept
    : at_{std::exchange(other.at_, nullptr)}, descriptor_{other.release_descriptor()} {}

http_place::~http_place() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (at_) at_->places_.fetch_sub(1, std::memory_order_relaxed);
}

void http_service::admit(http_place place) {
  if (closed_) return;
  if (places_taken() > limits.max_connections) return refused_connections.add(1);
  const int descriptor = place.release_descriptor();
  if (!tls) return begin(std::move(place), std::make_shared<socket_stream>(on, descriptor));
  accept_tls(on, descriptor, *tls, limits.tls_handshake,
             [held = std::make_shared<http_place>(std::move(place))](result<std::shared_ptr<byte_stream>> stream) {
               const auto service = held->at();
               if (!stream) return service->tls_failures.add(1);
               if (!service->closed_) service->begin(std::move(*held), std::move(*stream));
             });
}

void http_service::begin(http_place place, std::shared_ptr<byte_stream> stream) {
  accepted.add(1);
  auto connection = std::make_shared<http_connection>(shared_from_this(), placed(std::move(place), std::move(stream)));
  connections.insert(connection);
  connection->begin();
}

void http_service::close() {
  closed_ = true;
  cut_connections();
}

void http_service::cut_connections() {
  const auto all = std::exchange(connections, {});
  for (const auto& connection : all) connection->cut();
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

std::string_view http_service::head(const http_response& response, bool keep_alive, bool to_http_1_0) {
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
  if (!has_no_body(status)) {
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
