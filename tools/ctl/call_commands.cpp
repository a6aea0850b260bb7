#include "tools/ctl/call_commands.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <ostream>
#include <string_view>

#include <rapidjson/document.h>
#include <CLI/CLI.hpp>

#include "model/finding/call_line.hpp"
#include "model/finding/call_query.hpp"
#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/tenant.hpp"
#include "model/text/percent.hpp"
#include "tools/ctl/gateway.hpp"
#include "tools/ctl/gateway_calls.hpp"
#include "tools/ctl/program.hpp"
#include "tools/ctl/refused_command.hpp"
#include "tools/ctl/stored_calls.hpp"
#include "tools/ctl/tail.hpp"
#include "tools/ctl/unknown_tenant.hpp"

namespace tonris::ctl {

namespace {

// Twilio is asked once, and where it does not answer looked at twice.
constexpr std::chrono::seconds patience{10}, place_patience{30}, forget_patience{120};

struct filter {
  const char* name;
  const char* what;
};
constexpr std::array filters{
    filter{"tenant", "of this tenant"},
    filter{
        "number",
        "to or from this number, in any formatting; without its country, all that end so; with * at its end all that "
        "begin so; *4711: that end so; withheld"},
    filter{"from", "started then or later: 2026-11-22, 2026-11-22T10:00Z, 2026-11-22T10:00+01:00 or 2026-11-22T10:00"},
    filter{"to", "started before; a day is in to its end"},
    filter{"zone", "whose days, and times without Z or an offset: Europe/Oslo; UTC where it is not given"},
    filter{"since", "started within the last 90s, 15m, 2h, 3d, 1w"},
    filter{"until", "started longer ago than that"},
    filter{"agent", "of this agent"},
    filter{"variant", "of this variant of an A/B test"},
    filter{"node", "that this gateway had, by its host's name"},
    filter{"reason", "that ended so: agent_timeout"},
    filter{"by", "that were ended by caller, agent, tenant, vendor, network, gateway or operator"},
    filter{"troubled", "true: all that went wrong; false: the others; or what was wrong beside an ordinary end"},
    filter{"live", "true: that go on; false: that have ended"},
    filter{"q", "in which these words were said or noted; \"a phrase\", begin*"},
    filter{"limit", "so many at most, 1 to 500; 50 where it is not given"},
    filter{"cursor", "behind those of a former answer, by what it said last"},
};

std::string query_of(const call_flags& f) {
  std::string query;
  for (const auto& [name, value] : f.filters)
    if (!value.empty())
      query.append(query.empty() ? "?" : "&").append(name).append("=").append(model::percent_encoded(value));
  return query;
}

tl::expected<model::call_query, std::string> read_filters(const call_flags& f) {
  std::vector<std::pair<std::string, std::string>> given;
  for (const auto& one : f.filters)
    if (!one.second.empty()) given.push_back(one);
  auto query = model::parse_call_query(given, std::chrono::system_clock::now());
  if (query) return *std::move(query);
  std::string wrong;
  for (const auto& one : query.error())
    wrong.append(wrong.empty() ? "--" : "; --").append(one.path).append(" ").append(one.message);
  return tl::unexpected(std::move(wrong));
}

void print(const model::call_line& line, bool as_json, std::ostream& out) {
  out << (as_json ? to_json(line) : to_table_row(line)) << '\n';
}

std::string body_with(std::string_view name, const std::string& value) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  out.member(name, value);
  out.close_object();
  return json;
}

/// What is no call is not among lines of JSON.
std::ostream& beside_calls(bool as_json, std::ostream& out, std::ostream& err) {
  return as_json ? err : out;
}

void print_more(const std::string& cursor, bool as_json, std::ostream& out, std::ostream& err) {
  beside_calls(as_json, out, err) << (as_json ? body_with("nextCursor", cursor) : "There are more: --cursor " + cursor)
                                  << '\n';
}

int print_stored(const call_flags& f, std::ostream& out, std::ostream& err) {
  auto query = read_filters(f);
  if (!query) return refuse(err, query.error());
  const auto limit = query->limit++;  // one more tells that there is more
  auto calls = stored_calls(f.data_dir, *query);
  if (!calls) return refuse(err, calls.error());
  if (calls->empty()) return beside_calls(f.as_json, out, err) << "No such call is stored.\n", not_found;
  const bool has_more = calls->size() > limit;
  if (has_more) calls->resize(limit);
  if (!f.as_json) out << model::table_header() << '\n';
  for (const auto& one : *calls) print(call_line_of(one, false), f.as_json, out);
  if (has_more) print_more(to_cursor(place_of(calls->back())), f.as_json, out, err);
  return found;
}

/// Lines as the gateway shows them.
int print_answer(const gateway& of, const net::http_response& answer, bool as_json, std::ostream& out,
                 std::ostream& err) {
  constexpr model::json_limits limits{8 * 1024 * 1024};
  rapidjson::Document body;
  const auto* const items = parse_object(answer.body, limits, body) ? model::find_field(body, "items") : nullptr;
  if (items == nullptr || !items->IsArray())
    return refuse(err, name_of(of) + " answered with something that is no list of calls");
  if (items->Empty()) return beside_calls(as_json, out, err) << "There is no such call.\n", not_found;
  if (!as_json) out << model::table_header() << '\n';
  for (const auto& item : items->GetArray()) {
    const auto line = model::parse_call_line(model::json_text(item));
    if (!line) return refuse(err, name_of(of) + " answered with something that is no call");
    print(*line, as_json, out);
  }
  if (const auto* const next = model::find_field(body, "nextCursor"); next != nullptr && next->IsString())
    print_more(std::string{model::text_of(*next)}, as_json, out, err);
  return found;
}

/// Of the number that is looked for, else of the tenant's.
std::function<bool(std::string_view)> whose_number(const model::call_query& query, const gateway& of) {
  if (query.number)
    return [wanted = *query.number](std::string_view number) { return !number.empty() && fits(wanted, number); };
  if (!query.tenant) return nullptr;
  const auto got = ask_for(of, "GET", "/api/tenants/" + model::percent_encoded(query.tenant->value), "", 200, patience);
  if (!got) return nullptr;
  const auto tenant = model::parse_tenant(got->body);
  if (!tenant) return nullptr;
  return [numbers = numbers_of(*tenant)](std::string_view number) { return model::is_listed(numbers, number); };
}

/// Nobody is told of a call that was refused before it became one, but here.
void print_if_refused(const call_flags& f, const model::call_query& query, const gateway& of, std::ostream& out) {
  const auto is_looked_for = whose_number(query, of);
  if (!is_looked_for) return;
  const auto since = std::ranges::find_if(f.filters, [](const auto& one) { return one.first == "since"; });
  out << say_if_refused(of, since->second, is_looked_for);
}

int print_calls(const call_flags& f, const lookup& environment, std::ostream& out, std::ostream& err) {
  if (!f.data_dir.empty()) return print_stored(f, out, err);
  const auto query = read_filters(f);
  if (!query) return refuse(err, query.error());
  const auto of = find_gateway(f.gateway, environment, env_text(f.env_file));
  if (!of) return refuse(err, of.error());
  const auto tenant = query->tenant.value_or(model::tenant_id{}).value;
  const auto got = ask_about(*of, "/api/calls" + query_of(f), tenant, patience);
  if (!got && got.error().is_unknown) return refuse(err, got.error());
  if (!got) return refuse(err, got.error().line + "; where it is down, --data-dir reads its store");
  const int end = print_answer(*of, *got, f.as_json, out, err);
  if (end == not_found) print_if_refused(f, *query, *of, beside_calls(f.as_json, out, err));
  return end;
}

/// `body`: JSON, or "" where the API takes none.
int do_to_call(const call_flags& f, const std::string& what, const std::string& body, const lookup& environment,
               std::ostream& out, std::ostream& err) {
  if (!model::is_sid(f.call, "CA")) return refuse(err, "a CallSid is CA and 32 hex digits");
  const auto of = find_gateway(f.gateway, environment, env_text(f.env_file));
  if (!of) return refuse(err, of.error());
  const auto got = ask_once_for(*of, "POST", "/api/calls/" + f.call + "/" + what, body, 202, patience);
  if (!got) return refuse(err, got.error());
  out << "Done.\n";
  return found;
}

std::string order_of(const call_flags& f) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  for (const auto& [name, value] :
       {std::pair{"tenantId", &f.tenant}, {"to", &f.number}, {"from", &f.from}, {"agent", &f.agent}, {"id", &f.id}})
    if (!value->empty()) out.member(name, *value);
  out.close_object();
  return json;
}

