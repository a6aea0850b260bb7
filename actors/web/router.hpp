#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "actors/web/methods.hpp"
#include "actors/web/metrics.hpp"
#include "actors/web/path_pattern.hpp"
#include "net/http.hpp"

namespace tonris::actors {

class http_front;
struct request_context;

/// Who asks; of a route: who may.
enum class principal : std::uint8_t {
  anybody,
  metrics_reader,  ///< shows METRICS_TOKEN; where there is none, anybody
  node_operator,   ///< shows ADMIN_TOKEN; where there is none, nobody
  twilio,          ///< signed the request
};

/// Where requests come in. Each door serves the routes of those who use it, and knows no others.
enum class door : std::uint8_t {
  everyone,         ///< Twilio's and the operators', who have none of their own
  twilio_only,      ///< Twilio's; balancers see there how the node is
  operators_alone,  ///< theirs; the same
};
[[nodiscard]] bool serves(door at, principal whom) noexcept;

inline constexpr std::size_t ordinary_body_bytes = 128 * 1024;

/// One row of the table of what this node answers.
struct route {
  using handler = void (*)(http_front& at, request_context& asked);

  methods by;
  std::string_view pattern;  ///< path_pattern.hpp
  principal may = principal::anybody;
  web_metrics::endpoint counted_as = web_metrics::endpoint::other;
  handler handle = nullptr;
  std::size_t max_body_bytes = ordinary_body_bytes;  ///< 413 beyond, before the body is read
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
