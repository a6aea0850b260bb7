#pragma once

#include <caf/event_based_actor.hpp>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/vendor/twilio_messages.hpp"
#include "model/json/writer.hpp"
#include "model/twilio/number.hpp"

namespace tonris::actors::test {

/// Numbers at a Twilio that answers at once, and what it was asked.
struct numbers_at_twilio {
  std::map<std::string, model::twilio::call_handlers> calls;  ///< by number
  std::deque<twilio_answer> next;                             ///< in place of the next answers
  int posts = 0;
  std::set<std::string> tokens;
  std::vector<std::string> targets;
  bool forgets = false;  ///< says yes to an update, and does nothing
};

inline std::string number_json(const std::string& number, const model::twilio::call_handlers& calls) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member("sid", "PN" + number.substr(1));
  out.member("phone_number", number);
  out.member("voice_url", calls.voice.url);
  out.member("voice_method", calls.voice.method);
  out.member("voice_fallback_url", calls.fallback.url);
  out.member("voice_fallback_method", calls.fallback.method);
  out.member("status_callback", calls.status.url);
  out.member("status_callback_method", calls.status.method);
  out.member("voice_application_sid", calls.application);
  out.member("trunk_sid", calls.trunk);
  out.close_object();
  return json;
}

/// An application that is set deletes the trunk, and a trunk the application.
inline void update(const model::form& fields, model::twilio::call_handlers& to) {
  for (const auto& [name, value] : fields) {
    if (name == "VoiceUrl") to.voice.url = value;
    if (name == "VoiceMethod") to.voice.method = value;
    if (name == "VoiceFallbackUrl") to.fallback.url = value;
    if (name == "VoiceFallbackMethod") to.fallback.method = value;
    if (name == "StatusCallback") to.status.url = value;
    if (name == "StatusCallbackMethod") to.status.method = value;
    if (name == "VoiceApplicationSid") to.application = value;
    if (name == "TrunkSid") to.trunk = value;
    if (name == "VoiceApplicationSid" && !value.empty()) to.trunk.clear();
    if (name == "TrunkSid" && !value.empty()) to.application.clear();
  }
}

/// A page for each number: whoever does not follow finds the first alone.
inline twilio_answer answer_of(numbers_at_twilio& all, const ask_twilio& asked) {
  if (!asked.form.empty()) {
    for (auto& [number, calls] : all.calls) {
      if (asked.target.find("/PN" + number.substr(1) + ".json") == std::string::npos) continue;
      ++all.posts;
      if (!all.forgets) update(model::parse_form(asked.form).value(), calls);
      return {200, number_json(number, calls), {}};
    }
    return {404, R"({"code":20404,"message":"not found"})", {}};
  }
  std::size_t page = 0;
  if (const auto at = asked.target.find("&Page="); at != std::string::npos)
    page = std::stoul(asked.target.substr(at + 6));
  std::string items, next = "null";
  std::size_t n = 0;
  for (const auto& [number, calls] : all.calls) {
    if (n == page) items = number_json(number, calls);
    if (n++ == page + 1)
      next = "\"" + asked.target.substr(0, asked.target.find("&Page=")) + "&Page=" + std::to_string(page + 1) + "\"";
  }
  return {200, R"({"incoming_phone_numbers":[)" + items + R"(],"next_page_uri":)" + next + "}", {}};
}

inline caf::behavior fake_twilio(caf::event_based_actor*, std::shared_ptr<numbers_at_twilio> all) {
  return {[all](const ask_twilio& asked) {
    all->tokens.insert(asked.as.token.reveal());
    all->targets.push_back(asked.target);
    if (all->next.empty()) return answer_of(*all, asked);
    auto answer = all->next.front();
    all->next.pop_front();
    return answer;
  }};
}

}  // namespace tonris::actors::test
