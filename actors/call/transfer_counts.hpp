#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "actors/telemetry/metrics.hpp"
#include "model/text/siphash.hpp"
#include "model/tool/transfer_counter.hpp"

namespace tonris::actors {

/// How many transfers each caller had in the last day (model/tool/transfer_counter.hpp), shared by this node's calls:
/// another node, and the next life of this one, count anew. Any thread; each call takes a lock for as long as a look
/// into a map takes. Holds no number, only hashes by a key of its own.
class transfer_counts {
 public:
  using time = model::transfer_counter::time;

  transfer_counts();
  transfer_counts(const transfer_counts&) = delete;
  transfer_counts& operator=(const transfer_counts&) = delete;

  /// `caller`: E.164, or a word where he withholds his number.
  [[nodiscard]] std::uint32_t placed(const model::tenant_id& tenant, std::string_view caller, time now) const;
  void add(const model::tenant_id& tenant, std::string_view caller, time now, metrics& counters);

 private:
  [[nodiscard]] std::string hash_of(std::string_view caller) const;

  model::siphash_key key_{};
  mutable std::mutex lock_;
  model::transfer_counter counter_;
};

}  // namespace tonris::actors
