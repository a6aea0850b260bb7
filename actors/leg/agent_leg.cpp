#include "actors/leg/agent_leg.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <utility>
#include <variant>

#include "actors/runtime/guard.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/telemetry/unknown_message.hpp"
#include "model/audio/silence.hpp"
#include "model/call/transcript.hpp"
#include "model/text/base64.hpp"
#include "model/text/utf8.hpp"

namespace tonris::actors {

// --- to itself
struct agent_deadline {
  using travels = in_process;
  enum class wait : std::uint8_t { metadata, close_after_end_call } over{};
};
struct agent_socket_result {
  using travels = in_process;
  net::result<std::shared_ptr<net::websocket>>* socket = nullptr;
};

namespace el = model::elevenlabs;
using model::audio_format;
using model::end_reason;

namespace {

net::websocket_limits agent_socket_limits() {
  net::websocket_limits limits;
  limits.max_message_bytes = el::max_inbound_message_bytes;
  limits.max_queued_bytes = 1024 * 1024;
  limits.idle = agent_quiet_limit;
  limits.close_handshake = agent_close_limit;
  return limits;
}

/// One event of a type or a version we do not know well is no reason to end a call that goes on; what is no message is.
constexpr bool only_a_field_is_wrong(model::codec_errc why) noexcept {
  return why == model::codec_errc::missing_field || why == model::codec_errc::bad_field;
}

/// A text of dots or blanks is no answer anybody could hear.
bool has_words(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c >= 0x80; });  // 0x80: other scripts
}

/// What is told of a text: an agent may send megabytes, and the call may be behind.
std::string told(std::string text) {
  text.resize(model::utf8_prefix(text, model::max_line_bytes).size());
  return text;
}

/// What a tick lasts of it.
const std::string& silence() {
  static const std::string text = model::ulaw_silence(model::caller_gaps::bytes_a_tick);
  return text;
}

}  // namespace

agent_leg::agent_leg(caf::actor_config& actor, config with) : leg(actor), with_(std::move(with)) {}

caf::behavior agent_leg::make_behavior() {
  guard(this, *with_.services->counters);
  live_until_exit();
  follow(std::exchange(with_.call, nullptr));
  with_.services->add_leg(this);
  delayed_send(this, with_.ready_limit, agent_deadline{agent_deadline::wait::metadata});
  connect();
  return {
      [this](const agent_socket_result& result) { on_connected(std::move(*result.socket)); },
      [](const thrown& exception) { std::rethrow_exception(exception.what); },
      [this](const socket_ended& end) { on_socket_end(*end.how); },
      [this](const expect_transcripts&) {
        with_.expects_transcripts = true;
        if (phase_ == phase::live) with_.bridge->hearing.expect_signs();
      },
      [this](const tell_agent& update) {
        if (phase_ != phase::live) return;
        text_.clear();
        el::append_contextual_update(update.text, update.context_id, text_);
        session_->socket().send(text_);
      },
      [this](const ask_for_goodbye& wanted) {
        if (phase_ != phase::live) return;
        text_.clear();
        el::append_user_message(wanted.text, text_);
        session_->socket().send(text_);
        last_turn_.asked();
      },
      [this](const agent_deadline& deadline) {
        if (deadline.over == agent_deadline::wait::metadata && phase_ == phase::connecting)
          fail(end_reason::agent_timeout, "the agent's socket did not open in time");
        if (deadline.over == agent_deadline::wait::metadata && phase_ == phase::before_metadata)
          fail(end_reason::agent_timeout, model::why_no_metadata(with_.initiation.language));
        if (deadline.over == agent_deadline::wait::close_after_end_call && phase_ == phase::live) await_close();
      },
      [this](const close_leg&) { close(1000); },
      [this](const adopt& by) { adopted_by(by); },
      [this](const orphan_check&) { check_orphan(); },
      [this](const inject& rehearsed) {
        switch (rehearsed.failure) {
          case leg_failure::crash: throw std::runtime_error("a rehearsed crash");
          case leg_failure::garbage: return read("\x7d\x7b a rehearsed garbage frame");
          case leg_failure::drop:
            if (session_) session_->socket().abort();
        }
      },
  };
}

