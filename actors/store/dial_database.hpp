#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "actors/store/private_database.hpp"
#include "model/outbound/dials.hpp"
#include "model/text/ids.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// The calls that this node has placed in the last day, in `outbound.db`, beside the call store's file and under its
/// lock: written before Twilio is asked, so that none that rings is unknown to the node's next life. What was committed
/// outlives a power cut. One thread at a time; blocks on the disk.
class dial_database {
 public:
  using time = std::chrono::system_clock::time_point;
  template <class T>
  using result = net::sqlite::result<T>;

  /// How many a tenant has tried, by the wall clock (model::dial_attempts).
  struct attempts {
    model::tenant_id tenant;
    std::vector<time> minute;
    std::uint32_t day = 0;
    time day_until;
    bool operator==(const attempts&) const = default;
  };
  struct kept {
    std::vector<model::dial> dials;  ///< of the newest model::dials::most, the oldest first; `began` is not theirs
    std::vector<attempts> tried;     ///< of tenants whose day is not over
    std::size_t unreadable = 0;
  };

  /// Makes the file where there is none, for its owner only. The directory has to be there.
  [[nodiscard]] static tl::expected<dial_database, unusable_database> open(const std::string& data_dir);

  [[nodiscard]] result<kept> load(time now);
  /// Some dials as they are now, those that are to be forgotten, and what their tenants have tried: all of it or
  /// nothing. What is over a day old goes.
  struct changes {
    std::vector<model::dial> dials;
    std::vector<model::ticket> gone;
    std::vector<attempts> tried;
  };
  [[nodiscard]] result<void> write(const changes& what, time now);

 private:
  explicit dial_database(net::sqlite::database db) : db_(std::move(db)) {}
  [[nodiscard]] result<void> write_dials(const changes& what);
  [[nodiscard]] result<void> write_attempts(const changes& what);

  net::sqlite::database db_;
};

}  // namespace tonris::actors
