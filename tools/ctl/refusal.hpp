#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace tonris::ctl {

/// Why nothing came of a command.
struct refusal {
  refusal(std::string why, bool unknown = false) : line(std::move(why)), is_unknown(unknown) {}

  std::string line;  ///< one, without the token
  bool is_unknown;   ///< there is no such call, tenant or key: the command ends with ctl::not_found
};

/// An answer of the API's that is an error.
struct said_error {
  std::string message;      ///< "": it cannot be read
  bool is_unknown = false;  ///< a 404 of the API's own: another one comes from a proxy, or from one without such a path
};
[[nodiscard]] said_error error_in(unsigned status, std::string_view body);

}  // namespace tonris::ctl