void agent_leg::on_exit() {
  attempt_.reset();
  if (with_.bridge->agent == this) with_.bridge->agent = nullptr;
  with_.services->remove_leg(this);
  // Here, on the loop: whoever drops this actor's last handle does so on some other thread, perhaps much later.
  if (session_) std::exchange(session_, nullptr)->release();
  to_agent_.reset();
  to_caller_.reset();
  leg::on_exit();
}

/// A call that crashed may have missed anything.
void agent_leg::repeat_beginning() {
  if (ready_) tell(*ready_);
}

void agent_leg::repeat_end() {
  if (last_word_) tell(*last_word_);
}

// --- opening
// ------------------------------------------------------------------------------------------------------------

void agent_leg::connect() {
  net::websocket_connect_options options;
  options.connect_timeout = options.handshake_timeout = with_.connect_limit / 2;  // a slow upgrade may use up both
  options.limits = agent_socket_limits();
  attempt_ = with_.services->open_agent_socket(
      with_.url, std::move(options),
      [this](net::result<std::shared_ptr<net::websocket>> socket) { deliver(agent_socket_result{&socket}); });
}

void agent_leg::on_connected(net::result<std::shared_ptr<net::websocket>> socket) {
  const auto attempt = std::move(attempt_);
  with_.url.clear();
  if (!socket) {
    const auto [reason, detail] = model::reason_of_refused_socket(
        socket.error().http_status,
        socket.error().code == net::errc::connect_timeout || socket.error().code == net::errc::handshake_timeout);
    say_goodbye(
        {agent_leg_end::failed,
         reason,
         std::string{detail} + ": " +
             (socket.error().detail.empty() ? std::string{net::to_string(socket.error().code)} : socket.error().detail),
         {}});
    return quit();
  }
  phase_ = phase::before_metadata;
  session_ = std::make_shared<socket_session>(std::move(*socket), *this);
  session_->start();
  text_.clear();
  el::append_initiation(with_.initiation, text_);
  session_->socket().send(text_);
  tell_once(agent_connected{});
}

// --- from the agent
// -----------------------------------------------------------------------------------------------------

void agent_leg::read(std::string_view text) {
  if (phase_ == phase::closing) return;
  if (phase_ == phase::live) {
    if (const auto audio = el::find_audio(text)) {
      error_.audio_came();
      return on_agent_audio(audio->payload, audio->event_id);
    }
  }
  auto message = el::decode(text);
  if (!message) {
    with_.services->counters->bad_message(metrics::wire::elevenlabs);
    if (phase_ == phase::live && only_a_field_is_wrong(message.error())) return;
    return fail(end_reason::agent_protocol_error, to_string(message.error()));
  }
  error_.came(*message, clock().now());
  std::visit([this](auto& m) { on(m); }, *message);
}

void agent_leg::on(el::metadata& m) {
  if (phase_ != phase::before_metadata) return;
  if (with_.bridge->agent) return close(1000);  // the one beside this was faster
  // The official client assumes pcm_16000 where the vendor names no format (docs/protocols/elevenlabs.md#audio).
  const auto named = [](const std::string& name) {
    return name.empty() ? std::optional{audio_format::pcm_16000} : model::parse_audio_format(name);
  };
  const auto output = named(m.agent_output_format), input = named(m.user_input_format);
  if (!output || !input) {
    return fail(end_reason::agent_audio_unknown,
                "the agent names an audio format nobody knows: " +
                    (output ? m.user_input_format : m.agent_output_format).substr(0, 40));
  }
  if (*input != audio_format::ulaw_8000) to_agent_.emplace(audio_format::ulaw_8000, *input);
  if (*output != audio_format::ulaw_8000) to_caller_.emplace(*output, audio_format::ulaw_8000);
  phase_ = phase::live;
  ready_ = agent_ready{std::move(m.conversation), *input, *output};
  tell(*ready_);
  go_live();
}

