#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "actors/store/journal.hpp"
#include "actors/store/private_database.hpp"
#include "model/call/checkpoint.hpp"
#include "model/call/filter.hpp"
#include "model/call/timeline.hpp"
#include "model/finding/call_query.hpp"
#include "model/money/cost_change.hpp"
#include "model/text/ids.hpp"
#include "model/usage_report/grouped_usage.hpp"
#include "net/file_lock.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// What is kept of calls, in `tonris.db`: checkpoints of those that go on, records of those that ended, events of both.
/// No actor: the call store drives it, tonrisctl reads it. One thread at a time; blocks on the disk.
class call_database {
 public:
  using time = std::chrono::system_clock::time_point;
  template <class T>
  using result = net::sqlite::result<T>;

  static constexpr std::chrono::days kept_for{30};
  /// Checkpoints of ended calls: a fallback's longest step is a <Dial> of 4 h, after which Twilio asks once more.
  static constexpr std::chrono::minutes ended_kept_for{4 * 60 + 5};
  /// Of a call's events the newest are kept: so many, and before they are trimmed the others as well.
  static constexpr std::size_t max_events_of_a_call = 2'000, events_between_trims = 500;

  /// Makes the directory and the tables where there are none, for their owner only. Refused while another one is open
  /// in that directory, in whichever process: `tonris.lock` is held. What is deleted is overwritten.
  [[nodiscard]] static tl::expected<call_database, unusable_database> open(const std::string& data_dir);
  /// For a look at it while the gateway may run or not: nothing is made or changed.
  [[nodiscard]] static tl::expected<call_database, std::string> open_to_read(const std::string& data_dir);

  struct left_out {
    std::vector<model::call_sid> records;  ///< another call of that SID has one
    std::vector<model::call_sid> facts;    ///< there is no record that they could stand in, nor will there be
    std::size_t unshared = 0;              ///< what too many others wait to be sent with: it stays here alone
  };
  /// All of it or nothing, but for what is left out. A record is replaced by another of the same call only, told by its
  /// start: one that was made of an old webhook changes nothing. What was refused as nobody's, while the registry was
  /// away, say, gives way to a tenant's call.
  [[nodiscard]] result<left_out> write(const journal_batch& batch, time now);
  /// By how much what this node's calls cost has changed with what was written since it was asked last. What is deleted
  /// has cost what it did.
  [[nodiscard]] model::cost_change cost_changed() noexcept { return std::exchange(cost_changed_, {}); }

  struct open_calls {
    std::vector<model::call_checkpoint> calls;
    std::size_t unreadable = 0;
  };
  [[nodiscard]] result<open_calls> checkpoints();
  [[nodiscard]] result<std::size_t> drop_unreadable();                       ///< checkpoints; how many there were
  [[nodiscard]] result<std::string> record_of(const model::call_sid& call);  ///< JSON; "": it has not ended
  /// Of a call of this node: its checkpoint, else its record as one; nothing when neither is there, or neither can be
  /// read.
  [[nodiscard]] result<std::optional<model::call_checkpoint>> call_of(const model::call_sid& call);
  [[nodiscard]] result<std::shared_ptr<model::call_filter>> finished_calls();    ///< of this node, with a record
  [[nodiscard]] result<std::string> checkpoint_of(const model::call_sid& call);  ///< JSON; "": nothing is to go on
  /// In order; of more than max_events_of_a_call the newest.
  [[nodiscard]] result<std::vector<model::timeline_event>> events_of(const model::call_sid& call);
  /// Of a tenant's calls from one caller: records as JSON, the newest first.
  [[nodiscard]] result<std::vector<std::string>> records_of(const model::tenant_id& tenant, const std::string& caller,
                                                            std::size_t most);
  struct listed_call {
    std::int64_t row = 0;  ///< the newer the greater
    std::string json;      ///< its record
    model::call_sid call;
    [[nodiscard]] model::call_place place() const { return {model::started_ms_of(row), call}; }
  };
  /// Ended calls that fit, the newest first, as many as are asked for; of this node alone, or of all.
  [[nodiscard]] result<std::vector<listed_call>> find(const model::call_query& query, bool of_this_node = false);
  /// What ended calls used, in the order in which they started.
  struct usage_row {
    model::usage_entry whose;
    model::usage_figures used;
    std::optional<bool> success;  ///< as the vendor judged it
  };
  struct usage_wanted {
    std::optional<model::tenant_id> tenant;
    time from, to;            ///< started then or later, and before
    std::int64_t behind = 0;  ///< the last row of the part before
    std::size_t most = 0;
  };
  struct usage_part {
    std::vector<usage_row> rows;
    std::int64_t last = 0;  ///< for the next part; 0: there is none
  };
  [[nodiscard]] result<usage_part> usage_of(const usage_wanted& wanted);
  /// Days of UTC of whose calls a record has come, or learned something, that nobody has taken note of: so many at
  /// most, beyond it the earliest go.
  static constexpr std::size_t most_changed_days = 400;
  struct changed_day {
    std::chrono::sys_days day;
    std::int64_t turn = 0;  ///< greater with each change
    bool operator==(const changed_day&) const = default;
  };
  [[nodiscard]] result<std::vector<changed_day>> changed_days(std::chrono::sys_days before);
  [[nodiscard]] result<void> changed_days_noted(
      const std::vector<changed_day>& days);  ///< those that have not changed since

