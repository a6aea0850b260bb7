#include "model/tenant/read_experiment.hpp"

#include "model/tenant/rules.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {

namespace {

namespace rules = tenant_rules;
using experiment = tenant::experiment_type;

constexpr std::size_t least_variants = 2;

bool asks_the_same(const experiment& one, const experiment& other) noexcept {
  return one.outcome == other.outcome && one.stop_losing == other.stop_losing;
}

}  // namespace

std::optional<experiment> read_experiment(json_fields& settings) {
  experiment wanted;
  const bool there = settings.object("experiment", [&](json_fields& fields) {
    wanted.outcome = rules::outcome_of(fields.required_text("outcome", rules::outcome)).value_or(wanted.outcome);
    wanted.stop_losing = fields.flag("stopLosing").value_or(false);
    if (const auto since = fields.text("since", rules::moment)) wanted.since = parse_utc_time(*since);
  });
  if (!there) return std::nullopt;
  return wanted;
}

void refuse_without_variants(const tenant& t, json_mistakes& mistakes) {
  if (t.experiment && t.agents.size() < least_variants)
    note(mistakes, "settings.experiment", "needs at least two agents in settings.agents");
}

void put_experiment(json_writer& out, const std::optional<experiment>& wanted) {
  if (!wanted) return;
  out.open_object("experiment");
  out.member("outcome", to_string(wanted->outcome));
  out.member("stopLosing", wanted->stop_losing);
  if (wanted->since) out.member("since", iso_time(*wanted->since));
  out.close_object();
}

void begin_experiment(const tenant* former, tenant& now, std::chrono::system_clock::time_point at) {
  if (!now.experiment) return;
  auto& since = now.experiment->since;
  const auto before = former ? former->experiment : std::nullopt;
  const bool names_another = since && !(before && before->since == since);
  if (names_another) return;
  const bool goes_on =
      before && before->since && asks_the_same(*before, *now.experiment) && former->agents == now.agents;
  since = goes_on ? before->since : std::chrono::floor<std::chrono::milliseconds>(at);
}

void begin_experiment_of_file(tenant& now, std::chrono::system_clock::time_point at) {
  if (now.experiment && now.experiment->since && *now.experiment->since < at) now.experiment->since.reset();
  begin_experiment(nullptr, now, at);
}

std::string_view to_string(experiment::outcome_type what) noexcept {
  switch (what) {
    case experiment::outcome_type::success: return "success";
    case experiment::outcome_type::completed: return "completed";
  }
  return "success";
}

}  // namespace tonris::model
