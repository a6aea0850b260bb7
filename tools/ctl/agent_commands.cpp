#include "tools/ctl/agent_commands.hpp"

#include <chrono>
#include <ostream>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "actors/store/tenants_file.hpp"
#include "config/dotenv.hpp"
#include "config/values.hpp"
#include "model/tenant/list.hpp"
#include "tools/ctl/agent_check.hpp"
#include "tools/ctl/program.hpp"
#include "tools/ctl/setting.hpp"
#include "tools/ctl/tenants.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds vendor_patience{20};
constexpr std::string_view standard_origin = "https://api.elevenlabs.io";

/// Those that are meant.
tl::expected<std::vector<model::tenant>, refusal> tenants_of_command(const agent_flags& f, const tenants_door& at) {
  const auto text = f.tenant.empty() ? export_tenants(at)
                                     : show_tenant(at, f.tenant).map([](std::string&& one) { return "[" + one + "]"; });
  if (!text) return tl::unexpected(text.error());
  auto read = model::parse_tenants(*text);
  if (!read) return tl::unexpected(to_string(read.error()));
  if (!read->mistakes.empty()) return tl::unexpected(to_string(read->mistakes.front()));
  return std::move(read->good);
}

tl::expected<agents_door, std::string> agents_door_of(const lookup& environment, const config::dotenv& env) {
  const auto url = setting("ELEVENLABS_API_BASE_URL", environment, env);
  const auto origin = config::values::parse_origin(url.empty() ? standard_origin : std::string_view{url});
  if (!origin.mistake.empty()) return tl::unexpected("ELEVENLABS_API_BASE_URL " + std::string{origin.mistake});
  const config::secret key{setting("ELEVENLABS_API_KEY", environment, env)};
  if (key.empty())
    return tl::unexpected(std::string{"ELEVENLABS_API_KEY is not set, neither in the environment nor in .env"});
  if (!config::values::is_plain_word(key.reveal()))
    return tl::unexpected(std::string{"ELEVENLABS_API_KEY must be printable ASCII without blanks"});
  return agents_at(origin.text, key, vendor_patience);
}

tl::expected<agent_report, refusal> report_of(const agent_flags& f, const lookup& environment, std::ostream& err) {
  const auto env = config::parse_dotenv(env_text(f.env_file));
  auto types = actors::read_business_types_file(setting("BUSINESS_TYPES_FILE", environment, env));
  if (!types) return tl::unexpected(types.error());
  const auto vendor = agents_door_of(environment, env);
  if (!vendor) return tl::unexpected(vendor.error());
  const auto at = tenants_at(f, environment, err);
  if (!at) return tl::unexpected(at.error());
  const auto tenants = tenants_of_command(f, *at);
  if (!tenants) return tl::unexpected(tenants.error());
  auto report =
      check_agents(*tenants, {std::move(*types), {setting("ELEVENLABS_AGENT_ID", environment, env)}}, *vendor);
  if (!report) return tl::unexpected(std::move(report.error()));
  return *std::move(report);
}

}  // namespace

void add_agent_commands(CLI::App& agent, agent_flags& flags, tenant_command& run) {
  auto* const check = agent.add_subcommand("check", "what of them does not fit their tenants, and how to mend it");
  check->add_option("--tenant", flags.tenant, "the tenant's id; without it all of them");
  check->add_flag("--json", flags.json, "for a program");
  add_place(*check, flags);
  check->footer(
      "Ends with 0: all fit, 1: a warning, or there is no such tenant, 3: an error, calls fail, 2: wrong usage, or "
      "somebody could not be asked.");
  check->callback([&flags, &run] {
    run = [&flags](const lookup& environment, std::ostream& out, std::ostream& err) {
      const auto report = report_of(flags, environment, err);
      if (!report) return refuse(err, report.error());
      out << (flags.json ? as_json(*report) : as_lines(*report));
      return status_of(*report);
    };
  });
}

}  // namespace tonris::ctl
