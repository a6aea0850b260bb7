#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
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
struct resending_link_changed {
  using travels = in_process;
};
using record_resender_door =
    record_resending::extend<caf::reacts_to<redis_came>, caf::reacts_to<resending_link_changed>>;

/// Sends a node that has missed records those that are here, the newest first, by a stream of that node's own at Redis
/// (config/redis/record_again.lua): a part at a time, with a pause, and no more than a few wait for him, so that it
/// costs Redis little however many there are. Of several nodes that answer the same question one sends a record. Who
/// does not read keeps nobody else waiting. In nobody's way: loop-bound, with a connection of its own, behind what is
/// new, and not while Redis is nearly full.
class record_resender final : public loop_bound_actor<record_resender_door::base> {
 public:
  static constexpr std::size_t most_in_part = 32, most_bytes_in_part = std::size_t{1024} * 1024;
  static constexpr std::size_t most_waiting = 64;        ///< records for a node; then he reads first
  static constexpr std::chrono::days kept_for{30};       ///< they wait so long for him
  static constexpr std::chrono::minutes marked_for{10};  ///< that a record was sent: the others answer at the same time
  static constexpr std::chrono::milliseconds first_pause{200}, longest_pause{60'000};  ///< while it cannot go on

  struct config {
    net::loop* loop = nullptr;  ///< where it lives
    net::redis_options options;
    std::string prefix = "{tonris}:";
    shared_records store;
    std::shared_ptr<const model::field_seal> seal;
    std::function<model::aead_nonce()> nonce;
    std::function<std::uint32_t()> random;
    metrics* counters = nullptr;
    std::chrono::milliseconds patience{10'000};  ///< an answer of Redis' may take so long
    std::chrono::milliseconds pause{100};        ///< between two parts
  };

  record_resender(caf::actor_config& actor, config settings);
  [[nodiscard]] const char* name() const override { return "tonris.record_resender"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  using part = call_database::again_part;
  void look();
  void look_at_memory(const again_read& read);
  void ask_what_is_sent(std::vector<call_database::outgoing> calls, const std::string& me);
  void send_part(const std::vector<call_database::outgoing>& calls, const std::string& me,
                 const net::redis_reply& marks);
  void send_one(const call_database::outgoing& call, const std::string& me);
  void answered(const net::redis_answer& answer);
  void end_part();
  void look_in(std::chrono::milliseconds pause);
  [[nodiscard]] std::string key(std::string_view name) const { return config_.prefix + std::string{name}; }
  [[nodiscard]] std::string stream_of(const std::string& node) const { return key("again:" + node); }
  void count(record_metrics::again what) const { config_.counters->of<record_metrics>().resent(what); }

  // given
  const config config_;
  // owned
  std::unique_ptr<net::redis_link> link_;
  // state
  bool at_work_ = false;  ///< from a look into the store to the part's end
  bool waits_ = false;    ///< resend_records is on its way; a new connection is not waited with
  part part_;             ///< without its calls
  std::size_t open_ = 0;  ///< of the part, unanswered
  bool failed_ = false;   ///< some of the part: all of it is sent once more
  net::redis_backoff backoff_{first_pause, longest_pause};  ///< while the store cannot be read
  std::map<std::string, net::redis_backoff> slow_;          ///< of nodes whose part could not be sent
  redis_questions<record_resender> questions_{*this};
};

}  // namespace tonris::actors