void agent_leg::go_live() {
  if (!with_.said_so_far.empty()) {
    text_.clear();
    el::append_contextual_update(std::exchange(with_.said_so_far, {}), "call_so_far", text_);
    session_->socket().send(text_);
  }
  with_.bridge->hearing = {};
  if (with_.expects_transcripts) with_.bridge->hearing.expect_signs();
  with_.bridge->gaps.new_listener();
  media_counters::bump(with_.bridge->counters->dropped, with_.bridge->backlog.take_dropped());
  say_waiting();
  with_.bridge->agent = this;
}

void agent_leg::on_agent_audio(std::string_view payload, std::int64_t event_id) {
  if (phase_ != phase::live) return fail(end_reason::agent_protocol_error, "audio before metadata");
  if (!interruptions_.admits(event_id)) {
    with_.services->counters->late_audio_dropped();
    return;
  }
  if (payload.empty()) return;
  last_turn_.audio();
  if (goodbye_) goodbye_->last_audio = clock().now();
  if (!checked_audio_) {
    checked_audio_ = true;
    bytes_.clear();
    if (!model::append_decoded(payload.substr(0, std::min<std::size_t>(payload.size(), 16)), bytes_) ||
        model::looks_like_no_audio(bytes_))
      return fail(end_reason::agent_audio_unknown, "the agent's first audio is no audio");
  }
  leg* const caller = with_.bridge->caller;
  if (!caller) return audible_.caller_away();
  if (!to_caller_) {
    if (audible_.listening()) measure(payload);
    caller->run([&] { caller->hear(payload); });
    return;
  }
  bytes_.clear();
  if (!model::append_decoded(payload, bytes_)) {
    with_.services->counters->bad_message(metrics::wire::elevenlabs);
    return fail(end_reason::agent_protocol_error, "audio that is not Base64");
  }
  converted_.clear();
  to_caller_->convert(bytes_, converted_);
  text_.clear();
  model::append_base64(converted_, text_);
  if (text_.empty()) return;
  if (audible_.listening()) measure(text_);
  caller->run([&] { caller->hear(text_); });
}

/// Four looks of 20 ms, spread over the chunk: is any of it to be heard?
void agent_leg::measure(std::string_view ulaw_payload) {
  constexpr std::size_t frame = 216, looks = 4;
  for (std::size_t i = 0; i < looks; ++i) {
    const auto look = ulaw_payload.substr(ulaw_payload.size() / looks * i / 4 * 4, frame);
    bytes_.clear();
    if (model::append_decoded(look, bytes_) && !bytes_.empty()) audible_.audio(model::level_dbm0(bytes_));
  }
}

void agent_leg::on(el::interruption& m) {
  with_.bridge->hearing.sign_of_hearing();
  audible_.interrupted();
  last_turn_.interrupted();
  interruptions_.interrupted(m.event_id);
  if (to_caller_) to_caller_->reset();
  if (with_.bridge->caller) with_.bridge->caller->deliver(agent_interrupted{});
  tell_once(interrupted{});
}

void agent_leg::on(el::ping& m) {
  text_.clear();
  el::append_pong(m.event_id, text_);
  session_->socket().send(text_);
}

void agent_leg::on(el::user_transcript& m) {
  with_.bridge->hearing.sign_of_hearing();
  if (!m.tentative) tell_once(transcript_line{false, told(std::move(m.text)), m.event_id});
}

void agent_leg::on(el::agent_response& m) {
  if (has_words(m.text)) {
    last_turn_.text();
    if (with_.bridge->caller) audible_.answered();
  }
  tell_once(transcript_line{true, told(std::move(m.text)), m.event_id});
}

