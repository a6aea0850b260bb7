#include "actors/web/router.hpp"

#include "net/http_server.hpp"

namespace tonris::actors {

bool serves(door at, audience whom) noexcept {
  switch (whom) {
    case audience::anybody: return true;
    case audience::metrics_reader:
    case audience::api_user: return at != door::twilio_only;
    case audience::twilio:
    case audience::doctor:
    case audience::elevenlabs: return at != door::operators_alone;
  }
  return false;
}

found_route find_route(std::span<const route> table, door at, const net::http_request& head) noexcept {
  const auto path = head.path();
  found_route found;
  for (const auto& row : table) {
    if (!serves(at, row.may)) continue;
    if (found.to ? row.pattern != found.to->pattern : !matches(row.pattern, path, found.parameters)) continue;
    const bool allowed = row.by.has(methods::websocket) ? net::is_upgrade(head) : row.by.has(head.method);
    found.allowed = found.to ? found.allowed | row.by : row.by;
    if (found.to && !(allowed && !found.method_allowed)) continue;
    found.to = &row;
    found.method_allowed = allowed;
  }
  return found;
}

}  // namespace tonris::actors
