#include "net/redis_session.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "net/random_bytes.hpp"

namespace tonris::net {
namespace {

std::uint32_t random_number() {
  std::array<std::uint8_t, 4> bytes{};
  fill_with_random(bytes);
  std::uint32_t out = 0;
  std::memcpy(&out, bytes.data(), bytes.size());
  return out;
}

bool is_about_our_certificate(const std::string& detail) {
  return detail.find("certificate required") != std::string::npos ||
         detail.find("handshake failure") != std::string::npos;
}

/// "MOVED 3999 127.0.0.1:6381"; without a host it is the one that said so.
std::optional<model::host_port> target_of(std::string_view moved, const std::string& same_host) {
  const auto place = moved.substr(moved.rfind(' ') + 1);
  const auto colon = place.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  model::host_port out{std::string{place.substr(0, colon)}, 0};
  const auto port = place.substr(colon + 1);
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (failed != std::errc{} || end != port.data() + port.size() || out.port == 0) return std::nullopt;
  if (out.host.empty()) out.host = same_host;
  return out;
}

}  // namespace

std::string_view to_string(redis_state::phase phase) noexcept {
  switch (phase) {
    case redis_state::phase::connecting: return "connecting";
    case redis_state::phase::ready: return "ready";
    case redis_state::phase::away: return "away";
    case redis_state::phase::refused: return "refused";
  }
  return "";
}

redis_session::redis_session(loop& on, redis_options options, std::vector<redis_script> scripts,
                             redis_session_events events)
    : on_{on},
      options_{std::move(options)},
      introduction_{options_.address.user, options_.address.password, options_.address.database, options_.client_name,
                    std::move(scripts)},
      events_{std::move(events)},
      limit_{on},
      backoff_{options_.times.first_pause, options_.times.longest_pause} {}

void redis_session::start() {
  if (!options_.address.master.empty()) {
    sentinels_ = redis_sentinel::make(on_, options_.address);
    watch_ = sentinels_->on_switch([this] {
      if (state_.is == redis_state::phase::ready) leave("the Sentinels name another master");
    });
  }
  retry({});
}

void redis_session::stop() {
  limit_.cancel();
  watch_ = nullptr;
  question_ = nullptr;
  if (connection_) std::exchange(connection_, nullptr)->drop();
}

void redis_session::write(std::string_view commands) {
  if (connection_) connection_->write(commands);
}

void redis_session::attempt() {
  if (const auto to = std::exchange(moved_to_, std::nullopt)) {
    followed_ = true;
    return connect(*to);
  }
  followed_ = false;
  if (!sentinels_) return connect(options_.address.hosts.front());
  question_ = sentinels_->ask([this](redis_sentinel::answer found) {
    question_ = nullptr;
    if (found.master) return connect(*found.master);
    fail(found.is_fault ? redis_state::phase::refused : redis_state::phase::away, std::move(found.why));
  });
}

void redis_session::connect(const model::host_port& to) {
  at_ = to;
  const url address{options_.address.secure ? "rediss" : "redis", to.host, to.port, {}};
  connection_ =
      redis_connection::open(on_, options_.tls, address, options_.times.connect,
                             {[this] { on_connected(); }, [this](redis_reply&& reply) { on_reply(std::move(reply)); },
                              [this](const error& why) { on_ended(why); }});
}

void redis_session::on_connected() {
  greeting_.emplace(introduction_);
  limit_.after(options_.times.greeting,
               [this] { fail(redis_state::phase::away, "the server did not answer the greeting in time"); });
  connection_->write(greeting_->commands());
}

void redis_session::on_reply(redis_reply&& reply) {
  const auto keep = shared_from_this();
  if (!greeting_) return events_.reply(std::move(reply));
  auto end = greeting_->take(reply);
  if (!end) return;
  if (end->is != redis_welcome::verdict::good)
    return fail(end->is == redis_welcome::verdict::away ? redis_state::phase::away : redis_state::phase::refused,
                std::move(end->why));
  greeting_.reset();
  limit_.cancel();
  ready_since_ = on_.now();
  become({redis_state::phase::ready, std::move(end->server), {}});
}

void redis_session::on_ended(const error& why) {
  const auto keep = shared_from_this();
  if (state_.is == redis_state::phase::ready) {
    connection_ = nullptr;
    return leave(why.detail.empty() ? std::string{"the connection was lost: "}.append(to_string(why.code))
                                    : "the connection was lost: " + why.detail);
  }
  auto text = std::string{greeting_ ? "no greeting: " : "no connection: "}.append(to_string(why.code));
  if (!why.detail.empty()) text.append(": ").append(why.detail);
  if (why.code == errc::certificate_refused)
    return fail(
        redis_state::phase::refused,
        "REDIS_URL: the server's certificate is not accepted (REDIS_CA_FILE names its authority): " + why.detail);
  if (options_.address.secure && is_about_our_certificate(why.detail))
    return fail(redis_state::phase::refused,
                "REDIS_CERT_FILE and REDIS_KEY_FILE: the server asks for a certificate of ours: " + why.detail);
  fail(redis_state::phase::away, std::move(text));
}

void redis_session::fail(redis_state::phase phase, std::string why) {
  const auto keep = shared_from_this();
  greeting_.reset();
  if (connection_) std::exchange(connection_, nullptr)->drop();
  retry(backoff_.next(random_number()));
  become({phase, {}, std::move(why)});
}

void redis_session::leave(const std::string& why) {
  const auto keep = shared_from_this();
  if (connection_) std::exchange(connection_, nullptr)->drop();
  if (on_.now() - ready_since_ >= options_.times.health) backoff_.reset();
  retry(moved_to_ ? std::chrono::milliseconds{0} : backoff_.next(random_number()));
  become({redis_state::phase::connecting, {}, why});
}

void redis_session::leave_for(const std::string& moved) {
  if (!followed_) moved_to_ = target_of(moved, at_.host);
  leave("another node of the cluster has the data (MOVED)");
}

void redis_session::retry(std::chrono::milliseconds pause) {
  limit_.after(pause, [this] { attempt(); });
}

void redis_session::become(redis_state state) {
  state_ = std::move(state);
  events_.state(state_);
}

}  // namespace tonris::net
