#include "net/http_parse.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "model/text/address.hpp"
#include "model/text/ascii.hpp"
#include "net/http_frame.hpp"
#include "net/http_text.hpp"

namespace tonris::net {
namespace {

namespace beast_http = boost::beast::http;

/// More fields than any client sends; keeps what a header of many tiny fields costs in memory near its size.
constexpr std::size_t max_fields = 100;
/// A server may say "continue" or "early hints" a few times, not for ever.
constexpr int max_interim_responses = 8;

bool is_host(std::string_view value) noexcept {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return model::is_alnum(c) || std::string_view{"-._~:[]%!$&'()*+,;="}.find(c) != std::string_view::npos;
  });
}

/// Does the request line end in a version that is well-formed (and so only not ours)?
bool names_a_version(std::string_view head) noexcept {
  const auto line = head.substr(0, head.find("\r\n"));
  const auto version = line.substr(line.rfind(' ') + 1);
  const auto digit = [&](std::size_t at) { return model::is_digit(version[at]); };
  return line.size() > version.size() && version.size() == 8 && version.starts_with("HTTP/") && digit(5) &&
         version[6] == '.' && digit(7);
}

}  // namespace

class http_request_parser::state {
 public:
  state(const http_parse_limits& limits, const planner* planned_by)
      : frame(*this, limits), max_body_bytes(limits.max_body_bytes), plan(planned_by) {}

  // What the frame tells.
  void on_start(std::string_view method, std::string_view target, int version) {
    request.method.assign(method);
    request.target.assign(target);
    http_1_0 = version == 10;
  }
  bool on_field(beast_http::field name, std::string_view name_text, std::string_view value) {
    using beast_http::field;
    if (name == field::upgrade && http_1_0) return true;  // RFC 9110 7.8: ignored
    if (name == field::host) ++hosts;
    if (name == field::content_length) has_length = true;
    if (name == field::transfer_encoding) {
      ++codings;
      chunked_only = same_text(value, "chunked");
    }
    if (name == field::expect) {
      expects = true;
      continues = same_text(value, "100-continue");
    }
    request.fields.add(name_text, value);
    return request.fields.all().size() <= max_fields;
  }
  void reserve_body(std::size_t size) { request.body.reserve(size); }
  void on_body(std::string_view bytes) { request.body.append(bytes); }
  void on_bad_line() { refused = 400; }
  void on_too_long_head() { refused = 431; }
  void on_parse_error(boost::system::error_code ec, std::string_view head) {
    if (ec == beast_http::error::body_limit) {
      refused = 413;
    } else if (ec == beast_http::error::header_limit) {
      refused = 431;
    } else if (ec == beast_http::error::bad_version && names_a_version(head)) {
      refused = 505;
    } else {
      refused = 400;
    }
  }
  template <class Parser>
  bool on_head_whole(Parser& parser) {
    keep_alive = parser.keep_alive();
    refused = judge_framing();
    if (refused == 0) refused = judge_host_and_target();
    if (refused == 0 && expects && !http_1_0 && !continues) refused = 417;
    if (refused == 0) refused = judge_body(parser);
    return refused == 0;
  }
  [[nodiscard]] bool stops_at_head() const noexcept { return refused == 0 && streamed; }

  void begin_next() {
    frame.restart();
    request = {};
    hosts = codings = 0;
    refused = 0;
    keep_alive = http_1_0 = chunked_only = has_length = expects = continues = asked = streamed = taken = false;
  }

  http_frame<true, state> frame;
  http_request request;
  const std::size_t max_body_bytes;
  const planner* const plan;
  unsigned hosts = 0, codings = 0;
  unsigned refused = 0;
  bool keep_alive = false, http_1_0 = false, chunked_only = false, has_length = false, expects = false,
       continues = false, asked = false;
  bool streamed = false, taken = false;  ///< its head

 private:
  template <class Parser>
  [[nodiscard]] unsigned judge_body(Parser& parser) {
    const auto planned = plan && *plan ? (*plan)(request) : http_body_plan{max_body_bytes, false};
    if (const auto length = parser.content_length(); length && *length > planned.max_bytes) return 413;
    parser.body_limit(planned.max_bytes);
    streamed = planned.streamed;
    return 0;
  }

  /// Two readers who disagree on where a request ends can be made to see different requests: what is not plain is
  /// refused (RFC 9112 6.1, 6.3).
  [[nodiscard]] unsigned judge_framing() const noexcept {
    if (codings == 0) return 0;
    if (has_length || codings > 1 || http_1_0) return 400;
    return chunked_only ? 0 : 501;
  }

  [[nodiscard]] unsigned judge_host_and_target() {
    if (hosts > 1 || (hosts == 0 && !http_1_0) || !is_host(request.fields.get("Host"))) return 400;
    if (request.target.starts_with('/')) return 0;
    if (request.target == "*") return request.method == "OPTIONS" ? 0 : 400;
    return accept_absolute_target() ? 0 : 400;
  }

  /// RFC 9112 3.2.2: a server takes the absolute form too; its authority then stands for the Host field.
  bool accept_absolute_target() {
    const auto to = model::read_address(request.target);
    if (!to || to->host.empty() || to->has_userinfo) return false;
    if (!same_text(to->scheme, "http") && !same_text(to->scheme, "https")) return false;
    request.fields.set("Host", to->authority);
    std::string path{to->target};
    if (!path.starts_with('/')) path.insert(0, 1, '/');
    request.target = std::move(path);
    return true;
  }
};