  /// Enters some records that an older version has left without a place in the list, so many at most. False: there are
  /// none.
  [[nodiscard]] result<bool> list_some(std::int64_t most = most_listed);
  static constexpr std::int64_t most_listed = 200;

  /// By which time all that is here is as old as it is: the wall clock's, unless that has jumped
  /// (model/call/aging.hpp). `passed`: since it was asked last; it is kept with the calls, so that a node that starts
  /// with a wrong clock does not empty the store. Where nothing is known yet it is the wall clock's.
  [[nodiscard]] result<time> age(time wall, std::chrono::nanoseconds passed);
  /// As it was last, and not later; nothing: never yet.
  [[nodiscard]] result<std::optional<time>> aged(time wall);

  struct pruned {
    bool has_more = false;
    std::int64_t checkpoints = 0;             ///< so many went: to find none all are looked at
    std::vector<model::call_sid> with_audio;  ///< gone, although Twilio keeps voices of theirs
  };
  /// Deletes a part of what is older than it is kept for, so many records at most, and of the rest in proportion; of
  /// ended calls' checkpoints too, by the wall clock, where that is given. A record that names a message or recording
  /// which Twilio still has stays until it is deleted there (actors/recording), `waits_for_audio` at most from when it
  /// was due; where its days are longer meanwhile, from when it is due again.
  [[nodiscard]] result<pruned> prune(time as_of, std::optional<time> checkpoints = {}, std::int64_t most = most_pruned);
  static constexpr std::int64_t most_pruned = 10;
  static constexpr std::chrono::days waits_for_audio{7};

  /// Calls whose records are as old as they get, by their tenants' rules: all without a rule first.
  struct due_place {
    std::string tenant;    ///< whose rule; "": none
    std::int64_t row = 0;  ///< behind it
  };
  struct due_call {
    model::call_sid call;
    std::string json;
    bool has_rule = false;
    std::int64_t waits_since_ms = 0;  ///< for what Twilio keeps; 0: not yet
  };
  struct due_calls {
    std::vector<due_call> calls;
    due_place upto;
    bool is_last = false;  ///< there are no more; else it goes on behind `upto`, also where fewer were found
  };
  [[nodiscard]] result<due_calls> due(time as_of, const due_place& behind, std::size_t most);
  /// Calls that are looked at for that at once: there may be many old ones of tenants who want them for longer.
  static constexpr std::int64_t most_looked_at = 500;

