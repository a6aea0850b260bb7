#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "model/text/ids.hpp"

namespace tonris::model {

/// A business, as docs/configuration.md#tenants writes it in JSON. All optional but id, name and number.
struct tenant {
  enum class status_type : std::uint8_t { active, suspended };
  struct agent_choice {
    agent_id agent;
    unsigned weight = 1;
    bool operator==(const agent_choice&) const = default;
  };
  struct opening {
    /// "09:00", "17:00"; local time of business_hours.timezone. A close before open is that of the next morning;
    /// "24:00" is the day's end.
    std::string open, close;
    bool operator==(const opening&) const = default;
  };
  struct business_hours_type {
    std::string timezone;                 ///< IANA name
    std::map<std::string, opening> days;  ///< "monday" … "sunday"; a missing day is closed
    bool operator==(const business_hours_type&) const = default;
  };
  struct fallback_type {
    std::optional<std::string> say;
    std::optional<std::string> transfer_to;  ///< E.164
    bool voicemail = false;
    bool operator==(const fallback_type&) const = default;
  };
  /// A failure rehearsed in a real call, for callers on the list only (docs/failures.md).
  struct rehearsal_type {
    enum class failure : std::uint8_t {
      agent_drop,     ///< the agent's socket breaks
      slow_vendor,    ///< the signed address comes `after_seconds` late
      garbage_frame,  ///< the agent sends something that is no message
      caller_drop,    ///< the stream breaks without `stop`
      agent_crash,    ///< an exception in the agent leg's actor
      caller_crash,   ///< … in the caller leg's
      call_crash,     ///< … in the call's own
    };
    failure what = failure::agent_drop;
    std::uint32_t after_seconds = 10;  ///< since the webhook (slow_vendor: the delay), 0 to 600
    std::vector<std::string> callers;  ///< E.164, at least one, at most 20
    bool operator==(const rehearsal_type&) const = default;
  };
  struct limits_type {
    std::optional<std::uint32_t> max_concurrent_calls, calls_per_minute, max_call_seconds, minutes_per_month;
    std::optional<double> cost_per_month;  ///< US dollars
    bool operator==(const limits_type&) const = default;
  };
  struct tool {
    std::string url;          ///< "" when static
    std::string static_json;  ///< the JSON text of "static", "" when a url
    std::uint32_t timeout_ms = 4000;
    bool operator==(const tool&) const = default;
  };
  using variable = std::variant<std::string, double, bool, std::int64_t>;  ///< whole numbers to the last digit

  tenant_id id;
  std::string name;
  status_type status = status_type::active;
  std::string phone_number;  ///< E.164, "twilioPhoneNumber"

  // settings
  agent_id agent;                    ///< elevenLabsAgentId, "" = the gateway's default
  std::vector<agent_choice> agents;  ///< A/B routing by weight; wins over `agent` when not empty
  std::optional<std::string> greeting, resume_greeting, language, voice_id, prompt;
  std::map<std::string, variable> dynamic_variables;
  std::optional<business_hours_type> business_hours;
  fallback_type fallback;
  limits_type limits;
  std::optional<rehearsal_type> rehearsal;
  std::vector<std::string> blocked_callers;  ///< E.164
  bool record = false;
  std::map<std::string, tool> tools;
  bool operator==(const tenant&) const = default;
};
[[nodiscard]] std::string_view to_string(tenant::status_type status) noexcept;  ///< as in JSON
[[nodiscard]] std::string_view to_string(
    tenant::rehearsal_type::failure failure) noexcept;  ///< "agentDrop", as in JSON

struct tenant_error {
  std::string path;     ///< "settings.agents[1].weight"
  std::string message;  ///< "must be a whole number from 0 to 1000"
};

/// Is that an IANA time zone? Asked of whoever may read the zone database; none asked: every name of the right form is.
using zone_check = std::function<bool(std::string_view name)>;

/// One tenant from JSON; else its first mistake. Unknown keys are refused with their path; numbers become E.164.
[[nodiscard]] tl::expected<tenant, tenant_error> parse_tenant(std::string_view json,
                                                              const zone_check& zone_exists = {});
/// The whole tenant, defaults included; parse_tenant gives the same one back.
[[nodiscard]] std::string to_json(const tenant& t);
[[nodiscard]] std::string to_json(const tenant::business_hours_type& hours);

}  // namespace tonris::model
