#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace tonris::model::twiml {

/// TwiML documents as we send them (twilio.md section 3): always `<?xml … encoding="UTF-8"?>` and `<Response>`, built
/// with pugixml; text and attributes are escaped, bytes illegal in XML 1.0 or not UTF-8 are dropped.

struct stream {
  std::string url;                                              ///< wss://…, without a query (Twilio drops it)
  std::string action;                                           ///< absolute; asked when the stream has ended
  std::string status_callback;                                  ///< absolute
  std::vector<std::pair<std::string, std::string>> parameters;  ///< name + value below 500 characters each
};
enum class error {
  not_wss,       ///< a stream URL must be wss (ws is let through for a loopback host: simulators)
  query_in_url,  ///< "?" in a stream URL is lost on the way
  parameter_too_long,
  too_big,  ///< beyond Twilio's 64 kB
};
[[nodiscard]] std::string_view to_string(error e) noexcept;

/// `<Connect action method=POST><Stream url statusCallback statusCallbackMethod=POST><Parameter/>…</Stream></Connect>`
[[nodiscard]] tl::expected<std::string, error> connect_stream(const stream& to);
/// `<Say language?>…</Say><Hangup/>`: what a caller hears when a call cannot go on. Text beyond 3000 characters is cut.
[[nodiscard]] std::string say_and_hang_up(std::string_view text, std::string_view language = {});
[[nodiscard]] std::string hang_up();
[[nodiscard]] std::string redirect(std::string_view url);
/// `<Response/>`
[[nodiscard]] std::string empty();

}  // namespace tonris::model::twiml
