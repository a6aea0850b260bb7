#pragma once

#include <caf/event_based_actor.hpp>
#include <functional>
#include <memory>

#include "actors/tenant/messages.hpp"
#include "model/json/fields.hpp"
#include "model/tenant/circle_search.hpp"

namespace tonris::actors {

/// A model::circle_search among the registry's tenants, asked for one number after the other; a number that it cannot
/// tell anything of leads nowhere. On the thread of the actor that asks.
class circle_check : public std::enable_shared_from_this<circle_check> {
 public:
  /// `done` is given the mistakes, by the paths of the ways; none: there is no circle.
  using decided = std::function<void(model::json_mistakes mistakes)>;

  static void start(caf::event_based_actor* self, tenant_registry registry, const model::tenant& t, decided done);

 private:
  circle_check(caf::event_based_actor* self, tenant_registry registry, const model::tenant& t, decided done);
  void ask_next();

  // given
  caf::event_based_actor* self_;
  const tenant_registry registry_;
  const decided done_;

  // state
  model::circle_search search_;
};

}  // namespace tonris::actors
