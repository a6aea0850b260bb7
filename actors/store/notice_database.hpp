#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "actors/store/private_database.hpp"
#include "model/text/ids.hpp"
#include "model/webhook/endpoint_schedule.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// What tenants are to be told, in `notices.db`, beside the call store's file and under its lock: until it is
/// delivered, or as a dead letter. The events of one call for one webhook are due one after the other: the next when
/// the one before it was delivered or given up. One thread at a time; blocks on the disk.
class notice_database {
 public:
  using time = std::chrono::system_clock::time_point;
  template <class T>
  using result = net::sqlite::result<T>;

  static constexpr std::chrono::days dead_kept_for{30};
  /// Beyond a tenant's share its oldest goes, dead letters first; beyond the whole, that of the tenant with the most.
  static constexpr std::int64_t most_of_a_tenant = 10'000, most = 200'000;

  struct bounds {
    std::int64_t of_a_tenant = most_of_a_tenant, all = most;
  };

  struct notice {
    std::string id;  ///< of the event for that webhook, for ever
    model::webhook_endpoint to;
    std::string event, call;
    std::string body;
    time queued;
    std::optional<time> due{};  ///< nothing: the one before it is first, or it is dead
    unsigned attempts = 0;
    std::optional<time> first_attempt{}, last_attempt{};
    unsigned last_status = 0;  ///< of HTTP; 0: no answer
    std::string last_error{};
    std::optional<time> dead{};  ///< since when nobody tries any more
    std::int64_t seq = 0;        ///< in the order in which they came
  };
  struct attempt {
    time at;
    unsigned status = 0;
    std::string error;
  };
  struct counts {
    std::int64_t waiting = 0, dead = 0;
  };
  struct added {
    std::int64_t fresh = 0;    ///< others were there already
    std::int64_t dropped = 0;  ///< older ones that made room
  };
  enum class state : std::uint8_t { waiting, dead };

  /// Makes the file where there is none, for its owner only. The directory has to be there.
  [[nodiscard]] static tl::expected<notice_database, unusable_database> open(const std::string& data_dir,
                                                                             bounds within);
  [[nodiscard]] static tl::expected<notice_database, unusable_database> open(const std::string& data_dir) {
    return open(data_dir, bounds{});
  }

  /// All of them or none, in one commit. One whose id is there stays as it is.
  [[nodiscard]] result<added> add(std::span<const notice> what);

  /// When the first of each endpoint that has one is due.
  [[nodiscard]] result<std::vector<std::pair<model::webhook_endpoint, time>>> schedule();
  [[nodiscard]] result<std::optional<time>> next_time(const model::webhook_endpoint& of);
  [[nodiscard]] result<std::optional<notice>> next_due(const model::webhook_endpoint& of, time now);

  [[nodiscard]] result<void> put_off(const notice& what, const attempt& last, time until);
  [[nodiscard]] result<void> delivered(const notice& what, time now);
  [[nodiscard]] result<void> give_up(const notice& what, const attempt& last);

  /// It is due at once, or behind what its call has waiting before it, with all its attempts before it. The one it is;
  /// nothing: that tenant has no such notice.
  [[nodiscard]] result<std::optional<notice>> redeliver(std::string_view tenant, std::string_view id, time now);
  /// At most `limit`, the newest first, older than `before` (0: from the newest), without their bodies.
  [[nodiscard]] result<std::vector<notice>> list(std::string_view tenant, state is, std::int64_t before,
                                                 std::size_t limit);
  /// Deletes all events of those calls, waiting and dead.
  [[nodiscard]] result<void> forget(std::span<const model::call_sid> calls);
  [[nodiscard]] result<counts> count();
  [[nodiscard]] result<void> prune(time now);

 private:
  notice_database(net::sqlite::database db, bounds within) : db_(std::move(db)), bounds_(within) {}
  [[nodiscard]] result<void> recount();
  [[nodiscard]] result<bool> insert(const notice& what);
  [[nodiscard]] result<std::int64_t> make_room(const std::string& tenant, time now);
  [[nodiscard]] result<void> drop_oldest(const std::string& tenant, time now);
  [[nodiscard]] result<void> release_next(const model::webhook_endpoint& of, std::string_view call, time now);
  [[nodiscard]] result<void> erase(std::int64_t seq, const std::string& tenant);
  [[nodiscard]] result<added> add_all(std::span<const notice> what);

  net::sqlite::database db_;
  bounds bounds_;
  std::map<std::string, std::int64_t> of_tenant_;  ///< how many of each, dead ones too
  std::int64_t all_ = 0;
};

}  // namespace tonris::actors
