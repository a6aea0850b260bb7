#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "actors/admission/books.hpp"
#include "actors/admission/messages.hpp"
#include "actors/admission/redis_admission.hpp"
#include "actors/call/agent_tools.hpp"
#include "actors/call/agent_transfer.hpp"
#include "actors/call/answered_questions.hpp"
#include "actors/call/call_reader.hpp"
#include "actors/call/conversation_index.hpp"
#include "actors/call/dial_keeper.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/month_limit.hpp"
#include "actors/call/reading_line.hpp"
#include "actors/call/services.hpp"
#include "actors/call/store_upkeep.hpp"
#include "actors/call/store_watch.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/call/table.hpp"
#include "actors/drift/bills.hpp"
#include "actors/drift/keeper.hpp"
#include "actors/drift/redis_bills.hpp"
#include "actors/experiment/keeper.hpp"
#include "actors/leg/agent_leg.hpp"
#include "actors/leg/caller_leg.hpp"
#include "actors/node/agent_inspector.hpp"
#include "actors/node/descriptors.hpp"
#include "actors/notice/sender.hpp"
#include "actors/outbound/redis_dials.hpp"
#include "actors/price/keeper.hpp"
#include "actors/recording/audio_keeper.hpp"
#include "actors/recording/recorder.hpp"
#include "actors/records/reader.hpp"
#include "actors/records/resender.hpp"
#include "actors/records/sender.hpp"
#include "actors/store/audio_files.hpp"
#include "actors/store/callback_database.hpp"
#include "actors/store/database.hpp"
#include "actors/store/journal.hpp"
#include "actors/store/notice_database.hpp"
#include "actors/store/notice_queue.hpp"
#include "actors/telemetry/refusal_lines.hpp"
#include "actors/tenant/registry.hpp"
#include "actors/tool/forwarder.hpp"
#include "actors/trace/exporter.hpp"
#include "actors/vendor/twilio_client.hpp"
#include "actors/web/call_placement.hpp"
#include "actors/web/call_watchers.hpp"
#include "actors/web/dial_watch.hpp"
#include "actors/web/node_report.hpp"
#include "actors/web/number_work.hpp"
#include "actors/web/post_call.hpp"
#include "actors/web/stream_echo.hpp"
#include "actors/web/told_once.hpp"
#include "actors/web/twilio_webhooks.hpp"
#include "model/admission/table.hpp"
#include "model/admission/waiting_line.hpp"
#include "model/audio/backlog.hpp"
#include "model/audio/caller_gaps.hpp"
#include "model/call/aging.hpp"
#include "model/call/fallback.hpp"
#include "model/call/filter.hpp"
#include "model/call/later_fact.hpp"
#include "model/call/supervision.hpp"
#include "model/call/transcript.hpp"
#include "model/elevenlabs/audio_splitter.hpp"
#include "model/elevenlabs/conversation.hpp"
#include "model/elevenlabs/tool_answer.hpp"
#include "model/finding/refused_requests.hpp"
#include "model/money/unknown_text.hpp"
#include "model/outbound/dials.hpp"
#include "model/tool/tool_ledger.hpp"
#include "model/tool/transfer_counter.hpp"
#include "model/twilio/connection_overrides.hpp"
#include "model/twilio/missing_recording.hpp"
#include "model/twilio/stream.hpp"
#include "net/http_server.hpp"
#include "net/name_resolver.hpp"
#include "net/redis_codec.hpp"
#include "net/redis_link.hpp"
#include "net/redis_sentinel.hpp"
#include "net/turns.hpp"
#include "tests/places.hpp"

// The table of limits in docs/architecture.md says what the constants say, row by row.
namespace tonris::actors {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;

struct row {
  std::string what, limit;
};

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// First and second column of the table under "## Limits", without its head.
std::vector<row> rows_of_the_manual() {
  std::ifstream in{test::source_dir() + "/docs/architecture.md"};
  std::vector<row> rows;
  bool here = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) here = line.starts_with("## Limits");
    if (!here || !line.starts_with("| ") || line.starts_with("| what |")) continue;
    std::istringstream columns{line.substr(1)};
    row one;
    std::getline(columns, one.what, '|');
    std::getline(columns, one.limit, '|');
    rows.push_back({trimmed(one.what), trimmed(one.limit)});
  }
  return rows;
}

// --- how the manual writes a limit

