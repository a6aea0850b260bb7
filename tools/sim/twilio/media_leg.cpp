#include "tools/sim/twilio/media_leg.hpp"

#include <algorithm>
#include <array>

#include "model/text/base64.hpp"
#include "tools/sim/wire/json.hpp"

namespace tonris::sim {
namespace {

using clock = std::chrono::steady_clock;

net::websocket_limits limits() {
  net::websocket_limits out;
  out.max_message_bytes = 1024 * 1024;  // far beyond what the gateway may send, so that it is judged and not cut off
  out.max_queued_bytes = 8 * 1024 * 1024;
  return out;
}

std::string rule_of(net::errc why) {
  switch (why) {
    case net::errc::protocol_error: return "rfc6455";
    case net::errc::not_text: return "binary_frame";
    case net::errc::bad_utf8: return "bad_utf8";
    case net::errc::too_big: return "message_too_big";
    case net::errc::slow_peer: return "caller_audio_not_read";
    case net::errc::resolve_failed:
    case net::errc::connect_refused:
    case net::errc::no_descriptors:
    case net::errc::connect_timeout:
    case net::errc::tls_failed:
    case net::errc::certificate_refused:
    case net::errc::handshake_refused:
    case net::errc::handshake_timeout:
    case net::errc::read_timeout:
    case net::errc::idle_timeout:
    case net::errc::reset:
    case net::errc::closed:
    case net::errc::aborted:
    case net::errc::internal:
    case net::errc::bad_url:
    case net::errc::address_refused: break;
  }
  return "stream_broken";
}

}  // namespace

media_leg::media_leg(net::loop& on, std::shared_ptr<net::tls_client_context> tls, media_leg_options options,
                     frame_source& source, frame_sink& sink, stream_report& report, violation_log& violations,
                     media_leg_listener& listener)
    : loop_(on),
      tls_(std::move(tls)),
      options_(std::move(options)),
      source_(source),
      sink_(sink),
      report_(report),
      violations_(violations),
      listener_(listener),
      timer_(on) {
  report_.stream_sid = options_.stream_sid;
}

media_leg::~media_leg() {
  if (!socket_) return;
  socket_->detach();
  socket_->abort();
}

void media_leg::open() {
  net::websocket_connect_options how;
  how.fields.set("User-Agent", "Twilio.TmeWs/1.0");
  how.fields.set("x-twilio-signature", options_.signature);
  how.limits = limits();
  connect_ =
      net::open_websocket(loop_, tls_, options_.url, std::move(how),
                          [this](net::result<std::shared_ptr<net::websocket>> socket) { opened(std::move(socket)); });
}

void media_leg::opened(net::result<std::shared_ptr<net::websocket>> socket) {
  if (!socket) {
    report_.ended_by = "failed";
    report_.ended_ms = since_call();
    return listener_.stream_failed(socket.error());
  }
  socket_ = std::move(*socket);
  report_.opened_ms = since_call();
  socket_->start(*this);
  socket_->send(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  timer_.after(options_.start_after, [this] { send_start(); });
}

void media_leg::send_start() {
  std::string parameters;
  for (const auto& [name, value] : options_.parameters) {
    if (!parameters.empty()) parameters += ',';
    append_quoted(name, parameters);
    parameters += ':';
    append_quoted(value, parameters);
  }
  std::string text = R"({"event":"start","sequenceNumber":")" + next_sequence() + R"(","start":{"accountSid":")" +
                     options_.account_sid + R"(","streamSid":")" + options_.stream_sid + R"(","callSid":")" +
                     options_.call_sid +
                     R"(","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,)"
                     R"("channels":1},"customParameters":{)" +
                     parameters + R"(}},"streamSid":")" + options_.stream_sid + R"("})";
  started_ = clock::now();
  if (!*options_.epoch) *options_.epoch = started_;
  first_number_ = static_cast<std::uint64_t>((started_ - **options_.epoch + frame_period / 2) / frame_period);
  streaming_ = true;
  sink_.stream_began(options_.index);
  socket_->send(text);
  listener_.stream_started();
  if (streaming_) schedule_frame();
}

void media_leg::schedule_frame() {
  const auto due = started_ + (frames_ + 1) * frame_period;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(due - clock::now());
  timer_.after(std::max(wait, std::chrono::milliseconds{0}), [this] { frames_due(); });
}

/// What is due by the schedule goes, however late the timer is: Twilio's clock does not wait for us.
void media_leg::frames_due() {
  while (streaming_ && started_ + (frames_ + 1) * frame_period <= clock::now()) {
    const auto number = next_number();
    say_frame(number);
    play_frame(number);
  }
  if (streaming_) schedule_frame();
}

void media_leg::say_frame(std::uint64_t number) {
  std::array<std::uint8_t, frame_bytes> frame;
  const bool more = source_.next(number, frame);
  if (paused_ || mute_)
    ++report_.frames_withheld;
  else
    send_frame(number, frame);
  ++frames_;
  if (more || dry_) return;
  dry_ = true;
  listener_.source_ran_dry();
}

void media_leg::send_frame(std::uint64_t number, std::span<const std::uint8_t> frame) {
  const auto timestamp = frames_ * static_cast<std::uint64_t>(frame_period.count());
  std::string before = R"({"event":"media","sequenceNumber":")" + next_sequence() +
                       R"(","media":{"track":"inbound","chunk":")" + std::to_string(++chunks_) + R"(","timestamp":")" +
                       std::to_string(timestamp) + R"(","payload":")";
  const auto payload = model::to_base64(frame);
  sink_.sent(number, frame);
  if (socket_->send(before, payload, R"("},"streamSid":")" + options_.stream_sid + R"("})")) ++report_.frames_sent;
}

