#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "net/http.hpp"
#include "tools/sim/twilio/call_book.hpp"
#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// A call as the REST API shows it (docs/protocols/twilio.md#prices).
[[nodiscard]] std::string call_json(const call_book& book, const booked_call& shown);

/// GET …/Calls/{CA}.json
[[nodiscard]] net::http_response tell_call(const call_book& book, const net::http_request& request,
                                           const std::string& account, std::string_view sid);
/// GET …/Calls.json: the newest first, by To, From, Status, ParentCallSid and StartTime ("=", ">=", "<="), in pages. A
/// parameter that Twilio would let pass unread is a violation.
[[nodiscard]] net::http_response list_calls(const call_book& book, const net::http_request& request,
                                            const std::string& account, std::size_t page_size,
                                            violation_log& violations);

}  // namespace tonris::sim