http_request_parser::http_request_parser(const http_parse_limits& limits, const planner* plan)
    : state_(std::make_unique<state>(limits, plan)) {}
http_request_parser::~http_request_parser() = default;
http_request_parser::http_request_parser(http_request_parser&&) noexcept = default;

std::size_t http_request_parser::put(std::string_view bytes) {
  return state_->frame.put(bytes);
}

bool http_request_parser::idle() const noexcept {
  return !state_->frame.ended() && !state_->frame.in_body() && !state_->frame.holds_bytes();
}

bool http_request_parser::whole() const noexcept {
  return state_->refused == 0 && state_->frame.whole();
}
bool http_request_parser::streams() const noexcept {
  return state_->refused == 0 && state_->streamed && !state_->taken;
}
unsigned http_request_parser::refused() const noexcept {
  return state_->refused;
}

http_request http_request_parser::take_refused() {
  auto head = std::exchange(state_->request, {});
  head.body.clear();
  return head;
}

bool http_request_parser::asks_to_continue() noexcept {
  auto& now = *state_;
  if (!now.continues || now.http_1_0 || now.asked || now.frame.ended() || !now.frame.in_body()) return false;
  now.asked = true;
  return now.request.body.empty() && !now.frame.holds_bytes();
}

bool http_request_parser::keep_alive() const noexcept {
  return state_->keep_alive;
}
bool http_request_parser::http_1_0() const noexcept {
  return state_->http_1_0;
}

http_request http_request_parser::take() {
  auto& now = *state_;
  const bool head_only = streams();
  auto request = std::move(now.request);
  if (head_only) {
    now.request = {};
    now.taken = true;
    now.frame.go_on();
  } else {
    now.begin_next();
  }
  request.streamed = head_only;
  return request;
}

std::string http_request_parser::take_body() {
  return std::exchange(state_->request.body, {});
}

void http_request_parser::next() {
  state_->begin_next();
}

class http_response_parser::state {
 public:
  state(const http_parse_limits& limits, bool no_body) : frame(*this, limits), to_head(no_body) {
    if (to_head) frame.restart(true);
  }

  void on_start(unsigned status, int version) {
    response.status = status;
    http_1_0 = version == 10;
  }
  bool on_field(beast_http::field name, std::string_view name_text, std::string_view value) {
    if (name == beast_http::field::transfer_encoding) {
      ++codings;
      chunked_only = same_text(value, "chunked");
    }
    has_length = has_length || name == beast_http::field::content_length;
    response.fields.add(name_text, value);
    return response.fields.all().size() <= max_fields;
  }
  void reserve_body(std::size_t size) { response.body.reserve(size); }
  void on_body(std::string_view bytes) { response.body.append(bytes); }
  [[nodiscard]] static bool stops_at_head() noexcept { return false; }
  void on_bad_line() { failed = errc::protocol_error; }
  void on_too_long_head() { failed = errc::too_big; }
  void on_parse_error(boost::system::error_code ec, std::string_view) {
    body_too_long = ec == beast_http::error::body_limit;
    const bool big = body_too_long || ec == beast_http::error::header_limit;
    failed = big ? errc::too_big : errc::protocol_error;
  }
  template <class Parser>
  bool on_head_whole(const Parser& parser) {
    keep_alive = parser.keep_alive();
    if (codings > 0 && (codings > 1 || has_length || http_1_0 || !chunked_only)) failed = errc::protocol_error;
    return !failed;
  }

  [[nodiscard]] bool interim() const noexcept { return response.status / 100 == 1 && response.status != 101; }

  void begin_next() {
    frame.restart(to_head);
    response = {};
    keep_alive = http_1_0 = chunked_only = has_length = false;
    codings = 0;
  }

  http_frame<false, state> frame;
  http_response response;
  std::optional<errc> failed;
  unsigned codings = 0;
  int interims = 0;
  bool to_head, begun = false, body_too_long = false;
  bool keep_alive = false, http_1_0 = false, chunked_only = false, has_length = false;
};

http_response_parser::http_response_parser(const http_parse_limits& limits, bool to_head)
    : state_(std::make_unique<state>(limits, to_head)) {}
http_response_parser::~http_response_parser() = default;
http_response_parser::http_response_parser(http_response_parser&&) noexcept = default;

std::size_t http_response_parser::put(std::string_view bytes) {
  auto& now = *state_;
  now.begun = now.begun || !bytes.empty();
  std::size_t used = 0;
  while (true) {
    used += now.frame.put(bytes.substr(used));
    if (!whole() || !now.interim()) return used;
    if (++now.interims > max_interim_responses) {
      now.failed = errc::protocol_error;
      return used;
    }
    now.begin_next();
  }
}

void http_response_parser::put_end() {
  state_->frame.put_end();
  if (!state_->frame.ended()) state_->failed = errc::reset;
}

bool http_response_parser::begun() const noexcept {
  return state_->begun;
}
bool http_response_parser::whole() const noexcept {
  return !state_->failed && state_->frame.whole();
}
std::optional<errc> http_response_parser::failed() const noexcept {
  return state_->failed;
}
bool http_response_parser::body_is_too_long() const noexcept {
  return state_->body_too_long;
}
bool http_response_parser::keep_alive() const noexcept {
  return state_->keep_alive;
}
std::string http_response_parser::take_body() {
  return std::exchange(state_->response.body, {});
}
http_response http_response_parser::take() {
  return std::move(state_->response);
}

}  // namespace tonris::net
