#include "model/call/vendor_close.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include "model/elevenlabs/rest.hpp"
#include "model/text/ascii.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_detail_bytes = 200;

bool contains(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return to_lower(a) == to_lower(b); }) != text.end();
}

struct text_rule {
  std::string_view part;
  end_reason reason;
};

/// Fragments of reason texts seen in the field; they say more than the code does.
constexpr std::array text_rules{
    text_rule{"quota limit", end_reason::agent_out_of_credit},
    text_rule{"insufficient credit", end_reason::agent_out_of_credit},
    text_rule{"daily call limit", end_reason::agent_refused},  // until tomorrow: not busy, which a retry heals
    text_rule{"misconfigured", end_reason::agent_refused},
    text_rule{"concurren", end_reason::agent_busy},
    text_rule{"does not exist", end_reason::agent_not_found},
    text_rule{"not found", end_reason::agent_not_found},
};

std::string words_of(std::string_view reason, const std::optional<elevenlabs::failure>& error_frame) {
  std::string words{reason};
  if (words.empty() && error_frame) words = error_frame->message.empty() ? error_frame->reason : error_frame->message;
  if (error_frame && !error_frame->type.empty()) words = error_frame->type + ": " + words;
  words.resize(utf8_prefix(words, max_detail_bytes).size());
  return words;
}

end_reason reason_of_code(unsigned code) {
  switch (code) {
    case 1008:
    case 3000: return end_reason::agent_refused;
    case 3008:
    case 4300: return end_reason::agent_busy;
    default: return end_reason::agent_lost;
  }
}

/// Does the conversation go on with it? Pings, scores and what has no meaning on a phone come to a dying one as well.
struct goes_on {
  bool operator()(const elevenlabs::failure&) const { return false; }
  bool operator()(const elevenlabs::ping&) const { return false; }
  bool operator()(const elevenlabs::vad_score&) const { return false; }
  bool operator()(const elevenlabs::other&) const { return false; }
  bool operator()(const elevenlabs::unknown&) const { return false; }
  template <class Message>
  bool operator()(const Message&) const {
    return true;
  }
};

}  // namespace

void last_error::came(const elevenlabs::message& message, time_point now) {
  if (const auto* const frame = std::get_if<elevenlabs::failure>(&message)) {
    frame_ = *frame;
    at_ = now;
  } else if (frame_ && std::visit(goes_on{}, message)) {
    frame_.reset();
  }
}

std::optional<elevenlabs::failure> last_error::fresh(time_point now) const {
  return now - at_ <= counts_for ? frame_ : std::nullopt;
}

close_meaning meaning_of_close(unsigned code, std::string_view reason,
                               const std::optional<elevenlabs::failure>& error_frame) {
  close_meaning meaning;
  meaning.detail = words_of(reason, error_frame);
  for (const auto& rule : text_rules) {
    if (contains(meaning.detail, rule.part)) {
      meaning.reason = rule.reason;
      return meaning;
    }
  }
  // The vendor's maximum duration closes with 1000 today and closed with 1011 once: an ordinary end both times.
  const bool too_long = contains(meaning.detail, "maximum duration") || contains(meaning.detail, "max_duration");
  if (too_long || (code == 1000 && (!error_frame || error_frame->code == 0 || error_frame->code == 1000))) {
    meaning.finished = true;
    meaning.reason = end_reason::agent_ended;
    return meaning;
  }
  meaning.reason =
      reason_of_code(error_frame && error_frame->code != 0 ? static_cast<unsigned>(error_frame->code) : code);
  return meaning;
}

std::string why_no_metadata(const std::optional<std::string>& language) {
  std::string words = "the agent's socket is open, but no metadata came: ";
  if (language) words += "likely its settings lack the language \"" + *language + "\" that the tenant sets; else ";
  words += "ElevenLabs is slow, or the agent's voice or model cannot be had";
  words.resize(utf8_prefix(words, max_detail_bytes).size());
  return words;
}

std::pair<end_reason, std::string_view> reason_of_refused_socket(unsigned http_status, bool timed_out) {
  if (timed_out) return {end_reason::agent_timeout, "the agent's socket did not open in time"};
  switch (http_status) {
    case 0: return {end_reason::agent_unreachable, "the agent's socket could not be opened"};
    case 401:
    case 403: return {end_reason::agent_auth_failed, "the vendor refused the signed address"};
    case 402: return {end_reason::agent_out_of_credit, "the vendor wants to be paid"};
    case 404: return {end_reason::agent_not_found, "the vendor does not know the agent"};
    case 429: return {end_reason::agent_busy, "the vendor is at its limit"};
    default: break;
  }
  if (http_status >= 500) return {end_reason::agent_unreachable, "the vendor has a fault"};
  return {end_reason::agent_refused, "the vendor refused the socket"};
}

end_reason reason_of_refused_request(unsigned http_status, std::string_view body) {
  switch (elevenlabs::classify(http_status, elevenlabs::decode_error(body))) {
    case elevenlabs::vendor_refusal::auth: return end_reason::agent_auth_failed;
    case elevenlabs::vendor_refusal::payment: return end_reason::agent_out_of_credit;
    case elevenlabs::vendor_refusal::not_found: return end_reason::agent_not_found;
    case elevenlabs::vendor_refusal::rejected: return end_reason::agent_refused;
    case elevenlabs::vendor_refusal::busy: return end_reason::agent_busy;
    case elevenlabs::vendor_refusal::server: return end_reason::agent_unreachable;
  }
  return end_reason::agent_refused;
}

}  // namespace tonris::model
