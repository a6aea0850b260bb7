#pragma once

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/text/hex.hpp"
#include "net/http_parse.hpp"
#include "net/http_text.hpp"

namespace tonris::net {

/// Inside http_parse: the frame around Beast's parser. Beast's own handling of partial headers shows in what it answers
/// (it parses what it has, then waits); here lines are checked as they come and the header is parsed in one go.

enum class head_scan { more, whole, bad_line, too_long };

/// Looks for the empty line that ends a header, from `at` on (0 first; kept between calls, the end when whole).
[[nodiscard]] inline head_scan scan_head(std::string_view bytes, std::size_t limit, std::size_t& at) noexcept {
  const auto within = bytes.substr(0, limit);
  while (true) {
    const auto feed = within.find('\n', at);
    if (feed == std::string_view::npos) break;
    if (feed == 0 || within[feed - 1] != '\r') return head_scan::bad_line;
    at = feed + 1;
    if (feed >= 3 && within[feed - 2] == '\n') return head_scan::whole;
  }
  return bytes.size() >= limit ? head_scan::too_long : head_scan::more;
}

/// Beast's parser as a sink: what was said, in order, to `Sink`, which has on_start, on_field, on_head, on_body.
/// `Sink::on_start` takes (method, target, version) or (status, version).
template <bool IsRequest, class Sink>
class beast_parser final : public boost::beast::http::basic_parser<IsRequest> {
 public:
  explicit beast_parser(Sink& sink) : sink_(sink) {}
  [[nodiscard]] bool in_chunk_head() const noexcept {
    return this->is_header_done() && this->chunked() && chunk_left_ == 0;
  }

 private:
  using error_code = boost::system::error_code;
  using view = boost::beast::string_view;
  static std::string_view text(view v) noexcept { return {v.data(), v.size()}; }

  void on_request_impl(boost::beast::http::verb, view method, view target, int version, error_code&) override {
    if constexpr (IsRequest) sink_.on_start(text(method), text(target), version);
  }
  void on_response_impl(int status, view, int version, error_code&) override {
    if constexpr (!IsRequest) sink_.on_start(static_cast<unsigned>(status), version);
  }
  void on_field_impl(boost::beast::http::field name, view name_text, view value, error_code& ec) override {
    if (in_trailer_) return;  // nobody asks for trailers, and merging them would let them pose as header fields
    if (!sink_.on_field(name, text(name_text), text(value))) ec = boost::beast::http::error::header_limit;
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    // What is announced is not yet there: only so much is reserved on its word.
    if (length) sink_.reserve_body(static_cast<std::size_t>(std::min<std::uint64_t>(*length, 8 * 1024)));
  }
  std::size_t on_body_impl(view body, error_code&) override {
    sink_.on_body(text(body));
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t size, view, error_code&) override {
    chunk_left_ = size;
    in_trailer_ = size == 0;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, view body, error_code&) override {
    sink_.on_body(text(body));
    chunk_left_ -= body.size();
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  Sink& sink_;
  std::uint64_t chunk_left_ = 0;
  bool in_trailer_ = false;
};

/// Cuts bytes into what Beast is given. `Sink` in addition: `on_head_whole(parser)` after the header (false: refused),
/// `on_bad_line`, `on_parse_error(code)`, `on_too_long_head`, and `stops_at_head`: whether what is behind the header
/// waits for `go_on`. How much body a request may have, its sink says in `on_head_whole` (parser.body_limit).
template <bool IsRequest, class Sink>
class http_frame {
 public:
  using parser = beast_parser<IsRequest, Sink>;

  http_frame(Sink& sink, const http_parse_limits& limits) : sink_(sink), limits_(limits) { restart(); }