std::string plain(double number) {
  std::ostringstream text;
  text << number;
  return text.str();
}

/// "60 s", "2.8 s"
template <class Rep, class Period>
std::string seconds(duration<Rep, Period> time) {
  return plain(duration<double>(time).count()) + " s";
}

/// "1, 2, 4, 8": in so many seconds a recording that is not there is asked for again.
std::string looks() {
  std::string all;
  for (unsigned answered = 1; const auto pause = model::twilio::next_look(answered); ++answered)
    all.append(all.empty() ? "" : ", ").append(plain(duration<double>(*pause).count()));
  return all;
}

template <class Rep, class Period>
std::string ms(duration<Rep, Period> time) {
  return plain(duration<double, std::milli>(time).count()) + " ms";
}

/// "30 min", "9 min 30 s"
template <class Rep, class Period>
std::string minutes(duration<Rep, Period> time) {
  const auto whole = std::chrono::floor<std::chrono::minutes>(time);
  const auto rest = time - whole;
  return plain(static_cast<double>(whole.count())) + " min" + (rest == rest.zero() ? "" : " " + seconds(rest));
}

/// "4 h 5 min"
template <class Rep, class Period>
std::string hours(duration<Rep, Period> time) {
  const auto whole = std::chrono::floor<std::chrono::hours>(time);
  return plain(static_cast<double>(whole.count())) + " h " + minutes(time - whole);
}