void agent_leg::on(el::agent_response_correction& m) {
  audible_.interrupted();
  tell_once(transcript_correction{told(std::move(m.corrected)), m.event_id});
}

/// No client tool exists yet: who waits for one is told so at once, once.
void agent_leg::refuse_tool(const std::string& tool_call_id, bool expects_response) {
  if (!tool_calls_.is_first(tool_call_id)) return;
  with_.services->counters->tool_call_refused();
  if (!expects_response) return;
  text_.clear();
  el::append_client_tool_result(tool_call_id, "This tool is not available on the phone.", true, text_);
  session_->socket().send(text_);
}

void agent_leg::on(el::client_tool_call& m) {
  refuse_tool(m.tool_call_id, m.expects_response);
}

/// A client tool may come as this alone (elevenlabs-android 34), or as both.
void agent_leg::on(el::agent_tool_request& m) {
  if (m.tool_type == "client" && !m.tool_call_id.empty()) refuse_tool(m.tool_call_id, true);
}

/// Twice, where its full payload is reported as well.
void agent_leg::on(el::agent_tool_response& m) {
  if (m.tool_name != "end_call" || m.is_error || !m.is_called || goodbye_) return;
  const auto now = clock().now();
  goodbye_ = {now, now};
  tell_once(agent_goodbye{});
  await_close();
}

void agent_leg::await_close() {
  const auto now = clock().now();
  const auto until = std::min(goodbye_->last_audio + goodbye_quiet_limit, goodbye_->said + goodbye_limit);
  if (now >= until) return finish();
  delayed_send(this, until - now, agent_deadline{agent_deadline::wait::close_after_end_call});
}

void agent_leg::on(el::mcp_tool_call& m) {
  if (m.state != "awaiting_approval" || !tool_calls_.is_first(m.tool_call_id)) return;
  text_.clear();
  el::append_mcp_tool_approval(m.tool_call_id, false, text_);
  session_->socket().send(text_);
}

void agent_leg::on(el::queue_status& m) {
  switch (m.place) {
    case el::queue_place::waiting: tell_once(agent_queue{true}); break;
    case el::queue_place::admitted: tell_once(agent_queue{false}); break;
    case el::queue_place::timed_out: fail(end_reason::agent_busy, "the vendor's queue timed out"); break;
    case el::queue_place::unknown:
      report_unknown(*with_.services->counters, metrics::wire::elevenlabs, "queue_status of another kind");
      break;
  }
}

void agent_leg::on(el::unknown& unknown) {
  report_unknown(*with_.services->counters, metrics::wire::elevenlabs, unknown.type);
}

void agent_leg::on_socket_end(const net::websocket_end& how) {
  if (phase_ == phase::closing) {
    say_goodbye({agent_leg_end::closed_by_us, {}, {}, {}});
    return quit();
  }
  if (broke_the_rules(how.why)) with_.services->counters->bad_message(metrics::wire::elevenlabs);
  auto last_word = meaning_of(how);
  if (last_word.how == agent_leg_end::finished || goodbye_) play_tail();
  say_goodbye(std::move(last_word));
  quit();
}

agent_leg_ended agent_leg::meaning_of(const net::websocket_end& how) const {
  const auto broken = [&how](end_reason reason) {
    return agent_leg_ended{agent_leg_end::failed, reason, std::string{net::to_string(how.why)}, how.close_code};
  };
  if (broke_the_rules(how.why)) return broken(end_reason::agent_protocol_error);
  if (how.why == net::errc::slow_peer) return broken(end_reason::slow_agent);
  const auto error = error_.fresh(clock().now());
  // The connection may break before the close that an error frame announces.
  if (how.why != net::errc::closed && !error)
    return broken(phase_ == phase::before_metadata ? end_reason::agent_unreachable : end_reason::agent_lost);
  auto meaning = model::meaning_of_close(how.close_code, how.reason, error);
  if (meaning.finished && phase_ == phase::before_metadata) {  // an end in order, but of nothing: nobody ever spoke
    meaning.finished = false;
    meaning.reason = end_reason::agent_protocol_error;
  }
  return {meaning.finished ? agent_leg_end::finished : agent_leg_end::failed, meaning.reason, std::move(meaning.detail),
          how.close_code};
}

