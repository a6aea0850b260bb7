#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "actors/runtime/message.hpp"
#include "actors/runtime/supervised.hpp"
#include "actors/store/database.hpp"
#include "actors/store/journal.hpp"
#include "model/call/checkpoint.hpp"
#include "model/call/clock.hpp"
#include "model/call/filter.hpp"
#include "model/finding/call_query.hpp"

namespace tonris::actors {

// --- what every call store answers, whatever it is kept in (SQLite here, Redis for several nodes)
struct write_journal {  ///< the journal has something; take it
  using travels = in_process;
};
struct flush_store {  // -> store_flushed, once all that was in the journal is written
  using travels = in_process;
};
struct store_flushed {
  using travels = in_process;
};
struct load_open_calls {  // -> open_calls
  using travels = in_process;
};
struct open_calls {  ///< calls of a former life of this node
  using travels = in_process;
  std::vector<model::call_checkpoint> calls;
  std::size_t unreadable = 0;                      ///< checkpoints nobody could read; they are dropped
  std::shared_ptr<model::call_filter> finished{};  ///< all calls with a record; null: they could not be read
};
struct find_call {  // -> found_call
  using travels = in_process;
  model::call_sid call;
};
struct found_call {
  using travels = in_process;
  std::optional<model::call_checkpoint> state;  ///< of a call that is only a record: with that and nothing else
};
struct find_record {  // -> found_record
  using travels = in_process;
  model::call_sid call;
};
struct found_record {
  using travels = in_process;
  std::string json;  ///< "": nobody knows the call
};
struct add_to_record {  // -> added_to_record; the journal has it then
  using travels = in_process;
  journal_batch::fact fact;
};
struct added_to_record {
  using travels = in_process;
  std::string json;  ///< the record, to which it is news; "": it has it, or is not here (yet)
};
struct find_history {  // -> found_history
  using travels = in_process;
  model::tenant_id tenant;
  std::string caller;    ///< E.164
  std::size_t most = 0;  ///< records
};
struct found_history {
  using travels = in_process;
  std::vector<std::string> records;  ///< JSON, of that tenant's calls from that caller, the newest first
};
struct find_calls {  // -> found_calls
  using travels = in_process;
  model::call_query query;
  bool of_this_node = false;  ///< else of all whose records are here
};
struct found_calls {
  using travels = in_process;
  std::vector<std::string> records;  ///< JSON, of ended calls that fit, the newest first
  /// Behind which the next page begins, whether this version can read the records of this one or not; nothing: it is
  /// the last.
  std::optional<model::call_place> last{};
};
struct find_changed_days {  // -> found_changed_days
  using travels = in_process;
  std::chrono::sys_days before;
};
struct found_changed_days {
  using travels = in_process;
  std::vector<call_database::changed_day> days;  ///< of whose calls something has come later; the earliest first
};
struct changed_days_noted {  ///< whoever has to do with them knows
  using travels = in_process;
  std::vector<call_database::changed_day> days;
};
struct read_usage {  // -> usage_read
  using travels = in_process;
  call_database::usage_wanted wanted;
};
struct usage_read {
  using travels = in_process;
  call_database::usage_part part;
};
struct keep_records_for {  ///< all tenants with a rule of their own: who is not among them has none
  using travels = in_process;
  std::vector<call_database::retention_rule> rules;
};
struct find_calls_with {  // -> found_calls_with
  using travels = in_process;
  std::string number;
  std::optional<model::tenant_id> tenant;  ///< nothing: of all
  std::size_t most = 10'000;
};
struct found_calls_with {
  using travels = in_process;
  std::vector<model::call_sid> calls;  ///< ended ones from or to it
  bool has_more = false;               ///< than were asked for
};
struct find_conversations_of {  // -> found_conversations
  using travels = in_process;
  std::vector<model::call_sid> calls;
};
struct found_conversations {
  using travels = in_process;
  std::vector<model::conversation_id> conversations;  ///< that their records name
};
struct find_unrecorded {  // -> unrecorded_calls
  using travels = in_process;
  std::vector<model::call_sid> calls;
};
struct unrecorded_calls {
  using travels = in_process;
  std::vector<model::call_sid> calls;  ///< of those the ones of which nothing is here
};
struct find_due_calls {  // -> found_due_calls: whose records' days are over
  using travels = in_process;
  call_database::due_place behind;
  std::size_t most = 0;
};
struct found_due_calls {
  using travels = in_process;
  std::vector<std::string> records;  ///< JSON
  call_database::due_place upto;
  bool has_more = false;
};
struct audio_is_gone {  ///< at Twilio, of calls whose records are due and waited for that
  using travels = in_process;
};
struct read_aged_out {  // -> aged_out_read, once it is to be told; one asker at a time
  using travels = in_process;
};
struct aged_out_read {
  using travels = in_process;
  call_database::aged_out what;
};
struct aged_out_told {  ///< it is in the audit trail
  using travels = in_process;
  std::optional<model::tenant_id> tenant;  ///< nothing: all others; these first
};
struct forget_stored_calls {  // -> stored_calls_forgotten; an error: it is not sure that they are gone
  using travels = in_process;
  std::vector<model::call_sid> calls;
};
struct stored_calls_forgotten {
  using travels = in_process;
};
struct find_events {  // -> found_events
  using travels = in_process;
  model::call_sid call;
};
struct found_events {
  using travels = in_process;
  std::vector<model::timeline_event> events;  ///< in order, at most 2,000
};
using call_store = caf::typed_actor<
    caf::reacts_to<write_journal>, caf::replies_to<flush_store>::with<store_flushed>,
    caf::replies_to<load_open_calls>::with<open_calls>, caf::replies_to<find_call>::with<found_call>,
    caf::replies_to<find_record>::with<found_record>, caf::replies_to<add_to_record>::with<added_to_record>,
    caf::replies_to<find_history>::with<found_history>, caf::replies_to<find_calls>::with<found_calls>,
    caf::replies_to<read_usage>::with<usage_read>, caf::reacts_to<keep_records_for>,
    caf::replies_to<find_calls_with>::with<found_calls_with>,
    caf::replies_to<find_conversations_of>::with<found_conversations>,
    caf::replies_to<find_unrecorded>::with<unrecorded_calls>, caf::replies_to<find_due_calls>::with<found_due_calls>,
    caf::reacts_to<audio_is_gone>, caf::replies_to<forget_stored_calls>::with<stored_calls_forgotten>,
    caf::replies_to<find_events>::with<found_events>, caf::replies_to<find_changed_days>::with<found_changed_days>,
    caf::reacts_to<changed_days_noted>, caf::replies_to<read_aged_out>::with<aged_out_read>,
    caf::reacts_to<aged_out_told>>;

// --- what nodes share of ended calls (actors/records)
struct read_outbox {  // -> outbox_read, once something waits; one asker at a time
  using travels = in_process;
  std::size_t most = 0, most_bytes = 0;
};
struct outbox_read {
  using travels = in_process;
  std::vector<call_database::outgoing> waiting;
  std::string node;  ///< this one's name
};
struct outbox_sent {
  using travels = in_process;
  std::vector<std::int64_t> rows;
};
struct read_feed {  // -> feed_read
  using travels = in_process;
};
struct feed_read {
  using travels = in_process;
  call_database::feed_place place;
  std::string node;                             ///< this one's name
  std::optional<call_database::time> untold{};  ///< no other node was ever told of what is here since then
};
struct take_news {  // -> news_taken, once it is on the disk
  using travels = in_process;
  std::vector<call_database::incoming> news;
  std::vector<call_database::asked> asked;
  call_database::feed_place upto;
};
struct news_taken {
  using travels = in_process;
  call_database::taken what;
};
struct others_were_told {  ///< of what is here: they ask for it
  using travels = in_process;
};
struct read_again {  // -> again_read, once another node has asked; one asker at a time
  using travels = in_process;
  std::size_t most = 0, most_bytes = 0;
};
struct again_read {
  using travels = in_process;
  call_database::again_part part;
  std::string node;  ///< this one's name
};
struct again_sent {
  using travels = in_process;
  call_database::again_part part;                        ///< without its calls
  std::optional<std::chrono::milliseconds> postponed{};  ///< it was not, and its turn comes then
};
using shared_records =
    caf::typed_actor<caf::replies_to<read_outbox>::with<outbox_read>, caf::reacts_to<outbox_sent>,
                     caf::replies_to<read_feed>::with<feed_read>, caf::replies_to<take_news>::with<news_taken>,
                     caf::reacts_to<others_were_told>, caf::replies_to<read_again>::with<again_read>,
                     caf::reacts_to<again_sent>, caf::replies_to<find_conversations_of>::with<found_conversations>>;
using shared_call_store =
    call_store::extend<caf::replies_to<read_outbox>::with<outbox_read>, caf::reacts_to<outbox_sent>,
                       caf::replies_to<read_feed>::with<feed_read>, caf::replies_to<take_news>::with<news_taken>,
                       caf::reacts_to<others_were_told>, caf::replies_to<read_again>::with<again_read>,
                       caf::reacts_to<again_sent>>;

/// What is wrong with a store now, in words for anybody; the log has the reason. Any thread.
class store_trouble {
 public:
  void is(std::string why);  ///< "": none any more
  [[nodiscard]] std::string now() const;

