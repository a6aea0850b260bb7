#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace tonris::model::twiml {

/// TwiML documents as we send them (docs/protocols/twilio.md#twiml): always `<?xml … encoding="UTF-8"?>` and
/// `<Response>`, built with pugixml; text and attributes are escaped, bytes illegal in XML 1.0 or not UTF-8 are
/// dropped. `action`, `status_callback`, `whisper` and a redirect's address leave with
/// model/twilio/connection_overrides.hpp behind them; a stream's has none, since a WebSocket's address takes no
/// fragment. What is said is in a language tag's locale, where Twilio has one (model/twilio/say_locale.hpp), and in as
/// many `<Say>` as it needs (model/twilio/say_pieces.hpp).

struct stream {
  std::string url;                                              ///< wss://…, without a query (Twilio drops it)
  std::string action;                                           ///< absolute; asked when the stream has ended
  std::string status_callback;                                  ///< absolute
  std::vector<std::pair<std::string, std::string>> parameters;  ///< name + value below 500 characters each
};
enum class error {
  not_wss,       ///< a stream URL must be wss (ws is let through for a loopback host: simulators)
  query_in_url,  ///< "?" in a stream URL is lost on the way, "#" must not be there
  parameter_too_long,
  too_big,  ///< beyond Twilio's 64 kB
};
[[nodiscard]] std::string_view to_string(error e) noexcept;

inline constexpr std::chrono::seconds default_ringing{20};   ///< of a transfer
inline constexpr std::chrono::seconds longest_message{120};  ///< of a voicemail

/// `<Connect action method=POST><Stream url statusCallback statusCallbackMethod=POST><Parameter/>…</Stream></Connect>`
[[nodiscard]] tl::expected<std::string, error> connect_stream(const stream& to);
/// `<Say language? voice?>…</Say><Hangup/>`: what a caller hears when a call cannot go on. Text beyond 10,000
/// characters is cut.
[[nodiscard]] std::string say_and_hang_up(std::string_view text, std::string_view language = {},
                                          std::string_view voice = {});
/// `<Say>…</Say><Dial timeout timeLimit callerId? action method=POST><Number url? method?>…</Number></Dial>`: Twilio
/// asks `action` when the transfer is over, and whether somebody answered. Durations in seconds.
struct transfer {
  std::string say, language;  ///< spoken first; "": nothing
  std::string voice{};        ///< "": Twilio's default
  std::string number;         ///< E.164
  std::string caller_id;      ///< the number that was called: ours, so Twilio takes it; "": Twilio's choice
  std::string action;         ///< absolute
  std::string whisper{};      ///< absolute: what whoever answers hears first; "": nothing
  unsigned ring_seconds = default_ringing.count(), at_most_seconds = 4 * 3600;
};
[[nodiscard]] std::string say_and_dial(const transfer& to);
/// `<Say>…</Say><Record action method=POST maxLength=120 timeout=5 finishOnKey="#" playBeep=true
/// recordingStatusCallback recordingStatusCallbackMethod=POST/><Hangup/>`: two minutes at most, ended by five seconds
/// of silence or the hash key. Without `action` Twilio would ask for the same document for ever.
struct voicemail {
  std::string say, language;
  std::string voice{};
  std::string action, status_callback;  ///< absolute
};
[[nodiscard]] std::string say_and_record(const voicemail& how);
/// `<Say>…</Say>`: whoever was called hears that, and is joined with the caller then.
[[nodiscard]] std::string whisper(std::string_view text, std::string_view language, std::string_view voice);
[[nodiscard]] std::string hang_up();
/// `<Pause length/>` (left out when 0) and `<Redirect method=POST>url</Redirect>`
[[nodiscard]] std::string redirect(std::string_view url, unsigned pause_seconds = 0);
/// `<Say>…</Say><Play>music</Play><Pause length=1/><Redirect method=POST>url</Redirect>`: a caller waits, and Twilio
/// asks again. The pause keeps music that cannot be fetched from making it ask without end.
struct waiting {
  std::string say, language, voice;  ///< spoken first; "": nothing
  std::string music;                 ///< absolute
  std::string then;                  ///< absolute
};
[[nodiscard]] std::string wait(const waiting& how);
/// `<Response/>`
[[nodiscard]] std::string empty();

}  // namespace tonris::model::twiml
