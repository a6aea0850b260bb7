#include "net/websocket_client.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "model/text/trimmed.hpp"
#include "net/dial.hpp"
#include "net/http_parse.hpp"
#include "net/http_text.hpp"
#include "net/url.hpp"
#include "net/websocket_handshake.hpp"
#include "net/websocket_stream.hpp"

namespace tonris::net {
namespace {

using outcome = result<std::shared_ptr<websocket>>;

/// An answer that is not 101 is judged by its status alone: its body is not waited for.
constexpr http_parse_limits answer_limits{16 * 1024, 4 * 1024};

bool is_the_protocols_own(std::string_view name) noexcept {
  return same_text(name, "Host") || same_text(name, "Connection") || same_text(name, "Upgrade") ||
         same_text(name, "Content-Length") || same_text(name, "Transfer-Encoding") ||
         same_text(name.substr(0, 14), "Sec-WebSocket-");
}

std::string upgrade_request(const url& to, const http_fields& fields, std::string_view key) {
  std::string text{"GET "};
  text.append(to.target).append(" HTTP/1.1\r\nHost: ").append(to.host_header());
  text.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
  text.append(key).append("\r\n");
  for (const auto& [name, value] : fields.all())
    if (!is_the_protocols_own(name)) text.append(name).append(": ").append(value).append("\r\n");
  return text.append("\r\n");
}

/// What RFC 6455 4.1 demands of the answer; nothing when it is right.
std::string_view flaw_of(const http_response& answer, std::string_view key) noexcept {
  if (!lists(answer.fields, "Upgrade", "websocket")) return "answered 101 without Upgrade: websocket";
  if (!lists(answer.fields, "Connection", "upgrade")) return "answered 101 without Connection: upgrade";
  if (answer.fields.get("Sec-WebSocket-Accept") != websocket_accept(key)) return "answered 101 with a wrong accept key";
  if (answer.fields.has("Sec-WebSocket-Protocol")) return "chose a subprotocol that was not offered";
  if (!model::trimmed(answer.fields.get("Sec-WebSocket-Extensions")).empty())
    return "chose an extension that was not offered";
  return {};
}

/// Owner: websocket_connect below. Whatever calls in (dial, stream, timers) holds it or is cancelled with it.
class attempt final : public byte_reader, public std::enable_shared_from_this<attempt> {
 public:
  attempt(loop& on, websocket_connect_options options, std::function<void(outcome)> done)
      : options_{std::move(options)}, done_{std::move(done)}, on_{on}, timer_{on} {}

  void begin(std::shared_ptr<tls_client_context> tls, const std::string& address) {
    const auto whole = options_.connect_timeout + options_.handshake_timeout;
    if (auto why = prepare(address)) return fail_soon(std::move(*why));
    // Only connecting has a limit of its own, TLS and upgrade have what is left of the whole.
    dial_ = dial(on_, std::move(tls), to_, options_.connect_timeout, whole,
                 [this](auto stream) { on_dialled(std::move(stream)); });
    timer_.after(whole, [this] { fail({errc::handshake_timeout, "no answer to the upgrade in time", 0}); });
  }

  void cancel() {
    done_ = nullptr;
    let_go();
  }

  void on_bytes(std::span<char> bytes) override {
    const std::string_view read{bytes.data(), bytes.size()};
    const auto used = answer_.put(read);
    if (answer_.failed()) return fail({errc::protocol_error, "the answer to the upgrade is not HTTP", 0});
    if (!answer_.whole()) return;
    judge(answer_.take(), read.substr(used));
  }

  void on_end(const error& why) override {
    stream_ = nullptr;
    answer_.put_end();
    if (answer_.whole()) return judge(answer_.take(), {});
    fail({why.code, "the connection ended before the upgrade was answered", 0});
  }

 private:
  std::optional<error> prepare(const std::string& address) {
    auto parsed = parse_url(address);
    if (!parsed) return parsed.error();
    if (parsed->scheme != "ws" && parsed->scheme != "wss") return error{errc::bad_url, "neither ws nor wss", 0};
    to_ = std::move(*parsed);
    for (const auto& [name, value] : options_.fields.all())
      if (!is_field(name, value)) return error{errc::protocol_error, "a header field that cannot be sent", 0};
    return {};
  }

  void on_dialled(result<std::shared_ptr<byte_stream>> stream) {
    const auto keep = shared_from_this();
    if (!stream) return fail(std::move(stream.error()));
    stream_ = std::move(*stream);
    key_ = websocket_key();
    const auto request = upgrade_request(to_, options_.fields, key_);
    const std::array<std::string_view, 1> pieces{request};
    if (!stream_->write(pieces)) return fail({errc::reset, "the connection ended before the upgrade was sent", 0});
    stream_->read_to(*this);
  }

  void judge(const http_response& answer, std::string_view early) {
    if (answer.status != 101) {
      std::string said{"answered " + std::to_string(answer.status)};
      return fail({errc::handshake_refused, said.append(" ").append(reason_phrase(answer.status)), answer.status});
    }
    if (const auto flaw = flaw_of(answer, key_); !flaw.empty() || !stream_)
      return fail({errc::protocol_error, std::string{flaw}, 0});
    stream_->pause_reading();
    stream_->detach();
    auto stream = std::exchange(stream_, nullptr);
    finish(make_websocket(std::move(stream), websocket_role::client, options_.limits, std::string{early}));
  }

  void fail_soon(error why) {
    on_.post([weak = weak_from_this(), why = std::move(why)] {
      if (const auto self = weak.lock()) self->fail(why);
    });
  }
  void fail(error why) {
    if (!to_.host.empty()) why.detail.insert(0, to_.host_header() + ": ");
    finish(tl::unexpected{std::move(why)});
  }

  void finish(outcome how) {
    const auto keep = shared_from_this();  // `done` may drop the attempt
    let_go();
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(how));
  }

  void let_go() {
    dial_ = nullptr;
    timer_.cancel();
    if (!stream_) return;
    stream_->abort();
    stream_ = nullptr;
  }

  // given
  websocket_connect_options options_;
  std::function<void(outcome)> done_;
  loop& on_;
  // owned
  timer timer_;
  url to_;
  std::string key_;
  std::unique_ptr<dial_attempt> dial_;
  std::shared_ptr<byte_stream> stream_;
  http_response_parser answer_{answer_limits, true};
};

class connect final : public websocket_connect {
 public:
  explicit connect(std::shared_ptr<attempt> of) : attempt_{std::move(of)} {}
  ~connect() override { attempt_->cancel(); }

 private:
  std::shared_ptr<attempt> attempt_;
};

}  // namespace

std::unique_ptr<websocket_connect> open_websocket(loop& on, std::shared_ptr<tls_client_context> tls,
                                                  const std::string& url, websocket_connect_options options,
                                                  std::function<void(result<std::shared_ptr<websocket>>)> done) {
  auto opening = std::make_shared<attempt>(on, std::move(options), std::move(done));
  opening->begin(std::move(tls), url);
  return std::make_unique<connect>(std::move(opening));
}

}  // namespace tonris::net
