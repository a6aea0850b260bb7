#include "tools/ctl/program.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "model/call/story.hpp"
#include "tools/ctl/agent_commands.hpp"
#include "tools/ctl/call_commands.hpp"
#include "tools/ctl/check_tenants.hpp"
#include "tools/ctl/doctor_command.hpp"
#include "tools/ctl/explain_route.hpp"
#include "tools/ctl/number_commands.hpp"
#include "tools/ctl/refused_command.hpp"
#include "tools/ctl/stored_calls.hpp"
#include "tools/ctl/tenant_commands.hpp"
#include "tools/ctl/tenant_keys.hpp"
#include "tools/ctl/usage_command.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds patience{10};

struct flags {
  std::string call, gateway, data_dir, env_file = ".env", tenants_file;
  imagined_call imagined;
  std::string tenant, key_id, key_name;
  std::vector<std::string> scopes;
  bool timeline = false;
};

/// Where the gateway is that a command asks.
void add_gateway(CLI::App& app, flags& f) {
  app.add_option("--gateway", f.gateway, "origin of the gateway, default http://127.0.0.1:$ADMIN_PORT, else $PORT");
  app.add_option("--env-file", f.env_file, "where ADMIN_PORT, PORT and ADMIN_TOKEN stand if not in the environment")
      ->capture_default_str();
}

void add_why(CLI::App& app, flags& f) {
  app.add_option("call", f.call, "CallSid, CA and 32 hex digits")->required();
  auto* data_dir =
      app.add_option("--data-dir", f.data_dir, "read the store in this DATA_DIR, whether its gateway runs or not");
  add_gateway(app, f);
  data_dir->excludes(app.get_option("--gateway"));
  app.add_flag("--timeline", f.timeline, "all that happened, moment by moment, and the record in short");
}

struct keys_commands {
  CLI::App *create = nullptr, *revoke = nullptr;
};
keys_commands add_keys(CLI::App& app, flags& f) {
  app.add_option("tenant", f.tenant, "the tenant's id")->required();
  add_gateway(app, f);
  app.require_subcommand(0, 1);
  app.add_subcommand("list", "its keys, one a line; so without a word as well");
  auto* create = app.add_subcommand("create", "a new key, which is printed once and never again");
  create->add_option("--name", f.key_name, "by which you know it again")->required();
  create->add_option("--scope", f.scopes, "what it is good for, several: read, control, settings, recordings")
      ->required();
  auto* revoke = app.add_subcommand("revoke", "a key opens nothing any more");
  revoke->add_option("key", f.key_id, "the key's id, 12 hex digits")->required();
  return {create, revoke};
}

void add_route(CLI::App& app, flags& f) {
  auto& call = f.imagined;
  app.add_option("--to", call.to, "the number that is called")->required();
  app.add_option("--from", call.from, "the caller's number; without it he withholds it");
  app.add_option("--at", call.at, "when, in UTC, such as 2026-12-25T10:00Z; without it now");
  app.add_option("--call", call.call, "the CallSid, by which agents are drawn for callers who withhold their number");
  app.add_option("--tenants-file", call.tenants_file, "in place of TENANTS_FILE");
  app.add_option("--business-types-file", call.business_types_file, "in place of BUSINESS_TYPES_FILE");
  app.add_option("--env-file", f.env_file, "where the gateway's settings stand if not in the environment")
      ->capture_default_str();
}

int why(const flags& f, const lookup& environment, std::ostream& out, std::ostream& err) {
  const model::call_sid call{f.call};
  if (!model::is_sid(f.call, "CA")) return refuse(err, "a CallSid is CA and 32 hex digits");
  tl::expected<std::vector<model::timeline_event>, std::string> events;
  tl::expected<std::optional<model::call_record>, std::string> record;
  if (f.data_dir.empty()) {
    const auto of = find_gateway(f.gateway, environment, env_text(f.env_file));
    if (!of) return refuse(err, of.error());
    events = events_from(*of, call, patience);
    if (events) record = record_from(*of, call, patience);
  } else {
    events = stored_events(f.data_dir, call);
    if (events) record = stored_record(f.data_dir, call);
  }
  if (!events) return refuse(err, events.error());
  const bool has_record = record && *record;
  const bool in_short = has_record && !f.timeline;
  if (in_short)
    out << call_summary(*events, **record);
  else if (record || !events->empty())
    out << call_story(*events, has_record ? &**record : nullptr);
  if (!record) return refuse(err, record.error());
  return events->empty() && !has_record ? not_found : found;
}

int check(const flags& f, std::ostream& out, std::ostream& err) {
  const auto all_good = check_tenants(f.tenants_file, out);
  if (!all_good) return refuse(err, all_good.error());
  return *all_good ? found : not_found;
}

