#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "model/tenant/secrets.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

inline constexpr std::uint32_t standard_retention_days = 30;

/// A business, as docs/tenants.md writes it in JSON. All optional but id, name and number.
struct tenant {
  enum class status_type : std::uint8_t { pending, active, suspended, cancelled };  ///< only active takes calls
  struct agent_choice {
    agent_id agent;
    unsigned weight = 1;
    std::string variant{};  ///< its name in records and metrics; "" = the agent's id
    bool operator==(const agent_choice&) const = default;
  };
  /// A further number of the tenant's, with what is different there.
  struct number_choice {
    std::string number;  ///< E.164
    std::optional<std::string> language;
    agent_id agent;  ///< "" = as for the first number
    bool operator==(const number_choice&) const = default;
  };
  struct opening {
    /// "09:00", "17:00"; local time of business_hours.timezone. A close before open is that of the next morning;
    /// "24:00" is the day's end.
    std::string open, close;
    bool operator==(const opening&) const = default;
  };
  /// A date on which other hours hold than on its weekday.
  struct holiday {
    std::string date;            ///< "2026-12-25"
    std::vector<opening> spans;  ///< none: closed. What began the evening before goes on all the same
    bool operator==(const holiday&) const = default;
  };
  /// What a caller gets in place of the agent, on purpose and not by failure.
  enum class action : std::uint8_t { say, transfer, voicemail, agent, wait, block };
  /// Outside business hours: say, transfer, voicemail or agent.
  struct closed_type {
    action what = action::say;
    std::string transfer_to;  ///< E.164, with transfer
    agent_id agent;           ///< with agent
    bool operator==(const closed_type&) const = default;
  };
  struct business_hours_type {
    std::string timezone;                              ///< IANA name
    std::map<std::string, std::vector<opening>> days;  ///< "monday" … "sunday"; a missing day is closed
    std::vector<holiday> holidays;                     ///< one a date
    closed_type closed;
    bool operator==(const business_hours_type&) const = default;
  };
  /// Callers who are not treated as everybody: block, agent or transfer. The first rule that fits counts.
  struct caller_rule {
    std::string name;
    std::vector<std::string> callers;  ///< E.164, "+1555*" for all that begin so, "withheld"
    action what = action::block;
    agent_id agent;           ///< with agent
    std::string transfer_to;  ///< E.164, with transfer
    bool operator==(const caller_rule&) const = default;
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
      agent_silent,   ///< nothing of the agent is heard any more, and its socket stays open
    };
    failure what = failure::agent_drop;
    std::uint32_t after_seconds = 10;  ///< since the webhook (slow_vendor: the delay), 0 to 600
    std::vector<std::string> callers;  ///< E.164, at least one, at most 20
    bool operator==(const rehearsal_type&) const = default;
  };
  enum class when_unknown_type : std::uint8_t { admit, refuse };  ///< when nobody can say how much is used
  struct caller_calls_type {
    std::uint32_t calls = 1, seconds = 60;  ///< so many calls of one caller in so many seconds
    bool operator==(const caller_calls_type&) const = default;
  };
  /// What a caller gets who is over a limit: say, transfer, voicemail, agent or wait.
  struct overflow_type {
    action what = action::say;
    std::string transfer_to;    ///< E.164, with transfer
    agent_id agent;             ///< with agent
    std::uint32_t seconds = 0;  ///< with wait: 1 to 120
    bool operator==(const overflow_type&) const = default;
  };
  struct limits_type {
    std::optional<std::uint32_t> max_concurrent_calls, calls_per_minute, max_call_seconds, minutes_per_month;
    std::optional<double> cost_per_month;  ///< US dollars
    std::optional<caller_calls_type> caller_calls;
    std::optional<std::uint32_t> reserved_calls;  ///< of the vendor's conversations, kept free for this tenant
    std::optional<std::uint32_t> vendor_calls;    ///< conversations at once that its own key at the vendor allows
    bool burst = false;                           ///< may use the vendor's burst price
    when_unknown_type when_unknown = when_unknown_type::admit;
    overflow_type overflow;
    bool operator==(const limits_type&) const = default;
  };
  /// What the gateway itself says to a caller, by its key in `settings.sentences`.
  enum class sentence : std::uint8_t {
    closed,          ///< outside business hours
    busy,            ///< a limit is reached, or no line is free
    suspended,       ///< the tenant takes no calls
    blocked,         ///< this caller is turned away
    unavailable,     ///< the agent cannot be reached
    goodbye,         ///< the call's time is up
    connecting,      ///< before a transfer
    message,         ///< before the tone of voicemail
    wait,            ///< before hold music
    not_in_service,  ///< nobody's number: no tenant has words of its own for that
  };
  static constexpr std::size_t sentence_count = static_cast<std::size_t>(sentence::not_in_service) + 1;
  struct sentences_type {
    std::optional<std::string> language;  ///< of these texts; absent: settings.language
    std::optional<std::string> voice;     ///< Twilio's name of a voice, "Polly.Joanna"
    std::map<sentence, std::string> texts;
    bool operator==(const sentences_type&) const = default;
  };
  /// A tool of the agent's: answered from `static_json`, by the gateway itself (`builtin`), or by the tenant's server
  /// at `url`; one of the three.
  struct tool {
    enum class builtin_type : std::uint8_t { none, business_hours, business_profile, caller_history, call_context };
    std::string url;          ///< "" unless forwarded
    std::string static_json;  ///< the JSON text of "static", "" otherwise
    std::uint32_t timeout_ms = 4000;
    builtin_type builtin = builtin_type::none;
    std::optional<std::string> unavailable{};  ///< what the agent is told when the tool cannot answer; not with static
    bool operator==(const tool&) const = default;
  };
  /// Where the agent may put a caller through to. Without it, nowhere.
  struct transfer_type {
    enum class no_answer_type : std::uint8_t { agent, voicemail };  ///< who has the caller when nobody answers
    std::vector<std::string> numbers;                               ///< E.164; together with `prefixes` at least one
    std::vector<std::string> prefixes;                              ///< "+1": all numbers that begin so
    std::uint32_t per_caller_per_day = 3;
    bool warm = false;                   ///< the person called is told who it is, and why, before they are joined
    std::optional<std::string> whisper;  ///< … in these words; with warm only
    std::uint32_t ring_seconds = 20;
    no_answer_type no_answer = no_answer_type::agent;
    bool operator==(const transfer_type&) const = default;
  };
  /// Calls that the gateway places for the tenant. Without it, and unless it is enabled, none.
  struct outbound_type {
    enum class machine_type : std::uint8_t {
      off,      ///< nobody listens for one
      hang_up,  ///< the call ends once one is heard
      go_on,    ///< "continue": the agent goes on
    };
    /// By the clock on the wall where the phone is: "21:00", "08:00". An end before the beginning is the next
    /// morning's.
    struct quiet_type {
      std::string from, to;
      bool operator==(const quiet_type&) const = default;
    };
    bool enabled = false;
    std::vector<std::string> allowed;  ///< "+45": the numbers that begin so; none where it is empty
    std::uint32_t per_minute = 10, per_day = 100;
    std::optional<quiet_type> quiet_hours;
    machine_type machine = machine_type::off;
    bool operator==(const outbound_type&) const = default;
  };
  /// What a tenant's own server may be told of.
  enum class event : std::uint8_t {
    call_started,
    call_ended,
    voicemail_received,
    transfer_failed,
    limit_reached,
    call_troubled,
    experiment_stopped,
  };
  static constexpr std::size_t event_count = static_cast<std::size_t>(event::experiment_stopped) + 1;
  /// Signed with the secret of that name in `secrets.webhooks`, which there has to be.
  struct webhook {
    std::string name, url;
    std::vector<event> events;  ///< at least one, each once
    bool operator==(const webhook&) const = default;
  };
  /// A sound for a caller whom the agent lets wait in silence.
  struct dead_air_type {
    enum class sound_type : std::uint8_t { soft, ticks };
    sound_type sound = sound_type::soft;
    std::uint32_t after_ms = 1500;  ///< since the caller stopped talking
    bool operator==(const dead_air_type&) const = default;
  };
  /// The variants of `agents`, compared by how their calls went.
  struct experiment_type {
    enum class outcome_type : std::uint8_t {
      success,    ///< the vendor's analysis calls it one; calls of which it says nothing do not count
      completed,  ///< it ended in an ordinary way, and was not lost
    };
    outcome_type outcome = outcome_type::success;
    bool stop_losing = false;  ///< the weight of a variant that is worse becomes 0
    /// Calls from then on count: what is older was made with other agents, or before the experiment.
    std::optional<std::chrono::system_clock::time_point> since{};
    bool operator==(const experiment_type&) const = default;
  };
  /// How long what is kept of calls stays, in days.
  struct retention_type {
    std::uint32_t days = standard_retention_days;
    std::optional<std::uint32_t> transcript_days;  ///< what was said; nothing: as long as the record
    std::optional<std::uint32_t> audio_days{};     ///< voices, at Twilio too; nothing: as long as the record
    bool operator==(const retention_type&) const = default;
  };
  /// Calls may be recorded at Twilio, when somebody asks for it.
  struct recording_type {
    bool allowed = false;
    bool dual = false;  ///< each side on a channel of its own
    bool operator==(const recording_type&) const = default;
  };
  using variable = std::variant<std::string, double, bool, std::int64_t>;  ///< whole numbers to the last digit

  tenant_id id;
  std::string name;
  status_type status = status_type::active;
  std::string business_type;  ///< "" for none; config/business_types.json has an agent for some
  std::string phone_number;   ///< E.164, "twilioPhoneNumber"

  // settings
  std::vector<number_choice> numbers;  ///< further ones, beside phone_number
  agent_id agent;                    ///< elevenLabsAgentId, "" = that of the business type, else the gateway's default
  std::vector<agent_choice> agents;  ///< A/B routing by weight; wins over `agent` when not empty
  std::vector<agent_id> backup_agents;  ///< tried in turn when an agent cannot serve
  std::optional<std::string> greeting, resume_greeting, language, voice_id, prompt;
  std::map<std::string, variable> dynamic_variables;
  std::optional<business_hours_type> business_hours;
  fallback_type fallback;
  limits_type limits;
  std::optional<rehearsal_type> rehearsal;
  std::vector<std::string> blocked_callers;  ///< E.164
  std::vector<caller_rule> caller_rules;
  sentences_type sentences;
  bool record = false;
  std::map<std::string, tool> tools;
  std::optional<transfer_type> transfer;
  std::optional<outbound_type> outbound;
  std::vector<webhook> webhooks;
  bool warm_start = false;  ///< the agent's socket opens at the webhook, before the phone is answered
  std::optional<dead_air_type> dead_air;
  std::optional<experiment_type> experiment;
  std::optional<retention_type> retention;
  recording_type recording;
  bool mask_digits = false;       ///< keys that a caller pressed are dots in logs and records
  bool legacy_signature = false;  ///< takes the Node backend's replayable signature of callbacks, too

  tenant_secrets secrets;  ///< write-only: to_json shows that they are there
  bool operator==(const tenant&) const = default;
};
[[nodiscard]] std::string_view to_string(tenant::status_type status) noexcept;  ///< as in JSON
[[nodiscard]] std::string_view to_string(
    tenant::rehearsal_type::failure failure) noexcept;                               ///< "agentDrop", as in JSON
