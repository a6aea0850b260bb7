#include "tools/ctl/unknown_tenant.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/text/percent.hpp"

namespace tonris::ctl {

namespace {

constexpr model::json_limits limits{8 * 1024 * 1024};
constexpr std::size_t most_alike = 3, beginning = 3;  // that a list of tenants is asked for by

bool knows_no_such_tenant(const net::http_response& answer) {
  rapidjson::Document body;
  if (answer.status != 404 || !parse_object(answer.body, limits, body)) return false;
  const auto* const error = model::find_field(body, "error");
  const auto* const code = error != nullptr && error->IsObject() ? model::find_field(*error, "code") : nullptr;
  return code != nullptr && code->IsString() && model::text_of(*code) == "tenant_not_found";
}

/// In whose id or name that is how it begins. Where they cannot be asked for, none.
std::vector<std::string> ids_with(const gateway& of, std::string_view name, std::chrono::milliseconds patience) {
  const auto got = ask_gateway(
      of, "GET", "/api/tenants?limit=200&q=" + model::percent_encoded(name.substr(0, beginning)), "", patience);
  rapidjson::Document body;
  if (!got || got->status != 200 || !parse_object(got->body, limits, body)) return {};
  const auto* const items = model::find_field(body, "items");
  if (items == nullptr || !items->IsArray()) return {};
  std::vector<std::string> ids;
  for (const auto& one : items->GetArray()) {
    const auto* const id = one.IsObject() ? model::find_field(one, "id") : nullptr;
    if (id != nullptr && id->IsString()) ids.emplace_back(model::text_of(*id));
  }
  return ids;
}

/// How many letters are to be put in, taken out or changed (Levenshtein).
std::size_t letters_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto before = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto changed = before + std::size_t{a[i] != b[j]};
      before = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, before + 1});
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> alike(std::string_view name, std::vector<std::string> names) {
  const auto most_letters = 1 + name.size() / 4;
  std::erase_if(names, [&](const std::string& one) {
    return one.find(name) == std::string::npos && letters_between(name, one) > most_letters;
  });
  std::ranges::stable_sort(names, {}, [&](const std::string& one) { return letters_between(name, one); });
  if (names.size() > most_alike) names.resize(most_alike);
  return names;
}

tl::expected<net::http_response, refusal> ask_about(const gateway& of, const std::string& path,
                                                    const std::string& tenant, std::chrono::milliseconds patience) {
  auto got = ask_gateway(of, "GET", path, "", patience);
  if (!got) return tl::unexpected(refusal{got.error().line});
  if (got->status == 200) return std::move(*got);
  if (tenant.empty() || !knows_no_such_tenant(*got)) return tl::unexpected(complaint(of, got->status, got->body));
  std::string line = "no such tenant: " + tenant;
  const auto like = alike(tenant, ids_with(of, tenant, patience));
  for (const auto& one : like) line.append(&one == &like.front() ? "; there is " : ", ").append(one);
  return tl::unexpected(refusal{std::move(line), true});
}

}  // namespace tonris::ctl