  /// What has gone by its age of this node's calls, for the audit trail (database_aged.cpp).
  struct aged_out {
    struct part {
      model::tenant_id tenant;
      std::int64_t records = 0;      ///< whole ones
      std::int64_t transcripts = 0;  ///< what was said, of records that stayed
      bool operator==(const part&) const = default;
    };
    std::vector<part> tenants;       ///< those of which most has gone, most_told_aged at most
    part others;                     ///< all others together
    std::int64_t other_tenants = 0;  ///< so many
    std::string telling{};           ///< by which node, and which time: another's is another, also after a crash
    [[nodiscard]] bool empty() const noexcept { return tenants.empty(); }
  };
  static constexpr std::size_t most_told_aged = 10;
  static constexpr std::chrono::hours between_told_aged{24};
  /// What went until now, so long after what was told before it, and until it is told; else nothing.
  [[nodiscard]] result<aged_out> aged_out_until(time now);
  /// It is in the trail, of that tenant, or of all others: these first.
  [[nodiscard]] result<void> aged_out_told(const std::optional<model::tenant_id>& tenant);

  /// How long records of a tenant's calls stay, and what was said in them; of all others `kept_for`.
  struct retention_rule {
    model::tenant_id tenant;
    std::chrono::days records, words;
    bool operator==(const retention_rule&) const = default;
  };
  /// In place of all rules that were there: they are kept, so that a node that cannot ask about tenants deletes nothing
  /// too early.
  [[nodiscard]] result<void> keep_for(const std::vector<retention_rule>& rules);
  [[nodiscard]] result<std::vector<retention_rule>> retention();

  /// Ended calls from or to that number, also of an older version's that have no place in the list yet.
  [[nodiscard]] result<std::vector<model::call_sid>> calls_with(const std::string& number,
                                                                const std::optional<model::tenant_id>& tenant,
                                                                std::size_t most);
  [[nodiscard]] result<std::vector<model::conversation_id>> conversations_of(const std::vector<model::call_sid>& calls);
  /// Of those calls the ones of which there is neither a record nor a checkpoint.
  [[nodiscard]] result<std::vector<model::call_sid>> unrecorded(const std::vector<model::call_sid>& calls);
  /// All that is kept of them here, but for what erase_traces and merge_words still have to do. Other nodes are told,
  /// also where this one, which has shared records before, shares none now: once it does again.
  [[nodiscard]] result<void> forget(const std::vector<model::call_sid>& calls, time now);
  /// After words were deleted, in a former life too: a part of the work that takes them out of the full text's index,
  /// about so many pages of it. False: it is done. All of it writes the whole index anew. What is deleted meanwhile is
  /// the next one's.
  [[nodiscard]] result<bool> merge_words(std::int64_t most_pages = most_pages_merged);
  static constexpr std::int64_t most_pages_merged = 500;
  [[nodiscard]] bool has_words_to_merge() const noexcept { return merge_.is_due; }

  /// Nothing that was deleted or overwritten is left in the write-ahead log either. False: somebody reads, later.
  [[nodiscard]] result<bool> erase_traces();

  // What nodes share (database_share.cpp): each has the records of all of them.

  /// So many calls at most wait to be sent to the others; beyond it the records that have waited longest stay here
  /// alone. Deletions always wait.
  static constexpr std::int64_t max_outbox = 200'000;
  /// A deleted call's SID is known so long, so that nothing late brings it back.
  static constexpr std::chrono::days gone_kept_for{400};

  /// From now on other nodes are told of what is written here. This one is known to them by the name it has in the
  /// file; `fresh` is its name from now on where it has none.
  [[nodiscard]] result<void> share_as(const std::string& fresh);
  [[nodiscard]] const std::string& name() const noexcept { return me_; }  ///< "": nothing is shared