int place_call(const call_flags& f, const lookup& environment, std::ostream& out, std::ostream& err) {
  const auto of = find_gateway(f.gateway, environment, env_text(f.env_file));
  if (!of) return refuse(err, of.error());
  const auto got = ask_gateway(*of, "POST", "/api/calls", order_of(f), place_patience);
  if (!got) return refuse(err, got.error().line);
  if (got->status < 200 || got->status > 202) return refuse(err, complaint(*of, got->status, got->body));
  out << got->body << '\n';
  return found;
}

struct forgotten_calls {
  std::uint64_t forgotten = 0, alive = 0, left = 0;
};

forgotten_calls read_forgotten(const std::string& body) {
  rapidjson::Document answer;
  if (!model::parse_object(body, {body.size()}, answer)) return {};
  const auto number = [&](const char* name) -> std::uint64_t {
    const auto* const value = model::find_field(answer, name);
    return value != nullptr && value->IsUint64() ? value->GetUint64() : 0;
  };
  return {number("forgotten"), number("alive"), number("left")};
}

/// Until nothing is left, or the rest does not go.
int forget_number(const gateway& of, const std::string& number, std::ostream& out, std::ostream& err) {
  forgotten_calls all;
  for (bool goes_on = true; goes_on;) {
    const auto got = ask_for(of, "POST", "/api/forget", body_with("number", number), 200, forget_patience);
    if (!got) return refuse(err, got.error());
    const auto now = read_forgotten(got->body);
    all = {all.forgotten + now.forgotten, now.alive, now.left};
    goes_on = now.left > 0 && now.forgotten > 0;
  }
  std::string json;
  model::json_writer sum{json};
  sum.open_object();
  sum.member("forgotten", all.forgotten);
  sum.member("alive", all.alive);
  if (all.left > 0) sum.member("left", all.left);
  sum.close_object();
  out << json << '\n';
  return all.left == 0 ? found : refuse(err, "Calls are left: Twilio still has recordings of theirs, try again later");
}