 private:
  mutable std::mutex lock_;
  std::string why_;
};

/// The store of one node: SQLite in `DATA_DIR/tonris.db` (WAL), in a detached actor, which alone may wait for the disk.
/// Writes what gathers in the journal in one transaction, 5 to 50 a second, and before it answers a question; what
/// cannot be written is counted, logged, and tried again after a second, and so is a file that cannot be opened: its
/// questions are refused meanwhile, and `trouble` says why. Records and events older than 30 days go, or than their
/// tenants' rules say. A few seconds after a call's end nothing of its checkpoints is left in the files. When it
/// crashes, its next life opens the database again and goes on with the same journal, at the same address: what was not
/// written yet is written then. Lists, sums and searches are read beside it (call_reader.hpp), tenants in turn
/// (reading_line.hpp): whoever asks for much keeps nobody waiting who writes or asks about one call. The journal does
/// not keep the actor alive; it ends by an exit message, and writes what waits before it goes.
struct opened_store {
  call_store actor;
  shared_records shared;  ///< the same
  std::shared_ptr<call_journal> journal;
  std::shared_ptr<const store_trouble> trouble;
};
struct store_settings {
  using opener = std::function<tl::expected<call_database, unusable_database>()>;
  opener open;  ///< asked by each life, on its own thread, each second until it opens
  using reader = std::function<tl::expected<call_database, std::string>()>;
  reader read;  ///< another connection to the same file, which only reads; on a thread of its own
  /// Set once, at start: who changes the machine's clock meanwhile makes nothing older or younger.
  std::function<call_database::time()> wall_clock =
      [clock = model::call_clock{std::chrono::system_clock::now(), std::chrono::steady_clock::now()}] {
        return clock.at(std::chrono::steady_clock::now());
      };
  std::chrono::milliseconds erase_after{5000};  ///< after a call's end
  std::string node{};                           ///< its name among those that share their records; "": it shares none
  std::chrono::milliseconds rules_wait{5000};   ///< from new rules for how long records stay until they are gone by
};
/// Makes the directory where there is none. An error is one line for the operator; a file that cannot be read or that a
/// newer version wrote is left as it is. A full disk is none: the store begins without its file then.
/// `node`: as in store_settings.
[[nodiscard]] tl::expected<opened_store, std::string> open_sqlite_store(caf::actor_system& system,
                                                                        const std::string& data_dir, node_part part,
                                                                        std::string node = {});
[[nodiscard]] opened_store spawn_sqlite_store(caf::actor_system& system, store_settings settings, node_part part);

}  // namespace tonris::actors
