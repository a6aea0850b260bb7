#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/elevenlabs/agent_settings.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// Something about an agent that does not fit what a tenant's calls need of it.
struct agent_finding {
  enum class severity : std::uint8_t {
    note,     ///< good to know
    warning,  ///< calls go on, but not as well as they could
    error,    ///< calls fail
  };
  severity is = severity::warning;
  std::string what;  ///< "the agent may not be given a first message"
  std::string why;   ///< "this tenant has settings.greeting: the conversation is closed with 1008"
  std::string fix;   ///< "Agent → Security → Overrides: enable First message"
  bool operator==(const agent_finding&) const = default;
};
[[nodiscard]] std::string_view to_string(agent_finding::severity severity) noexcept;  ///< "warning"

/// All of them, the gravest first. Pure. The variables are those that our conversations really send
/// (model/call/briefing.hpp). It says nothing about tools that the agent has by id alone: those are not in its
/// settings.
[[nodiscard]] std::vector<agent_finding> check_agent(const elevenlabs::agent_settings& agent, const tenant& t);

/// Of one that the account does not have.
[[nodiscard]] agent_finding unknown_agent();

/// One line: "error: agent agent_abc, tenant salon-1: … (…). Fix: …". Control characters become blanks.
[[nodiscard]] std::string to_line(const agent_finding& finding, std::string_view agent, std::string_view tenant);

}  // namespace tonris::model