int route(const flags& f, const lookup& environment, std::ostream& out, std::ostream& err) {
  const auto is_found = explain_route(f.imagined, environment, env_text(f.env_file), out);
  if (!is_found) return refuse(err, is_found.error());
  return *is_found ? found : not_found;
}

int keys(const flags& f, const keys_commands& how, const lookup& environment, std::ostream& out, std::ostream& err) {
  const auto of = find_gateway(f.gateway, environment, env_text(f.env_file));
  if (!of) return refuse(err, of.error());
  if (how.revoke->parsed()) {
    const auto revoked = revoke_key(*of, f.tenant, f.key_id, patience);
    if (!revoked) return refuse(err, revoked.error());
    out << "Revoked " << f.key_id << ".\n";
    return found;
  }
  const bool makes = how.create->parsed();
  const auto text =
      makes ? create_key(*of, f.tenant, f.key_name, f.scopes, patience) : list_keys(*of, f.tenant, patience);
  if (!text) return refuse(err, text.error());
  if (text->empty()) return out << "The tenant has no key.\n", not_found;
  out << *text << (makes ? "\n" : "");
  return found;
}

}  // namespace

int refuse(std::ostream& err, const refusal& why) {
  err << "tonrisctl: " << why.line << '\n';
  return why.is_unknown ? not_found : cannot;
}

int refuse(std::ostream& err, const std::string& why) {
  return refuse(err, refusal{why});
}

int run(std::vector<std::string> arguments, const lookup& environment, std::ostream& out, std::ostream& err) {
  CLI::App app{"Asks a gateway, or what it has left on the disk, about its calls.", "tonrisctl"};
  app.require_subcommand(1);
  app.footer(
      "Ends with 0: found, done, or every tenant is good, 1: not found (no such call, tenant or key, or none that "
      "fits), or a tenant has a mistake or a number is not as it should be, 2: wrong usage, refused, or the gateway, "
      "its store or the file cannot be read. agent check and doctor say what theirs mean.");
  flags given;
  auto* as_why =
      app.add_subcommand("why", "what happened in a call, who caused it and what to do, in ten lines at most");
  add_why(*as_why, given);
  auto* as_check = app.add_subcommand("check-tenants", "what a TENANTS_FILE has wrong, all of it, by line and tenant");
  as_check->add_option("file", given.tenants_file, "the file")->required();
  auto* as_route =
      app.add_subcommand("route", "where a call would go, and why, without placing it; limits are not looked at");
  add_route(*as_route, given);
  auto* as_tenant = app.add_subcommand("tenant", "a tenant of the gateway's");
  as_tenant->require_subcommand(1);
  auto* as_keys = as_tenant->add_subcommand("keys", "a tenant's keys for the API");
  const auto keys_how = add_keys(*as_keys, given);
  tenant_flags of_tenant;
  tenant_command tenant_work;
  add_tenant_commands(*as_tenant, of_tenant, tenant_work);
  call_flags of_call;
  add_call_commands(app, of_call, tenant_work);
  usage_flags of_usage;
  add_usage_command(*app.add_subcommand("usage",
                                        "what ended calls used: calls, minutes, cost, by tenant, day, agent, "
                                        "variant; which of two variants is better"),
                    of_usage, tenant_work);
  refused_flags of_refused;
  add_refused_command(
      *app.add_subcommand("refused",
                          "the vendors' requests that were refused before they became calls: signature, "
                          "account, number, size"),
      of_refused, tenant_work);
  auto* as_number = app.add_subcommand("number", "a tenant's numbers at Twilio");
  as_number->require_subcommand(1);
  number_flags of_number;
  add_number_commands(*as_number, of_number, tenant_work);
  auto* as_agent = app.add_subcommand("agent", "tenants' agents at ElevenLabs");
  as_agent->require_subcommand(1);
  agent_flags of_agent;
  add_agent_commands(*as_agent, of_agent, tenant_work);
  doctor_flags of_doctor;
  add_doctor_command(*app.add_subcommand("doctor", "all that keeps calls from coming, and what to do about it"),
                     of_doctor, tenant_work);
  auto* as_secrets = app.add_subcommand("secrets", "what tenants have entrusted to the gateway");
  as_secrets->require_subcommand(1);
  add_secrets_commands(*as_secrets, of_tenant, tenant_work);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e, out, err), found;
    return refuse(err, e.what());
  }
  if (as_check->parsed()) return check(given, out, err);
  if (as_route->parsed()) return route(given, environment, out, err);
  if (tenant_work) return tenant_work(environment, out, err);
  if (as_keys->parsed()) return keys(given, keys_how, environment, out, err);
  return why(given, environment, out, err);
}

}  // namespace tonris::ctl
