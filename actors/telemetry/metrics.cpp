#include "actors/telemetry/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tonris::actors {

namespace {

using prometheus::Counter;
using prometheus::Family;

constexpr std::array endpoint_names{
    "voice", "connect_action", "status", "stream_status", "recording_status", "media_stream", "api", "other"};
constexpr std::array resumption_names{"crash", "store", "hang_up"};
constexpr std::array<const char*, metrics::refusal_count> refusal_names{
    "bad_signature", "wrong_account", "bad_form",     "unknown_ticket", "used_ticket",
    "wrong_state",   "no_upgrade",    "unauthorized", "not_found"};
constexpr std::array connection_error_names{"full",    "given_up", "bad_request", "oversize",
                                            "timeout", "tls",      "accept",      "internal"};
constexpr std::array rehearsal_names{"planned", "refused", "done"};
constexpr std::array wire_names{"twilio", "elevenlabs"};
constexpr std::size_t candidates = 8;

Family<Counter>& family(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

template <std::size_t N>
std::array<Counter*, N> each(Family<Counter>& of, const char* label, const std::array<const char*, N>& names) {
  std::array<Counter*, N> counters{};
  for (std::size_t i = 0; i < N; ++i) counters[i] = &of.Add({{label, names[i]}});
  return counters;
}

std::array<Counter*, model::end_reason_count> each_reason(Family<Counter>& of) {
  std::array<Counter*, model::end_reason_count> counters{};
  for (std::size_t i = 0; i < counters.size(); ++i) {
    const auto reason = static_cast<model::end_reason>(i);
    counters[i] = &of.Add({{"reason", std::string{to_string(reason)}}, {"by", std::string{to_string(who(reason))}}});
  }
  return counters;
}

template <class Enum>
std::size_t at(Enum e) {
  return static_cast<std::size_t>(e);
}

}  // namespace

struct metrics::state {
  prometheus::Registry registry;    // gives the family that is there to whoever declares its name again
  std::recursive_mutex rooms_lock;  // a room may ask for another
  std::vector<std::shared_ptr<void>> rooms;
  std::array<Counter*, endpoint_names.size()> requests = each(
      family(registry, "tonris_http_requests_total", "Requests by what they were for"), "endpoint", endpoint_names);
  std::array<std::array<Counter*, refusal_names.size()>, endpoint_names.size()> refusals{};
  std::array<Counter*, candidates> signatures{};
  Counter* calls_started = &family(registry, "tonris_calls_started_total", "Calls taken").Add({});
  std::array<Counter*, model::end_reason_count> ended =
      each_reason(family(registry, "tonris_calls_ended_total", "Calls that ended, by reason and by who caused it"));
  std::array<Counter*, model::end_reason_count> refused =
      each_reason(family(registry, "tonris_calls_refused_total", "Calls answered with a sentence instead of an agent"));
  std::array<Counter*, model::end_reason_count> troubled =
      each_reason(family(registry, "tonris_calls_troubled_total", "Calls whose caller gave up, by what was wrong"));
  prometheus::Gauge* live =
      &prometheus::BuildGauge().Name("tonris_calls_live").Help("Calls now").Register(registry).Add({});
  std::array<Counter*, model::end_reason_count> agent_restarts = each_reason(
      family(registry, "tonris_agent_restarts_total", "Agent legs restarted, by what ended the one before"));
  Counter* streams_dropped =
      &family(registry, "tonris_streams_dropped_total", "Streams that broke while their caller may be on the line")
           .Add({});
  Counter* streams_offered =
      &family(registry, "tonris_streams_offered_total", "New streams given to callers whose stream was over").Add({});
  std::array<Counter*, resumption_names.size()> resumed =
      each(family(registry, "tonris_calls_resumed_total", "Calls that went on from what was known of them"), "after",
           resumption_names);
  Counter* redirected =
      &family(registry, "tonris_calls_redirected_total",
              "Questions of Twilio's sent on: to another node while this one stops, or to be asked again")
           .Add({});
  Family<Counter>& fallbacks =
      family(registry, "tonris_fallbacks_total", "Steps of a fallback that callers were given");
  std::array<Counter*, rehearsal_names.size()> rehearsals =
      each(family(registry, "tonris_rehearsals_total",
                  "Calls of tenants that rehearse a failure: planned, and of these done; refused"),
           "result", rehearsal_names);
  Family<Counter>& part_restarts =
      family(registry, "tonris_node_part_restarts_total", "Parts of the node that crashed and were restarted");
  prometheus::Gauge* tenants_reloaded = &prometheus::BuildGauge()
                                             .Name("tonris_tenants_reload_successful")
                                             .Help("1 when the whole TENANTS_FILE was good the last time it was read")
                                             .Register(registry)
                                             .Add({});
  Family<prometheus::Gauge>& tenants_family =
      prometheus::BuildGauge().Name("tonris_tenants").Help("Tenants of TENANTS_FILE").Register(registry);
  prometheus::Gauge* tenants_served = &tenants_family.Add({{"state", "served"}});
  prometheus::Gauge* tenants_refused = &tenants_family.Add({{"state", "refused"}});
  Family<prometheus::Gauge>& process_family =
      prometheus::BuildGauge().Name("tonris_process").Help("The process now, by what").Register(registry);
  prometheus::Gauge* actors = &process_family.Add({{"what", "actors"}});
  prometheus::Gauge* legs = &process_family.Add({{"what", "legs"}});
  prometheus::Gauge* descriptors = &process_family.Add({{"what", "descriptors"}});
  prometheus::Gauge* timers = &process_family.Add({{"what", "timers"}});
  prometheus::Gauge* resident = &process_family.Add({{"what", "resident_bytes"}});
  prometheus::Gauge* lag = &process_family.Add({{"what", "loop_lag_ms"}});
  prometheus::Gauge* gathered = &prometheus::BuildGauge()
                                     .Name("tonris_metrics_gathered_seconds")
                                     .Help("When these figures were gathered: Unix time")
                                     .Register(registry)
                                     .Add({});
  std::array<Counter*, connection_error_names.size()> connection_errors =
      each(family(registry, "tonris_http_connection_errors_total",
                  "Connections refused or ended before their request could be answered, by reason"),
           "reason", connection_error_names);
  std::array<Counter*, wire_names.size()> unknown_messages =
      each(family(registry, "tonris_unknown_messages_total", "Messages of a type this version does not know"), "wire",
           wire_names);
  std::mutex unknown_types_lock;
  std::set<std::pair<wire, std::string>> unknown_types;
  std::array<Counter*, wire_names.size()> bad_messages =
      each(family(registry, "tonris_bad_messages_total", "Messages that could not be read"), "wire", wire_names);
  Family<Counter>& frame_family = family(registry, "tonris_frames_total", "Audio frames of ended calls");
  Counter* frames_from_caller = &frame_family.Add({{"direction", "from_caller"}});
  Counter* frames_to_caller = &frame_family.Add({{"direction", "to_caller"}});
  Counter* frames_dropped = &frame_family.Add({{"direction", "dropped"}});
  Counter* late_audio =
      &family(registry, "tonris_late_audio_total", "Agent audio of an interrupted turn that came too late").Add({});
  Counter* store_writes = &family(registry, "tonris_store_writes_total", "Batches the call store has written").Add({});
  Counter* store_failures =
      &family(registry, "tonris_store_failures_total", "Batches the call store could not write and tries again")
           .Add({});
  Counter* store_drops = &family(registry, "tonris_store_dropped_total",
                                 "Entries for the call store that were lost: too many, unreadable, ownerless")
                              .Add({});
  Counter* tools_refused =
      &family(registry, "tonris_tool_calls_refused_total", "Client tools the agent asked for that nobody offers")
           .Add({});
  Family<Counter>& crashes = family(registry, "tonris_actor_crashes_total", "Actors that ended by an exception");

