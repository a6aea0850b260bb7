#include "tools/ctl/usage_command.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>

#include <rapidjson/document.h>
#include <CLI/CLI.hpp>

#include "model/json/lookup.hpp"
#include "model/money/money.hpp"
#include "model/text/percent.hpp"
#include "tools/ctl/gateway.hpp"
#include "tools/ctl/program.hpp"
#include "tools/ctl/table.hpp"
#include "tools/ctl/unknown_tenant.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds patience{60};
constexpr std::size_t most_bytes = 64 * 1024 * 1024, most_values = 10'000'000;

struct filter {
  const char* name;
  const char* what;
};
constexpr std::array filters{
    filter{"by",
           "told apart by some of tenant, day, agent, variant, with commas between; tenant where it is not given"},
    filter{"tenant", "of this tenant"},
    filter{"from", "started then or later: 2026-11-22 or 2026-11-22T10:00Z; 31 days where it is not given"},
    filter{"to", "started before; a day is in to its end"},
    filter{"zone", "whose days: America/New_York; UTC where it is not given"},
};

void add_to_query(std::string_view name, std::string_view value, std::string& query) {
  if (value.empty()) return;
  query.append(query.empty() ? "?" : "&").append(name).append("=").append(model::percent_encoded(value));
}

std::string query_of(const usage_flags& f, bool with_groups) {
  std::string query;
  for (const auto& [name, value] : f.filters)
    if (with_groups || name != "by") add_to_query(name, value, query);
  return query;
}

std::string tenant_of(const usage_flags& f) {
  const auto found = std::ranges::find_if(f.filters, [](const auto& one) { return one.first == "tenant"; });
  return found == f.filters.end() ? std::string{} : found->second;
}

// --- the table

struct column {
  const char* title;
  const char* member;
  bool is_number;
};
constexpr std::array columns{column{"TENANT", "tenantId", false}, column{"DAY", "day", false},
                             column{"AGENT", "agentId", false},   column{"VARIANT", "variant", false},
                             column{"CALLS", "calls", true},      column{"MINUTES", "minutes", true},
                             column{"COST (USD)", "cost", true},  column{"REFUSED", "refused", true}};
using row = std::vector<std::string>;

/// A number in full, whatever its size; a text as it is.
std::string cell_of(const rapidjson::Value& item, const column& of) {
  const auto* const value = model::find_field(item, of.member);
  if (value == nullptr) return {};
  if (value->IsString()) return std::string{model::text_of(*value)};
  if (value->IsUint64()) return std::to_string(value->GetUint64());
  const auto amount = value->IsNumber() ? model::micros_of(value->GetDouble()) : std::nullopt;
  return amount ? model::to_decimal(*amount) : "";
}

row row_of(const rapidjson::Value& item, const std::vector<column>& shown) {
  row cells;
  for (const auto& one : shown) cells.push_back(cell_of(item, one));
  return cells;
}

/// Those by which it is told apart, and all numbers.
std::vector<column> columns_of(const rapidjson::Value& items) {
  std::vector<column> shown;
  const auto is_there = [&](const column& one) {
    return one.is_number || (!items.Empty() && items[0].IsObject() && model::find_field(items[0], one.member));
  };
  std::ranges::copy_if(columns, std::back_inserter(shown), is_there);
  return shown;
}

// --- the commands

int print_usage(const usage_flags& f, const gateway& of, std::ostream& out, std::ostream& err) {
  const auto got = ask_about(of, "/api/usage" + query_of(f, true), tenant_of(f), patience);
  if (!got) return refuse(err, got.error());
  if (f.as_json) return out << got->body << '\n', found;
  const auto table = usage_table(got->body);
  if (!table) return refuse(err, name_of(of) + " answered with something that is no usage");
  out << *table;
  return found;
}

int print_comparison(const usage_flags& f, const gateway& of, std::ostream& out, std::ostream& err) {
  const auto comma = f.compare.find(',');
  if (comma == std::string::npos) return refuse(err, "--compare must name two variants, with a comma between");
  auto query = query_of(f, false);
  add_to_query("a", f.compare.substr(0, comma), query);
  add_to_query("b", f.compare.substr(comma + 1), query);
  add_to_query("outcome", f.outcome, query);
  const auto got = ask_about(of, "/api/usage/variants" + query, tenant_of(f), patience);
  if (!got) return refuse(err, got.error());
  if (f.as_json) return out << got->body << '\n', found;
  rapidjson::Document body;
  const auto* const says =
      model::parse_object(got->body, {most_bytes}, body) ? model::find_field(body, "says") : nullptr;
  if (says == nullptr || !says->IsString())
    return refuse(err, name_of(of) + " answered with something that is no comparison");
  out << model::text_of(*says) << '\n';
  return found;
}

}  // namespace

tl::expected<std::string, std::string> usage_table(std::string_view answer) {
  rapidjson::Document body;
  const auto is_read = model::parse_object(answer, {most_bytes, most_values}, body);
  const auto* const items = is_read ? model::find_field(body, "items") : nullptr;
  const auto* const total = is_read ? model::find_field(body, "total") : nullptr;
  if (items == nullptr || !items->IsArray() || total == nullptr || !total->IsObject())
    return tl::unexpected(std::string{"it has no items and no total"});
  const auto shown = columns_of(*items);
  std::vector<row> rows(1);
  for (const auto& one : shown) rows[0].emplace_back(one.title);
  for (const auto& item : items->GetArray())
    if (item.IsObject()) rows.push_back(row_of(item, shown));
  rows.push_back(row_of(*total, shown));
  if (!shown[0].is_number) rows.back()[0] = "all";
  std::vector<bool> is_number;
  is_number.reserve(shown.size());
  for (const auto& one : shown) is_number.push_back(one.is_number);
  auto text = table_of(rows, is_number);
  if (const auto* const calls = model::find_field(*total, "unconverted"); calls != nullptr && calls->IsUint64())
    text += "Of " + std::to_string(calls->GetUint64()) +
            " calls a part is not in COST: it is billed in a currency that RATES_FILE has no exchange rate for.\n";
  return text;
}

void add_usage_command(CLI::App& app, usage_flags& flags, tenant_command& run) {
  for (const auto& one : filters) flags.filters.emplace_back(one.name, "");
  for (std::size_t i = 0; i < filters.size(); ++i)
    app.add_option("--" + flags.filters[i].first, flags.filters[i].second, filters[i].what);
  auto* compare = app.add_option("--compare", flags.compare, "which of two variants of --tenant is better: old,new");
  compare->needs(app.get_option("--tenant"))->excludes(app.get_option("--by"));
  app.add_option("--outcome", flags.outcome, "what makes a call a success: success (the default) or completed")
      ->needs(compare);
  app.add_flag("--json", flags.as_json, "what the gateway answers, as it is");
  app.add_option("--gateway", flags.gateway, "origin of the gateway, default http://127.0.0.1:$ADMIN_PORT, else $PORT");
  app.add_option("--env-file", flags.env_file, "where ADMIN_PORT, PORT and ADMIN_TOKEN stand if not in the environment")
      ->capture_default_str();
  app.callback([&flags, &run] {
    run = [&flags](const lookup& environment, std::ostream& out, std::ostream& err) {
      const auto of = find_gateway(flags.gateway, environment, env_text(flags.env_file));
      if (!of) return refuse(err, of.error());
      return flags.compare.empty() ? print_usage(flags, *of, out, err) : print_comparison(flags, *of, out, err);
    };
  });
}

}  // namespace tonris::ctl
