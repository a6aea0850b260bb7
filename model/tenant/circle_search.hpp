#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_set>

#include "model/json/fields.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// Do a tenant's ways out (transfers) lead back to himself, by way of other tenants? Every such call would be a paid
/// loop. Whoever searches finds the tenant of one number after the other, `most_asked` at most; a number that is
/// nobody's leads nowhere.
class circle_search {
 public:
  static constexpr std::size_t most_asked = 200;

  explicit circle_search(tenant of);

  /// Whose number is that? Nothing: the search is over.
  [[nodiscard]] std::optional<std::string> next();
  void found(const tenant& there);  ///< of the number that `next` has told last
  /// By the paths of the ways; none: there is no circle.
  [[nodiscard]] const json_mistakes& mistakes() const noexcept { return mistakes_; }

 private:
  // given
  const tenant tenant_;

  // state
  struct step {
    std::string root;    // the way of the tenant's own that it began with
    std::string number;  // where it leads
  };
  std::deque<step> open_;
  std::string root_;  // of the number that was told last
  std::unordered_set<tenant_id> passed_;
  std::size_t asked_ = 0;
  json_mistakes mistakes_;
};

}  // namespace tonris::model
