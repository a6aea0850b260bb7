#include "tools/sim/elevenlabs/conversation_list.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "model/json/writer.hpp"
#include "model/text/form.hpp"
#include "tools/sim/elevenlabs/vendor_answers.hpp"

namespace tonris::sim {

namespace {

constexpr std::string_view cursor_prefix = "cur_";

struct question {
  std::int64_t after = std::numeric_limits<std::int64_t>::min(), before = std::numeric_limits<std::int64_t>::max();
  std::int64_t page_size = 30;
  std::string behind;  ///< the conversation that the page before ended with; "": the first page
};

bool take_whole(std::string_view text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// False: the vendor refuses it.
bool take(const std::string& name, const std::string& value, question& asked, violation_log& violations) {
  constexpr std::int64_t most = 100;
  if (name == "call_start_after_unix") return take_whole(value, asked.after);
  if (name == "call_start_before_unix") return take_whole(value, asked.before);
  if (name == "page_size") return take_whole(value, asked.page_size) && asked.page_size > 0 && asked.page_size <= most;
  if (name == "cursor") {
    if (!value.starts_with(cursor_prefix)) return false;
    asked.behind = value.substr(cursor_prefix.size());
    return true;
  }
  violations.add("unknown_parameter", name.substr(0, 40));
  return true;
}

std::int64_t began(const conversation_record& one) {
  return std::chrono::floor<std::chrono::seconds>(one.began.time_since_epoch()).count();
}

void put(model::json_writer& out, const listed_record& one) {
  const bool is_over = one.status != conversation_status::initiated && one.status != conversation_status::in_progress;
  out.open_object();
  out.member("agent_id", one.of->facts.agent_id);
  out.member("agent_name", "A simulated agent");
  out.member("conversation_id", one.of->facts.conversation_id);
  out.member("start_time_unix_secs", began(*one.of));
  out.member("call_duration_secs", is_over ? seconds_of(*one.of) : 0);
  out.member("message_count", one.of->transcript.size());
  out.member("status", to_string(one.status));
  out.member("termination_reason", is_over ? "Client disconnected" : "");
  out.member("call_successful", one.status == conversation_status::failed ? "failure" : "success");
  out.member("transcript_summary", nullptr);
  out.member("direction", nullptr);
  out.close_object();
}

}  // namespace

net::http_response list_conversations(const net::http_request& request, const std::vector<listed_record>& newest_first,
                                      violation_log& violations) {
  const auto given = model::parse_form(request.query());
  if (!given) return error_answer(422, "missing", "");
  question asked;
  for (const auto& [name, value] : *given)
    if (!take(name, value, asked, violations)) return error_answer(422, "missing", "");
  std::vector<listed_record> found;
  bool is_behind = asked.behind.empty();
  for (const auto& one : newest_first) {
    const auto at = began(*one.of);
    if (is_behind && at >= asked.after && at <= asked.before) found.push_back(one);
    is_behind = is_behind || one.of->facts.conversation_id == asked.behind;
    if (found.size() > static_cast<std::size_t>(asked.page_size)) break;
  }
  const bool has_more = found.size() > static_cast<std::size_t>(asked.page_size);
  if (has_more) found.pop_back();
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_list("conversations");
  for (const auto& one : found) put(out, one);
  out.close_list();
  if (has_more)
    out.member("next_cursor", std::string{cursor_prefix} + found.back().of->facts.conversation_id);
  else
    out.member("next_cursor", nullptr);
  out.member("has_more", has_more);
  out.close_object();
  return net::make_response(200, "application/json", std::move(json));
}

}  // namespace tonris::sim
