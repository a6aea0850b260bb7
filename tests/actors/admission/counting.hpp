#pragma once

#include <caf/actor_system.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "actors/admission/admission.hpp"

namespace tonris::actors::test {

/// A real admission that counts in `books`, callers by their numbers as they are.
inline admission spawn_counting(caf::actor_system& system, std::shared_ptr<admission_books> books,
                                std::function<std::chrono::system_clock::time_point()> wall_clock, metrics& counters) {
  admission_rules::config rules;
  rules.books = std::move(books);
  rules.hash_caller = [](std::string_view number) { return std::string{number}; };
  rules.wall_clock = std::move(wall_clock);
  rules.counters = &counters;
  return system.spawn(admit_locally, local_admission::config{std::move(rules), {}});
}

}  // namespace tonris::actors::test
