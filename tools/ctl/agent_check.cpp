#include "tools/ctl/agent_check.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "model/json/writer.hpp"
#include "model/tenant/agents.hpp"

namespace tonris::ctl {

namespace {

using model::agent_finding;
using severity = agent_finding::severity;
using answer = tl::expected<model::elevenlabs::agent_settings, vendor_refusal>;

constexpr int warned = 1, cannot_say = 2, failing = 3;

agent_finding has_none() {
  return {severity::error, "no agent answers its calls", "neither the tenant nor the gateway names one",
          "set settings.elevenLabsAgentId, or ELEVENLABS_AGENT_ID"};
}
agent_finding has_own_key() {
  return {severity::note, "the agent was not looked at",
          "the tenant has an ElevenLabs key of its own, which the gateway does not show",
          "compare it by hand, in that account"};
}

std::size_t count(const agent_report& report, severity is) {
  return static_cast<std::size_t>(
      std::count_if(report.items.begin(), report.items.end(), [is](const auto& one) { return one.what.is == is; }));
}

std::string many(std::size_t number, std::string_view what) {
  return std::to_string(number).append(" ").append(what).append(number == 1 ? "" : "s");
}

}  // namespace

tl::expected<agent_report, std::string> check_agents(const std::vector<model::tenant>& tenants,
                                                     const agent_defaults& defaults, const agents_door& at) {
  agent_report report;
  std::map<std::string, answer> known;
  for (const auto& t : tenants) {
    ++report.tenants;
    const auto add = [&](const model::agent_id& agent, agent_finding what) {
      report.items.push_back({t.id.value, agent.value, std::move(what)});
    };
    const auto agents = agents_of(t, defaults.by_business, defaults.agent);
    if (agents.empty()) add({}, has_none());
    for (const auto& agent : agents) {
      if (t.secrets.api_key.is != model::tenant_secret::form::none) {
        add(agent, has_own_key());
        continue;
      }
      auto found = known.find(agent.value);
      if (found == known.end()) found = known.emplace(agent.value, at(agent)).first;
      const auto& settings = found->second;
      if (settings) {
        for (auto& one : check_agent(*settings, t)) add(agent, std::move(one));
        continue;
      }
      if (settings.error().is == vendor_refusal::kind::bad_key) return tl::unexpected(settings.error().line);
      if (settings.error().is == vendor_refusal::kind::unknown_agent)
        add(agent, model::unknown_agent());
      else
        report.unasked.push_back("agent " + agent.value + ", tenant " + t.id.value + ": " + settings.error().line);
    }
  }
  report.agents = static_cast<std::size_t>(
      std::count_if(known.begin(), known.end(), [](const auto& one) { return one.second.has_value(); }));
  return report;
}

std::string as_lines(const agent_report& report) {
  std::string lines;
  for (const auto& one : report.items)
    lines.append(to_line(one.what, one.agent.empty() ? "(none)" : one.agent, one.tenant)).append("\n");
  for (const auto& line : report.unasked) lines.append("not looked at: ").append(line).append("\n");
  lines.append(many(report.agents, "agent"))
      .append(" of ")
      .append(many(report.tenants, "tenant"))
      .append(" compared: ");
  lines.append(many(count(report, severity::error), "error")).append(", ");
  lines.append(many(count(report, severity::warning), "warning")).append(", ");
  return lines.append(many(count(report, severity::note), "note")).append("\n");
}

std::string as_json(const agent_report& report) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.open_list("findings");
  for (const auto& one : report.items) {
    out.open_object();
    out.member("severity", to_string(one.what.is));
    out.member("tenant", one.tenant);
    if (!one.agent.empty()) out.member("agent", one.agent);
    out.member("what", one.what.what);
    out.member("why", one.what.why);
    out.member("fix", one.what.fix);
    out.close_object();
  }
  out.close_list();
  out.open_list("unasked");
  for (const auto& line : report.unasked) out.value(line);
  out.close_list();
  out.member("tenants", report.tenants);
  out.member("agents", report.agents);
  out.close_object();
  return json + "\n";
}

int status_of(const agent_report& report) noexcept {
  if (!report.unasked.empty()) return cannot_say;
  if (count(report, severity::error) > 0) return failing;
  return count(report, severity::warning) > 0 ? warned : 0;
}

}  // namespace tonris::ctl