[[nodiscard]] std::string_view to_string(tenant::action what) noexcept;              ///< "transfer", as in JSON
[[nodiscard]] std::string_view to_string(tenant::when_unknown_type what) noexcept;   ///< "admit", as in JSON
[[nodiscard]] std::string_view to_string(tenant::sentence which) noexcept;           ///< "closed", as in JSON
[[nodiscard]] std::string_view to_string(tenant::tool::builtin_type what) noexcept;  ///< "business_hours", as in JSON
[[nodiscard]] std::string_view to_string(
    tenant::transfer_type::no_answer_type what) noexcept;  ///< "voicemail", as in JSON
[[nodiscard]] std::string_view to_string(tenant::outbound_type::machine_type what) noexcept;  ///< "hang-up", as in JSON
[[nodiscard]] std::string_view to_string(tenant::event what) noexcept;  ///< "call.started", as in JSON
[[nodiscard]] std::string_view to_string(tenant::dead_air_type::sound_type what) noexcept;  ///< "soft", as in JSON
[[nodiscard]] std::string_view to_string(
    tenant::experiment_type::outcome_type what) noexcept;  ///< "success", as in JSON
/// All numbers under which the tenant is called, the first one first.
[[nodiscard]] std::vector<std::string> numbers_of(const tenant& t);