int forget_calls(const call_flags& f, const lookup& environment, std::ostream& out, std::ostream& err) {
  const auto of = find_gateway(f.gateway, environment, env_text(f.env_file));
  if (!of) return refuse(err, of.error());
  if (!model::is_sid(f.number, "CA")) return forget_number(*of, f.number, out, err);
  const auto got = ask_for(*of, "DELETE", "/api/calls/" + f.number, "", 204, forget_patience);
  if (!got) return refuse(err, got.error());
  out << "Forgotten.\n";
  return found;
}

int tail_calls(const call_flags& f, const lookup& environment, std::ostream& out, std::ostream& err) {
  if (!f.call.empty() && !model::is_sid(f.call, "CA")) return refuse(err, "a CallSid is CA and 32 hex digits");
  const auto of = find_gateway(f.gateway, environment, env_text(f.env_file));
  if (!of) return refuse(err, of.error());
  return follow_calls(*of, {.call = f.call, .tenant = f.tenant, .as_json = f.as_json}, out, err);
}

void add_gateway(CLI::App& command, call_flags& f) {
  command.add_option("--gateway", f.gateway, "origin of the gateway, default http://127.0.0.1:$ADMIN_PORT, else $PORT");
  command
      .add_option("--env-file", f.env_file, "where ADMIN_PORT, PORT and ADMIN_TOKEN stand if not in the environment")
      ->capture_default_str();
}

/// A shell's variable that is not set is no filter: "$TENANT" would list everybody's.
std::string empty_is_wrong(const std::string& value) {
  return value.find_first_not_of(' ') == std::string::npos ? "must not be empty" : "";
}

