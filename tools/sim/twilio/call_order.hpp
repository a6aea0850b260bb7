#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/text/form.hpp"
#include "net/http.hpp"
#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// A call that the REST API is asked to place: POST …/Calls.json.
struct call_order {
  struct told {
    std::string url, method = "POST";
  };
  std::string to, from;
  told what_next;                     ///< Url, asked once somebody answers
  told progress;                      ///< StatusCallback
  std::vector<std::string> events;    ///< of it; none named: completed
  told machine;                       ///< AsyncAmdStatusCallback, once it is known who has answered
  bool listens_for_machines = false;  ///< MachineDetection
  std::chrono::seconds timeout{60};
  [[nodiscard]] bool wants(std::string_view event) const;
};

/// What Twilio would say no to has its answer; what it would take and not do is a violation. `owns`: is that number one
/// of the account's?
[[nodiscard]] std::variant<call_order, net::http_response> read_order(
    const model::form& given, const std::function<bool(const std::string&)>& owns, violation_log& violations);

}  // namespace tonris::sim
