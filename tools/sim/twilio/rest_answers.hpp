#pragma once

#include <string>
#include <string_view>

#include "model/json/writer.hpp"
#include "model/money/money.hpp"
#include "net/http.hpp"

namespace tonris::sim {

inline constexpr std::string_view rest_accounts_path = "/2010-04-01/Accounts/";

/// Twilio's error: {"code","message","more_info","status"}.
[[nodiscard]] net::http_response rest_refusal(unsigned status, int code, std::string_view message);
[[nodiscard]] net::http_response rest_not_found(const net::http_request& request);

void put_text_or_null(model::json_writer& out, std::string_view name, const std::string& text);

/// What is charged is negative, with five decimals, or six where it must be.
[[nodiscard]] std::string price_text(model::micros costs);

}  // namespace tonris::sim