/// "65,536"
std::string count(std::size_t number) {
  auto text = std::to_string(number);
  for (auto at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string bytes(std::size_t number) {
  const std::size_t mega = 1024 * 1024;
  return number % mega == 0 ? count(number / mega) + " MiB" : count(number / 1024) + " KiB";
}

/// Of mu-law on a phone.
std::string audio(std::size_t ulaw_bytes) {
  return seconds(milliseconds{ulaw_bytes / 8});
}

std::string budget(const model::supervision::budget& of) {
  return count(of.restarts) + " in " + seconds(of.within);
}

/// The number behind "rc=" and its kin.
std::size_t override_of(const std::string& key) {
  const std::string all{model::twiml::connection_overrides};
  const auto at = all.find(key + "=");
  return at == std::string::npos ? 0 : std::stoul(all.substr(at + key.size() + 1));
}

// --- the table

std::vector<row> rows_of_calls() {
  using namespace model::supervision;
  using model::asks_within;
  using model::fallback_step;
  const auto new_streams = count(max_new_streams);
  return {
      {"ticket", seconds(ticket_life) + ", once"},
      {"TwiML with a stream to that stream's start", seconds(setup_limit)},
      {"signed URL", seconds(most_for_signed_url) + "; " + minutes(signed_url_age_limit) + " old: fetched again"},
      {"agent's socket to open", "what is left of " + seconds(agent_reached_limit) + " since the webhook, " +
                                     plain(duration<double>(least_connect_limit).count()) + " to " +
                                     seconds(most_connect_limit) + "; TCP half of that"},
      {"a conversation to begin (its metadata)",
       seconds(second_attempt_after) +
           " after the stream's start, a later one's after it was asked for: a second is tried beside it; " +
           seconds(agent_ready_limit) + ": both are given up"},
      {"nothing at all from the agent's socket", seconds(agent_quiet_limit)},
      {"restarts of a call's agent leg", budget(agent_leg_budget)},
      {"no frame on the stream", seconds(frame_silence_limit)},
      {"caller away after its stream dropped", seconds(caller_absence_limit)},
      {"new streams a call", new_streams},
      {"a call waiting for its caller after a restart of the node", seconds(dormant_limit)},
      {"no sign of life from the stream (pings each " + seconds(twilio_socket_limits().ping_every) + ")",
       seconds(twilio_socket_limits().idle)},
      {"`end_call` to the vendor's close",
       seconds(goodbye_quiet_limit) + " without audio, " + seconds(goodbye_limit) + " in all"},
      {"Twilio's first question, of a warm start, for the agent", seconds(warm_start_limit)},
      {"warnings about tenants' agents after a start",
       count(agent_inspection::most_lines) + ", one agent each " + seconds(agent_inspection::between_agents)},
      {"a client tool, from the agent's request to its answer", seconds(model::tool_ledger::patience) + "; " +
                                                                    count(model::tool_ledger::most_open) +
                                                                    " of a conversation at once"},
      {"a transfer that the agent may place, until it has told the caller", seconds(transfer_announcement_limit)},
      {"variables that an agent sets in a call", count(agent_tools::most_variables)},
      {"callers whose transfers of a day are remembered", count(model::transfer_counter::most)},
      {"calls that we place, until their tickets expire",
       minutes(model::dials::ticket_life) + " each; " + count(model::dials::most_open) + " at once"},
      {"calls that we placed and remember, by their clients' ids",
       std::to_string(model::dials::kept_for.count()) + " h; " + count(model::dials::most)},
      {"what is known of placed calls and is not on the disk yet, while that cannot be written",
       count(dial_keeper_settings::most_unwritten)},
      {"placed calls that are looked at, for what other nodes know of them",
       count(redis_dials::most_of_a_look) + " a second, in turn"},
      {"placed calls of which Redis could not be told what became of them",
       count(redis_dials::most_untold) + "; " + count(redis_dials::most_told_again) + " a second are told again"},
      {"calls that nobody placed, but Redis may have", count(redis_dials::most_undropped) + ", until it answers"},
      {"calls of other nodes that Twilio asked this one about, looked after in case those nodes are gone",
       count(twilio_webhooks::most_awaited_holders) + " a loop"},
      {"placed calls that Twilio is asked about, as it has not told of their end",
       count(dial_watch_settings::at_once) + " at once; from a minute on each minute, for " +
           std::to_string(dial_watch_settings::patience.count()) + " h"},
      {"tenants whose attempts to place calls are counted", count(model::dials::most_tenants)},
      {"variables of a call that we place",
       count(model::max_dial_variables) + ", " + std::to_string(model::max_dial_variable_bytes / 1024) + " KiB in all"},
      {"Twilio's list of calls, asked where it did not answer for one",
       "after " + seconds(call_placement::first_look) + ", and " + seconds(call_placement::second_look) + " later"},
      {"how long a call that we place rings", seconds(std::chrono::seconds{call_placement::ring_seconds})},
      {"the vendor's answer to our close", ms(agent_close_limit)},
      {"playing out the last words",
       "what is known to be queued and " + seconds(play_out_margin) + ", " + seconds(play_out_limit) + " at most"},
      {"Twilio's question to an address of ours", seconds(milliseconds{override_of("ct")}) + " to connect, " +
                                                      seconds(milliseconds{override_of("rt")}) + " for the answer, " +
                                                      count(override_of("rc")) + " more tries, " +
                                                      seconds(milliseconds{override_of("tt")}) + " in all"},
      {"length of a call", "tenant's `maxCallSeconds`, " + minutes(default_call_length) + "; " +
                               seconds(length_warning) +
                               " before, the agent is asked to say goodbye, and closed once it has"},
      {"a goodbye once the tenant's month is used up", seconds(month_goodbye_limit)},
      {"a call's place with admission", seconds(model::admission_table::lease_time) +
                                            " without a renewal; renewed each " + seconds(lease_renewal_period) + ", " +
                                            count(leases_a_renewal) + " at once"},
      {"ended calls and callers that admission remembers",
       count(model::admission_table::max_ended) + ", " + count(model::admission_table::max_callers)},
      {"what calls have booked, waiting for the disk", count(admission_books::max_unwritten) + " calls"},
      {"the doctor's WebSocket (`/media-stream/doctor`)",
       "one at a time on a loop, " + seconds(stream_echo::longest) + ", " + count(stream_echo::most_messages) +
           " messages of " + std::to_string(stream_echo::most_message_bytes / 1024) + " KiB"},
      {"callers who wait for a place",
       count(model::waiting_line::max_of_tenant) + " of a tenant, of " + count(model::waiting_line::max_tenants) +
           " tenants; asked for again within " + seconds(model::waiting_line::patience)},
      {"callers in line whose hanging up is written down", count(waiting_callers::most)},
      {"variants counted by name in `/metrics`", count(tenant_metrics::most_variants)},
      {"questions to Twilio's REST API",
       seconds(twilio_client::answer_limit) + " each, " + count(twilio_client::most_at_once) +
           " at once; turned away: asked again for " + seconds(twilio_client::patience)},
      {"a tenant's numbers, attached in one request", seconds(number_work::time_for_all) + " for all, " +
                                                          count(number_work::most_pages) +
                                                          " pages of numbers like one"},
      {"tenants counted by name in `/metrics`", count(tenant_metrics::most_tenants)},
      {"what Twilio may still ask when the node stops",
       seconds(asks_within(fallback_step::not_begun)) + " after a closed stream, " +
           seconds(asks_within(fallback_step::transferring)) + " while a transfer rings, " +
           seconds(asks_within(fallback_step::taking_message)) + " while a message is spoken"},
      {"ended calls remembered", count(remembered_calls)},
      {"the store's answer to a webhook", ms(stored_call_limit)},
      {"answers to one call's questions remembered",
       count(answered_questions::most) + " by their token; without one a step of the fallback is told " +
           (answered_questions::most_repeats == 2 ? "twice" : count(answered_questions::most_repeats) + " times") +
           " again"},
      {"a ticket for a caller who comes back after a hang-up",
       seconds(ticket_life) + ", and " + new_streams + " streams a call in all"},
      {"what a node that stops has sent on", "back after " + seconds(call_table{}.redirect_pause) + "; it listens " +
                                                 seconds(call_table{}.redirect_pause + redirect_slack) +
                                                 " for it, then longer pauses lead to its next life"},
  };
}

std::vector<row> rows_of_audio() {
  using model::audio_backlog;
  using model::caller_gaps;
  return {
      {"message from Twilio, from the agent",
       bytes(model::twilio::max_inbound_message_bytes) + ", " + bytes(model::elevenlabs::max_inbound_message_bytes)},
      {"agent audio a slow stream may owe", audio(caller_queue_bytes) + " for " + seconds(caller_queue_patience) +
                                                " on end; at any time " + audio(caller_queue_bytes) +
                                                " and the longest message"},
      {"agent audio ahead of the caller's ear",
       minutes(most_ahead) + " at Twilio, which throws away what is beyond ten minutes"},
      {"less than a frame of the agent's audio", ms(rest_limit)},
      {"a gap in the caller's audio that is filled",
       audio(caller_gaps::longest_gap) + "; " +
           seconds(milliseconds{caller_gaps::patience * model::audio_watch::tick_ms}) + " while no agent hears"},
      {"caller audio a slow agent may owe", audio(audio_backlog::default_limit)},
      {"caller's audio kept", audio(audio_backlog::default_limit)},
  };
}

std::vector<row> rows_of_the_store() {
  const auto stored_calls = model::call_filter::calls_a_layer * model::call_filter::most_layers;
  return {
      {"events for tenants' webhooks: before they are written, of a tenant, in all",
       count(notice_queue::most) + ", " + count(notice_database::most_of_a_tenant) + ", " +
           count(notice_database::most)},
      {"an attempt at a tenant's webhook",
       seconds(notice_sender::limit) + ", " + count(notice_sender::most_at_once) + " at once, one a webhook"},
      {"events, records, checkpoints waiting for the disk",
       count(call_journal::max_events) + " and of one call " + count(call_journal::max_events_of_a_call) + ", " +
           count(call_journal::max_records) + ", " + count(call_journal::max_checkpoints)},
      {"how long they wait for the disk",
       seconds(store_watch::patience) + ", and below " + seconds(store_watch::caught_up) + " again"},
      {"a call's transcript", count(model::max_transcript_lines) + " lines, " + bytes(model::max_transcript_bytes) +
                                  " of words, " + bytes(model::max_line_bytes) + " a line"},
      {"a call's events in the store", "the newest " + count(call_database::max_events_of_a_call) + ", and " +
                                           count(call_database::events_between_trims) + " before they are trimmed"},
      {"calls known to be in the store, " + count(model::call_filter::bits_a_call) + " bits each",
       count(stored_calls / 1'000'000) + " million, the newest"},
      {"upkeep of the store beside calls: a step of it; of the time deleting by age, and in a round older than an "
       "hour, merging what went so, merging what somebody waits for, listing an older version's calls anew",
       ms(step_pace::a_step) + " of the processor, but for a word that most calls have; 1/" +
           std::to_string(store_upkeep::prune_parts) + ", 1/" + std::to_string(store_upkeep::behind_parts) + ", 1/" +
           std::to_string(store_upkeep::merge_parts) + ", 1/" + std::to_string(store_upkeep::wanted_parts) + ", 1/" +
           std::to_string(store_upkeep::list_parts)},
      {"pruning of the store: how much faster than time what is kept ages, after a jump of the clock",
       count(model::aging_pace) + " times"},
      {"a record that is due and waits until Twilio has deleted what it keeps of its voices",
       count(call_database::waits_for_audio.count()) + " days"},
      {"an ended call whose fallback Twilio may still ask for, in the store",
       hours(call_database::ended_kept_for) + ": the longest `<Dial>` and a little"},
  };
}

std::vector<row> rows_of_the_node() {
  const net::http_server_limits server;
  const net::resolver_limits names;
  return {
      {"calls at once, memory, loop lag", "`MAX_CALLS`, `MAX_MEMORY_MB`, `MAX_LOOP_LAG_MS`"},
      {"lines about refused requests",
       std::string{refusal_lines::between_lines == std::chrono::seconds{1} ? "one a second" : "fewer"} +
           " and a reason"},
      {"refused webhooks that are listed", count(model::refused_requests::most)},
      {"a new connection to its first byte; between two requests", seconds(server.first_byte) + ", behind TLS's own " +
                                                                       seconds(server.tls_handshake) + "; " +
                                                                       seconds(server.keep_alive)},
      {"connections a door's loop", count(server.max_connections)},
      {"descriptors", count(spare_descriptors) +
                          " kept back, or a third where there are few; and one beside each stream, for its agent"},
      {"requests in one turn of a door's loop; TLS handshakes",
       "one a connection, " + ms(net::turns::turn_limit) + "; the same"},
      {"a name's answer", seconds(names.fresh) +
                              " old: used, and asked for again beside; none yet: asked again beside after " +
                              seconds(names.patience) + ", " + count(names.questions_a_name) + " questions at once, " +
                              count(names.questions) + " over all names"},
      {"an address that failed", seconds(names.forgive)},
      {"hosts remembered", count(names.hosts) + ", " + count(names.addresses) + " addresses each"},
      {"lists, sums and searches that wait for the store's reader",
       count(reading_line::most) + ", " + count(reading_line::most_of_one) + " of a tenant; tenants in turn, " +
           seconds(read_limit) + " each"},
      {"clients that watch calls", count(call_watchers_settings::most) + ", " +
                                       count(call_watchers_settings::most_of_a_tenant) + " of a tenant; " +
                                       bytes(call_watchers_settings::most_unsent) + " that one has not taken, " +
                                       count(live_board::most_events) + " events behind"},
      {"levels of a call",
       "one each " + ms(call_watchers_settings::levels_pause) + ", to clients who have taken all else"},
      {"marks of Twilio's that are measured at once", count(model::playback_meter::most_marks) + " a call"},
      {"ended calls whose traces wait to be told", count(trace_exporter::most_waiting) + "; " +
                                                       count(trace_exporter::most_a_look) + " a second are read, " +
                                                       seconds(trace_exporter::until_written) + " after their end"},
      {"traces that are told at once", count(trace_exporter::most_in_batch) + ", begun within " +
                                           count(trace_exporter::most_spans_in_batch) + " spans; " +
                                           seconds(trace_exporter::answer_limit) + " for the answer, once more after " +
                                           seconds(trace_exporter::retry_pause)},
      {"recordings whose days are over", "a look each " + minutes(audio_keeper_settings::between_rounds) +
                                             ", one tenant and one recording at a time, " +
                                             seconds(audio_keeper_settings::pause) + " between two questions"},
      {"questions about recordings of calls",
       count(call_recorder_settings::most) + " at once, those that wait for their turn among them; one a call"},
      {"the vendors' lists of a day",
       "one account or key at a time, " + seconds(bill_reader_settings::pause) + " between two questions, a page " +
           count(std::size_t{bill_reader_settings::most_tries}) + " times, " + minutes(bill_reader_settings::a_turn) +
           " in turn; the first " + count(bill_reader_settings::most_listed) + " of each, " +
           count(bill_reader_settings::most_unknown) + " unknown calls in all; " +
           minutes(bill_reader_settings::longest) + " at one attempt, " + minutes(bill_reader_settings::own_longest) +
           " before for our own records"},
      {"experiments of tenants", "a look each " + minutes(experiment_keeper_settings{}.between_rounds) +
                                     ", one tenant at a time, " + seconds(experiment_keeper_settings::pause) +
                                     " between two questions; the first " +
                                     count(experiment_keeper_settings::most_calls) + " calls of each"},
      {"days held against their bills",
       "a look each " + minutes(drift_keeper_settings{}.round) + ", " + count(drift_keeper_settings::page) +
           " calls at once, " + seconds(drift_keeper_settings::pause) +
           " between two questions; a day that was missed for " +
           count(static_cast<std::size_t>(drift_keeper_settings::made_up_for.count())) + " days; rows kept for " +
           count(static_cast<std::size_t>(drift_database::kept_for.count())) + ", of " +
           count(static_cast<std::size_t>(drift_database::most_days)) + " days at most"},
      {"days of whose calls something has come, until they are held against their bills once more",
       count(call_database::most_changed_days)},
      {"a trace",
       count(model::call_trace::most_spans) + " spans, " + count(model::call_trace::most_events) + " events"},
      {"figures of `/metrics`",
       node_report_state::figures_last == std::chrono::seconds{1} ? "once a second" : "seldom"},
  };
}

std::vector<row> rows_of_redis() {
  const net::redis_link_limits link;
  const net::redis_times times;
  const net::redis_reply_limits reply;
  const net::redis_sentinel::times sentinel;
  const tenant_cache::limits tenants;
  const tenant_registry_state::config registry;
  return {
      {"commands to Redis, waiting or unanswered", count(link.commands) + ", " + bytes(link.bytes)},
      {"a Redis that connects, answers its greeting, a `PING` each " + seconds(times.ping_every),
       seconds(times.connect) + " each"},
      {"an answer of Redis",
       count(reply.items) + " items, " + count(reply.depth) + " arrays deep, " + bytes(reply.bytes)},
      {"a Sentinel", ms(sentinel.each)},
      {"what ElevenLabs tells after a call",
       bytes(model::elevenlabs::audio_splitter::bounds{}.json_bytes) + ", and " + bytes(audio_files::max_bytes) +
           " of sound; " + minutes(post_call_desk::limit) + "; " + count(post_call_desk::most) + " at once at a door"},
      {"callbacks that wait for their calls", plain(static_cast<double>(callback_database::waits_for.count())) +
                                                  " h; " +
                                                  bytes(static_cast<std::size_t>(callback_database::max_bodies_bytes))},
      {"callbacks that wait, read at once for a number that is forgotten",
       bytes(callback_database::most_searched_bytes)},
      {"recordings that ElevenLabs has sent",
       "as long as their calls' records; " + bytes(static_cast<std::size_t>(callback_database::max_audio_bytes)) +
           ", and " + bytes(audio_files::max_incoming_bytes) + " still coming in"},
      {"ids of deleted calls and conversations, as digests, for what comes of them later",
       count(callback_database::forgotten_for.count()) + " days"},
      {"what was told of other nodes' calls before their records came",
       "of " + count(static_cast<std::size_t>(call_database::max_held)) + " calls, " +
           count(call_database::held_for.count()) + " days"},
      {"a refused call's record, and what became of a transfer, to be on the disk before Twilio is answered",
       ms(written_limit)},
      {"a recording, a message, or who has answered a call that was placed, likewise",
       seconds(2 * told_supervisor_limit + told_disk_limit)},
      {"conversations whose call is known by their id alone", count(conversation_index::max_conversations)},
      {"a call's reports, tool calls, the agent's notes, dialled legs, recordings, messages",
       count(model::max_reports) + ", " + count(model::max_tool_calls) + ", " + count(model::max_notes) + ", " +
           count(model::max_legs) + ", " + count(model::max_recordings) + ", " + count(model::max_voicemails)},
      {"calls that wait for their prices", count(price_keeper_settings::most) + ", for a day; " +
                                               count(price_keeper_settings::at_once) +
                                               " of them asked about at once, each by one question after the other"},
      {"a recording that is not there yet", seconds(model::twilio::recording_appears_within) +
                                                " from what was last told of it; by one request it is asked for in " +
                                                looks() + " s"},
      {"tools that tenants' servers are asked for",
       count(tool_forwarder::most_of_a_tenant) + " of a tenant, " + count(tool_forwarder::most_at_once) + " in all; " +
           seconds(tool_forwarder::longest) + ", " + bytes(tool_forwarder::most_answer_bytes) + " of an answer, " +
           bytes(model::elevenlabs::max_tool_answer_bytes) + " to the agent"},
      {"the vendors' lists of a day, where gateways share a Redis",
       "one gateway, by a lease of " + seconds(redis_bills::config{}.lease) + ", renewed each " +
           seconds(redis_bills::config{}.renewal) + " for " +
           plain(static_cast<double>(redis_bills::asked_again_within.count())) + " h behind its last look; " +
           seconds(redis_bills::answer_limit) + " for an answer of Redis'; " + bytes(model::most_unknown_bytes) +
           " of a vendor's rows, " + count(static_cast<std::size_t>(redis_bills::kept_for.count())) + " days"},
      {"an admission that Redis does not answer", ms(redis_counts::admit_limit) + ", asked for twice, " +
                                                      ms(redis_admission::patience) + " in all; " +
                                                      count(redis_admission::max_waiting) + " wait for it"},
      {"ended calls that wait to be sent to the other nodes",
       count(static_cast<std::size_t>(call_database::max_outbox)) + ", " + count(record_sender::most_in_batch) +
           " at once"},
      {"calls of which Redis may have what is past its days",
       count(static_cast<std::size_t>(call_database::max_aged)) + ", half a batch at once"},
      {"what went because of its age, in the audit trail",
       "an entry of each of the " + count(call_database::most_told_aged) +
           " tenants of whom most went, and one of all others together, each " +
           plain(static_cast<double>(call_database::between_told_aged.count())) + " h"},
      {"an ended call in the stream at Redis",
       bytes(record_entry::most_bytes) + "; " + count(record_reader::most_at_once) + " of them, or " +
           bytes(record_reader::most_bytes_at_once) + ", are read at once, one of more than " +
           bytes(record_entry::most_bytes_read) + " is not"},
      {"Redis' answer to who sends or reads ended calls",
       seconds(record_reader::config{}.patience) + ", its `PING` as well"},
      {"ended calls that a node has missed",
       count(record_resender::most_in_part) + " or " + bytes(record_resender::most_bytes_in_part) + " each " +
           seconds(record_resender::config{}.pause) + " from each node that has them; " +
           count(record_resender::most_waiting) + " wait for him, " +
           plain(static_cast<double>(record_resender::kept_for.count())) + " days"},
      {"nodes that have missed some", count(call_database::most_asking) + ", each for " +
                                          plain(static_cast<double>(call_database::asked_for.count())) + " days"},
      {"ended calls in the stream at Redis",
       plain(static_cast<double>(record_sender::kept_for.count())) + " h; none comes in while " +
           plain(100 * record_sender::most_of_memory) + " % of its memory are used; what is older goes each " +
           minutes(record_sender::between_trims) + ", " + count(record_sender::most_in_trim) + " at once"},
      {"ends of calls that Redis has not heard", count(redis_books::max_releases)},
      {"tenants whose calls on other nodes are remembered for an outage", count(redis_books::max_others)},
      {"tenants at hand; numbers known to be nobody's",
       count(tenants.tenants) + "; " + count(tenants.absences) + " for " + seconds(tenants.absent_for)},
      {"look-ups of tenants under way; their answer", count(registry.max_look_ups) + "; " + ms(registry.patience)},
  };
}

std::vector<row> rows_of_the_constants() {
  std::vector<row> all;
  for (auto part : {rows_of_calls(), rows_of_audio(), rows_of_the_store(), rows_of_the_node(), rows_of_redis()})
    std::ranges::move(part, std::back_inserter(all));
  return all;
}

TEST(TableOfLimits, SaysWhatTheConstantsSay) {
  const auto manual = rows_of_the_manual();
  for (const auto& expected : rows_of_the_constants()) {
    const auto found = std::ranges::find(manual, expected.what, &row::what);
    if (found == manual.end()) {
      ADD_FAILURE() << "the table has no row \"" << expected.what << '"';
      continue;
    }
    EXPECT_EQ(found->limit, expected.limit) << expected.what;
  }
}

TEST(TableOfLimits, HasNoRowThatNoConstantStandsFor) {
  const auto constants = rows_of_the_constants();
  const auto manual = rows_of_the_manual();
  ASSERT_FALSE(manual.empty());
  for (const auto& written : manual)
    EXPECT_EQ(std::ranges::count(constants, written.what, &row::what), 1) << written.what;
}

}  // namespace
}  // namespace tonris::actors