struct tenant_mistake {
  std::string path;     ///< "settings.agents[1].weight"
  std::string message;  ///< "must be a whole number from 0 to 1000"
};
struct tenant_error : tenant_mistake {   ///< the first of them
  std::vector<tenant_mistake> mistakes;  ///< all, that one included, at most 100
};

/// Is that an IANA time zone? Asked of whoever may read the zone database; none asked: every name of the right form is.
using zone_check = std::function<bool(std::string_view name)>;

/// One tenant from JSON; else its mistakes. Unknown keys are refused with their path; numbers become E.164.
[[nodiscard]] tl::expected<tenant, tenant_error> parse_tenant(std::string_view json,
                                                              const zone_check& zone_exists = {});
/// What a request that writes a tenant may say beside it, and no document keeps.
struct tenant_wish {
  bool attach = false;  ///< its numbers are to be pointed at this gateway at Twilio
};
struct wished_tenant {
  tenant t;
  tenant_wish wish;
};
/// As parse_tenant, of such a request.
[[nodiscard]] tl::expected<wished_tenant, tenant_error> parse_tenant_request(std::string_view json,
                                                                             const zone_check& zone_exists = {});
/// The whole tenant, defaults included; parse_tenant gives the same one back, but for
/// secrets: only sealed ones are in it, of the others that they are set.
[[nodiscard]] std::string to_json(const tenant& t);
[[nodiscard]] std::string to_json(const tenant::business_hours_type& hours);

}  // namespace tonris::model
