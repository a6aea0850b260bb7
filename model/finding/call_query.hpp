#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "model/call/end_reason.hpp"
#include "model/call/record.hpp"
#include "model/finding/call_cursor.hpp"
#include "model/json/fields.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// Whose call: the caller's number or the called one.
struct wanted_number {
  std::string text;        ///< E.164; "anonymous" or an address ("client:anna") as a record has it
  bool beginning = false;  ///< `text` ("+4570") is how the number begins
  bool ending = false;     ///< `text` ("4711") is how it ends
  bool operator==(const wanted_number&) const = default;
};
/// Digits of a number's end that it is looked for by, and characters of its beginning that everybody is shown.
inline constexpr std::size_t least_ending = 4, most_ending = 6, most_shown = 5;
/// May it be looked for by somebody who may not see numbers? Whole, or by no more of its beginning than he is shown:
/// else he finds it digit by digit.
[[nodiscard]] bool tells_no_number(const wanted_number& wanted) noexcept;
[[nodiscard]] bool fits(const wanted_number& wanted, std::string_view number) noexcept;

/// Which calls GET /api/calls is asked for. What is not set is anything.
struct call_query {
  using time = std::chrono::system_clock::time_point;
  static constexpr std::size_t ordinary_limit = 50, most_limit = 500;

  std::optional<tenant_id> tenant;
  std::optional<wanted_number> number;
  std::optional<time> from;  ///< started then or later
  std::optional<time> to;    ///< started before
  std::optional<agent_id> agent;
  std::optional<std::string> variant;
  std::optional<std::string> node;  ///< which gateway had it
  std::optional<end_reason> reason;
  std::optional<caused_by> by;
  std::optional<std::variant<bool, end_reason>> troubled;  ///< at all or not; or by that
  std::optional<bool> live;                                ///< not ended yet
  std::string words;                                       ///< for match_expression, which finds some in it; "": none
  std::size_t limit = ordinary_limit;
  std::optional<call_place> after;  ///< those that come behind it
  bool operator==(const call_query&) const = default;
};

/// Of a query's names and values, decoded:
///   tenant, agent, variant   by their ids
///   node                     by its name, as a record has it
///   number                   of either side, written as people do; "+4570*" is how it begins, "*4711" how it ends. A
///                            "+" that became a blank on its way is put back
///   from, to                 UTC: 2026-11-22 or 2026-11-22T10:00Z, with seconds and milliseconds or without. `from` is
///                            in, `to` is not; a day as `to` is in to its end
///   since, until             the same as a time ago: 90s, 15m, 2h, 3d, 1w; at most ten years
///   reason, by               end_reason.hpp's words
///   troubled                 true, false or an end reason's word
///   live                     true, false
///   q                        words, at most 200 bytes
///   limit                    1 to 500
///   cursor                   an answer's nextCursor
/// All mistakes at once, each with its parameter as `path`; unknown, repeated and empty ones are mistakes.
[[nodiscard]] tl::expected<call_query, json_mistakes> parse_call_query(
    const std::vector<std::pair<std::string, std::string>>& parameters, call_query::time now);

[[nodiscard]] call_place place_of(const call_record& record);

/// Is it asked for? Does not look at `words`, `limit` and `after`.
[[nodiscard]] bool fits(const call_query& query, const call_record& record) noexcept;

}  // namespace tonris::model
