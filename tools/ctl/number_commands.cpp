#include "tools/ctl/number_commands.hpp"

#include <chrono>
#include <ostream>
#include <utility>

#include <rapidjson/document.h>
#include <CLI/CLI.hpp>

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/text/percent.hpp"
#include "tools/ctl/gateway.hpp"
#include "tools/ctl/program.hpp"
#include "tools/ctl/tenants.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds patience{60};  // Twilio is slow at times, and a tenant has up to 21 numbers
constexpr model::json_limits limits{4 * 1024 * 1024};

std::string or_nothing(std::string_view address) {
  return address.empty() ? "(nothing)" : std::string{address};
}

void tell_state(model::field_reader& one, std::ostream& out) {
  out << "  " << one.optional_text("state");
  for (const auto* field : {"voiceUrl", "voiceFallbackUrl", "statusCallback"})
    out << "\n    " << field << ": " << or_nothing(one.optional_text(field));
  for (const auto* field : {"voiceApplicationSid", "trunkSid"})
    if (const auto sid = one.optional_text(field); !sid.empty())
      out << "\n    " << field << ": " << sid << " (overrides the addresses)";
  if (one.optional_flag("kept", false)) out << "\n    what was there before is kept";
}

void tell_changes(model::field_reader& one, std::ostream& out) {
  const auto* const changes = one.optional_list("changes");
  if (changes == nullptr) return;
  for (const auto& change : changes->GetArray()) {
    if (!change.IsObject()) continue;
    model::field_reader of{change};
    out << "\n    " << of.text("field") << ": " << or_nothing(of.text("from")) << " -> " << or_nothing(of.text("to"));
  }
}

/// How an answer about numbers is told.
struct telling {
  std::string tenant;  ///< named before each number; "": one tenant is asked about
  bool with_state = true;
};

/// False: something is wrong with it.
bool tell(const rapidjson::Value& item, const telling& how, std::ostream& out) {
  model::field_reader one{item};
  if (!how.tenant.empty()) out << how.tenant << "  ";
  out << one.text("number");
  if (how.with_state)
    tell_state(one, out);
  else
    out << "  " << or_nothing(one.optional_text("state"));
  tell_changes(one, out);
  const auto* const error = one.optional_object("error");
  if (error != nullptr) {
    model::field_reader of{*error};
    out << "\n    " << of.text("code") << ": " << of.text("message");
  }
  out << '\n';
  return error == nullptr;
}

/// False: something is wrong with one of them. An error: that is no answer.
tl::expected<bool, refusal> tell_all(const gateway& of, const net::http_response& answer, const telling& how,
                                     std::ostream& out) {
  rapidjson::Document body;
  const auto* const items = parse_object(answer.body, limits, body) ? model::find_field(body, "items") : nullptr;
  if (items == nullptr || !items->IsArray())
    return tl::unexpected(name_of(of) + " answered with something that is no list of numbers");
  bool all_good = true;
  for (const auto& item : items->GetArray())
    if (item.IsObject()) all_good = tell(item, how, out) && all_good;
  return all_good;
}

std::string path_of(const std::string& tenant) {
  return "/api/tenants/" + model::percent_encoded(tenant) + "/numbers";
}

tl::expected<bool, refusal> list_numbers(const gateway& of, const std::string& tenant, const std::string& shown,
                                         std::ostream& out) {
  const auto got = ask_for(of, "GET", path_of(tenant), "", 200, patience);
  if (!got) return tl::unexpected(got.error());
  return tell_all(of, *got, {shown, true}, out);
}

/// Those of every tenant; one that cannot be asked about keeps nobody else from being told.
int list_all(const gateway& of, std::ostream& out, std::ostream& err) {
  const auto tenants = ids_of_tenants(tenants_of(of, patience));
  if (!tenants) return refuse(err, tenants.error());
  bool all_good = true;
  for (const auto& tenant : *tenants) {
    const auto told = list_numbers(of, tenant, tenant, out);
    if (!told) out << tenant << "  " << told.error().line << '\n';
    all_good = told.value_or(false) && all_good;
  }
  return all_good ? found : not_found;
}

std::string request_of(const number_flags& f) {
  std::string json;
  model::json_writer out{json};
  out.open_object();
  if (!f.number.empty()) out.member("number", f.number);
  out.member("dryRun", !f.yes);
  out.close_object();
  return json;
}

int list(const number_flags& f, const gateway& of, std::ostream& out, std::ostream& err) {
  if (f.tenant.empty()) return list_all(of, out, err);
  const auto all_good = list_numbers(of, f.tenant, "", out);
  if (!all_good) return refuse(err, all_good.error());
  return *all_good ? found : not_found;
}

/// `what`: "attach" or "detach".
int change(const number_flags& f, const gateway& of, const std::string& what, std::ostream& out, std::ostream& err) {
  const auto got = ask_for(of, "POST", path_of(f.tenant) + "/" + what, request_of(f), 200, patience);
  if (!got) return refuse(err, got.error());
  const auto all_good = tell_all(of, *got, {"", false}, out);
  if (!all_good) return refuse(err, all_good.error());
  if (!f.yes) out << "Nothing was changed: --yes does it.\n";
  return *all_good ? found : not_found;
}

/// `what`: "" to list them.
int ask(const number_flags& f, const std::string& what, const lookup& environment, std::ostream& out,
        std::ostream& err) {
  const auto of = find_gateway(f.gateway, environment, env_text(f.env_file));
  if (!of) return refuse(err, of.error());
  return what.empty() ? list(f, *of, out, err) : change(f, *of, what, out, err);
}

}  // namespace

void add_number_commands(CLI::App& number, number_flags& flags, tenant_command& run) {
  const auto add = [&](const char* name, const char* what, std::string asked) {
    auto* command = number.add_subcommand(name, what);
    auto* const tenant = command->add_option(
        "tenant", flags.tenant, asked.empty() ? "the tenant's id; without it all of them" : "the tenant's id");
    tenant->required(!asked.empty());
    command->add_option("--gateway", flags.gateway,
                        "origin of the gateway, default http://127.0.0.1:$ADMIN_PORT, else $PORT");
    command
        ->add_option("--env-file", flags.env_file,
                     "where ADMIN_PORT, PORT and ADMIN_TOKEN stand if not in the environment")
        ->capture_default_str();
    command->callback([&flags, &run, asked = std::move(asked)] {
      run = [&flags, asked](const lookup& environment, std::ostream& out, std::ostream& err) {
        return ask(flags, asked, environment, out, err);
      };
    });
    return command;
  };
  const auto changes = [&](CLI::App* command) {
    command->add_option("--number", flags.number, "this one of the tenant's alone");
    command->add_flag("--yes", flags.yes, "do it; without this it is only said what would be changed");
  };
  add("list", "where the calls of tenants' numbers go", "");
  changes(add("attach", "points a tenant's numbers at this gateway; what was there is kept", "attach"));
  changes(add("detach", "puts back what was there before", "detach"));
}

}  // namespace tonris::ctl
