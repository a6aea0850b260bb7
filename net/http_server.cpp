#include "net/http_server.hpp"

#include <algorithm>
#include <utility>

#include "net/accept.hpp"
#include "net/http_connection.hpp"
#include "net/http_text.hpp"
#include "net/websocket_handshake.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;

/// Deadlines are looked at this often: one ticker a server, no timer a request.
std::chrono::milliseconds check_period(const http_server_limits& limits) noexcept {
  return std::clamp(std::min({limits.read, limits.keep_alive, limits.write}) / 8, 5ms, 250ms);
}

/// The stream, counted as open for as long as somebody (HTTP, then a WebSocket) holds it.
std::shared_ptr<byte_stream> counted(std::shared_ptr<byte_stream> stream, std::shared_ptr<http_service> service) {
  service->open.add(1);
  auto* const raw = stream.get();
  return {raw, [held = std::move(stream), in = std::move(service)](byte_stream*) { in->open.take(1); }};
}

class server final : public http_server {
 public:
  explicit server(std::shared_ptr<http_service> service) : service_{std::move(service)} {}
  ~server() override {
    ticker_.reset();
    acceptor_.reset();
    service_->cut_connections();
  }

  result<void> bind(const std::string& host, std::uint16_t port, bool reuse_port,
                    std::shared_ptr<tls_server_context> tls) {
    acceptor::callbacks tell{
        [service = service_](std::shared_ptr<byte_stream> stream) { accept(service, std::move(stream)); },
        [service = service_](const error& why) {
          if (why.code == errc::aborted || why.code == errc::no_descriptors)  // accept(2) itself: no handshake
            return service->failed_accepts.add(1);
          --service->shaking_hands;
          service->tls_failures.add(1);
        },
        [service = service_] { return let_in(*service); }};
    auto listening = acceptor::listen(service_->on, host, port, reuse_port, std::move(tls),
                                      service_->limits.tls_handshake, std::move(tell));
    if (!listening) return tl::unexpected{std::move(listening.error())};
    acceptor_ = std::move(*listening);
    return {};
  }

  void start() override {
    acceptor_->start();
    service_->on.post([this, alive = std::weak_ptr{alive_}] {
      if (alive.expired()) return;
      ticker_ = std::make_unique<ticker>(service_->on, check_period(service_->limits),
                                         [service = service_](auto now) { service->check_times(now); });
    });
  }

  void stop_accepting() override { acceptor_->stop(); }
  void close_connections() override {
    service_->on.post([service = service_] { service->cut_connections(); });
  }
  std::uint16_t port() const noexcept override { return acceptor_->port(); }

  http_server_stats stats() const noexcept override {
    const auto& now = *service_;
    return {now.accepted.get(), now.refused_connections.get(), now.open.get(),
            now.requests.get(), now.bad_requests.get(),        now.timeouts.get(),
            now.oversize.get(), now.tls_failures.get(),        now.failed_accepts.get()};
  }

 private:
  /// Each one that is let in comes back: as accepted or, with TLS, as failed.
  static bool let_in(http_service& service) {
    if (service.open.get() + service.shaking_hands >= service.limits.max_connections) {
      service.refused_connections.add(1);
      return false;
    }
    ++service.shaking_hands;
    return true;
  }

  static void accept(const std::shared_ptr<http_service>& service, std::shared_ptr<byte_stream> stream) {
    --service->shaking_hands;
    service->accepted.add(1);
    auto connection = std::make_shared<http_connection>(service, counted(std::move(stream), service));
    service->connections.insert(connection);
    connection->begin();
  }

  std::shared_ptr<http_service> service_;
  std::unique_ptr<acceptor> acceptor_;
  std::unique_ptr<ticker> ticker_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

http_responder::http_responder(std::shared_ptr<target> to) noexcept : to_{std::move(to)} {}
http_responder::http_responder(http_responder&&) noexcept = default;

http_responder& http_responder::operator=(http_responder&& other) noexcept {
  http_responder old{std::exchange(to_, std::exchange(other.to_, nullptr))};  // says its last words
  return *this;
}

http_responder::~http_responder() {
  if (!to_ || to_->answered) return;
  respond(to_->last_words ? std::move(*to_->last_words) : http_response{500, {}, {}});
}

void http_responder::respond(http_response response) {
  if (!to_ || to_->answered.exchange(true)) return;
  auto& on = to_->connection->on_loop();
  if (on.on_thread()) return to_->connection->answer(response);
  on.post([to = to_, response = std::move(response)] { to->connection->answer(response); });
}

void http_responder::upgrade(const websocket_limits& limits, std::function<void(std::shared_ptr<websocket>)> accepted) {
  if (!to_ || to_->answered.exchange(true)) return;
  auto& on = to_->connection->on_loop();
  if (on.on_thread()) return to_->connection->become_websocket(limits, accepted);
  on.post([to = to_, limits, accepted = std::move(accepted)] { to->connection->become_websocket(limits, accepted); });
}

void http_responder::set_last_words(http_response response) {
  if (to_) to_->last_words = std::move(response);
}

loop& http_responder::on_loop() const noexcept {
  return to_->connection->on_loop();
}

bool is_upgrade(const http_request& request) noexcept {
  return request.method == "GET" && request.body.empty() && lists(request.fields, "Upgrade", "websocket") &&
         lists(request.fields, "Connection", "upgrade") && request.fields.get("Sec-WebSocket-Version") == "13" &&
         is_websocket_key(request.fields.get("Sec-WebSocket-Key"));
}

result<std::unique_ptr<http_server>> http_server::listen(loop& on, const std::string& host, std::uint16_t port,
                                                         bool reuse_port, const http_server_limits& limits,
                                                         std::shared_ptr<tls_server_context> tls, handler handle) {
  auto made = std::make_unique<server>(std::make_shared<http_service>(on, limits, std::move(handle)));
  if (auto bound = made->bind(host, port, reuse_port, std::move(tls)); !bound)
    return tl::unexpected{std::move(bound.error())};
  return made;
}

}  // namespace tonris::net