/// What the resampler holds back.
void agent_leg::play_tail() {
  leg* const caller = with_.bridge->caller;
  if (!to_caller_ || !caller) return;
  converted_.clear();
  to_caller_->flush(converted_);
  text_.clear();
  model::append_base64(converted_, text_);
  if (!text_.empty()) caller->run([&] { caller->hear(text_); });
}

// --- to the agent
// -------------------------------------------------------------------------------------------------------

void agent_leg::hear(std::string_view payload) {
  if (phase_ != phase::live) return;
  if (!congested_) return say(payload);
  with_.bridge->backlog.keep(payload);
}

void agent_leg::say(std::string_view payload) {
  if (!to_agent_) {
    if (!session_->socket().send(el::audio_before, payload, el::audio_after))
      media_counters::bump(with_.bridge->counters->dropped);
    return;
  }
  bytes_.clear();
  if (!model::append_decoded(payload, bytes_)) {
    with_.services->counters->bad_message(metrics::wire::twilio);
    return;
  }
  converted_.clear();
  to_agent_->convert(bytes_, converted_);
  if (converted_.empty()) return;
  text_.assign(el::audio_before);
  model::append_base64(converted_, text_);
  text_ += el::audio_after;
  if (!session_->socket().send(text_)) media_counters::bump(with_.bridge->counters->dropped);
}

void agent_leg::say_waiting() {
  net::websocket& socket = session_->socket();
  while (phase_ == phase::live && socket.queued_bytes() < agent_socket_bytes) {
    const auto oldest = with_.bridge->backlog.take();
    if (!oldest) break;
    say(*oldest);
  }
  congested_ = socket.queued_bytes() >= agent_socket_bytes;
}

void agent_leg::drained() {
  if (congested_ && phase_ == phase::live) say_waiting();
}

void agent_leg::tick() {
  if (phase_ != phase::live) return;
  say_waiting();
  if (const auto dropped = with_.bridge->backlog.take_dropped()) {
    media_counters::bump(with_.bridge->counters->dropped, dropped);
    return fail(end_reason::slow_agent, "the agent's socket owes more than five seconds of the caller's audio");
  }
  if (with_.bridge->hearing.tick())
    return fail(end_reason::agent_not_hearing, "the caller talks, and the agent shows no sign of hearing");
  if (!with_.bridge->caller) audible_.caller_away();
  if (audible_.tick()) return fail(end_reason::agent_not_audible, "the agent answers, but nothing of it can be heard");
  if (last_turn_.tick()) tell_once(last_turn_over{});
  // Where no frame comes, silence is sent in their place: the vendor's clock runs on samples.
  if (with_.bridge->gaps.tick()) hear(silence());
}

// --- the end
// ------------------------------------------------------------------------------------------------------------

void agent_leg::finish() {
  say_goodbye({agent_leg_end::finished, end_reason::agent_ended, {}, {}});
  close(1000);
}

void agent_leg::fail(end_reason reason, std::string_view detail) {
  say_goodbye({agent_leg_end::failed, reason, std::string{detail}, {}});
  close(1000);
}

void agent_leg::close(std::uint16_t code) {
  if (phase_ == phase::closing) return;
  phase_ = phase::closing;
  if (with_.bridge->agent == this) with_.bridge->agent = nullptr;
  if (session_) return session_->socket().close(code);
  attempt_.reset();  // not open yet: there is nobody to take leave of
  say_goodbye({agent_leg_end::closed_by_us, {}, {}, {}});
  quit();
}

void agent_leg::say_goodbye(agent_leg_ended last_word) {
  if (last_word_) return;
  last_word_ = std::move(last_word);
  tell(*last_word_);
}

}  // namespace tonris::actors
