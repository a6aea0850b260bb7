#include "tools/ctl/stream_visit.hpp"

#include <algorithm>
#include <utility>

#include "net/error.hpp"

namespace tonris::ctl {

namespace {

constexpr std::size_t short_bytes = 20;
constexpr std::uint16_t going_away = 1001;
constexpr int pings_without_answer = 3;

/// Text that no two places of are alike, so that what is cut, doubled or swapped shows.
std::string text_of(std::size_t bytes) {
  std::string text;
  text.reserve(bytes + 8);
  for (std::size_t i = 0; text.size() < bytes; ++i) text.append(std::to_string(i)).push_back(' ');
  text.resize(bytes);
  return text;
}

std::string words_of(const net::websocket_end& how) {
  auto words = std::string{to_string(how.why)} + ", close code " + std::to_string(how.close_code);
  if (!how.reason.empty()) words.append(" (").append(how.reason).append(")");
  return words;
}

}  // namespace

stream_visit::stream_visit(net::loop& on, std::shared_ptr<net::tls_client_context> tls, stream_plan plan, told done)
    : loop_(on), tls_(std::move(tls)), plan_(std::move(plan)), done_(std::move(done)), patience_(on) {}

stream_visit::~stream_visit() {
  if (!socket_) return;
  socket_->detach();
  socket_->abort();
}

void stream_visit::open(const std::string& url, const net::http_fields& fields) {
  net::websocket_connect_options options;
  options.connect_timeout = options.handshake_timeout = plan_.patience / 2;
  options.fields = fields;
  for (const auto bytes : plan_.sizes)
    options.limits.max_message_bytes = std::max(options.limits.max_message_bytes, bytes);
  options.limits.ping_every = plan_.pinged;
  options.limits.idle = plan_.pinged * pings_without_answer;
  attempt_ = net::open_websocket(loop_, tls_, url, std::move(options), [this](auto came) { opened(std::move(came)); });
}

void stream_visit::opened(net::result<std::shared_ptr<net::websocket>> came) {
  if (!came) return finish(in_words(came.error()));
  socket_ = *std::move(came);
  socket_->start(*this);
  send_next();
}

void stream_visit::send_next() {
  if (next_ == plan_.sizes.size()) return hold();
  say(plan_.sizes[next_], next_ == 0 ? step::short_message : step::long_message);
  ++next_;
}

void stream_visit::say(std::size_t bytes, step now) {
  facts_.reached = now;
  facts_.bytes = bytes;
  said_ = text_of(bytes);
  patience_.after(plan_.patience, [this] { finish("it did not come back in time"); });
  (void)socket_->send(said_);
}

void stream_visit::hold() {
  facts_.reached = step::holding;
  facts_.held = plan_.held;
  patience_.after(plan_.held, [this] { say(short_bytes, step::holding); });
}

void stream_visit::on_text(std::string_view message) {
  patience_.cancel();
  if (message != said_) {
    facts_.changed = true;
    return finish("another message came back");
  }
  if (facts_.reached != step::holding) return send_next();
  facts_.reached = step::done;
  finish({});
}

void stream_visit::on_end(const net::websocket_end& how) {
  socket_.reset();
  finish(words_of(how));
}

/// What comes later than the first word of an end is nobody's business. `done_` may be the end of this object.
void stream_visit::finish(std::string why) {
  if (!done_) return;
  patience_.cancel();
  facts_.why = std::move(why);
  if (socket_) {
    socket_->detach();
    socket_->close(going_away);
    socket_.reset();
  }
  loop_.post([done = std::exchange(done_, nullptr), facts = facts_] { done(facts); });
}

}  // namespace tonris::ctl
