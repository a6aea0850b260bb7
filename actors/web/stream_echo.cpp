#include "actors/web/stream_echo.hpp"

#include <cstdint>
#include <utility>

#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/request_context.hpp"

namespace tonris::actors {

namespace {

constexpr std::uint16_t normal = 1000, broken_rule = 1008;

net::websocket_limits limits() {
  net::websocket_limits some;
  some.max_message_bytes = stream_echo::most_message_bytes;
  some.max_queued_bytes = 2 * stream_echo::most_message_bytes;
  some.idle = stream_echo::longest;
  return some;
}

}  // namespace

stream_echo::~stream_echo() {
  if (!socket_) return;
  socket_->detach();
  socket_->abort();
}

void stream_echo::take(net::http_responder responder) {
  taken_ = true;
  messages_ = 0;
  responder.upgrade(limits(), [me = std::weak_ptr{self_}](std::shared_ptr<net::websocket> socket) {
    if (const auto self = me.lock())
      (*self)->opened(std::move(socket));
    else if (socket)
      socket->abort();
  });
}

void stream_echo::opened(std::shared_ptr<net::websocket> socket) {
  taken_ = socket != nullptr;
  if (!socket) return;
  socket_ = std::move(socket);
  life_.emplace(socket_->on_loop());
  life_->after(longest, [this] { socket_->close(normal, "it was long enough"); });
  socket_->start(*this);
}

void stream_echo::on_text(std::string_view message) {
  if (++messages_ > most_messages) return socket_->close(broken_rule, "too many messages");
  (void)socket_->send(message);
}

void stream_echo::on_end(const net::websocket_end&) {
  life_.reset();
  socket_.reset();
  taken_ = false;
}

void echo_stream(http_front& at, request_context& asked) {
  if (at.doctors_stream().is_free()) return at.doctors_stream().take(std::move(asked.responder));
  at.settings().counters->of<web_metrics>().refused(asked.to.counted_as, web_metrics::refusal::too_many);
  asked.answer(error_answer(error_code::unavailable, "another doctor tries streams here: try again"));
}

}  // namespace tonris::actors
