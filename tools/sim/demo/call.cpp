#include "tools/sim/demo/call.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "model/phone/number.hpp"

namespace tonris::sim {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

std::string wall_clock() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm broken_down{};
  gmtime_r(&now, &broken_down);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &broken_down)};
}

net::http_request get_request() {
  net::http_request request;
  request.method = "GET";
  return request;
}

bool is_over(const std::string& state) {
  return state == "ended";
}

}  // namespace

demo_call::demo_call(net::loop& on, const demo_options& options, conversation_script script,
                     std::vector<dialogue::line> lines, live_view& view)
    : loop_(on),
      options_(options),
      script_(std::move(script)),
      view_(view),
      speech_(options.speech),
      dialogue_(std::move(lines)),
      health_timer_(on),
      poll_timer_(on),
      refresh_timer_(on),
      end_timer_(on) {
  dialogue_.on_sent = [this](std::span<const std::uint8_t> frame) {
    const auto now = clock::now();
    if (probe_from_ && now >= *probe_from_) probe_.sent(frame, now);
  };
  dialogue_.on_speech = [this](bool agent, bool begins, std::chrono::milliseconds ago) { speech(agent, begins, ago); };
}

demo_call::~demo_call() = default;

net::result<void> demo_call::listen() {
  auto tls = net::tls_client_context::make();
  if (!tls) return tl::unexpected{tls.error()};
  tls_ = std::move(*tls);
  client_ = net::http_client::make(loop_, tls_);
  elevenlabs_options how;
  how.host = options_.elevenlabs_host;
  how.port = options_.elevenlabs_port;
  how.api_key = options_.elevenlabs_key;
  if (!options_.webhook_secret.empty()) how.callbacks = {options_.gateway, options_.webhook_secret};
  how.behaviour = [this](const std::string&, std::uint64_t) { return std::optional{script_.agent}; };
  auto server = elevenlabs_server::listen(loop_, std::move(how), speech_, *this);
  if (!server) return tl::unexpected{server.error()};
  agent_side_ = std::move(*server);
  return {};
}

void demo_call::run(std::function<void(bool)> done) {
  done_ = std::move(done);
  asked_since_ = clock::now();
  ask_health();
}

// --- before the call

void demo_call::ask_health() {
  client_->request(options_.gateway + "/health", get_request(), 2s, [this](const auto& got) {
    if (got && got->status == 200) return place_call();
    if (clock::now() - asked_since_ >= options_.wait_gateway) return done_(false);
    health_timer_.after(200ms, [this] { ask_health(); });
  });
}

void demo_call::place_call() {
  const auto origin = options_.public_origin.empty() ? options_.gateway : options_.public_origin;
  caller_options how;
  how.account = {options_.account_sid, options_.token, options_.public_origin,
                 options_.public_origin.empty() ? std::string{} : options_.gateway};
  how.webhook_url = origin + "/api/webhooks/twilio/elevenlabs";
  how.status_callback_url = origin + "/api/webhooks/twilio/status";
  how.from = options_.from;
  how.to = options_.to;
  how.at_most = 90s;
  how.hang_up_after_last_word = script_.caller_hangs_up_after;
  caller_ = twilio_caller::make(loop_, *client_, tls_, std::move(how), dialogue_, dialogue_);
  account_.placed_at = wall_clock();
  account_.from = model::redacted(options_.from);
  account_.to = model::redacted(options_.to);
  placed_ = clock::now();
  view_.note(0, "calling " + account_.to + " from " + account_.from + ", call " + caller_->call_sid());
  caller_->call([this](const caller_report& report) { caller_done(report); });
  poll();
  refresh();
}

// --- while it goes

void demo_call::poll() {
  if (options_.admin_token.empty() || wrapped_up_) return;
  auto request = get_request();
  request.fields.set("Authorization", "Bearer " + options_.admin_token);
  client_->request(options_.gateway + "/api/calls/" + caller_->call_sid(), std::move(request), 2s,
                   [this](const net::result<net::http_response>& got) { polled(got); });
}

void demo_call::polled(const net::result<net::http_response>& got) {
  if (wrapped_up_) return;
  if (got && got->status == 200) {
    if (auto record = read_gateway_record(got->body)) {
      if (account_.states.empty() || account_.states.back().second != record->state)
        account_.states.emplace_back(seconds(), record->state);
      view_.state(seconds(), record->state);
      record_ = std::move(record);
    }
  }
  if (call_over_ && record_ && is_over(record_->state)) return wrap_up();
  poll_timer_.after(100ms, [this] { poll(); });
}

void demo_call::refresh() {
  if (wrapped_up_) return;
  auto latency = probe_.percentile_ms(0.99);
  if (!latency && record_) latency = record_->added_latency_p99_ms;
  view_.now(seconds(), dialogue_.caller_speaks(), dialogue_.agent_speaks(), latency);
  refresh_timer_.after(100ms, [this] { refresh(); });
}

