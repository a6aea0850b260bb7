#include "net/http_pool.hpp"

#include <algorithm>
#include <utility>

#include "net/http_text.hpp"

namespace tonris::net {
namespace {

bool is_framing(std::string_view name) noexcept {
  return same_text(name, "Host") || same_text(name, "Content-Length") || same_text(name, "Connection") ||
         same_text(name, "Transfer-Encoding") || same_text(name, "Expect");
}

bool sends_a_length(const http_request& request) noexcept {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

/// The request as it goes over the wire; nothing when a part of it would break out of its place.
std::optional<std::string> written(const url& to, const http_request& request) {
  const std::string_view method = request.method.empty() ? std::string_view{"GET"} : request.method;
  if (!is_token(method)) return {};
  std::string text{method};
  text.append(" ").append(to.target).append(" HTTP/1.1\r\nHost: ").append(to.host_header()).append("\r\n");
  for (const auto& [name, value] : request.fields.all()) {
    if (!is_field(name, value)) return {};
    if (!is_framing(name)) text.append(name).append(": ").append(value).append("\r\n");
  }
  if (sends_a_length(request))
    text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  return text.append("\r\n").append(request.body);
}

}  // namespace

bool http_origin::serve(const exchange_ptr& what) {
  if (give_connection(what)) return true;
  if (used_ < pool_->limits().max_connections_per_host) {
    connect(what);
    return true;
  }
  if (!pool_->reserve_wait()) return false;
  waiting_.push_back(what);
  return true;
}

bool http_origin::give_connection(const exchange_ptr& what) {
  while (!idle_.empty()) {
    const auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->carry(what)) return true;
    --used_;
  }
  return false;
}

void http_origin::connect(const exchange_ptr& what) {
  ++used_;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(what->latest - pool_->on_loop().now());
  // The exchange owns the dial and shares this origin.
  what->dial = dial(
      pool_->on_loop(), pool_->tls(), address_, left, left,
      [this, weak = std::weak_ptr{what}](auto stream) { on_dialled(weak.lock(), std::move(stream)); },
      pool_->limits().may_dial);
}

void http_origin::on_dialled(const exchange_ptr& what, result<std::shared_ptr<byte_stream>> stream) {
  what->dial = nullptr;
  error why{errc::reset, "the connection ended before the request was sent", 0};
  if (stream) {
    const auto connection = std::make_shared<pooled_connection>(weak_from_this(), std::move(*stream), pool_->limits());
    if (connection->carry(what)) return;
  } else {
    why = std::move(stream.error());
  }
  --used_;
  next();
  pool_->finish(what, tl::unexpected{std::move(why)});
}

void http_origin::leave(const exchange_ptr& what) {
  if (what->dial || what->connection) {
    what->dial = nullptr;
    if (const auto connection = std::exchange(what->connection, nullptr)) connection->drop();
    --used_;
  } else if (const auto place = std::find(waiting_.begin(), waiting_.end(), what); place != waiting_.end()) {
    waiting_.erase(place);
    pool_->release_wait();
  }
  next();
}

void http_origin::next() {
  while (!waiting_.empty() && (!idle_.empty() || used_ < pool_->limits().max_connections_per_host)) {
    const auto what = std::move(waiting_.front());
    waiting_.pop_front();
    pool_->release_wait();
    if (!give_connection(what)) connect(what);
  }
}

void http_origin::on_idle_end(const std::shared_ptr<pooled_connection>& connection) {
  if (std::erase(idle_, connection) == 0) return;
  --used_;
  if (pool_) next();
}

void http_origin::on_settled(const std::shared_ptr<pooled_connection>& connection, bool reusable,
                             const exchange_ptr& what, result<http_response> how) {
  if (!pool_) return;
  what->connection = nullptr;
  if (reusable) {
    connection->rest();
    idle_.push_back(connection);
  } else {
    --used_;
  }
  next();
  pool_->finish(what, std::move(how));
}

void http_origin::on_stale(const exchange_ptr& what) {
  if (!pool_) return;
  what->connection = nullptr;
  what->retried = true;
  --used_;
  connect(what);  // a fresh one: its idle neighbours may be as stale
}

void http_origin::on_piece(const exchange_ptr& what, std::string_view bytes) {
  if (!pool_) return;
  pool_->begin_time(what);
  const auto tell = what->piece;  // which may end the exchange
  tell(bytes);
}

void http_origin::shut() {
  pool_ = nullptr;
  waiting_.clear();
  for (const auto& connection : std::exchange(idle_, {})) connection->drop();
}

void http_pool::request(const std::string& address, const http_request& request, std::chrono::milliseconds timeout,
                        http_piece piece, http_done done) {
  const auto what = std::make_shared<http_exchange>(on_, timeout, std::move(piece), std::move(done));
  if (shut_) {  // asked for by a callback that our own end called
    on_.post([what] { what->done(tl::unexpected{error{errc::aborted, "the client is gone", 0}}); });
    return;
  }
  under_way_.insert(what);
  const auto to = parse_url(address);
  if (!to) return finish_soon(what, to.error());
  if (to->scheme != "http" && to->scheme != "https")
    return finish_soon(what, {errc::bad_url, "neither http nor https", 0});
  auto bytes = written(*to, request);
  if (!bytes) return finish_soon(what, {errc::protocol_error, "a method or header field that cannot be sent", 0});

  what->bytes = std::move(*bytes);
  what->to_head = request.method == "HEAD";
  begin_time(what);
  what->origin = origin_of(*to);
  if (!what->origin->serve(what)) finish_soon(what, {errc::slow_peer, "too many requests are waiting", 0});
}

void http_pool::begin_time(const exchange_ptr& what) {
  what->latest = on_.now() + what->timeout;
  what->limit.after(what->timeout, [this, weak = std::weak_ptr{what}] {
    if (const auto late = weak.lock()) on_late(late);
  });
}

bool http_pool::reserve_wait() noexcept {
  if (waiting_ >= limits_.max_waiting) return false;
  ++waiting_;
  return true;
}

std::shared_ptr<http_origin> http_pool::origin_of(const url& address) {
  auto key = address.scheme + ' ' + address.host + ' ' + std::to_string(address.port);
  if (const auto known = origins_.find(key); known != origins_.end()) return known->second;
  std::erase_if(origins_, [](const auto& entry) { return entry.second->unused(); });
  return origins_.emplace(std::move(key), std::make_shared<http_origin>(*this, address)).first->second;
}

void http_pool::on_late(const exchange_ptr& what) {
  error why{errc::read_timeout, "no answer in time", 0};
  if (what->dial) {
    why = {errc::connect_timeout, "no connection in time", 0};
  } else if (!what->connection) {
    why.detail = "no connection was free in time";
  }
  finish(what, tl::unexpected{std::move(why)});
}

void http_pool::finish_soon(const exchange_ptr& what, error why) {
  on_.post([weak = weak_from_this(), what, why = std::move(why)] {
    if (const auto self = weak.lock()) self->finish(what, tl::unexpected{why});
  });
}

void http_pool::finish(const exchange_ptr& what, result<http_response> how) {
  if (under_way_.erase(what) == 0) return;
  const auto keep = shared_from_this();  // `done` may destroy the client
  what->limit.cancel();
  if (const auto origin = std::exchange(what->origin, nullptr)) {
    if (!how) how.error().detail.insert(0, origin->host() + ": ");
    origin->leave(what);
  }
  std::exchange(what->done, nullptr)(std::move(how));
}

void http_pool::shut() {
  shut_ = true;
  for (const auto& [key, origin] : origins_) origin->shut();
  for (const auto& what : std::exchange(under_way_, {})) {
    what->limit.cancel();
    what->dial = nullptr;
    if (const auto connection = std::exchange(what->connection, nullptr)) connection->drop();
    std::exchange(what->done, nullptr)(tl::unexpected{error{errc::aborted, "the client is gone", 0}});
  }
}

}  // namespace tonris::net
