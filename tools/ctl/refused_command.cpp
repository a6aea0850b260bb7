#include "tools/ctl/refused_command.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <ostream>

#include <rapidjson/document.h>
#include <CLI/CLI.hpp>

#include "model/json/lookup.hpp"
#include "model/text/percent.hpp"
#include "tools/ctl/program.hpp"
#include "tools/ctl/table.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::size_t most_bytes = 1024 * 1024;
constexpr const char* path = "/api/webhooks/refused";

struct filter {
  const char* name;
  const char* what;
};
constexpr std::array filters{
    filter{"since", "refused within the last 90s, 15m, 2h, 3d, 1w"},
    filter{"route", "on this route, by its name: voice, status, media_stream, initiation, post_call"},
    filter{"reason", "for this reason, by its name: bad_signature, wrong_account, unknown_number, bad_callback"},
    filter{"limit", "so many at most, 1 to 500; 50 where it is not given"},
};

struct column {
  const char* title;
  const char* member;
  bool is_number = false;
};
constexpr std::array columns{column{"LAST", "lastAt"},        column{"COUNT", "count", true},
                             column{"ROUTE", "route"},        column{"REASON", "reason"},
                             column{"ADDRESS", "address"},    column{"TO", "to"},
                             column{"FROM", "from"},          column{"CALLSID", "callSid"},
                             column{"ACCOUNT", "accountSid"}, column{"REQUEST", "requestId"}};

std::string_view text_in(const rapidjson::Value& item, const char* name) {
  const auto* const value = model::find_field(item, name);
  return value != nullptr && value->IsString() ? model::text_of(*value) : std::string_view{};
}

std::uint64_t count_in(const rapidjson::Value& item) {
  const auto* const value = model::find_field(item, "count");
  return value != nullptr && value->IsUint64() ? value->GetUint64() : 0;
}

/// Null: it is no such answer. A view into `body`.
const rapidjson::Value* items_in(std::string_view answer, rapidjson::Document& body) {
  const auto* const items =
      model::parse_object(answer, {most_bytes}, body) ? model::find_field(body, "items") : nullptr;
  return items != nullptr && items->IsArray() ? items : nullptr;
}

int print_refused(const refused_flags& f, const lookup& environment, std::ostream& out, std::ostream& err) {
  const auto of = find_gateway(f.gateway, environment, env_text(f.env_file));
  if (!of) return refuse(err, of.error());
  std::string query;
  for (const auto& [name, value] : f.filters)
    if (!value.empty())
      query.append(query.empty() ? "?" : "&").append(name).append("=").append(model::percent_encoded(value));
  const auto got = ask_for(*of, "GET", path + query, "", 200, patience);
  if (!got) return refuse(err, got.error());
  const auto table = refused_table(got->body);
  if (!table) return refuse(err, name_of(*of) + " answered with something that is no list of refused webhooks");
  if (f.as_json)
    out << got->body << '\n';
  else
    out << (table->empty() ? "No such webhook was refused.\n" : *table);
  return table->empty() ? not_found : found;
}

}  // namespace

std::optional<std::string> refused_table(std::string_view answer) {
  rapidjson::Document body;
  const auto* const items = items_in(answer, body);
  if (items == nullptr) return std::nullopt;
  if (items->Empty()) return std::string{};
  std::vector<std::vector<std::string>> rows(1);
  std::vector<bool> is_number;
  for (const auto& one : columns) {
    rows[0].emplace_back(one.title);
    is_number.push_back(one.is_number);
  }
  for (const auto& item : items->GetArray()) {
    if (!item.IsObject()) return std::nullopt;
    auto& row = rows.emplace_back();
    for (const auto& one : columns)
      row.push_back(one.is_number ? std::to_string(count_in(item)) : std::string{text_in(item, one.member)});
  }
  return table_of(rows, is_number);
}

std::string say_if_refused(const gateway& of, const std::string& since,
                           const std::function<bool(std::string_view)>& is_looked_for) {
  const auto limits = since.empty() ? std::string{} : "&since=" + model::percent_encoded(since);
  const auto got = ask_for(of, "GET", path + ("?limit=500" + limits), "", 200, patience);
  rapidjson::Document body;
  const auto* const items = got ? items_in(got->body, body) : nullptr;
  if (items == nullptr) return {};
  std::uint64_t count = 0;
  for (const auto& item : items->GetArray()) {
    // Others are about a call that there was, or have a record.
    if (!item.IsObject() || text_in(item, "route") != "voice" || text_in(item, "reason") == "unknown_number") continue;
    if (is_looked_for(text_in(item, "to")) || is_looked_for(text_in(item, "from"))) count += count_in(item);
  }
  if (count == 0) return {};
  return "But " + std::to_string(count) + (count == 1 ? " webhook" : " webhooks") +
         " of such a number never became a call: tonrisctl refused\n";
}

void add_refused_command(CLI::App& app, refused_flags& flags, tenant_command& run) {
  for (const auto& one : filters) flags.filters.emplace_back(one.name, "");
  for (std::size_t i = 0; i < filters.size(); ++i)
    app.add_option("--" + flags.filters[i].first, flags.filters[i].second, filters[i].what);
  app.add_flag("--json", flags.as_json, "what the gateway answers, as it is");
  app.add_option("--gateway", flags.gateway, "origin of the gateway, default http://127.0.0.1:$ADMIN_PORT, else $PORT");
  app.add_option("--env-file", flags.env_file, "where ADMIN_PORT, PORT and ADMIN_TOKEN stand if not in the environment")
      ->capture_default_str();
  app.callback([&flags, &run] {
    run = [&flags](const lookup& environment, std::ostream& out, std::ostream& err) {
      return print_refused(flags, environment, out, err);
    };
  });
}

}  // namespace tonris::ctl
