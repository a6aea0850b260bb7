#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/call/record.hpp"
#include "model/json/writer.hpp"
#include "model/money/money.hpp"
#include "model/text/codec_error.hpp"

namespace tonris::model {

/// What lists show of a call.
struct call_line {
  using time = call_record::time;

  call_sid call;
  tenant_id tenant;
  std::string direction, from, to;  ///< numbers as whoever looks may see them
  agent_id agent;
  std::string variant;  ///< the agent's id where it has no name
  call_state state = call_state::ringing;
  time started;
  std::optional<time> answered, ended;
  std::optional<std::chrono::milliseconds> length;  ///< from answered to ended
  std::optional<end_reason> reason;
  std::optional<end_reason> troubled;  ///< what was wrong
  std::uint32_t restarts = 0, interruptions = 0;
  bool transferred = false;  ///< somebody else answered: the agent put the caller through, or the fallback did
  std::size_t voicemails = 0;
  std::optional<micros> cost;                      ///< in US dollars, where it is known
  std::optional<std::uint32_t> carrier_seconds{};  ///< how long Twilio says that the call was
  bool operator==(const call_line&) const = default;
};

/// Without `whole_numbers` the other party's is cut.
[[nodiscard]] call_line call_line_of(const call_record& record, bool whole_numbers);

/// {"callSid","tenantId","direction","from","to","agentId","variant","state","startedAt","answeredAt","endedAt",
/// "durationSeconds","endReason","endedBy","troubled","restarts","interruptions","transferred","voicemails","cost",
/// "carrierSeconds"}: the names and forms of a record; "troubled" is the reason alone. What is not known is not there.
void write(json_writer& out, const call_line& line);
[[nodiscard]] std::string to_json(const call_line& line);
/// What to_json wrote, for whoever shows it otherwise (tonrisctl).
[[nodiscard]] decoded<call_line> parse_call_line(std::string_view json);

/// The same columns in that order; each with its line end. What is not known is empty.
[[nodiscard]] std::string_view csv_header() noexcept;
[[nodiscard]] std::string to_csv(const call_line& line);

/// A line of a table for a terminal, without its line end; UTC. Longer texts are cut to their column and end with "…";
/// a character of any writing counts as one column. All rows are of the same width.
[[nodiscard]] std::string table_header();
[[nodiscard]] std::string to_table_row(const call_line& line);

}  // namespace tonris::model
