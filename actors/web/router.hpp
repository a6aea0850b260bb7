#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "actors/web/methods.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/path_pattern.hpp"
#include "model/access/principal.hpp"
#include "net/http.hpp"

namespace tonris::actors {

class http_front;
struct request_context;

/// Whom a route is for.
enum class audience : std::uint8_t {
  anybody,
  metrics_reader,  ///< shows METRICS_TOKEN; where there is none, anybody
  api_user,        ///< shows ADMIN_TOKEN or a tenant's key, and may what the route does; without ADMIN_TOKEN, nobody
  twilio,          ///< signed the request
  doctor,          ///< proves that he knows ADMIN_TOKEN without showing it, where Twilio comes in
  elevenlabs,      ///< signed it, or shows ELEVENLABS_WEBHOOK_SECRET; of a body that streams the handler finds out
};

/// Where requests come in. Each door serves the routes of those who use it, and knows no others.
enum class door : std::uint8_t {
  everyone,         ///< Twilio's and the operators', who have none of their own
  twilio_only,      ///< Twilio's; balancers see there how the node is
  operators_alone,  ///< theirs; the same
};
[[nodiscard]] bool serves(door at, audience whom) noexcept;

inline constexpr std::size_t ordinary_body_bytes = 128 * 1024;

/// One row of the table of what this node answers.
struct route {
  using handler = void (*)(http_front& at, request_context& asked);

  methods by;
  std::string_view pattern;  ///< path_pattern.hpp
  audience may = audience::anybody;
  web_metrics::endpoint counted_as = web_metrics::endpoint::other;
  handler handle = nullptr;
  std::size_t max_body_bytes = ordinary_body_bytes;  ///< 413 beyond, before the body is read
  /// Of an api_user: what it comes to. Where the pattern has `{id}`, to that tenant; else whoever may it to anybody
  /// comes in, and the handler looks whose is what it finds.
  model::action does = model::action::operate_the_node;
  bool streams = false;  ///< the body: the handler is called with the head, and takes it as it comes
};

/// What a path leads to.
struct found_route {
  const route* to = nullptr;       ///< null: nothing is there
  bool method_allowed = true;      ///< false: `to` is one of the path's routes, asked in another way
  methods allowed = methods::get;  ///< of all the path's routes
  path_parameters parameters{};
};

/// The first pattern that matches decides; the routes of one pattern share its methods out. Goes through the table, and
/// allocates nothing.
[[nodiscard]] found_route find_route(std::span<const route> table, door at, const net::http_request& head) noexcept;

}  // namespace tonris::actors
