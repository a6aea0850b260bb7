#pragma once

#include <caf/actor_clock.hpp>
#include <caf/detail/type_traits.hpp>
#include <caf/duration.hpp>
#include <caf/error.hpp>
#include <caf/message_id.hpp>
#include <utility>

namespace tonris::actors {

/// A request that was sent; then() says what its answer and what its failure do.
template <class Self, class Handle>
class question {
 public:
  question(Self* self, Handle sent) : self_(self), sent_(std::move(sent)) {}

  template <class Answered, class Failed>
  void then(Answered answered, Failed failed) && {
    using answer = typename caf::detail::tl_head<typename caf::detail::get_callable_trait<Answered>::arg_types>::type;
    sent_.then(
        [self = self_, id = sent_.id(), answered = std::move(answered)](answer a) mutable {
          self->clock().cancel_request_timeout(self, id);
          answered(a);
        },
        [self = self_, id = sent_.id(), failed = std::move(failed)](const caf::error& why) mutable {
          self->clock().cancel_request_timeout(self, id);
          failed(why);
        });
  }

 private:
  Self* self_;
  Handle sent_;
};

/// request(), but the limit goes with the answer. CAF 0.17 leaves it in its clock until it is due, holds the actor's
/// memory so long, and then sends it an error that it drops (docs/performance.md#why-it-is-built-so).
/// On the actor's own thread; `self` outlives the answer, as with request().
template <class Self, class To, class Limit, class... Ts>
[[nodiscard]] auto ask(Self* self, const To& whom, Limit at_most, Ts&&... what) {
  auto sent = self->request(whom, at_most, std::forward<Ts>(what)...);
  return question<Self, decltype(sent)>{self, std::move(sent)};
}

}  // namespace tonris::actors
