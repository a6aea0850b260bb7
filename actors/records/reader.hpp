#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/outbound_dials.hpp"
#include "actors/callback/messages.hpp"
#include "actors/notice/messages.hpp"
#include "actors/records/entry.hpp"
#include "actors/records/messages.hpp"
#include "actors/records/metrics.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/runtime/redis_questions.hpp"
#include "actors/store/journal.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/access/field_seal.hpp"
#include "net/loop.hpp"
#include "net/redis_link.hpp"

namespace tonris::actors {

// --- to itself
struct reading_link_changed {
  using travels = in_process;
};
using record_reader_door = record_reading::extend<caf::reacts_to<redis_came>, caf::reacts_to<reading_link_changed>>;

/// Brings what other nodes have sent of ended calls into this node's call store, in the order of the stream, with the
/// place in it: a crash reads it once more, which changes nothing. Where some has gone that it has not read (it is new,
/// it was away for long, Redis has lost all) it asks the others to send it again, to itself alone (resender.hpp), after
/// it has read all deletions. Before a deletion is on the disk whoever here
/// remembers something of the call has forgotten it; what was learned elsewhere of a call of this node's is told to its
/// record. One step after the other; what fails is begun anew after a pause. Loop-bound, with a connection of its own:
/// who waits for news blocks it.
class record_reader final : public loop_bound_actor<record_reader_door::base> {
 public:
  static constexpr std::size_t most_at_once = 64;                                  ///< entries of one answer, of
  static constexpr std::size_t most_bytes_at_once = std::size_t{2} * 1024 * 1024;  ///< together, or one
  static constexpr std::size_t most_deletions = 5'000;     ///< that are read at once where some may have been missed
  static constexpr std::chrono::milliseconds pause{1000};  ///< after a failure
  static constexpr std::chrono::seconds sent_again_within{5};  ///< from a question, and from what came of it to more
  static constexpr std::chrono::hours longest_wait{24};  ///< what was sent since then may have changed so long before

  struct config {
    net::loop* loop = nullptr;  ///< where it lives
    net::redis_options options;
    std::string prefix = "{tonris}:";
    shared_records store;
    call_supervisor supervisor;
    callback_keeper callbacks;
    notice_keeper notices;
    std::shared_ptr<outbound_dials> dials = std::make_shared<outbound_dials>();  ///< calls that this node has placed
    std::shared_ptr<call_journal> journal;
    std::shared_ptr<const model::field_seal> seal;
    metrics* counters = nullptr;
    /// What is wrong with it now, for /ready; "": nothing.
    std::function<void(std::string)> trouble = [](const std::string&) {};
    /// Has it all that the others have sent? Not before it has read that far, nor while it waits for what it missed.
    std::function<void(bool)> has_all = [](bool) {};
    std::chrono::milliseconds block{500};  ///< it waits so long for news; much shorter than its patience
    /// An answer of Redis' may take so long: records are long, and nobody waits for them.
    std::chrono::milliseconds patience{10'000};
  };

  record_reader(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.record_reader"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  using replied = std::function<void(const net::redis_reply&)>;
  struct batch {
    std::vector<call_database::incoming> news;
    std::vector<model::call_record> learned;  ///< of this node's calls
    std::vector<call_database::asked> asked;
    std::vector<std::pair<std::string, std::uint64_t>> offers;  ///< who has what no other was told of, since when
    call_database::feed_place upto;                             ///< once it is taken
    std::function<void()> then;
  };

  // where it stands
  void begin();
  void open(const feed_read& known);
  void tell_of_untold(std::optional<call_database::time> since, const std::function<void()>& then);
  void join(const std::string& generation);
  void tell_missed(std::string_view why);
  void look_at_stream();
  void judge(const net::redis_reply& cut, const net::redis_reply& page);
  void ask_again(std::uint64_t since_ms, std::function<void(const std::string& id)> then, const std::string& of = {});
  void read_deletions(std::uint64_t since_ms, std::size_t from, const call_database::feed_place& upto);
  // one answer after the other
  void read();
  void read_page(const std::string& stream, const std::string& after, replied then, std::size_t most = most_at_once);
  void show_unread(const net::redis_reply& page) const;
  void wait();
  void came(const std::vector<net::redis_reply>& entries);
  void came_again(const std::vector<net::redis_reply>& entries);
  [[nodiscard]] std::size_t sort_all(const std::vector<net::redis_reply>& entries, batch& into);
  void pass_over(record_entry::refusal why);
  void sort(const record_entry::read_entry& entry, batch& into) const;
  void sort_question(const record_entry::read_entry& entry, batch& into) const;
  void ask_who_offers(const std::shared_ptr<batch>& what);
  void forget_first(const std::shared_ptr<batch>& what);
  void forget_elsewhere(const std::shared_ptr<batch>& what, const std::vector<model::call_sid>& calls);
  void tell_learned(const std::shared_ptr<batch>& what, const std::function<void()>& then);
  void take(const std::shared_ptr<batch>& what);
  void taken(const std::shared_ptr<batch>& what, const call_database::taken& all);
  void tell_of_voicemail(const std::vector<journal_batch::fact>& first);
  void again();

  void command(const std::vector<std::string>& words, replied then, std::chrono::milliseconds blocked = {});
  [[nodiscard]] net::redis_done or_again(replied then);
  [[nodiscard]] std::function<void(const caf::error&)> or_again();
  [[nodiscard]] std::string key(std::string_view name) const { return config_.prefix + std::string{name}; }
  [[nodiscard]] std::string mine() const { return key("again:" + me_); }  ///< what this node is sent again
  [[nodiscard]] const record_metrics& counted() const { return config_.counters->of<record_metrics>(); }

  // given
  const config config_;
  // owned
  std::unique_ptr<net::redis_link> link_;
  // state
  bool at_work_ = false;  ///< one chain of steps at a time
  bool anew_ = false;     ///< there is another connection: it looks where it stands before it reads on
  bool again_ = false;    ///< read_records is on its way
  bool told_of_large_ = false;
  call_database::feed_place place_;                   ///< as the store has it
  call_database::feed_place told_of_;                 ///< a gap behind it
  std::chrono::steady_clock::time_point all_from_{};  ///< at the earliest
  std::optional<record_entry::place> joined_;         ///< where this node's first question stands
  std::string generation_;                            ///< the shared data's, now
  call_database::feed_place asked_at_;                ///< where this node stood,
  std::map<std::string, std::string> asked_;          ///< what it has asked from there, and where that stands
  std::string offered_;                               ///< what it has offered, in which life of the shared data
  std::string me_;
  redis_questions<record_reader> questions_{*this};
};

}  // namespace tonris::actors