void media_leg::play_frame(std::uint64_t number) {
  std::array<std::uint8_t, frame_bytes> frame;
  frame.fill(silence);
  const auto played = deaf_ ? 0 : buffer_.play(frame);
  report_.bytes_played += played;
  sink_.heard(number, frame, played > 0);
  echo_marks();
}

void media_leg::echo_marks() {
  if (deaf_) return;
  for (const auto& name : buffer_.take_reached()) {
    socket_->send(R"({"event":"mark","sequenceNumber":")" + next_sequence() + R"(","streamSid":")" +
                  options_.stream_sid + R"(","mark":{"name":)" + quoted(name) + "}}");
    ++report_.marks_echoed;
  }
}

void media_leg::press(char digit) {
  if (!streaming_) return;
  socket_->send(R"({"event":"dtmf","streamSid":")" + options_.stream_sid + R"(","sequenceNumber":")" + next_sequence() +
                R"(","dtmf":{"track":"inbound_track","digit":")" + digit + R"("}})");
}

void media_leg::send_raw(std::string_view text) {
  if (socket_) socket_->send(text);
}

void media_leg::stop() {
  if (stopping_ || !socket_) return;
  stopping_ = true;
  report_.ended_by = "caller";
  if (streaming_)
    socket_->send(R"({"event":"stop","sequenceNumber":")" + next_sequence() + R"(","stop":{"accountSid":")" +
                  options_.account_sid + R"(","callSid":")" + options_.call_sid + R"("},"streamSid":")" +
                  options_.stream_sid + R"("})");
  streaming_ = false;
  timer_.cancel();
  socket_->close(1000);
}

void media_leg::drop(drop_manner how, std::chrono::milliseconds noticed_after) {
  if (stopping_ || !socket_) return;
  if (how == drop_manner::silent) {
    mute_ = true;
    return;
  }
  stopping_ = true;
  streaming_ = false;
  report_.ended_by = "drop";
  report_.ended_ms = since_call();
  socket_->detach();
  if (options_.over != nullptr && how == drop_manner::fin) options_.over->finish();
  if (options_.over != nullptr && how == drop_manner::reset) options_.over->reset();
  if (options_.over != nullptr && how == drop_manner::blackhole) options_.over->go_dark();
  socket_->abort();
  timer_.after(noticed_after, [this] { listener_.stream_over(); });
}

void media_leg::pause(bool on) {
  paused_ = on;
}

void media_leg::set_deaf(bool on) {
  deaf_ = on;
}

void media_leg::stop_reading(bool on) {
  if (options_.over == nullptr) return;
  unread_ = unread_ || on;
  on ? options_.over->hold() : options_.over->release();
}

void media_leg::on_text(std::string_view message) {
  if (stopping_) return;  // what crosses our `stop` on the way is nobody's fault
  auto checked = check_outbound(message, streaming_ ? std::string_view{options_.stream_sid} : std::string_view{});
  if (!checked) return violations_.add(std::move(checked.error()));
  std::visit([this](auto& m) { take(std::move(m)); }, *checked);
}

void media_leg::take(outbound_media&& media) {
  ++report_.media_received;
  report_.bytes_received += media.ulaw.size();
  if (report_.first_audio_ms < 0) report_.first_audio_ms = since_call();
  sink_.arrived(media.ulaw);
  const auto lost = buffer_.push(media.ulaw);
  if (lost > 0 && report_.bytes_lost == 0)
    violations_.add("buffer_overflow", "more than 10 minutes of audio queued (31931)");
  report_.bytes_lost += lost;
}

void media_leg::take(outbound_mark&& mark) {
  ++report_.marks_received;
  if (!buffer_.push_mark(std::move(mark.name))) violations_.add("too_many_marks", "100000 marks are outstanding");
  echo_marks();
}

void media_leg::take(outbound_clear&&) {
  ++report_.clears;
  report_.bytes_cleared += buffer_.clear();
  echo_marks();
}

void media_leg::on_end(const net::websocket_end& how) {
  streaming_ = false;
  timer_.cancel();
  report_.ended_ms = since_call();
  report_.close_code = how.close_code;
  judge_end(how);
  stopping_ = true;  // whoever hangs up now is too late, and may not take back what follows
  if (report_.ended_by.empty()) report_.ended_by = "gateway";
  // The listener may destroy us, so it is told when the socket is done with this call.
  timer_.after(std::chrono::milliseconds{0}, [this] { listener_.stream_over(); });
}

void media_leg::judge_end(const net::websocket_end& how) {
  const std::string code = std::to_string(how.close_code);
  if (stopping_) {
    const bool answered = how.why == net::errc::aborted || how.why == net::errc::closed || how.why == net::errc::reset;
    if (!answered) violations_.add("close_not_answered", "the gateway did not answer our close in time");
    return;
  }
  if (given_up(how)) return;
  if (options_.gateway_may_die && how.why == net::errc::reset) return;
  if (how.why != net::errc::closed)
    return violations_.add(rule_of(how.why),
                           "the stream ended with " + std::string{net::to_string(how.why)} + ", " + code);
  if (how.close_code != 1000 && how.close_code != 1001)
    violations_.add("close_code", "the gateway closed the stream with " + code);
}

/// Has the gateway left a line of which we broke one way? Who does not read may miss its close.
bool media_leg::given_up(const net::websocket_end& how) const noexcept {
  if (how.why == net::errc::reset) return unread_;
  return how.why == net::errc::closed && ((unread_ && how.close_code == 1013) || (deaf_ && how.close_code == 1011));
}

double media_leg::since_call() const {
  return std::chrono::duration<double, std::milli>(clock::now() - options_.call_began).count();
}

std::string media_leg::next_sequence() {
  return std::to_string(++sequence_);
}

}  // namespace tonris::sim