  /// Begins the next message; `no_body` for the answer to HEAD.
  void restart(bool no_body = false) {
    beast_.emplace(sink_);
    beast_->header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits_.max_header_bytes, 1U << 30U)));
    beast_->body_limit(limits_.max_body_bytes);
    if constexpr (IsRequest) beast_->body_limit(boost::none);  // on_head_whole says it
    if (no_body) beast_->skip(true);
    scanned_ = 0;
    ended_ = in_body_ = stopped_ = false;
    first_chunk_ = true;
    held_.clear();
    if (held_.capacity() > 4096) held_.shrink_to_fit();
  }

  std::size_t put(std::string_view bytes) {
    if (over()) return 0;
    if (held_.empty()) {
      const auto used = advance(bytes);
      if (over()) return used;
      held_.assign(bytes.substr(used));
      return bytes.size();
    }
    held_.append(bytes);
    const auto used = advance(held_);
    const auto left = held_.size() - used;
    if (stopped_) held_.clear();
    if (over()) return bytes.size() - std::min(bytes.size(), left);
    held_.erase(0, used);
    return bytes.size();
  }

  void go_on() noexcept { stopped_ = false; }  ///< behind a header that it stopped at

  void put_end() {
    if (ended_ || !in_body_) return;
    boost::system::error_code ec;
    beast_->put_eof(ec);
    ended_ = !ec;
  }

  [[nodiscard]] const parser& message() const noexcept { return *beast_; }
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  [[nodiscard]] bool in_body() const noexcept { return in_body_; }
  [[nodiscard]] bool holds_bytes() const noexcept { return !held_.empty(); }
  [[nodiscard]] bool whole() const noexcept { return ended_ && beast_->is_done(); }

 private:
  [[nodiscard]] bool over() const noexcept { return ended_ || stopped_; }

  std::size_t advance(std::string_view bytes) {
    std::size_t at = 0;
    while (!over()) {
      const auto used = in_body_ ? body(bytes.substr(at)) : head(bytes.substr(at));
      if (used == 0 && !over()) break;
      at += used;
    }
    return at;
  }

  std::size_t head(std::string_view bytes) {
    if constexpr (IsRequest) {
      // RFC 9112 2.2: empty lines before a request are passed over.
      if (scanned_ == 0 && bytes.starts_with("\r\n")) return 2;
      if (scanned_ == 0 && bytes == "\r") return 0;
    }
    if (bytes.empty()) return 0;
    // Whoever speaks TLS, or nonsense, to us hears so at once and not when the time is up.
    if (scanned_ == 0 && !is_token(bytes.substr(0, 1))) return end([this] { sink_.on_bad_line(); });
    switch (scan_head(bytes, limits_.max_header_bytes, scanned_)) {
      case head_scan::more: return 0;
      case head_scan::bad_line: return end([this] { sink_.on_bad_line(); });
      case head_scan::too_long: return end([this] { sink_.on_too_long_head(); });
      case head_scan::whole: break;
    }
    boost::system::error_code ec;
    const auto used = scanned_;
    beast_->put(boost::asio::const_buffer(bytes.data(), used), ec);
    if (ec || !beast_->is_header_done()) return end([&] { sink_.on_parse_error(ec, bytes.substr(0, used)); });
    if (!sink_.on_head_whole(*beast_)) return end([] {});
    in_body_ = true;
    ended_ = beast_->is_done();
    stopped_ = sink_.stops_at_head();
    return used;
  }

  std::size_t body(std::string_view bytes) {
    if (bytes.empty()) return 0;
    auto window = bytes;
    const bool at_chunk_head = beast_->in_chunk_head();
    if (at_chunk_head) {
      if (bytes.size() < 5) return 0;  // no last chunk is shorter, and bytes of the chunk follow any other's line
      if (!first_chunk_ && !bytes.starts_with("\r\n")) return end([this] { sink_.on_bad_line(); });
      const auto size = chunk_head_size(bytes, first_chunk_ ? 0 : 2);
      if (size > limits_.max_header_bytes || (size == 0 && bytes.size() >= limits_.max_header_bytes))
        return end([this] { sink_.on_too_long_head(); });
      if (size == 0) return 0;
      window = bytes.substr(0, size);
    }
    boost::system::error_code ec;
    const auto used = beast_->put(boost::asio::const_buffer(window.data(), window.size()), ec);
    if (ec == boost::beast::http::error::need_more) {
      if (at_chunk_head) return end([this] { sink_.on_bad_line(); });  // a quote that the line's end cuts off
      return used;
    }
    if (ec) return end([&] { sink_.on_parse_error(ec, {}); });
    if (at_chunk_head) first_chunk_ = false;
    ended_ = beast_->is_done();
    return used;
  }

  /// Bytes of the chunk's line at the front, with the line end of the chunk before, and for the last chunk up to the
  /// end of its trailer; 0 when it is not whole. Beast gets just that: what it resumes in the midst of such a line it
  /// may read otherwise than in one piece.
  static std::size_t chunk_head_size(std::string_view bytes, std::size_t start) noexcept {
    const auto end_of_line = bytes.find("\r\n", start);
    if (end_of_line == std::string_view::npos) return 0;
    const auto line = bytes.substr(start, end_of_line - start);
    const auto digit = line.find_first_not_of('0');
    const bool last =
        !line.empty() && line.front() == '0' && (digit == std::string_view::npos || !model::is_hex_digit(line[digit]));
    if (!last) return end_of_line + 2;
    const auto end_of_trailer = bytes.find("\r\n\r\n", end_of_line);
    return end_of_trailer == std::string_view::npos ? 0 : end_of_trailer + 4;
  }

  template <class Tell>
  std::size_t end(Tell tell) {
    ended_ = true;
    tell();
    return 0;
  }

  // given
  Sink& sink_;
  http_parse_limits limits_;
  // state
  std::optional<parser> beast_;
  std::string held_;         ///< of an element that is not whole yet
  std::size_t scanned_ = 0;  ///< how far the header was searched for its end
  bool in_body_ = false;
  bool first_chunk_ = true;
  bool ended_ = false;
  bool stopped_ = false;  ///< behind the header, on the sink's wish
};

}  // namespace tonris::net
