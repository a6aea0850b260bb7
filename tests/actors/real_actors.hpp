#pragma once

#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/scoped_actor.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "actors/runtime/quiet_clock.hpp"

namespace tonris::actors::test {

/// Of a system whose actors live in real time, as a gateway's do.
struct real_settings : caf::actor_system_config {
  real_settings() {
    use_quiet_clock(*this);
    set("logger.verbosity", caf::atom("quiet"));
  }
};

/// What it is answered, in real time, by a test's own thread; nothing: an error, or it takes longer.
template <class Answer, class Whom, class Question>
std::optional<Answer> answer_of(caf::actor_system& system, const Whom& whom, Question question,
                                std::chrono::milliseconds within = std::chrono::seconds{10}) {
  caf::scoped_actor self{system};
  std::optional<Answer> got;
  self->request(whom, within, std::move(question))
      .receive([&](Answer& answer) { got = std::move(answer); }, [](const caf::error&) {});
  return got;
}

/// The same where there has to be an answer.
template <class Answer, class Whom, class Question>
Answer sure_answer_of(caf::actor_system& system, const Whom& whom, Question question,
                      std::chrono::milliseconds within = std::chrono::seconds{10}) {
  caf::scoped_actor self{system};
  Answer got{};
  self->request(whom, within, std::move(question))
      .receive([&](Answer& answer) { got = std::move(answer); },
               [&](const caf::error& why) { ADD_FAILURE() << system.render(why); });
  return got;
}

}  // namespace tonris::actors::test
