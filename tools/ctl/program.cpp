#include "tools/ctl/program.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <ostream>

#include <CLI/CLI.hpp>

#include "model/call/story.hpp"
#include "tools/ctl/check_tenants.hpp"
#include "tools/ctl/stored_calls.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::size_t calls_shown = 50;

struct flags {
  std::string call, gateway, data_dir, env_file = ".env", tenants_file;
};

void add_why(CLI::App& app, flags& f) {
  app.add_option("call", f.call, "CallSid, CA and 32 hex digits")->required();
  auto* data_dir =
      app.add_option("--data-dir", f.data_dir, "read the store in this DATA_DIR, whether its gateway runs or not");
  app.add_option("--gateway", f.gateway, "origin of the gateway, default http://127.0.0.1:$ADMIN_PORT, else $PORT")
      ->excludes(data_dir);
  app.add_option("--env-file", f.env_file, "where ADMIN_PORT, PORT and ADMIN_TOKEN stand if not in the environment")
      ->capture_default_str();
}

void add_calls(CLI::App& app, flags& f) {
  app.add_option("--data-dir", f.data_dir, "the gateway's DATA_DIR")->required();
}

/// "" where there is none, as for the gateway.
std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

int refuse(std::ostream& err, const std::string& why) {
  err << "tonrisctl: " << why << '\n';
  return cannot;
}

int why(const flags& f, const lookup& environment, std::ostream& out, std::ostream& err) {
  const model::call_sid call{f.call};
  if (!model::is_sid(f.call, "CA")) return refuse(err, "a CallSid is CA and 32 hex digits");
  tl::expected<std::vector<model::timeline_event>, std::string> events;
  tl::expected<std::optional<model::call_record>, std::string> record;
  if (f.data_dir.empty()) {
    const auto of = find_gateway(f.gateway, environment, text_of(f.env_file));
    if (!of) return refuse(err, of.error());
    events = events_from(*of, call, patience);
    if (events) record = record_from(*of, call, patience);
  } else {
    events = stored_events(f.data_dir, call);
    if (events) record = stored_record(f.data_dir, call);
  }
  if (!events) return refuse(err, events.error());
  const bool has_record = record && *record;
  if (record || !events->empty()) out << call_story(*events, has_record ? &**record : nullptr);
  if (!record) return refuse(err, record.error());
  return events->empty() && !has_record ? not_found : found;
}

int calls(const flags& f, std::ostream& out, std::ostream& err) {
  const auto newest = newest_calls(f.data_dir, calls_shown);
  if (!newest) return refuse(err, newest.error());
  if (newest->empty()) return out << "No call is stored.\n", not_found;
  out << as_table(*newest);
  return found;
}

int check(const flags& f, std::ostream& out, std::ostream& err) {
  const auto all_good = check_tenants(f.tenants_file, out);
  if (!all_good) return refuse(err, all_good.error());
  return *all_good ? found : not_found;
}

}  // namespace

int run(std::vector<std::string> arguments, const lookup& environment, std::ostream& out, std::ostream& err) {
  CLI::App app{"Asks a gateway, or what it has left on the disk, about its calls.", "tonrisctl"};
  app.require_subcommand(1);
  app.footer(
      "Ends with 0: found, or every tenant is good, 1: not found, or a tenant has a mistake, 2: wrong usage, or the "
      "gateway, its store or the file cannot be read.");
  flags given;
  auto* as_why = app.add_subcommand("why", "a call's timeline in plain words, why it ended, and what to do about it");
  add_why(*as_why, given);
  add_calls(*app.add_subcommand("calls", "the last 50 calls: when, whose, and why they ended"), given);
  auto* as_check = app.add_subcommand("check-tenants", "what a TENANTS_FILE has wrong, all of it, by line and tenant");
  as_check->add_option("file", given.tenants_file, "the file")->required();
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e, out, err), found;
    return refuse(err, e.what());
  }
  if (as_check->parsed()) return check(given, out, err);
  return as_why->parsed() ? why(given, environment, out, err) : calls(given, out, err);
}

}  // namespace tonris::ctl
