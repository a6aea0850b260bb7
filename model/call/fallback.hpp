#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/call/end_reason.hpp"
#include "model/tenant/tenant.hpp"
#include "model/twilio/twiml.hpp"

namespace tonris::model {

/// How far a caller without an agent has come on the tenant's fallback: a transfer, then voicemail, then a sentence,
/// whichever of them the tenant has set (docs/failures.md). Kept in the checkpoint: any node can go on with it.
enum class fallback_step : std::uint8_t { not_begun, transferring, taking_message, over };
[[nodiscard]] std::string_view to_string(fallback_step s) noexcept;
[[nodiscard]] std::optional<fallback_step> parse_fallback_step(std::string_view text) noexcept;

/// What Twilio brings along when it asks connect-action again.
enum class fallback_news : std::uint8_t {
  none,           ///< the stream's verb ended
  answered,       ///< DialCallStatus completed or answered: the transfer went through and is over now
  not_answered,   ///< busy, no-answer, failed, canceled
  message_taken,  ///< a recording came, or the recording verb ended
  failed,         ///< Twilio could not carry out what it was told last, and asks the number's fallback address
};

/// What of the call itself matters to its fallback.
struct fallback_about {
  std::string_view called;         ///< the number: in its language
  std::string_view rule;           ///< the caller rule's name, of a call that one sent on
  std::string_view transfer_to{};  ///< whom the agent puts him through to; "": nobody, or he did not answer
};

/// What Twilio is told: `say` first where it is not empty, then the verb.
struct fallback_answer {
  enum class verb : std::uint8_t { hang_up, dial, record } then = verb::hang_up;
  std::string say, language, voice;
  std::string number;  ///< dial
  fallback_step now = fallback_step::over;
};

/// The next step. `why` is the reason the call ended with: after(why) says whether there is a fallback at all (an
/// ordinary end hangs up, a tenant's limit gets its sentence). A suspended tenant's own words are not said, nor is
/// anybody called for him. `t` may be null (unknown number, tenant gone meanwhile): then it is a sentence.
/// Each step is taken once, whatever Twilio brings: a transfer, then voicemail, then a sentence and the end, so that a
/// caller never goes in circles. Nor do two tenants, each the other's fallback, for money: a call that comes from a
/// tenant's number or by way of one is transferred to nobody. After an answered transfer and after a message nothing is
/// said any more. `fallback.say` comes first, before whichever step is the first; every other text is one of
/// model/call/sentences.hpp. Where the tenant has arranged something for the case (closed, a rule for the caller, a
/// limit that is met), that is done in place of the fallback's transfer; who is not answered there gets the fallback's
/// voicemail.
/// A transfer by the agent (`transferred`) was announced by it: nothing is said before. Who is not answered then gets
/// voicemail where the tenant's transfer or fallback has it.
[[nodiscard]] fallback_answer next_step(const tenant* t, end_reason why, fallback_step at, fallback_news news,
                                        bool from_tenant = false, const fallback_about& call = {});

/// Does this question only ask again what brought the call to the step it is at? Each news can conclude one step: the
/// stream's end the waiting for a fallback, a dial's outcome the transfer, a recording the message.
[[nodiscard]] bool asks_again(fallback_step at, fallback_news news) noexcept;
/// What was answered when the call came to this step: word for word, as long as the tenant is the same.
[[nodiscard]] fallback_answer same_step(const tenant* t, end_reason why, fallback_step at, bool from_tenant = false,
                                        const fallback_about& call = {});

/// How long Twilio may take until it asks again, at this step: since its stream was closed, or since it was told what
/// the step is. `ringing` is a transfer's. A transfer counts until somebody could have answered: then they talk. Zero:
/// it asks no more.
[[nodiscard]] std::chrono::seconds asks_within(fallback_step at,
                                               std::chrono::seconds ringing = twiml::default_ringing) noexcept;

}  // namespace tonris::model
