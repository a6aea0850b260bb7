#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/json/fields.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model::tenant_rules {

/// What each value of a tenant may be. Pure shape: whether an agent or a time zone exists is known elsewhere.
inline constexpr std::size_t max_tenant_bytes = 1024 * 1024;
inline constexpr std::size_t max_file_bytes = 16 * 1024 * 1024;
inline constexpr std::size_t max_agents = 20;
inline constexpr std::uint32_t max_weight = 1000;
inline constexpr std::size_t max_numbers = 20;
inline constexpr std::size_t max_backup_agents = 10;
inline constexpr std::size_t max_spans = 8;  ///< of one day
inline constexpr std::size_t max_holidays = 400;
inline constexpr std::size_t max_caller_rules = 50;
inline constexpr std::size_t max_rule_callers = 200;
inline constexpr std::uint32_t max_wait_seconds = 120;
inline constexpr std::uint32_t max_caller_seconds = 86'400;
inline constexpr std::size_t max_variables = 100;
inline constexpr double exact_numbers = 9007199254740992.0;  ///< 2^53: below it a double tells whole numbers apart
inline constexpr std::size_t max_blocked_callers = 10'000;
inline constexpr std::size_t max_rehearsal_callers = 20;
inline constexpr std::uint32_t max_rehearsal_seconds = 600;
inline constexpr std::size_t max_tools = 64;
inline constexpr std::size_t max_static_bytes = 64 * 1024;
inline constexpr std::uint32_t min_tool_timeout_ms = 100;
inline constexpr std::uint32_t max_tool_timeout_ms = 20'000;
inline constexpr std::size_t max_transfer_numbers = 50;
inline constexpr std::size_t max_transfer_prefixes = 50;
inline constexpr std::uint32_t max_transfers_a_day = 1000;
inline constexpr std::uint32_t min_ring_seconds = 5;
inline constexpr std::uint32_t max_ring_seconds = 60;
inline constexpr std::size_t max_outbound_prefixes = 50;
inline constexpr std::uint32_t max_dials_a_minute = 60;
inline constexpr std::uint32_t max_dials_a_day = 10'000;
inline constexpr std::size_t max_webhooks = 5;
inline constexpr std::uint32_t min_dead_air_ms = 500;
inline constexpr std::uint32_t max_dead_air_ms = 10'000;
inline constexpr std::uint32_t max_retention_days = 3650;
inline constexpr std::uint32_t min_call_seconds = 10;
inline constexpr std::uint32_t max_call_seconds = 86'400;

extern const text_rule tenant_id, name, status, business_type, phone_number, agent_id, greeting, prompt, language,
    voice_id;
extern const text_rule variable_name, variable_text, timezone, opens, closes, say, failure, tool_name, tool_url;
extern const text_rule variant, date, caller, rule_name, closed_action, caller_action, overflow_action, when_unknown;
extern const text_rule voice, builtin, unavailable, prefix, whisper, no_answer, machine, event, sound, outcome, moment,
    channels;

/// Callers who withhold their number, in a list of callers.
inline constexpr std::string_view withheld = "withheld";
/// "+1555*": the beginning of numbers. Is it of that form?
[[nodiscard]] bool is_number_prefix(std::string_view text) noexcept;

[[nodiscard]] std::optional<tenant::status_type> status_of(std::string_view text) noexcept;
[[nodiscard]] std::optional<tenant::action> action_of(std::string_view text) noexcept;

/// "agentDrop": what may be rehearsed, as to_string(tenant::rehearsal_type::failure) writes it.
[[nodiscard]] std::optional<tenant::rehearsal_type::failure> failure_of(std::string_view text) noexcept;
[[nodiscard]] std::optional<tenant::tool::builtin_type> builtin_of(std::string_view text) noexcept;
[[nodiscard]] std::optional<tenant::transfer_type::no_answer_type> no_answer_of(std::string_view text) noexcept;
[[nodiscard]] std::optional<tenant::outbound_type::machine_type> machine_of(std::string_view text) noexcept;
[[nodiscard]] std::optional<tenant::event> event_of(std::string_view text) noexcept;
[[nodiscard]] std::optional<tenant::dead_air_type::sound_type> sound_of(std::string_view text) noexcept;
[[nodiscard]] std::optional<tenant::experiment_type::outcome_type> outcome_of(std::string_view text) noexcept;
/// Names that the gateway fills in for every call, so that a tenant cannot pass for another one or another caller.
[[nodiscard]] bool is_set_by_gateway(std::string_view variable) noexcept;
/// Names that the vendor keeps for itself.
[[nodiscard]] bool is_reserved_by_vendor(std::string_view variable) noexcept;

/// A key that a tenant may have and that this version does not act on. This table is the one place that says so: the
/// gateway warns by it, the documentation is checked against it, and whoever builds the thing takes its row out.
struct not_yet_key {
  std::string_view path;     ///< "settings.blockedCallers"
  std::string_view instead;  ///< what it does all the same; "" for nothing
  bool (*is_set)(const tenant& t);
};
[[nodiscard]] std::span<const not_yet_key> not_yet_keys() noexcept;
/// Those that this tenant has set: "settings.tools, settings.record"; "" for none.
[[nodiscard]] std::string not_acted_on(const tenant& t);

inline constexpr std::string_view weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                                "friday", "saturday", "sunday"};

}  // namespace tonris::model::tenant_rules
