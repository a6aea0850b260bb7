#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/http_server.hpp"
#include "net/loop.hpp"
#include "net/run_on.hpp"

namespace tonris::e2e {

/// A tenant's own server, on a loop of its own.
class tenant_server {
 public:
  using handler = std::function<void(net::http_request, net::http_responder)>;

  explicit tenant_server(handler handle) {
    loop_.start();
    server_ = net::http_server::listen(
                  loop_, "127.0.0.1", 0, {}, nullptr,
                  [this, handle = std::move(handle)](net::http_request request, net::http_responder responder) {
                    ++asked;
                    handle(std::move(request), std::move(responder));
                  })
                  .value();
    server_->start();
  }
  ~tenant_server() {
    net::run_on(loop_, [this] {
      hanging.clear();
      server_.reset();
    });
    loop_.stop();
  }
  tenant_server(const tenant_server&) = delete;
  tenant_server& operator=(const tenant_server&) = delete;

  [[nodiscard]] std::string address() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  std::atomic<int> asked{0};
  std::vector<net::http_responder> hanging;  ///< whom it never answers; on its loop

 private:
  net::loop loop_{"a tenant's server"};
  std::unique_ptr<net::http_server> server_;
};

}  // namespace tonris::e2e
