#pragma once

#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/vendor/twilio_messages.hpp"
#include "model/text/form.hpp"

namespace tonris::actors::test {

/// Recordings of calls at a Twilio that answers at once, as strict as the real one, and what it was asked.
struct recordings_at_twilio {
  struct recording {
    std::string sid, call, status;
  };
  std::vector<recording> all;
  std::deque<twilio_answer> next;  ///< in place of the next answers to what changes something
  std::deque<twilio_answer> next_looks;
  bool does_it_all_the_same = false;  ///< what `next` answers otherwise is carried out before
  bool call_goes_on = true;
  std::vector<ask_twilio> changes;
  int looks = 0;

  [[nodiscard]] static std::string json(const recording& one) {
    return R"({"sid":")" + one.sid + R"(","call_sid":")" + one.call + R"(","status":")" + one.status +
           R"(","duration":null,"price":null,"source":"StartCallRecordingAPI"})";
  }
  [[nodiscard]] static twilio_answer refusal(unsigned status, int code, const std::string& message) {
    return {status,
            R"({"code":)" + std::to_string(code) + R"(,"message":")" + message + R"(","status":)" +
                std::to_string(status) + "}",
            {}};
  }

  twilio_answer answer(const ask_twilio& asked) {
    const auto call = part_behind(asked.target, "/Calls/");
    if (asked.form.empty() && !asked.removes) {
      ++looks;
      if (!next_looks.empty()) return take(next_looks);
      std::string list;
      for (const auto& one : all)
        if (one.call == call) list.append(list.empty() ? "" : ",").append(json(one));
      return {200, R"({"recordings":[)" + list + "]}", {}};
    }
    changes.push_back(asked);
    if (next.empty()) return carry_out(asked, call);
    if (does_it_all_the_same) (void)carry_out(asked, call);
    return take(next);
  }

 private:
  static std::string part_behind(const std::string& target, std::string_view before) {
    const auto at = target.find(before);
    if (at == std::string::npos) return {};
    const auto rest = target.substr(at + before.size());
    return rest.substr(0, rest.find_first_of("/."));
  }
  static twilio_answer take(std::deque<twilio_answer>& from) {
    auto answer = std::move(from.front());
    from.pop_front();
    return answer;
  }
  twilio_answer carry_out(const ask_twilio& asked, const std::string& call) {
    const auto fields = model::parse_form(asked.form).value_or(model::form{});
    const auto sid = part_behind(asked.target, "/Recordings/");
    if (sid.empty()) {
      if (!call_goes_on) return refusal(400, 21220, "Requested resource is not eligible for recording");
      all.push_back({"RE" + std::string(31, '0') + std::to_string(all.size() + 1), call, "in-progress"});
      return {201, json(all.back()), {}};
    }
    const auto one = std::ranges::find(all, sid, &recording::sid);
    if (one == all.end()) return refusal(404, 20404, "The requested resource was not found");
    one->status = model::field(fields, "Status");
    return {200, json(*one), {}};
  }
};

inline caf::behavior fake_recordings(caf::event_based_actor*, std::shared_ptr<recordings_at_twilio> at) {
  return {[at](const ask_twilio& asked) { return at->answer(asked); }};
}

}  // namespace tonris::actors::test
