#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/doctor/public_address.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "net/websocket_client.hpp"

namespace tonris::ctl {

/// What is tried on a WebSocket whose other end sends everything back.
struct stream_plan {
  std::vector<std::size_t> sizes;              ///< of messages, the first short: each once the one before has come back
  std::chrono::milliseconds held{0};           ///< then nothing is said for so long, and another short one behind it
  std::chrono::milliseconds pinged{0};         ///< how often it is pinged; 0: never. Where no answer comes, it ends
  std::chrono::milliseconds patience{10'000};  ///< for the opening, and for each message to come back
};

/// One such WebSocket, from its opening to its end. Loop thread only.
class stream_visit : private net::websocket_handler {
 public:
  using told = std::function<void(const model::doctor::echo_facts&)>;

  /// `done` is called once, from the loop. It lives until then.
  stream_visit(net::loop& on, std::shared_ptr<net::tls_client_context> tls, stream_plan plan, told done);
  ~stream_visit() override;
  stream_visit(const stream_visit&) = delete;
  stream_visit& operator=(const stream_visit&) = delete;

  void open(const std::string& url, const net::http_fields& fields);

 private:
  using step = model::doctor::echo_facts::step;

  void opened(net::result<std::shared_ptr<net::websocket>> came);
  void send_next();
  void say(std::size_t bytes, step now);
  void hold();
  void finish(std::string why);
  void on_text(std::string_view message) override;
  void on_end(const net::websocket_end& how) override;

  // given
  net::loop& loop_;
  const std::shared_ptr<net::tls_client_context> tls_;
  const stream_plan plan_;
  told done_;

  // owned
  std::unique_ptr<net::websocket_connect> attempt_;
  std::shared_ptr<net::websocket> socket_;
  net::timer patience_;

  // state
  model::doctor::echo_facts facts_;
  std::size_t next_ = 0;
  std::string said_;
};

}  // namespace tonris::ctl
