#include "model/finding/call_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "model/finding/full_text.hpp"
#include "model/finding/parameter_check.hpp"
#include "model/finding/went_wrong.hpp"
#include "model/finding/written_number.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/enum_name.hpp"
#include "model/text/trimmed.hpp"
#include "model/text/utf8.hpp"
#include "model/usage_report/moment.hpp"

namespace tonris::model {

namespace {

using time = call_query::time;

constexpr std::size_t caused_by_count = static_cast<std::size_t>(caused_by::operators) + 1;

// Function-local: it is made of another unit's constants.
const text_rule& variant_rule() {
  static const text_rule rule{1, 128, tenant_rules::agent_id.accepts,
                              "a variant's name or its agent's id: letters, digits, '-' and '_'"};
  return rule;
}

constexpr text_rule node_rule{1, 253,
                              [](std::string_view text) {
                                return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
                              },
                              "a gateway's name, as its records have it"};

/// The parameters in the making. A mistake is one of the parameter that is read.
class reader {
 public:
  /// `zone`: whose days and times are meant where they do not say; "": UTC.
  reader(time now, std::string zone, json_mistakes& mistakes)
      : now_(now), zone_(std::move(zone)), mistakes_(mistakes), check_(names(), mistakes) {}

  void read(const std::string& name, const std::string& value) {
    const auto* const known =
        std::find_if(parameters.begin(), parameters.end(), [&](const parameter& one) { return one.name == name; });
    if (!check_.admits(name, value) || known == parameters.end()) return;
    path_ = path_below({}, name);
    (this->*known->read)(value);
  }

  call_query finish() {
    refuse_both("from", "since");
    refuse_both("to", "until");
    if (query_.from && query_.to && *query_.from >= *query_.to) {
      path_ = check_.is_there("until") ? "until" : "to";
      refuse(check_.is_there("since") ? "must be later than since" : "must be later than from");
    }
    return std::move(query_);
  }

 private:
  struct parameter {
    std::string_view name;
    void (reader::*read)(const std::string& value);
  };

  // --- one a parameter

  void read_tenant(const std::string& value) {
    if (auto text = text_by(tenant_rules::tenant_id, value)) query_.tenant = tenant_id{*std::move(text)};
  }
  void read_agent(const std::string& value) {
    if (auto text = text_by(tenant_rules::agent_id, value)) query_.agent = agent_id{*std::move(text)};
  }
  void read_variant(const std::string& value) { query_.variant = text_by(variant_rule(), value); }
  void read_node(const std::string& value) { query_.node = text_by(node_rule, value); }

  void read_number(const std::string& value) {
    auto number = read_wanted_number(value);
    if (!number) return refuse(std::move(number.error()));
    query_.number = *std::move(number);
  }

  void read_from(const std::string& value) { query_.from = time_in(value, false); }
  void read_to(const std::string& value) { query_.to = time_in(value, true); }
  void read_zone(const std::string& value) {
    if (!is_zone(value)) refuse("must be a time zone, such as Europe/Oslo");
  }
  void read_since(const std::string& value) {
    if (const auto ago = duration_in(value)) query_.from = before_now(*ago);
  }
  void read_until(const std::string& value) {
    if (const auto ago = duration_in(value)) query_.to = before_now(*ago);
  }

  void read_reason(const std::string& value) {
    query_.reason = find_named<end_reason>(value, end_reason_count);
    if (!query_.reason) refuse("must be an end reason, such as caller_hung_up");
  }
  void read_by(const std::string& value) {
    query_.by = find_named<caused_by>(value, caused_by_count);
    if (!query_.by) refuse("must be caller, agent, tenant, vendor, network, gateway or operator");
  }
  void read_troubled(const std::string& value) {
    if (const auto flag = flag_in(value))
      query_.troubled = *flag;
    else if (const auto reason = find_named<end_reason>(value, end_reason_count))
      query_.troubled = *reason;
    else
      refuse("must be true, false or what was wrong, such as agent_not_audible");
  }
  void read_live(const std::string& value) {
    query_.live = flag_in(value);
    if (!query_.live) refuse("must be true or false");
  }

  void read_words(const std::string& value) {
    const auto words = trimmed(value);
    if (words.size() > max_search_bytes)
      return refuse("must have at most " + std::to_string(max_search_bytes) + " bytes");
    if (!is_utf8(words)) return refuse("must be UTF-8");
    if (match_expression(words).empty()) return refuse("must have a word to look for");
    query_.words = words;
  }

  void read_limit(const std::string& value) {
    const auto limit = whole_in(value);
    if (!limit || *limit < 1 || *limit > call_query::most_limit)
      return refuse("must be a whole number from 1 to " + std::to_string(call_query::most_limit));
    query_.limit = *limit;
  }
  void read_cursor(const std::string& value) {
    query_.after = from_cursor(value);
    if (!query_.after) refuse("must be the nextCursor of an answer");
  }

  // --- values

  using days = std::chrono::days;

  std::optional<std::string> text_by(const text_rule& rule, const std::string& value) {
    return parameter_by(rule, path_, value, mistakes_);
  }

  static std::optional<bool> flag_in(std::string_view value) noexcept {
    if (value == "true") return true;
    if (value == "false") return false;
    return std::nullopt;
  }