  struct outgoing {
    enum class kind : std::uint8_t {
      record,
      learned,  ///< facts of a call of another node's
      gone,
      aged,  ///< what Redis has of it is past its days: it goes, or `json` takes its place where only words went
    };
    std::int64_t row = 0;  ///< of what has aged: negative
    kind what = kind::record;
    model::call_sid call;
    std::string tenant, node;  ///< whose call it was; "": this node's
    std::int64_t rev = 0;
    std::string json;                           ///< the record; the facts, in one
    std::vector<model::timeline_event> events;  ///< of a record
    std::int64_t changed_ms = 0;                ///< of a record that is there already: when it was last written
  };
  /// What waits to be sent, some of what has aged first, then deletions, then who has waited longest: so many, or so
  /// many bytes and one.
  [[nodiscard]] result<std::vector<outgoing>> outbox(std::size_t most, std::size_t most_bytes);
  /// They were: their rows go, but for those of calls that have changed meanwhile.
  [[nodiscard]] result<void> sent(const std::vector<std::int64_t>& rows);
  struct outbox_depth {
    std::int64_t waiting = 0;
    std::optional<time> oldest;  ///< since when it waits
    std::int64_t aged = 0;       ///< calls of which Redis may have what is past its days; not among them
  };
  [[nodiscard]] result<outbox_depth> depth_of_outbox();
  /// So many calls at most wait until what Redis has of them is taken out there; beyond it those that have waited
  /// longest do not any more: it goes by itself after two days.
  static constexpr std::int64_t max_aged = 200'000;
  /// What was told of a call that nobody knows here, since it goes on at another node: it waits so long for the call's
  /// record, of so many calls; beyond it what has waited longest is lost.
  static constexpr std::chrono::days held_for{2};
  static constexpr std::int64_t max_held = 10'000;
  [[nodiscard]] result<std::int64_t> held();                                  ///< of so many calls
  [[nodiscard]] result<std::vector<model::call_sid>> give_up_held(time now);  ///< whose record did not come

  [[nodiscard]] bool has_to_send() const noexcept { return to_send_; }  ///< perhaps

  /// What another node has sent.
  struct incoming {
    outgoing::kind what = outgoing::kind::record;
    model::call_sid call;
    std::string tenant, node;  ///< of a record: whose call it was; the other kinds name none
    std::int64_t rev = 0;
    std::string json;
    std::vector<model::timeline_event> events;
    std::optional<std::int64_t> changed_ms{};  ///< of a record that was sent again; else it has just changed
  };
  /// Another node asks for what is here that has changed since then.
  struct asked {
    std::string node;
    time since;
    bool own = false;  ///< of this node's own alone
  };
  /// How far this node has read what the others sent, and in which life of the shared data.
  struct feed_place {
    std::string generation, position;
    bool operator==(const feed_place&) const = default;
  };
  struct taken {
    std::size_t records = 0, learned = 0, gone = 0;
    std::size_t known = 0;                   ///< changed nothing: it is here already, or was deleted
    std::size_t unreadable = 0;              ///< by this version
    std::vector<model::call_sid> others;     ///< records of this node's that gave way to another call's of that SID
    std::vector<model::call_record> of_own;  ///< of this node's calls, with facts that its records lack
    std::vector<journal_batch::fact> first;  ///< told here before the record came, which has them now and had not
  };
  /// All of it, with the place, or nothing. A record stands where its rev is greater than what is here. In another life
  /// of the shared data all deletions that are remembered are sent once more: the others, and Redis, have lost them.
  [[nodiscard]] result<taken> take(const std::vector<incoming>& news, const std::vector<asked>& questions,
                                   const feed_place& upto, time now);
  [[nodiscard]] result<feed_place> feed();
  // Who has missed some (database_again.cpp).

  /// A question waits until it is answered, or so long; a later one of that node's takes the earlier one in.
  static constexpr std::chrono::days asked_for{30};
  static constexpr std::size_t most_asking = 100;  ///< nodes; beyond it who asked longest ago is answered no further
  /// Where an answer goes on: behind that record, in the order of what has changed last.
  struct again_place {
    std::int64_t before_ms = 0, row = 0;
  };
  struct again_part {
    std::string node;             ///< who has asked; "": nobody
    std::vector<outgoing> calls;  ///< what has changed last first
    again_place upto;
    std::int64_t asked_ms = 0;  ///< which question of his
    bool is_last = false;
  };
  /// The next part for who has waited longest for his: so many calls, or so many bytes and one.
  [[nodiscard]] result<again_part> again(std::size_t most, std::size_t most_bytes, time now);
  [[nodiscard]] result<void> sent_again(const again_part& part, time now);         ///< its calls are not looked at
  [[nodiscard]] result<void> postpone_again(const std::string& node, time until);  ///< others' turn comes first
  /// Since when there are records that no other node was ever told of, written while this one shared none; nothing:
  /// there are none.
  [[nodiscard]] result<std::optional<time>> untold_since();
  [[nodiscard]] result<void> all_told();

