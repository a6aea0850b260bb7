#include "model/doctor/gateway.hpp"

#include <algorithm>
#include <cstdlib>

#include "model/json/lookup.hpp"

namespace tonris::model::doctor {

namespace {

constexpr json_limits limits{64 * 1024};

std::string whole(double number) {
  return std::to_string(static_cast<long long>(number));
}

/// What /ready says, in its own words.
std::string because(const reach& ready) {
  rapidjson::Document document;
  if (!parse_object(ready.body, limits, document)) return "status " + std::to_string(ready.status);
  field_reader read{document};
  if (const auto why = read.optional_text("because"); !why.empty()) return std::string{why};
  if (const auto* const error = read.optional_object("error")) {
    field_reader words{*error};
    return std::string{words.optional_text("message")};
  }
  return "status " + std::to_string(ready.status);
}

findings judge_ready(const gateway_facts& facts) {
  const auto& ready = facts.ready;
  if (ready.is != reach::outcome::answered)
    return {found("gateway_down", {{"gateway", facts.name}, {"why", ready.why}})};
  const auto say = [&](std::string_view code) {
    return findings{found(code, {{"gateway", facts.name}, {"why", because(ready)}})};
  };
  if (ready.status != 200) return say("gateway_not_ready");
  return ready.body.find("degraded") == std::string::npos ? say("gateway_well") : say("gateway_degraded");
}

/// What is bad as soon as it is more than nothing.
struct counted {
  std::string_view code, family, label;
};
constexpr counted counts[] = {
    {"callbacks_all_refused", "tonris_callbacks_all_refused", ""},
    {"tenants_not_served", "tonris_tenants", "state=\"refused\""},
    {"no_descriptors", "tonris_http_connection_errors_total", "reason=\"accept\""},
    {"webhook_signatures_refused", "tonris_http_refused_total", "reason=\"bad_signature\""},
    {"other_accounts_refused", "tonris_http_refused_total", "reason=\"wrong_account\""},
    {"actors_crashed", "tonris_actor_crashes_total", ""},
    {"store_failed", "tonris_store_failures_total", ""},
    {"callbacks_of_nobody", "tonris_callbacks_of_nobody", ""},
    {"callbacks_waiting", "tonris_callbacks_waiting", ""},
    {"records_missed", "tonris_records_missed_total", ""},
    {"records_unshared", "tonris_records_unshared_total", ""},
};

/// What may last a while.
struct lasting {
  std::string_view code, family;
  double seconds = 0;  ///< beyond these it is said
};
constexpr lasting delays[] = {
    {"records_not_read", "tonris_records_unread_seconds", 60},
    {"records_not_sent", "tonris_records_behind_seconds", 300},
};

void judge_lists(std::string_view metrics, findings& out) {
  constexpr int most = 8;
  for (int i = 1; i < most; ++i) {
    const auto place = std::to_string(i);
    if (const auto n = sum_in(metrics, "tonris_signature_token_total", "token=\"" + place + "\""); n > 0)
      out.push_back(found("older_token_signs", {{"count", whole(n)}, {"token", place}}));
    if (const auto n = sum_in(metrics, "tonris_stream_signature_candidate_total", "candidate=\"" + place + "\""); n > 0)
      out.push_back(found("stream_signed_otherwise", {{"count", whole(n)}, {"candidate", place}}));
  }
}

bool has_family(std::string_view metrics, std::string_view family) {
  return metrics.find("\n" + std::string{family} + " ") != std::string_view::npos;
}

}  // namespace

double sum_in(std::string_view metrics, std::string_view family, std::string_view label) {
  double sum = 0;
  while (!metrics.empty()) {
    const auto line = metrics.substr(0, metrics.find('\n'));
    metrics.remove_prefix(std::min(metrics.size(), line.size() + 1));
    if (!line.starts_with(family)) continue;
    const auto rest = line.substr(family.size());
    if (!rest.starts_with('{') && !rest.starts_with(' ')) continue;
    const auto value = rest.rfind(' ');
    if (value == std::string_view::npos || rest.substr(0, value).find(label) == std::string_view::npos) continue;
    sum += std::strtod(std::string{rest.substr(value + 1)}.c_str(), nullptr);
  }
  return sum;
}

findings judge(const gateway_facts& facts) {
  if (!facts.not_asked.empty()) return {found("gateway_not_asked", {{"why", facts.not_asked}})};
  auto out = judge_ready(facts);
  if (facts.refuses_token) out.push_back(found("gateway_refuses_token", {{"gateway", facts.name}}));
  const std::string_view metrics = facts.metrics;
  for (const auto& [code, family, label] : counts)
    if (const auto n = sum_in(metrics, family, label); n > 0) out.push_back(found(code, {{"count", whole(n)}}));
  for (const auto& [code, family, seconds] : delays)
    if (const auto n = sum_in(metrics, family); n > seconds) out.push_back(found(code, {{"seconds", whole(n)}}));
  if (facts.has_tenants_file && has_family(metrics, "tonris_tenants_reload_successful") &&
      sum_in(metrics, "tonris_tenants_reload_successful") == 0)
    out.push_back(found("tenants_file_not_read"));
  judge_lists(metrics, out);
  return out;
}

}  // namespace tonris::model::doctor
