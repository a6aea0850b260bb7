#include "actors/web/circle_check.hpp"

#include <chrono>

#include "actors/runtime/ask.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/ways_out.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{2};

}  // namespace

circle_check::circle_check(caf::event_based_actor* self, tenant_registry registry, model::tenant t, decided done)
    : self_(self), registry_(std::move(registry)), tenant_(std::move(t)), done_(std::move(done)) {
  for (const auto& way : model::ways_out_of(tenant_)) open_.push_back({way.path, *way.to});
}

void circle_check::start(caf::event_based_actor* self, tenant_registry registry, const model::tenant& t, decided done) {
  std::shared_ptr<circle_check>(new circle_check(self, std::move(registry), t, std::move(done)))->ask_next();
}

void circle_check::ask_next() {
  if (open_.empty() || ++asked_ > most_asked) return done_(std::move(mistakes_));
  auto next = std::move(open_.front());
  open_.pop_front();
  const auto own = numbers_of(tenant_);
  if (model::is_listed(own, next.number)) {
    note(mistakes_, next.root, "is the tenant's own number: its calls would go in a circle");
    return ask_next();
  }
  ask(self_, registry_, answer_limit, find_tenant{next.number})
      .then(
          [me = shared_from_this(), root = next.root](const found_tenant& found) {
            if (found.tenant) me->follow(root, *found.tenant);
            me->ask_next();
          },
          [me = shared_from_this()](const caf::error&) { me->ask_next(); });
}

/// Another tenant's numbers lead on by his own ways; to those of the tenant himself, whose number may be new, they must
/// not.
void circle_check::follow(const std::string& root, const model::tenant& next) {
  if (next.id == tenant_.id || !passed_.insert(next.id).second) return;
  const auto own = numbers_of(tenant_);
  for (const auto& way : model::ways_out_of(next)) {
    if (model::is_listed(own, *way.to))
      note(mistakes_, root,
           "leads back to the tenant's own number by way of tenant " + next.id.value + ": paid calls in a circle");
    else
      open_.push_back({root, *way.to});
  }
}

}  // namespace tonris::actors
