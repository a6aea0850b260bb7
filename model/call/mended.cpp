#include "model/call/mended.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/call/person_words.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/one_line.hpp"

namespace tonris::model {

namespace {

/// "agent_lost: reset by peer" begins with one.
std::optional<end_reason> reason_in(std::string_view why) noexcept {
  return find_named<end_reason>(why.substr(0, why.find(':')), end_reason_count);
}

/// The call went on with another agent of its list.
struct change {
  std::string_view next, before, why;
};

/// As actors/call/agent_side.cpp notes it: "with the next agent, B, instead of A: agent_not_found: HTTP 404".
std::optional<change> change_in(const timeline_event& event) noexcept {
  constexpr std::string_view begins = "with the next agent, ", parts = ", instead of ", ends = ": ";
  const std::string_view detail{event.detail};
  if (event.what != call_moment::agent_restart || !detail.starts_with(begins)) return std::nullopt;
  const auto agents = detail.substr(begins.size());
  const auto end = agents.find(ends), between = agents.find(parts);
  if (end == std::string_view::npos) return std::nullopt;
  const auto why = agents.substr(end + ends.size());
  if (between > end) return change{agents.substr(0, end), {}, why};  // of a version that did not name the one before
  const auto before = between + parts.size();
  return change{agents.substr(0, between), agents.substr(before, end - before), why};
}

struct what_was_wrong_with_it {
  end_reason reason;
  std::string_view words;
};
constexpr std::array wrong_with_agents{
    what_was_wrong_with_it{end_reason::agent_not_found, "which ElevenLabs does not know"},
    what_was_wrong_with_it{end_reason::agent_out_of_credit, "whose account at ElevenLabs is out of credit"},
    what_was_wrong_with_it{end_reason::agent_refused, "which ElevenLabs refused"},
    what_was_wrong_with_it{end_reason::agent_audio_unknown, "whose audio is in a format that nobody here knows"},
};

std::string in_words(const change& of) {
  const auto reason = reason_in(of.why);
  const auto* const row = std::find_if(wrong_with_agents.begin(), wrong_with_agents.end(),
                                       [&](const auto& one) { return one.reason == reason; });
  std::string out{"the call went on with agent "};
  out.append(of.next).append(" instead of ").append(of.before.empty() ? "another" : of.before).append(", ");
  out.append(row == wrong_with_agents.end() ? "which did not serve" : row->words);
  return out.append(" (").append(of.why).append(")");
}

/// What the agent's connection ended by before it was opened anew; "": nobody wrote it down. Takes the events in order.
class last_break {
 public:
  void take(const timeline_event& event) {
    if (event.what == call_moment::agent_ended || event.what == call_moment::signed_url) why_ = event.detail;
    if (event.what == call_moment::agent_ready || event.what == call_moment::crashed) why_.clear();
  }
  std::string give() { return std::exchange(why_, {}); }

 private:
  std::string why_;
};

/// The agent's connection, opened anew to the same agent or to another one.
struct restarts {
  std::ptrdiff_t same = 0;
  std::string last_why;               ///< of the same
  std::vector<change> changes;        ///< of another
  std::optional<end_reason> lasting;  ///< the last of that kind, of either
};

/// A new conversation, or another agent, helps this call alone: these stay until somebody changes settings or the
/// subscription.
bool lasts(const std::optional<end_reason>& reason) noexcept {
  constexpr std::array lasting{end_reason::agent_auth_failed,   end_reason::agent_not_found,
                               end_reason::agent_out_of_credit, end_reason::agent_busy,
                               end_reason::agent_refused,       end_reason::agent_audio_unknown};
  return reason && std::find(lasting.begin(), lasting.end(), *reason) != lasting.end();
}

restarts restarts_in(const std::vector<timeline_event>& events) {
  restarts found;
  last_break why;
  for (const auto& event : events) {
    why.take(event);
    if (event.what != call_moment::agent_restart) continue;
    auto broken_by = why.give();
    const auto changed = change_in(event);
    if (const auto reason = reason_in(changed ? changed->why : broken_by); lasts(reason)) found.lasting = reason;
    if (changed) {
      found.changes.push_back(*changed);
    } else {
      ++found.same;
      found.last_why = std::move(broken_by);
    }
  }
  return found;
}

std::string times(std::ptrdiff_t n) {
  return n == 1 ? std::string{"once"} : std::to_string(n) + " times";
}

std::string in_brackets(const std::string& before, const std::string& text) {
  return text.empty() ? text : " (" + before + text + ")";
}

constexpr std::size_t most_changes = 3;  // the last ones

std::vector<std::string> all_mended(const std::vector<timeline_event>& events, std::string_view direction) {
  const auto count = [&events](call_moment what) {
    return std::count_if(events.begin(), events.end(), [what](const auto& one) { return one.what == what; });
  };
  std::vector<std::string> told;
  if (const auto n = count(call_moment::crashed); n > 0) told.push_back("a part of the call crashed " + times(n));
  const auto anew = restarts_in(events);
  if (anew.same > 0)
    told.push_back("the agent was connected anew " + times(anew.same) +
                   in_brackets(anew.same == 1 ? "" : "the last time: ", anew.last_why));
  const auto& changes = anew.changes;
  for (auto i = changes.size() - std::min(changes.size(), most_changes); i < changes.size(); ++i)
    told.push_back(in_words(changes[i]));
  if (const auto n = count(call_moment::new_stream); n > 0)
    told.push_back(of_person(direction, "the caller's stream broke ") + times(n));
  return told;
}

}  // namespace

std::string mended(const std::vector<timeline_event>& events, std::string_view direction) {
  const auto told = all_mended(events, direction);
  if (told.empty()) return {};
  std::string out{"Before that "};
  for (std::size_t i = 0; i < told.size(); ++i)
    append_one_line((i == 0 ? "" : i + 1 == told.size() ? ", and " : ", ") + told[i], out);
  return out + ".\n";
}

std::optional<end_reason> still_to_mend(const std::vector<timeline_event>& events) {
  return restarts_in(events).lasting;
}

}  // namespace tonris::model
