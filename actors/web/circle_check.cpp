#include "actors/web/circle_check.hpp"

#include <chrono>
#include <utility>

#include "actors/runtime/ask.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{2};

}  // namespace

circle_check::circle_check(caf::event_based_actor* self, tenant_registry registry, const model::tenant& t, decided done)
    : self_(self), registry_(std::move(registry)), done_(std::move(done)), search_(t) {}

void circle_check::start(caf::event_based_actor* self, tenant_registry registry, const model::tenant& t, decided done) {
  std::shared_ptr<circle_check>(new circle_check(self, std::move(registry), t, std::move(done)))->ask_next();
}

void circle_check::ask_next() {
  const auto number = search_.next();
  if (!number) return done_(search_.mistakes());
  ask(self_, registry_, answer_limit, find_tenant{*number})
      .then(
          [me = shared_from_this()](const found_tenant& found) {
            if (found.tenant) me->search_.found(*found.tenant);
            me->ask_next();
          },
          [me = shared_from_this()](const caf::error&) { me->ask_next(); });
}

}  // namespace tonris::actors
