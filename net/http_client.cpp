#include "net/http_client.hpp"

#include <utility>

#include "net/http_pool.hpp"

namespace tonris::net {
namespace {

class pooling_client final : public http_client {
 public:
  explicit pooling_client(std::shared_ptr<http_pool> pool) : pool_{std::move(pool)} {}
  ~pooling_client() override { pool_->shut(); }

  void request(const std::string& url, http_request request, std::chrono::milliseconds timeout,
               std::function<void(result<http_response>)> done) override {
    pool_->request(url, request, timeout, {}, std::move(done));
  }
  void stream(const std::string& url, http_request request, std::chrono::milliseconds timeout,
              std::function<void(std::string_view)> piece, std::function<void(result<http_response>)> done) override {
    pool_->request(url, request, timeout, std::move(piece), std::move(done));
  }

 private:
  std::shared_ptr<http_pool> pool_;
};

}  // namespace

std::unique_ptr<http_client> http_client::make(loop& on, std::shared_ptr<tls_client_context> tls,
                                               const http_client_limits& limits) {
  return std::make_unique<pooling_client>(std::make_shared<http_pool>(on, std::move(tls), limits));
}

}  // namespace tonris::net