  [[nodiscard]] net::sqlite::database& connection() noexcept { return db_; }

 private:
  call_database(net::sqlite::database db, std::optional<net::file_lock> lock)
      : lock_(std::move(lock)), db_(std::move(db)) {}

  void words_are_gone() noexcept;
  [[nodiscard]] result<void> trim_events(const journal_batch& batch);
  [[nodiscard]] result<std::vector<model::call_sid>> write_records(const journal_batch& batch, std::int64_t now);
  [[nodiscard]] result<bool> put_over_another(const journal_batch::record& record, std::int64_t now);
  [[nodiscard]] result<std::vector<model::call_sid>> write_facts(const journal_batch& batch, std::int64_t now);
  [[nodiscard]] result<std::vector<model::call_sid>> hold(const journal_batch::fact& fact, std::int64_t now);
  [[nodiscard]] result<std::optional<model::call_record>> take_held(const model::call_sid& call);
  /// Those that the record has now, and had not.
  [[nodiscard]] result<std::vector<journal_batch::fact>> release(const model::call_sid& call, std::int64_t now);
  enum class addition : std::uint8_t { no_record, known, news };
  [[nodiscard]] result<addition> add_to_record(const journal_batch::fact& fact, std::int64_t now);
  [[nodiscard]] result<void> send_later(const model::call_sid& call, std::int64_t now, bool gone = false,
                                        std::string_view learned = {});
  [[nodiscard]] result<std::size_t> keep_outbox_within_bounds();
  [[nodiscard]] result<void> be_asked(const asked& question, std::int64_t now);
  [[nodiscard]] result<void> have_aged(const std::vector<model::call_sid>& calls);
  [[nodiscard]] result<void> have_aged_again();
  [[nodiscard]] result<std::vector<outgoing>> aged_ones(std::size_t most, std::size_t most_bytes);
  [[nodiscard]] result<void> note_untold(time now);
  [[nodiscard]] result<bool> has_shared();
  [[nodiscard]] result<bool> is_gone(const model::call_sid& call);
  [[nodiscard]] result<void> take_record(const incoming& news, std::int64_t now, taken& so_far);
  [[nodiscard]] result<void> move_to(const feed_place& place, std::int64_t now);
  [[nodiscard]] result<void> take_learned(const incoming& news, taken& so_far);
  [[nodiscard]] result<void> take_gone(const incoming& news, std::int64_t now, taken& so_far);
  [[nodiscard]] result<void> put_record_of(const incoming& news, const model::call_record& record, std::int64_t now);
  [[nodiscard]] result<std::int64_t> run_bounded(const char* sql, time older_than, std::int64_t most);
  [[nodiscard]] result<bool> prune_records(time as_of, std::int64_t most, pruned& done);  ///< is there more?
  [[nodiscard]] result<std::int64_t> prune_words(time as_of, std::int64_t most);
  [[nodiscard]] result<std::vector<listed_call>> find_by(const model::call_query& query,
                                                         std::optional<bool> number_is_called, bool of_this_node);

  std::optional<net::file_lock> lock_;  // of who writes; given up after the database is closed
  net::sqlite::database db_;
  /// Of the full text's index: something was deleted and is still in it, which the file says as well; the parts are
  /// being merged; something was deleted meanwhile.
  struct merging {
    bool is_due = false, is_under_way = false, is_behind = false;
  } merge_;
  std::unordered_map<model::call_sid, std::size_t> untrimmed_;  // events written, of calls that go on
  std::string me_;                                              // among the nodes; "": nothing is shared
  model::cost_change cost_changed_, cost_to_change_;            // the latter: once the transaction is on the disk
  bool untold_noted_ = false;                                   // that is in the file
  bool to_send_ = true;                                         // perhaps: something waits in the outbox
  due_place pruned_upto_;                                       // in this round: before it some wait
  std::string waits_seen_upto_;                                 // of those that wait: a call; then from the first on
  std::vector<model::call_sid> being_resent_;                   // the last part for a node that has missed some,
  std::vector<model::call_sid> aged_meanwhile_;                 // and who of it has aged since
};

}  // namespace tonris::actors
