#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "model/admission/table.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// Callers who wait for a place, tenant by tenant, first come, first served. Each asks again and again; who does not
/// ask within `patience` has hung up, and stands in nobody's way any more.
class waiting_line {
 public:
  using time = std::chrono::steady_clock::time_point;

  static constexpr std::size_t max_of_tenant = 100, max_tenants = 10'000;
  static constexpr std::chrono::seconds patience{25};

  /// How many stand before this call: all of its tenant's, where it does not wait itself. Asking keeps its place.
  [[nodiscard]] std::size_t before(const tenant_id& tenant, const call_sid& call, time now);
  /// At the end, or where it stands already. False: the line is full.
  [[nodiscard]] bool join(const tenant_id& tenant, const call_sid& call, time now);
  void leave(const tenant_id& tenant, const call_sid& call);    ///< it is let in, or told to go
  void give_up(const tenant_id& tenant, const call_sid& call);  ///< it hung up, if it stood in line

  [[nodiscard]] std::size_t length(const tenant_id& tenant, time now);
  [[nodiscard]] std::uint64_t given_up() const noexcept { return given_up_; }  ///< hung up while they waited

 private:
  struct caller {
    call_sid call;
    time asks_until;
  };
  using line = std::deque<caller>;
  std::size_t take_out(const tenant_id& tenant, const call_sid& call);
  [[nodiscard]] line* line_of(const tenant_id& tenant, time now);

  std::unordered_map<tenant_id, line> lines_;  // none of them empty
  std::uint64_t given_up_ = 0;
};

/// The limits for a call that has so many before it: each of them gets a place first.
[[nodiscard]] admission_limits behind(admission_limits limits, std::size_t others) noexcept;

}  // namespace tonris::model