void add_calls(CLI::App& app, call_flags& f, tenant_command& run) {
  auto* command = app.add_subcommand("calls", "calls that fit, live and ended, the newest first");
  for (const auto& one : filters) f.filters.emplace_back(one.name, "");
  for (std::size_t i = 0; i < filters.size(); ++i)
    command->add_option("--" + f.filters[i].first, f.filters[i].second, filters[i].what)->check(empty_is_wrong);
  command->add_flag("--json", f.as_json,
                    "a line of JSON each, and nothing else; whether there are more: a line on stderr");
  add_gateway(*command, f);
  command->add_option("--data-dir", f.data_dir, "read the store in this DATA_DIR, whether its gateway runs or not")
      ->excludes(command->get_option("--gateway"));
  command->callback([&f, &run] {
    run = [&f](const lookup& environment, std::ostream& out, std::ostream& err) {
      return print_calls(f, environment, out, err);
    };
  });
}

void add_tail(CLI::App& app, call_flags& f, tenant_command& run) {
  auto* command = app.add_subcommand("tail", "what happens to calls, as it happens, until it is stopped");
  command->add_option("call", f.call, "of this call alone, until it has ended: its CallSid");
  command->add_option("--tenant", f.tenant, "of this tenant's calls")->check(empty_is_wrong);
  command->add_flag("--json", f.as_json, "a line of JSON each");
  add_gateway(*command, f);
  command->callback([&f, &run] {
    run = [&f](const lookup& environment, std::ostream& out, std::ostream& err) {
      return tail_calls(f, environment, out, err);
    };
  });
}

void add_call(CLI::App& app, call_flags& f, tenant_command& run) {
  auto* command = app.add_subcommand("call", "calls somebody for a tenant, where settings.outbound allows it");
  command->add_option("--to", f.number, "this number, E.164")->required();
  command->add_option("--tenant", f.tenant, "whose call it is");
  command->add_option("--from", f.from, "from this number of the tenant's, else its first");
  command->add_option("--agent", f.agent, "for this agent of the tenant's, else the one that a caller would get");
  command->add_option("--id", f.id, "an id of your own: asked for again with it, nobody is called twice");
  add_gateway(*command, f);
  command->callback([&f, &run] {
    run = [&f](const lookup& environment, std::ostream& out, std::ostream& err) {
      return place_call(f, environment, out, err);
    };
  });
}

CLI::App& add_deed(CLI::App& app, const char* name, const char* what, call_flags& f) {
  auto* command = app.add_subcommand(name, what);
  command->add_option("call", f.call, "CallSid, CA and 32 hex digits")->required();
  add_gateway(*command, f);
  return *command;
}

template <class Body>
void runs(CLI::App& command, std::string what, call_flags& f, tenant_command& run, Body body) {
  command.callback([&f, &run, what = std::move(what), body] {
    run = [&f, what, body](const lookup& environment, std::ostream& out, std::ostream& err) {
      return do_to_call(f, what, body(f), environment, out, err);
    };
  });
}

}  // namespace

void add_call_commands(CLI::App& app, call_flags& flags, tenant_command& run) {
  add_calls(app, flags, run);
  add_tail(app, flags, run);
  add_call(app, flags, run);
  runs(add_deed(app, "hangup", "ends a call", flags), "hangup", flags, run,
       [](const call_flags&) { return std::string{}; });
  auto& transfer = add_deed(app, "transfer", "puts a call's caller through, where settings.transfer allows it", flags);
  transfer.add_option("number", flags.number, "to this number, E.164")->required();
  runs(transfer, "transfer", flags, run, [](const call_flags& f) { return body_with("to", f.number); });
  auto* forget = app.add_subcommand("forget", "deletes all that is kept of a call, or of a number's calls, for ever");
  forget->add_option("what", flags.number, "a CallSid, a number, or an address such as sip:anna@example.com")
      ->required();
  add_gateway(*forget, flags);
  forget->callback([&flags, &run] {
    run = [&flags](const lookup& environment, std::ostream& out, std::ostream& err) {
      return forget_calls(flags, environment, out, err);
    };
  });
  for (const auto& [name, what] : {std::pair{"say", "has a call's agent say something"},
                                   std::pair{"note", "writes something into a call's record"}}) {
    auto& command = add_deed(app, name, what, flags);
    command.add_option("text", flags.text, "the words")->required();
    runs(command, name, flags, run, [](const call_flags& f) { return body_with("text", f.text); });
  }
}

}  // namespace tonris::ctl
