#include "net/http_pool_connection.hpp"

#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "net/http_pool.hpp"

namespace tonris::net {
namespace {

constexpr std::size_t max_answer_header = 64 * 1024;

}  // namespace

pooled_connection::pooled_connection(std::weak_ptr<http_origin> of, std::shared_ptr<byte_stream> stream,
                                     const http_client_limits& limits)
    : origin_{std::move(of)},
      stream_{std::move(stream)},
      parse_limits_{max_answer_header, limits.max_response_bytes},
      keep_alive_{limits.keep_alive},
      cut_long_answers_{limits.cut_long_answers},
      reusable_{limits.reuse_connections},
      idle_limit_{stream_->on_loop()} {}

bool pooled_connection::carry(const exchange_ptr& what) {
  if (!stream_) return false;
  idle_limit_.cancel();
  const std::array<std::string_view, 1> pieces{what->bytes};
  if (!stream_->write(pieces)) {
    drop();
    return false;
  }
  exchange_ = what;
  auto limits = parse_limits_;
  if (what->piece) limits.max_body_bytes = std::numeric_limits<std::size_t>::max();
  answer_.emplace(limits, what->to_head);
  what->connection = shared_from_this();
  if (!std::exchange(reading_, true)) stream_->read_to(*this);
  return true;
}

void pooled_connection::rest() {
  reused_ = true;
  idle_limit_.after(keep_alive_, [this] { end_idle(); });
}

void pooled_connection::drop() {
  idle_limit_.cancel();
  answer_.reset();
  if (stream_) std::exchange(stream_, nullptr)->abort();
}

void pooled_connection::on_bytes(std::span<char> bytes) {
  if (!answer_) return end_idle();  // nobody asked: whatever it is, it is not an answer to the next request
  const auto used = answer_->put({bytes.data(), bytes.size()});
  const auto keep = shared_from_this();
  tell_piece();
  if (!answer_) return;  // whoever was told wants no more
  if (const auto why = answer_->failed()) return settle_failed(*why);
  if (!answer_->whole()) return;
  const bool reusable = answer_->keep_alive() && used == bytes.size() && stream_->queued_bytes() == 0 && reusable_;
  auto response = answer_->take();
  if (response.status == 101)
    return settle(tl::unexpected{error{errc::protocol_error, "switched to another protocol unasked", 0}}, false);
  settle(std::move(response), reusable);
}

void pooled_connection::tell_piece() {
  const auto what = exchange_.lock();
  const auto origin = origin_.lock();
  if (!what || !origin || !what->piece) return;
  if (const auto bytes = answer_->take_body(); !bytes.empty()) origin->on_piece(what, bytes);
}

void pooled_connection::on_end(const error& why) {
  const auto keep = shared_from_this();
  stream_ = nullptr;
  if (!answer_) return end_idle();
  answer_->put_end();
  if (answer_->whole()) return settle(answer_->take(), false);
  if (answer_->begun()) return settle(tl::unexpected{failure(*answer_->failed())}, false);
  const auto what = exchange_.lock();
  const auto origin = origin_.lock();
  if (reused_ && what && origin && !what->retried) return origin->on_stale(what);
  settle(tl::unexpected{error{why.code, "the connection ended before an answer", 0}}, false);
}

void pooled_connection::settle(result<http_response> how, bool reusable) {
  const auto keep = shared_from_this();
  answer_.reset();
  const auto what = std::exchange(exchange_, {}).lock();
  if (!reusable) drop();
  if (const auto origin = origin_.lock(); origin && what) origin->on_settled(keep, reusable, what, std::move(how));
}

void pooled_connection::settle_failed(errc why) {
  if (cut_long_answers_ && answer_->body_is_too_long()) {
    auto so_far = answer_->take();
    return settle(std::move(so_far), false);
  }
  settle(tl::unexpected{failure(why)}, false);
}

void pooled_connection::end_idle() {
  const auto keep = shared_from_this();
  drop();
  if (const auto origin = origin_.lock()) origin->on_idle_end(keep);
}

error pooled_connection::failure(errc code) const {
  if (code == errc::too_big) return {code, "the answer is too large", 0};
  if (code == errc::reset) return {code, "the connection ended within the answer", 0};
  return {code, "the answer is not HTTP", 0};
}

}  // namespace tonris::net
