#include "net/http_server.hpp"

#include <algorithm>
#include <utility>

#include "net/accept.hpp"
#include "net/http_service.hpp"

namespace tonris::net {
namespace {

using namespace std::chrono_literals;

/// Deadlines are looked at this often: one ticker a server, no timer a request.
std::chrono::milliseconds check_period(const http_server_limits& limits) noexcept {
  return std::clamp(std::min({limits.first_byte, limits.read, limits.keep_alive, limits.write}) / 8, 5ms, 250ms);
}

class server final : public http_server {
 public:
  explicit server(std::shared_ptr<http_service> service) : service_{std::move(service)}, dealt_to_{service_} {}
  ~server() override {
    ticker_.reset();
    acceptors_.clear();
    service_->close();
  }

  void add_door(listening_socket door) override {
    if (acceptors_.empty()) port_ = door.port();
    acceptors_.push_back(acceptor::make(
        service_->on, std::move(door),
        {[this](int descriptor) { deal(descriptor); }, [this](const error& why) { on_failed_accept(why); }}));
  }
  void deal_to(const std::vector<http_server*>& others) override {
    for (auto* const other : others) dealt_to_.push_back(static_cast<server*>(other)->service_);
  }

  void start() override {
    for (const auto& each : acceptors_) each->start();
    service_->on.post([this, alive = std::weak_ptr{alive_}] {
      if (alive.expired()) return;
      ticker_ = std::make_unique<ticker>(service_->on, check_period(service_->limits),
                                         [service = service_](auto now) { service->check_times(now); });
    });
  }

  void stop_accepting() override {
    for (const auto& each : acceptors_) each->stop();
    service_->on.post([service = service_] { service->take_no_more_requests(); });
  }
  void close_connections() override {
    service_->on.post([service = service_] { service->cut_connections(); });
  }
  std::uint16_t port() const noexcept override { return port_; }

  http_server_stats stats() const noexcept override {
    const auto& now = *service_;
    return {now.accepted.get(),     now.refused_connections.get(), now.given_up.get(), now.open.get(),
            now.requests.get(),     now.bad_requests.get(),        now.timeouts.get(), now.oversize.get(),
            now.tls_failures.get(), now.failed_accepts.get()};
  }

 private:
  [[nodiscard]] const std::shared_ptr<http_service>& emptiest() const {
    return *std::min_element(dealt_to_.begin(), dealt_to_.end(), [](const auto& one, const auto& other) {
      return one->places_taken() < other->places_taken();
    });
  }
  [[nodiscard]] const std::shared_ptr<http_service>& most_idle() const {
    return *std::max_element(dealt_to_.begin(), dealt_to_.end(), [](const auto& one, const auto& other) {
      return one->guests.count() < other->guests.count();
    });
  }

  void on_failed_accept(const error& why) {
    service_->failed_accepts.add(1);
    if (why.code == errc::no_descriptors) most_idle()->make_room_soon();
  }

  /// Who comes when it is full goes where somebody can be given up for him.
  void deal(int descriptor) {
    const auto& to = emptiest()->is_full() ? most_idle() : emptiest();
    http_place place{to, descriptor};
    if (to == service_) return to->admit(std::move(place));
    to->on.post([to, place = std::make_shared<http_place>(std::move(place))] { to->admit(std::move(*place)); });
  }

  std::shared_ptr<http_service> service_;
  std::vector<std::shared_ptr<http_service>> dealt_to_;
  std::vector<std::unique_ptr<acceptor>> acceptors_;
  std::unique_ptr<ticker> ticker_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::uint16_t port_ = 0;
};

}  // namespace

std::unique_ptr<http_server> http_server::without_door(loop& on, const http_server_limits& limits,
                                                       std::shared_ptr<tls_server_context> tls, handler handle) {
  return std::make_unique<server>(std::make_shared<http_service>(on, limits, std::move(tls), std::move(handle)));
}

std::unique_ptr<http_server> http_server::on_socket(loop& on, listening_socket door, const http_server_limits& limits,
                                                    std::shared_ptr<tls_server_context> tls, handler handle) {
  auto made = std::make_unique<server>(std::make_shared<http_service>(on, limits, std::move(tls), std::move(handle)));
  made->add_door(std::move(door));
  return made;
}

result<std::unique_ptr<http_server>> http_server::listen(loop& on, const std::string& host, std::uint16_t port,
                                                         const http_server_limits& limits,
                                                         std::shared_ptr<tls_server_context> tls, handler handle) {
  auto door = listening_socket::bind(host, port);
  if (!door) return tl::unexpected{std::move(door.error())};
  return on_socket(on, std::move(*door), limits, std::move(tls), std::move(handle));
}

}  // namespace tonris::net
