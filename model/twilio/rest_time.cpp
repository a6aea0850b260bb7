#include "model/twilio/rest_time.hpp"

#include <string>

#include "model/text/http_date.hpp"

namespace tonris::model::twilio {

std::optional<std::chrono::sys_seconds> parse_rest_time(std::string_view text) {
  constexpr std::string_view zone = "+0000";
  if (!text.ends_with(zone)) return std::nullopt;
  return parse_http_date(std::string{text.substr(0, text.size() - zone.size())} + "GMT");
}

}  // namespace tonris::model::twilio
