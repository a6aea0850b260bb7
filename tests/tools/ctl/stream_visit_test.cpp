/// The doctor's WebSocket against servers that do with it what proxies do.
#include "tools/ctl/stream_visit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "net/http_server.hpp"
#include "net/run_on.hpp"
#include "tools/ctl/web_asker.hpp"

namespace tonris::ctl {
namespace {

using namespace std::chrono_literals;
using model::doctor::echo_facts;
using step = echo_facts::step;

/// Sends everything back, but for what it is told to spoil.
class echoing_server : private net::websocket_handler {
 public:
  enum class fault { none, cuts_at_once, says_nothing, cuts_long_ones, cuts_in_silence, changes, answers_no_ping };

  explicit echoing_server(fault is) : fault_(is) {
    loop_.start();
    server_ = net::http_server::listen(loop_, "127.0.0.1", 0, {}, nullptr,
                                       [this](const net::http_request& request, net::http_responder responder) {
                                         answer(request, std::move(responder));
                                       })
                  .value();
    server_->start();
  }
  ~echoing_server() override {
    net::run_on(loop_, [this] {
      silence_.reset();
      if (socket_) {
        socket_->detach();
        socket_->abort();
      }
      socket_.reset();
      server_.reset();
    });
    loop_.stop();
  }
  echoing_server(const echoing_server&) = delete;
  echoing_server& operator=(const echoing_server&) = delete;
  [[nodiscard]] std::string url() const { return "ws://127.0.0.1:" + std::to_string(server_->port()) + "/stream"; }

 private:
  void answer(const net::http_request& request, net::http_responder responder) {
    if (request.path() != "/stream" || !is_upgrade(request))
      return responder.respond(net::make_response(404, "text/plain", ""));
    responder.upgrade({.max_message_bytes = 1'000'000}, [this](std::shared_ptr<net::websocket> socket) {
      socket_ = std::move(socket);
      socket_->start(*this);
      if (fault_ != fault::cuts_in_silence) return;
      silence_.emplace(loop_);
      silence_->after(300ms, [this] { socket_->abort(); });
    });
  }
  void on_text(std::string_view message) override {
    if (fault_ == fault::says_nothing) return;
    if (fault_ == fault::cuts_at_once) return socket_->abort();
    if (fault_ == fault::cuts_long_ones && message.size() > 65'535) return socket_->abort();
    (void)socket_->send(message, fault_ == fault::changes ? "!" : "");
    if (fault_ == fault::answers_no_ping) socket_->pause_reading();  // so that none is read
  }
  void on_end(const net::websocket_end&) override { socket_.reset(); }

  const fault fault_;
  net::loop loop_{"echo"};
  std::unique_ptr<net::http_server> server_;
  std::shared_ptr<net::websocket> socket_;
  std::optional<net::timer> silence_;
};

using fault = echoing_server::fault;

echo_facts visit(fault is, const stream_plan& plan) {
  const echoing_server there{is};
  return web_asker::make().value()->visit_stream(there.url(), {}, plan);
}

TEST(StreamVisit, IsDoneWhereEverythingComesBack) {
  const auto came = visit(fault::none, {{20, 100'000, 20}, 300ms, 100ms});
  EXPECT_EQ(came.reached, step::done) << came.why;
  EXPECT_EQ(came.why, "");
  EXPECT_FALSE(came.changed);
}

TEST(StreamVisit, SaysWhatWasUnderWayWhenItBroke) {
  struct row {
    fault is;
    stream_plan plan;
    step reached;
  };
  const stream_plan short_and_long{{20, 100'000}, 200ms, 0ms, 1s};
  for (const auto& [is, plan, reached] : {
           row{fault::cuts_at_once, short_and_long, step::short_message},
           row{fault::says_nothing, short_and_long, step::short_message},
           row{fault::cuts_long_ones, short_and_long, step::long_message},
           row{fault::cuts_in_silence, {{20}, 1s}, step::holding},
           row{fault::answers_no_ping, {{20}, 2s, 100ms}, step::holding},
       }) {
    const auto came = visit(is, plan);
    EXPECT_EQ(came.reached, reached) << static_cast<int>(is) << " " << came.why;
    EXPECT_NE(came.why, "") << static_cast<int>(is);
  }
}

TEST(StreamVisit, SeesWhatComesBackChanged) {
  const auto came = visit(fault::changes, {{20}});
  EXPECT_TRUE(came.changed);
  EXPECT_EQ(came.reached, step::short_message);
}

TEST(StreamVisit, IsNotOpenedWhereNobodyListens) {
  const auto web = web_asker::make().value();
  std::string url;
  {
    const echoing_server there{fault::none};
    url = there.url();
    const auto refused = web->visit_stream(url + "/elsewhere", {}, {{20}});
    EXPECT_EQ(refused.reached, step::opening);
    EXPECT_THAT(refused.why, testing::HasSubstr("404"));
  }
  EXPECT_EQ(web->visit_stream(url, {}, {{20}}).reached, step::opening);
}

}  // namespace
}  // namespace tonris::ctl