void demo_call::speech(bool agent, bool begins, std::chrono::milliseconds ago) {
  const auto at = seconds() - std::chrono::duration<double>(ago).count();
  auto& since = agent ? agent_since_ : caller_since_;
  if (!begins && since) spells_.push_back({agent, *since, at});
  since = begins ? std::optional{at} : std::nullopt;
}

void demo_call::live(const conversation_facts& facts) {
  view_.note(seconds(), "agent " + facts.agent_id + " is on the line");
  account_.agent_id = facts.agent_id;
  // What waited for the agent is behind us by then, and only the way through the gateway is measured.
  probe_from_ = clock::now() + 500ms;
}

void demo_call::tool_answered(const conversation_facts&, const std::string& name, const std::string& answer) {
  view_.asked(seconds(), name, answer);
}

void demo_call::said(const conversation_facts&, const std::string& role, const std::string& text) {
  account_.transcript.push_back({seconds(), role, text});
  view_.said(seconds(), role, text);
}

void demo_call::interrupted(const conversation_facts&) {
  ++account_.interruptions;
  const auto cut = std::find_if(account_.transcript.rbegin(), account_.transcript.rend(),
                                [](const auto& line) { return line.role == "agent"; });
  if (cut != account_.transcript.rend()) cut->interrupted = true;
  view_.note(seconds(), "the caller interrupts the agent");
}

void demo_call::caller_audio(const conversation_facts&, std::span<const std::uint8_t> bytes) {
  probe_.arrived(bytes, clock::now());
}

void demo_call::ended(const conversation_record& record) {
  talk_ = record;
  view_.note(seconds(), "conversation closed by the " + record.ended_by + " with " + std::to_string(record.close_code));
}

// --- after it

void demo_call::caller_done(const caller_report& report) {
  call_over_ = true;
  account_.caller = report;
  account_.seconds = seconds();
  view_.note(seconds(), "call over: " + report.ended_why);
  end_timer_.after(3s, [this] { wrap_up(); });  // the record may take its time, or never come
  if (options_.admin_token.empty()) wrap_up();
}

void demo_call::wrap_up() {
  if (std::exchange(wrapped_up_, true)) return;
  // The cut sentence is told as it was heard: the conversation has corrected its own lines.
  if (talk_) {
    for (std::size_t i = 0; i < talk_->transcript.size() && i < account_.transcript.size(); ++i)
      account_.transcript[i].text = talk_->transcript[i].text;
  }
  for (const bool agent : {true, false}) speech(agent, false, {});  // whom the end cut short
  time_speech(account_.transcript, spells_);
  account_.latency_frames = probe_.count();
  account_.latency_p50_ms = probe_.percentile_ms(0.5);
  account_.latency_p99_ms = probe_.percentile_ms(0.99);
  if (record_) account_.gateway_p99_ms = record_->added_latency_p99_ms;
  account_.ended = account_.caller.ended_why + " (" + account_.caller.final_status + ")";
  if (record_ && !record_->end_reason.empty()) account_.ended += "; the gateway says " + record_->end_reason;
  judge();
  view_.end();
  loop_.post([this] {
    if (const auto done = std::exchange(done_, nullptr)) done(true);
  });
}

void demo_call::judge() {
  auto& a = account_;
  a.violations = a.caller.violations.all();
  const auto agent = agent_side_->all_violations();
  a.violations.insert(a.violations.end(), agent.begin(), agent.end());
  const auto lacks = [&a](bool bad, std::string why) {
    if (bad) a.shortcomings.push_back(std::move(why));
  };
  lacks(!a.caller.reached, "the gateway did not answer the voice webhook");
  lacks(a.caller.final_status != "completed", "the call ended as " + a.caller.final_status);
  lacks(a.caller.first_audio_ms < 0, "the caller heard nothing");
  lacks(!talk_, "no conversation was opened and ended");
  lacks(a.interruptions == 0 &&
            std::ranges::any_of(script_.caller,
                                [](const caller_line& l) { return l.when == caller_line::cue::agent_speaking; }),
        "the caller's interruption was not noticed");
  lacks(talk_ && a.transcript.size() < 1 + 2 * script_.agent.turns.size(), "the conversation did not get to its end");
  lacks(!options_.admin_token.empty() && !record_, "the gateway's record of the call could not be read");
  lacks(record_ && !is_over(record_->state), "the gateway's record was not final 3 s after the call");
  if (talk_ && a.caller.hung_up_ms >= 0 && talk_->ended_by == "gateway") {
    const std::chrono::duration<double, std::milli> after = talk_->ended_at - placed_;
    lacks(after.count() - a.caller.hung_up_ms > 1000, "the conversation was closed later than 1 s after the hang-up");
  }
  for (const auto& mistake : speech_.mistakes()) a.shortcomings.push_back(mistake);
}

double demo_call::seconds() const {
  return placed_ == clock::time_point{} ? 0 : std::chrono::duration<double>(clock::now() - placed_).count();
}

}  // namespace tonris::sim
