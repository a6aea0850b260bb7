#pragma once

#include <cstdint>
#include <string>

namespace tonris::model::doctor {

/// What came of asking somebody on the network, before he says anything about himself.
struct reach {
  enum class outcome : std::uint8_t {
    answered,     ///< `status` and what stands with it
    no_name,      ///< the host has no address
    unreachable,  ///< refused, no route, no answer in time
    no_tls,       ///< something else than TLS is spoken there
    certificate,  ///< its certificate is refused
  };
  outcome is = outcome::unreachable;
  std::string why;  ///< of all but answered: one line
  unsigned status = 0;
  std::string server;    ///< its Server field
  std::string date;      ///< its Date field
  std::string location;  ///< where a redirect leads: scheme, host and port alone
  std::string code;      ///< of an error in our own shape ("not_found"); "": that is not ours
  std::string body;
};

}  // namespace tonris::model::doctor
