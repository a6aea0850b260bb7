#include "actors/leg/agent_leg.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "actors/leg/leg_end.hpp"
#include "actors/leg/metrics.hpp"
#include "model/audio/silence.hpp"
#include "model/call/transcript.hpp"
#include "model/elevenlabs/begun_conversation.hpp"
#include "model/text/ascii.hpp"
#include "model/text/utf8.hpp"

namespace tonris::actors {

// --- to itself
struct metadata_is_due {  ///< the time for its socket to open and its metadata to come is over
  using travels = in_process;
};
struct close_is_due {  ///< after its end_call
  using travels = in_process;
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

/// The official client assumes pcm_16000 where the vendor names no format
/// (docs/protocols/elevenlabs.md#audio).
std::optional<audio_format> named_format(const std::string& name) {
  return name.empty() ? std::optional{audio_format::pcm_16000} : model::parse_audio_format(name);
}

/// A text of dots or blanks is no answer anybody could hear.
bool has_words(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return model::is_alnum(c) || (c & 0x80) != 0; });  // 0x80: other scripts
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

agent_leg::agent_leg(caf::actor_config& actor, config given)
    : leg(actor, std::move(static_cast<leg_config&>(given))),
      config_(std::move(given)),
      tools_(static_cast<tool_calls::listener&>(*this), *services().counters) {}

caf::behavior agent_leg::make_behavior() {
  begin();
  delayed_send(this, config_.ready_limit, metadata_is_due{});
  connect();
  return caf::message_handler{
      [this](const agent_socket_result& result) { on_connected(std::move(*result.socket)); },
      [this](const metadata_is_due&) { no_metadata_came(); },
      [this](const close_is_due&) {
        if (phase_ == phase::live) await_close();
      },
      [this](const expect_transcripts& m) { on(m); },
      [this](const tell_agent& m) { on(m); },
      [this](const prompt_agent& m) { on(m); },
      [this](const ask_for_goodbye& m) { on(m); },
      [this](const answer_tool& m) { on(m); },
      [this](const await_tool& m) { tools_.wait_longer(m.id, clock().now() + m.within); },
      [this](const say_goodbye&) { begin_goodbye(); },
  }
      .or_else(told_every_leg());
}

void agent_leg::on_exit() {
  attempt_.reset();
  audio_.close();
  leg::on_exit();
}

// --- opening

void agent_leg::connect() {
  net::websocket_connect_options options;
  options.connect_timeout = options.handshake_timeout = config_.connect_limit / 2;  // a slow upgrade may use up both
  options.limits = agent_socket_limits();
  attempt_ = services().open_agent_socket(
      config_.url, std::move(options),
      [this](net::result<std::shared_ptr<net::websocket>> socket) { deliver(agent_socket_result{&socket}); });
}

void agent_leg::on_connected(net::result<std::shared_ptr<net::websocket>> socket) {
  const auto attempt = std::move(attempt_);
  config_.url.clear();
  if (!socket) {
    tell_end(meaning_of_no_agent(socket.error()));
    return quit();
  }
  phase_ = phase::before_metadata;
  take(std::move(*socket));
  send_text([this](std::string& text) { el::append_initiation(config_.initiation, text); });
  tell_once(agent_connected{});
}

void agent_leg::no_metadata_came() {
  if (phase_ == phase::connecting) fail(end_reason::agent_timeout, "the agent's socket did not open in time");
  if (phase_ == phase::before_metadata)
    fail(end_reason::agent_timeout, model::why_no_metadata(config_.initiation.language));
}

void agent_leg::on(el::metadata& m) {
  if (phase_ != phase::before_metadata) return;
  if (bridge().agent) {  // the one beside this was faster; the vendor bills both
    tell_beginning(agent_ready{std::move(m.conversation)});
    return close(1000);
  }
  const auto output = named_format(m.agent_output_format), input = named_format(m.user_input_format);
  if (!output || !input) {
    fail(end_reason::agent_audio_unknown, "the agent names an audio format nobody knows: " +
                                              (output ? m.user_input_format : m.agent_output_format).substr(0, 40));
    return tell_beginning(agent_ready{std::move(m.conversation)});  // behind its last word: the vendor bills it
  }
  phase_ = phase::live;
  tell_beginning(agent_ready{std::move(m.conversation), *input, *output});
  audio_.open(*input, *output);
  go_live();
}

void agent_leg::go_live() {
  if (const auto said = std::exchange(config_.said_so_far, {}); !said.empty())
    send_text([&](std::string& text) { el::append_contextual_update(said, "call_so_far", text); });
  bridge().hearing = {};
  bridge().held_until.reset();
  if (config_.expects_transcripts) bridge().hearing.expect_signs();
  bridge().gaps.new_listener();
  media_counters::bump(bridge().counters->dropped, bridge().backlog.take_dropped());
  say_waiting();
  bridge().agent = this;
}

// --- from the agent

void agent_leg::read(std::string_view text) {
  if (phase_ == phase::closing) return;
  if (phase_ == phase::live) {
    if (const auto audio = el::find_audio(text)) {
      error_.audio_came();
      return on_audio(audio->payload, audio->event_id);
    }
  }
  auto message = el::decode(text);
  if (!message) {
    services().counters->of<leg_metrics>().bad_message(wire::elevenlabs);
    if (phase_ == phase::live && only_a_field_is_wrong(message.error())) return;
    auto begun = el::conversation_begun_in(text);
    fail(end_reason::agent_protocol_error, to_string(message.error()));
    if (!begun.empty()) tell_beginning(agent_ready{std::move(begun)});  // likewise
    return;
  }
  error_.came(*message, clock().now());
  std::visit([this](auto& m) { on(m); }, *message);
}

void agent_leg::on_audio(std::string_view payload, std::int64_t event_id) {
  if (phase_ != phase::live) return fail(end_reason::agent_protocol_error, "audio before metadata");
  switch (audio_.admit(payload, event_id)) {
    case agent_audio::verdict::good: break;
    case agent_audio::verdict::empty:
    case agent_audio::verdict::unheard: return;
    case agent_audio::verdict::late: return services().counters->of<leg_metrics>().late_audio_dropped();
    case agent_audio::verdict::no_audio:
      return fail(end_reason::agent_audio_unknown, "the agent's first audio is no audio");
  }
  last_turn_.audio();
  if (goodbye_) goodbye_->audio(clock().now());
  if ((!bridge().caller && !bridge().greeting) || bridge().on_hold()) return audio_.owes_nothing();
  const auto ulaw = audio_.for_caller(payload);
  if (!ulaw) {
    services().counters->of<leg_metrics>().bad_message(wire::elevenlabs);
    return fail(end_reason::agent_protocol_error, "audio that is not Base64");
  }
  to_caller(*ulaw);
}

void agent_leg::to_caller(std::string_view ulaw) {
  if (ulaw.empty()) return;
  if (leg* const caller = bridge().caller) return caller->run([&] { caller->hear(ulaw); });
  if (bridge().greeting) bridge().greeting->keep(ulaw);
}

void agent_leg::on(el::interruption& m) {
  bridge().hearing.sign_of_hearing();
  last_turn_.interrupted();
  audio_.interrupted(m.event_id);
  bridge().forget_greeting();
  if (bridge().caller) bridge().caller->deliver(agent_interrupted{});
  tell_once(interrupted{});
}

void agent_leg::on(el::ping& m) {
  send_text([&](std::string& text) { el::append_pong(m.event_id, text); });
}

void agent_leg::on(el::user_transcript& m) {
  bridge().hearing.sign_of_hearing();
  if (m.tentative) return;
  bridge().agent_audio.turn_over();
  tell_once(transcript_line{false, told(std::move(m.text)), m.event_id});
}

void agent_leg::on(el::agent_response& m) {
  if (has_words(m.text)) {
    last_turn_.text();
    if (bridge().caller && !bridge().on_hold()) audio_.owes_audio();
  }
  tell_once(transcript_line{true, told(std::move(m.text)), m.event_id});
}

void agent_leg::on(el::agent_response_correction& m) {
  audio_.owes_nothing();
  tell_once(transcript_correction{told(std::move(m.corrected)), m.event_id});
}

/// Twice, where its full payload is reported as well.
void agent_leg::on(el::agent_tool_response& m) {
  if (m.tool_name == "end_call" && !m.is_error && m.is_called) begin_goodbye();
}

void agent_leg::on(el::queue_status& m) {
  switch (m.place) {
    case el::queue_place::waiting: return tell_once(agent_queue{true});
    case el::queue_place::admitted: return tell_once(agent_queue{false});
    case el::queue_place::timed_out: return fail(end_reason::agent_busy, "the vendor's queue timed out");
    case el::queue_place::unknown:
      return report_unknown(*services().counters, wire::elevenlabs, "queue_status of another kind");
  }
}

void agent_leg::on(el::unknown& unknown) {
  report_unknown(*services().counters, wire::elevenlabs, unknown.type);
}

// --- to the agent

template <class Append>
void agent_leg::send_text(Append append) {
  text_.clear();
  append(text_);
  socket().send(text_);
}

void agent_leg::on(const expect_transcripts&) {
  config_.expects_transcripts = true;
  if (phase_ == phase::live) bridge().hearing.expect_signs();
}

void agent_leg::on(const tell_agent& update) {
  if (phase_ != phase::live) return;
  send_text([&](std::string& text) { el::append_contextual_update(update.text, update.context_id, text); });
}

void agent_leg::on(const prompt_agent& words) {
  if (phase_ != phase::live) return;
  send_text([&](std::string& text) { el::append_user_message(words.text, text); });
}

void agent_leg::on(const ask_for_goodbye& wanted) {
  if (phase_ != phase::live) return;
  send_text([&](std::string& text) { el::append_user_message(wanted.text, text); });
  last_turn_.asked();
}

void agent_leg::on(const answer_tool& answer) {
  if (!has_socket() || phase_ == phase::closing) return;
  if (tools_.answer(answer.id, answer.result) && answer.last_turn) last_turn_.asked();
}

void agent_leg::hear(std::string_view payload) {
  if (phase_ != phase::live) return;
  if (!congested_) return say(payload);
  bridge().backlog.keep(payload);
}

void agent_leg::say(std::string_view payload) {
  const auto audio = audio_.for_agent(payload);
  if (!audio) return services().counters->of<leg_metrics>().bad_message(wire::twilio);
  if (audio->empty()) return;
  if (!socket().send(el::audio_before, *audio, el::audio_after)) media_counters::bump(bridge().counters->dropped);
}

void agent_leg::say_waiting() {
  while (phase_ == phase::live && socket().queued_bytes() < agent_socket_bytes) {
    const auto oldest = bridge().backlog.take();
    if (!oldest) break;
    say(*oldest);
  }
  congested_ = socket().queued_bytes() >= agent_socket_bytes;
}

void agent_leg::drained() {
  if (congested_ && phase_ == phase::live) say_waiting();
}

void agent_leg::tick() {
  if (phase_ != phase::live) return;
  say_waiting();
  if (const auto dropped = bridge().backlog.take_dropped()) {
    media_counters::bump(bridge().counters->dropped, dropped);
    return fail(end_reason::slow_agent, "the agent's socket owes more than five seconds of the caller's audio");
  }
  if (!bridge().on_hold() && bridge().hearing.tick())
    return fail(end_reason::agent_not_hearing, "the caller talks, and the agent shows no sign of hearing");
  if (!bridge().caller || bridge().on_hold()) audio_.owes_nothing();
  if (bridge().caller) bridge().counters->owed_ms.store(audio_.owed_ms(), std::memory_order_relaxed);
  if (audio_.tick())
    return fail(end_reason::agent_not_audible, why_not_audible(clock().now(), bridge().counters->last_heard()));
  if (last_turn_.tick()) tell_once(last_turn_over{});
  tools_.tick(clock().now());
  // Where no frame comes, silence is sent in their place: the vendor's clock runs on samples.
  // Before the phone is answered nobody is silent.
  if (!bridge().greeting && bridge().gaps.tick()) hear(silence());
}

// --- the end

void agent_leg::begin_goodbye() {
  if (!has_socket() || phase_ == phase::closing || goodbye_) return;
  goodbye_.emplace(clock().now());
  tell_once(agent_goodbye{});
  await_close();
}

void agent_leg::await_close() {
  const auto now = clock().now();
  if (now >= goodbye_->until()) return finish();
  delayed_send(this, goodbye_->until() - now, close_is_due{});
}

/// What the resampler holds back.
void agent_leg::play_rest() {
  if (bridge().caller || bridge().greeting) to_caller(audio_.rest_for_caller());
}

void agent_leg::finish() {
  tell_end(agent_leg_ended{agent_leg_end::finished, end_reason::agent_ended, {}, {}});
  close(1000);
}

void agent_leg::fail(end_reason reason, std::string_view detail) {
  tell_end(agent_leg_ended{agent_leg_end::failed, reason, std::string{detail}, {}});
  close(1000);
}

void agent_leg::close(std::uint16_t code) {
  if (phase_ == phase::closing) return;
  phase_ = phase::closing;
  bridge().leave(*this);
  if (has_socket()) return socket().close(code);
  attempt_.reset();  // not open yet: there is nobody to take leave of
  tell_end(agent_leg_ended{agent_leg_end::closed_by_us, {}, {}, {}});
  quit();
}

void agent_leg::socket_has_ended(const net::websocket_end& how) {
  if (phase_ == phase::closing) {
    tell_end(agent_leg_ended{agent_leg_end::closed_by_us, {}, {}, {}});
    return quit();
  }
  if (broke_the_rules(how.why)) services().counters->of<leg_metrics>().bad_message(wire::elevenlabs);
  auto last_word = meaning_of_lost_agent(how, phase_ == phase::live, error_.fresh(clock().now()));
  if (last_word.how == agent_leg_end::finished || goodbye_) play_rest();
  tell_end(std::move(last_word));
  quit();
}

}  // namespace tonris::actors
