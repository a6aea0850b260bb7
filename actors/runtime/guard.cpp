#include "actors/runtime/guard.hpp"

#include <caf/detail/pretty_type_name.hpp>
#include <caf/sec.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/type_nr.hpp>
#include <string>

#include "actors/runtime/metrics.hpp"

namespace tonris::actors {

namespace {

/// "told_once, key_pressed".
std::string types_of(const caf::type_erased_tuple& message) {
  std::string types;
  for (std::size_t i = 0; i < message.size(); ++i) {
    const auto [builtin, ours] = message.type(i);
    std::string type = ours ? caf::detail::pretty_type_name(*ours) : caf::numbered_type_names[builtin - 1];
    if (const auto scope = type.rfind('.'); scope != std::string::npos) type.erase(0, scope + 1);
    types.append(i == 0 ? "" : ", ").append(type);
  }
  return types;
}

}  // namespace

caf::error count_unhandled(const caf::message_view& message, metrics& counters, std::string_view actor) {
  const auto types = types_of(message.content());
  auto& counted = counters.of<actor_metrics>();
  counted.unhandled_message(actor);
  if (counted.unhandled_types.is_new(std::string{actor}.append(": ").append(types)))
    log::warn("Actor {actor} is sent what it does not handle: {types}", {{"actor", actor}, {"types", types}});
  return caf::make_error(caf::sec::unexpected_message);
}

}  // namespace tonris::actors
