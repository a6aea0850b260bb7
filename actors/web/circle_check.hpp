#pragma once

#include <caf/event_based_actor.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include "actors/tenant/messages.hpp"
#include "model/json/fields.hpp"

namespace tonris::actors {

/// Do a tenant's ways out (transfers) lead back to himself, by way of other tenants? Every such call would be a paid
/// loop. Asks the registry for one number after the other, `most_asked` at most; a number that it cannot tell anything
/// of leads nowhere. On the thread of the actor that asks.
class circle_check : public std::enable_shared_from_this<circle_check> {
 public:
  static constexpr std::size_t most_asked = 200;
  /// `done` is given the mistakes, by the paths of the ways; none: there is no circle.
  using decided = std::function<void(model::json_mistakes mistakes)>;

  static void start(caf::event_based_actor* self, tenant_registry registry, const model::tenant& t, decided done);

 private:
  circle_check(caf::event_based_actor* self, tenant_registry registry, model::tenant t, decided done);
  void ask_next();
  void follow(const std::string& root, const model::tenant& next);

  // given
  caf::event_based_actor* self_;
  const tenant_registry registry_;
  const model::tenant tenant_;
  const decided done_;

  // state
  struct step {
    std::string root;    // the way of the tenant's own that it began with
    std::string number;  // where it leads
  };
  std::deque<step> open_;
  std::unordered_set<model::tenant_id> passed_;
  std::size_t asked_ = 0;
  model::json_mistakes mistakes_;
};

}  // namespace tonris::actors
