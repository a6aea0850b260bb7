#include "model/usage_report/bill_drift.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "model/call/costing.hpp"
#include "model/call/never_live.hpp"
#include "model/usage_report/usage_sums.hpp"

namespace tonris::model {

namespace {

/// Our meter counts dollars. What nobody knows in these stands in its own currency, with nothing beside it.
money comparable(const cost_part& said) {
  const auto dollars = in_dollars(said);
  return dollars ? money{*dollars, us_dollars} : said.amount;
}

bool is_told(const std::optional<cost_part>& part) noexcept {
  return part && (part->is_final || part->source == cost_source::vendor);
}

/// A call's lines at one vendor.
class call_lines {
 public:
  explicit call_lines(const call_record& of) : of_(of) {}

  /// Before the vendor has spoken, it is on our side alone.
  void add(const cost_part& metered, const std::optional<cost_part>& said, std::int64_t seconds = 0) {
    if (!is_told(said)) return ours_.push_back(line(metered.amount, seconds));
    theirs_.push_back(line(comparable(*said), seconds));
    if (in_dollars(*said)) ours_.push_back(line(metered.amount, seconds));
  }
  /// Before that, it is on neither.
  void add_once_said(const cost_part& metered, const std::optional<cost_part>& said) {
    if (said && said->source == cost_source::vendor) add(metered, said);
  }
  [[nodiscard]] std::vector<drift_row> rows() const { return reconcile(ours_, theirs_); }

 private:
  [[nodiscard]] billed_call line(const money& amount, std::int64_t seconds) const {
    return {of_.call, of_.tenant, amount, seconds};
  }

  const call_record& of_;
  std::vector<billed_call> ours_, theirs_;
};

/// What Twilio bills beside the call.
void add_beside(const call_record& record, const rate_card& rates, call_lines& to) {
  for (const auto& leg : record.legs) to.add_once_said(estimate_of_leg(rates, record.started, leg), leg.cost);
  for (const auto& one : record.voicemail)
    to.add_once_said(estimate_of_recording(rates, record.started, one.seconds, one.at), one.cost);
  for (const auto& one : record.recordings)
    to.add_once_said(estimate_of_recording(rates, record.started, one.seconds, one.at), one.cost);
}

/// A call that had none is on neither side; but one that the vendor alone knows is on its.
void add_conversations(const call_record& record, cost_part metered, call_lines& to) {
  if (record.conversations.empty() && record.reports.empty()) return;
  if (std::ranges::none_of(record.conversations, was_live)) metered.amount.amount = 0;
  to.add(metered, record.cost.elevenlabs, record.metered_seconds);
}

/// When it was said is no matter.
bool says_the_same(const std::optional<cost_part>& a, const std::optional<cost_part>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->amount == b->amount && a->dollars == b->dollars && a->is_final == b->is_final && a->source == b->source;
}

bool is_same_leg(const call_record::leg& a, const call_record::leg& b) {
  return a.call == b.call && a.status == b.status && a.seconds == b.seconds && says_the_same(a.cost, b.cost);
}

/// Of a message or a recording.
template <class Sound>
bool is_same_sound(const Sound& a, const Sound& b) {
  return a.seconds == b.seconds && says_the_same(a.cost, b.cost);
}

bool are_metered_alike(const call_record& a, const call_record& b) {
  return a.call == b.call && a.tenant == b.tenant && a.started == b.started &&
         a.ended.has_value() == b.ended.has_value() && a.metered_seconds == b.metered_seconds &&
         who_dialled(a) == who_dialled(b) && figures_of(a).refused == figures_of(b).refused;
}

bool have_same_conversations(const call_record& a, const call_record& b) {
  constexpr auto id = &call_record::conversation::id;
  constexpr auto reported = &call_record::vendor_report::conversation;
  return std::ranges::equal(a.conversations, b.conversations, {}, id, id) &&
         std::ranges::equal(a.reports, b.reports, {}, reported, reported);
}

}  // namespace

void bill_drift::rows::add(const std::vector<drift_row>& more) {
  for (const auto& one : more) {
    const auto [row, is_new] = rows_.try_emplace({one.tenant, one.in}, one);
    if (!is_new) merge(row->second, one);
  }
}

std::vector<drift_row> bill_drift::rows::all() const {
  std::vector<drift_row> all;
  all.reserve(rows_.size());
  for (const auto& [key, row] : rows_) all.push_back(row);
  return all;
}

void bill_drift::add(const call_record& record) {
  const bool refused = figures_of(record).refused;
  if (!record.ended || (record.metered_seconds == 0 && !refused)) return;
  const auto who = who_dialled(record);
  const auto metered = refused ? estimate_of_refusal(rates_, record.started, *record.ended, who)
                               : estimate(rates_, record.started, record.metered_seconds, *record.ended, who);
  call_lines at_twilio{record}, at_elevenlabs{record};
  if (metered.twilio) at_twilio.add(*metered.twilio, record.cost.twilio, record.metered_seconds);
  // Else what is billed beside it would be held against the whole call.
  if (is_told(record.cost.twilio)) add_beside(record, rates_, at_twilio);
  if (metered.elevenlabs) add_conversations(record, *metered.elevenlabs, at_elevenlabs);
  twilio_.add(at_twilio.rows());
  elevenlabs_.add(at_elevenlabs.rows());
}

bool are_billed_alike(const call_record& a, const call_record& b) {
  return are_metered_alike(a, b) && says_the_same(a.cost.twilio, b.cost.twilio) &&
         says_the_same(a.cost.elevenlabs, b.cost.elevenlabs) && std::ranges::equal(a.legs, b.legs, is_same_leg) &&
         std::ranges::equal(a.voicemail, b.voicemail, is_same_sound<call_record::voicemail_message>) &&
         std::ranges::equal(a.recordings, b.recordings, is_same_sound<call_record::recording>) &&
         have_same_conversations(a, b);
}

void write_members(json_writer& out, const bill_drift& drift) {
  put(out, "twilio", drift.at_twilio());
  put(out, "elevenLabs", drift.at_elevenlabs());
}

std::string to_json(const bill_drift& drift) {
  std::string json;
  json_writer out(json);
  out.open_object();
  write_members(out, drift);
  out.close_object();
  return json;
}

}  // namespace tonris::model