  static std::optional<std::uint32_t> whole_in(std::string_view text) noexcept {
    std::uint32_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return number;
  }

  std::optional<time> time_in(const std::string& value, bool is_end) {
    const auto at = moment_in(value, zone_, is_end);
    if (!at) refuse("must be a day or a time, such as 2026-11-22, 2026-11-22T10:00Z or 2026-11-22T10:00+01:00");
    return at;
  }

  std::optional<std::chrono::seconds> duration_in(std::string_view value) {
    using std::chrono::seconds;
    constexpr seconds longest = days{3660};
    constexpr std::string_view letters = "smhdw";
    constexpr std::array<seconds, letters.size()> units{seconds{1}, std::chrono::minutes{1}, std::chrono::hours{1},
                                                        days{1}, std::chrono::weeks{1}};
    const auto unit = letters.find(value.back());
    const auto count = whole_in(value.substr(0, value.size() - 1));
    if (unit == std::string_view::npos || !count || *count == 0 || *count > longest / units[unit]) {
      refuse("must be a time ago, such as 15m, 2h or 3d, and at most ten years");
      return std::nullopt;
    }
    return *count * units[unit];
  }

  /// To the millisecond: so are the times that the store compares it with.
  [[nodiscard]] time before_now(std::chrono::seconds ago) const {
    return std::chrono::floor<std::chrono::milliseconds>(now_ - ago);
  }

  // --- mistakes

  void refuse(std::string message) { note(mistakes_, path_, std::move(message)); }

  void refuse_both(std::string_view exact, std::string_view ago) {
    if (!check_.is_there(exact) || !check_.is_there(ago)) return;
    path_ = ago;
    refuse("must not be there beside " + std::string{exact});
  }

  static std::vector<std::string_view> names() {
    std::vector<std::string_view> all;
    for (const auto& one : parameters) all.push_back(one.name);
    return all;
  }

  static constexpr std::size_t parameter_count = 17;
  static const std::array<parameter, parameter_count> parameters;

  time now_;
  std::string zone_;
  json_mistakes& mistakes_;
  parameter_check check_;
  call_query query_;
  std::string path_;
};

const std::array<reader::parameter, reader::parameter_count> reader::parameters{{
    {"tenant", &reader::read_tenant},
    {"number", &reader::read_number},
    {"from", &reader::read_from},
    {"to", &reader::read_to},
    {"since", &reader::read_since},
    {"until", &reader::read_until},
    {"zone", &reader::read_zone},
    {"agent", &reader::read_agent},
    {"variant", &reader::read_variant},
    {"node", &reader::read_node},
    {"reason", &reader::read_reason},
    {"by", &reader::read_by},
    {"troubled", &reader::read_troubled},
    {"live", &reader::read_live},
    {"q", &reader::read_words},
    {"limit", &reader::read_limit},
    {"cursor", &reader::read_cursor},
}};

bool is_in_trouble_by(const std::variant<bool, end_reason>& wanted, const call_record& record) noexcept {
  if (const auto* const flag = std::get_if<bool>(&wanted)) return *flag == went_wrong(record);
  return record.troubled && record.troubled->reason == *std::get_if<end_reason>(&wanted);
}

std::string_view variant_of(const call_record& record) noexcept {
  return record.variant.empty() ? record.agent.value : record.variant;
}

}  // namespace

bool fits(const wanted_number& wanted, std::string_view number) noexcept {
  if (wanted.ending) return number.ends_with(wanted.text);
  return wanted.beginning ? number.starts_with(wanted.text) : number == wanted.text;
}

bool tells_no_number(const wanted_number& wanted) noexcept {
  return !wanted.ending && (!wanted.beginning || wanted.text.size() <= most_shown);
}

tl::expected<call_query, json_mistakes> parse_call_query(
    const std::vector<std::pair<std::string, std::string>>& parameters, call_query::time now) {
  json_mistakes mistakes;
  const auto zone = std::ranges::find_if(parameters, [](const auto& one) { return one.first == "zone"; });
  const bool is_known = zone != parameters.end() && is_zone(zone->second);
  reader read{now, is_known ? zone->second : std::string{}, mistakes};
  for (const auto& [name, value] : parameters) read.read(name, value);
  auto query = read.finish();
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  return query;
}

call_place place_of(const call_record& record) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(record.started.time_since_epoch());
  return {ms.count(), record.call};
}

bool fits(const call_query& query, const call_record& record) noexcept {
  const auto is = [](const auto& wanted, const auto& value) { return !wanted || *wanted == value; };
  return is(query.tenant, record.tenant) && is(query.agent, record.agent) && is(query.variant, variant_of(record)) &&
         is(query.node, record.node) &&
         (!query.number || fits(*query.number, record.from) || fits(*query.number, record.to)) &&
         (!query.from || record.started >= *query.from) && (!query.to || record.started < *query.to) &&
         (!query.reason || record.reason == query.reason) &&
         (!query.by || (record.reason && who(*record.reason) == *query.by)) &&
         (!query.troubled || is_in_trouble_by(*query.troubled, record)) &&
         is(query.live, record.state != call_state::ended);
}

}  // namespace tonris::model
