#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/call/call_store.hpp"
#include "actors/records/messages.hpp"
#include "actors/records/metrics.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/runtime/redis_questions.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/access/field_seal.hpp"
#include "net/loop.hpp"
#include "net/redis_backoff.hpp"
#include "net/redis_link.hpp"

namespace tonris::actors {

// --- to itself
struct sending_link_changed {
  using travels = in_process;
};
struct trim_due {
  using travels = in_process;
};
using record_sender_door =
    record_sending::extend<caf::reacts_to<redis_came>, caf::reacts_to<sending_link_changed>, caf::reacts_to<trim_due>>;

/// Sends what waits in the call store's outbox to the stream that every node reads (config/redis/record_*.lua), a batch
/// at a time. What Redis has taken leaves the outbox; what it refused, did not get, or perhaps got, is sent again after
/// a pause: readers take a call by its rev, so that sending twice does nothing. What is too large for an entry stays
/// with this node. Nearly no memory left at Redis: records wait, so that calls can still be admitted; deletions go on,
/// and so does taking out what is past its days: of calls as the outbox says, and now and then whatever has been in the
/// stream for too long. Loop-bound, with a connection of its own.
class record_sender final : public loop_bound_actor<record_sender_door::base> {
 public:
  static constexpr std::size_t most_in_batch = 32, most_bytes_in_batch = std::size_t{2} * 1024 * 1024;
  static constexpr std::chrono::hours kept_for{48};       ///< in the stream
  static constexpr std::chrono::days gone_kept_for{400};  ///< deletions, so that nothing late comes back
  static constexpr std::chrono::milliseconds first_pause{200}, longest_pause{30'000};
  static constexpr std::chrono::minutes between_trims{10};  ///< of the stream
  static constexpr std::chrono::seconds trim_pause{1};      ///< while there is more
  static constexpr std::size_t most_in_trim = 2'000;        ///< entries
  static constexpr double most_of_memory = 0.8;             ///< of Redis' maxmemory; above it records wait

  struct config {
    net::loop* loop = nullptr;  ///< where it lives
    net::redis_options options;
    std::string prefix = "{tonris}:";
    shared_records store;
    std::shared_ptr<const model::field_seal> seal;
    std::function<model::aead_nonce()> nonce;
    std::function<std::uint32_t()> random;
    metrics* counters = nullptr;
    /// What is wrong with it now, for /ready; "": nothing.
    std::function<void(std::string)> trouble = [](const std::string&) {};
    /// An answer of Redis' may take so long: records are long, and nobody waits for them.
    std::chrono::milliseconds patience{10'000};
  };

  record_sender(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.record_sender"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  void on_link();
  void look();
  void look_at_memory(outbox_read batch);
  void send_all(const outbox_read& batch, bool is_full);
  std::size_t send_one(const call_database::outgoing& one, const std::string& node);
  std::size_t send_aged(const call_database::outgoing& one, const std::string& node);
  /// How many bytes that is.
  std::size_t run_script(const net::redis_script& script, const std::vector<std::string>& keys,
                         const std::vector<std::string>& arguments, std::int64_t row);
  void trim();
  void trim_in(std::chrono::milliseconds pause);
  void leave_out(const call_database::outgoing& one);
  void answered(std::int64_t row, const net::redis_answer& answer);
  void end_batch();
  void later(std::string why);
  [[nodiscard]] std::string key(std::string_view name) const { return config_.prefix + std::string{name}; }
  [[nodiscard]] const record_metrics& counted() const { return config_.counters->of<record_metrics>(); }

  // given
  const config config_;
  // owned
  std::unique_ptr<net::redis_link> link_;
  // state
  bool at_work_ = false;  ///< from a look into the outbox to the batch's end
  bool waits_ = false;    ///< send_records is on its way; a new connection is not waited with
  std::size_t open_ = 0;  ///< of the batch, unanswered
  std::string trouble_;   ///< of the batch
  std::vector<std::int64_t> sent_;
  net::redis_backoff backoff_{first_pause, longest_pause};
  redis_questions<record_sender> questions_{*this};
};

/// Of a Redis that says so of its memory (INFO memory): bytes; `most` 0: it has no limit.
struct redis_memory {
  double used = 0, most = 0;
};
[[nodiscard]] redis_memory memory_in(std::string_view info) noexcept;

/// May records be sent to a Redis that says so of its memory (INFO memory)?
[[nodiscard]] bool has_room_for_records(std::string_view info) noexcept;

}  // namespace tonris::actors