  state() {
    auto& refusal_family = family(registry, "tonris_http_refused_total", "Requests refused, by reason");
    for (std::size_t e = 0; e < refusals.size(); ++e)
      for (std::size_t r = 0; r < refusal_names.size(); ++r)
        refusals[e][r] = &refusal_family.Add({{"endpoint", endpoint_names[e]}, {"reason", refusal_names[r]}});
    auto& signature_family = family(registry, "tonris_stream_signature_candidate_total",
                                    "Which spelling of our stream address Twilio signed; 0 is the TwiML's own");
    for (std::size_t c = 0; c < candidates; ++c)
      signatures[c] = &signature_family.Add({{"candidate", std::to_string(c)}});
  }
};

prometheus::Registry& metrics::registry() noexcept {
  return state_->registry;
}

std::size_t metrics::next_place() noexcept {
  static std::atomic<std::size_t> next{0};
  return next++;
}

void* metrics::make(std::size_t place, std::shared_ptr<void> (*room)(metrics& in)) {
  const std::scoped_lock lock{state_->rooms_lock};
  auto& there = rooms_.at(place);
  if (void* const made = there.load()) return made;
  void* const made = state_->rooms.emplace_back(room(*this)).get();
  there.store(made, std::memory_order_release);
  return made;
}

metrics::metrics() : state_(std::make_unique<state>()) {}
metrics::~metrics() = default;

void metrics::request(endpoint where) {
  state_->requests[at(where)]->Increment();
}
void metrics::refused(endpoint where, refusal why) {
  state_->refusals[at(where)][at(why)]->Increment();
}

void metrics::signature_matched(endpoint where, std::size_t candidate) {
  if (where == endpoint::media_stream && candidate < candidates) state_->signatures[candidate]->Increment();
}

void metrics::call_started() {
  state_->calls_started->Increment();
}

void metrics::call_ended(model::end_reason why, const model::call_record::media_counts& media) {
  state_->ended[at(why)]->Increment();
  state_->frames_from_caller->Increment(static_cast<double>(media.frames_from_caller));
  state_->frames_to_caller->Increment(static_cast<double>(media.frames_to_caller));
  state_->frames_dropped->Increment(static_cast<double>(media.dropped));
}

void metrics::call_refused(model::end_reason why) {
  state_->refused[at(why)]->Increment();
}
void metrics::call_troubled(model::end_reason why) {
  state_->troubled[at(why)]->Increment();
}
void metrics::agent_restarted(model::end_reason why) {
  state_->agent_restarts[at(why)]->Increment();
}
void metrics::stream_dropped() {
  state_->streams_dropped->Increment();
}
void metrics::stream_offered() {
  state_->streams_offered->Increment();
}
void metrics::call_resumed(resumption after) {
  state_->resumed[at(after)]->Increment();
}
void metrics::call_redirected() {
  state_->redirected->Increment();
}
void metrics::fallback(std::string_view step) {
  state_->fallbacks.Add({{"step", std::string{step}}}).Increment();
}
void metrics::rehearsal(rehearsed result) {
  state_->rehearsals[at(result)]->Increment();
}
void metrics::node_part_restarted(std::string_view part) {
  state_->part_restarts.Add({{"part", std::string{part}}}).Increment();
}
void metrics::set_process(const process& now) {
  state_->actors->Set(static_cast<double>(now.actors));
  state_->legs->Set(static_cast<double>(now.legs));
  state_->descriptors->Set(static_cast<double>(now.descriptors));
  state_->timers->Set(static_cast<double>(now.timers));
  state_->resident->Set(static_cast<double>(now.resident_bytes));
  state_->lag->Set(now.loop_lag_ms);
  state_->gathered->Set(now.gathered_seconds);
}
void metrics::set_connection_errors(const connection_errors& so_far) {
  const std::array values{so_far.full,    so_far.given_up, so_far.bad_request, so_far.oversize,
                          so_far.timeout, so_far.tls,      so_far.accept,      so_far.internal};
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& counter = *state_->connection_errors[i];
    counter.Increment(static_cast<double>(values[i]) - counter.Value());
  }
}
bool metrics::unknown_message(wire side, std::string_view type) {
  state_->unknown_messages[at(side)]->Increment();
  const std::scoped_lock lock{state_->unknown_types_lock};
  auto& known = state_->unknown_types;
  return known.size() < most_unknown_types && known.emplace(side, type).second;
}
void metrics::bad_message(wire side) {
  state_->bad_messages[at(side)]->Increment();
}
void metrics::late_audio_dropped() {
  state_->late_audio->Increment();
}
void metrics::store_written() {
  state_->store_writes->Increment();
}
void metrics::store_failed() {
  state_->store_failures->Increment();
}
void metrics::store_dropped(std::uint64_t entries) {
  if (entries > 0) state_->store_drops->Increment(static_cast<double>(entries));
}
void metrics::tool_call_refused() {
  state_->tools_refused->Increment();
}
void metrics::crashed(std::string_view actor) {
  state_->crashes.Add({{"actor", std::string{actor}}}).Increment();
}
void metrics::tenants_read(std::size_t served, std::size_t refused) {
  state_->tenants_served->Set(static_cast<double>(served));
  state_->tenants_refused->Set(static_cast<double>(refused));
  state_->tenants_reloaded->Set(refused == 0 ? 1 : 0);
}
void metrics::tenants_unreadable() {
  state_->tenants_reloaded->Set(0);
}
void metrics::set_live_calls(std::size_t calls) {
  state_->live->Set(static_cast<double>(calls));
}

std::string metrics::render() const {
  return prometheus::TextSerializer{}.Serialize(state_->registry.Collect());
}

}  // namespace tonris::actors
