#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/store/tenant_rows.hpp"
#include "actors/tenant/messages.hpp"

namespace tonris::actors {

/// The tenants a node has at hand: those that were asked for last, read and parsed. One thread at a time, no clock.
///
/// A tenant is fresh if it was read or verified in the present life of the store's announcements; after a break in them
/// each is verified when it is next asked for. Between a store's answer and its announcement of a change there is no
/// common order: what was asked for before a change was announced is used once, and not kept.
class tenant_cache {
 public:
  using time = std::chrono::steady_clock::time_point;
  struct limits {
    std::size_t tenants = 20'000, absences = 10'000;
    std::chrono::seconds absent_for{30};
  };
  struct known {
    tenant_ptr tenant;
    std::string etag;
    bool fresh = false;
  };

  tenant_cache() = default;
  explicit tenant_cache(limits most) : most_(most) {}

  /// Null: not at hand. Good until the cache changes.
  [[nodiscard]] const known* find(const model::tenant_id& id);
  /// By the number as the tenant has it, or in its meeting form.
  [[nodiscard]] const known* find_number(const std::string& number);
  /// Did the store say not long ago that nobody has that number?
  [[nodiscard]] bool is_absent(const std::string& form, time now);

  // --- a look-up under way
  using look_up = std::uint64_t;
  [[nodiscard]] look_up begin(std::vector<std::string> forms, std::vector<model::tenant_id> ids);
  /// Its answer is there. False: a change overtook it.
  [[nodiscard]] bool end(look_up which);
  [[nodiscard]] std::size_t under_way() const noexcept { return under_way_.size(); }

  // --- what was read
  void put(tenant_ptr tenant, std::string etag);
  void verify(const model::tenant_id& id, const std::string& etag);  ///< it is as it was
  void put_absent(std::string form, time now);
  void drop(const model::tenant_id& id);

  void changed(const tenant_change& change);
  /// Without announcements nothing is fresh, and no absence is believed, however often it is read.
  void begin_life(bool announces = true);

  [[nodiscard]] std::size_t size() const noexcept { return tenants_.size(); }

 private:
  struct entry {
    known is;
    std::uint64_t life = 0;
    std::vector<std::string> numbers;  // which lead here
  };
  using order = std::list<entry>;  // asked for last first
  struct open_look_up {
    std::vector<std::string> forms;
    std::vector<model::tenant_id> ids;
    bool overtaken = false;
  };

  [[nodiscard]] const known* touch(order::iterator at);
  void remove(order::iterator at);

  limits most_{};
  std::uint64_t life_ = 1;
  bool hears_ = true;  // of changes
  order tenants_;
  std::unordered_map<model::tenant_id, order::iterator> by_id_;
  std::unordered_map<std::string, order::iterator> by_number_;
  std::unordered_map<std::string, time> absences_;  // until when
  std::list<std::string> absence_order_;            // oldest first; some are gone already
  std::unordered_map<look_up, open_look_up> under_way_;
  look_up last_ = 0;
};

}  // namespace tonris::actors
