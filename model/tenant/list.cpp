#include "model/tenant/list.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include <rapidjson/document.h>

#include "model/json/lines.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/reader.hpp"
#include "model/tenant/rules.hpp"
#include "model/tenant/ways_out.hpp"

namespace tonris::model {

namespace {

/// A tenant as it was read, with what is wrong about it.
struct entry {
  tenant t;
  json_mistakes mistakes;
};

std::string path_in_list(std::size_t index, const std::string& path) {
  std::string whole{'['};
  whole.append(std::to_string(index)).append(path.empty() ? "]" : "].");
  return whole.append(path);
}

std::string name_of(const tenant& t, std::size_t index) {
  return t.id.value.empty() ? "number " + std::to_string(index + 1) + " of the list" : t.id.value;
}

/// Where the tenant's number of that index stands.
std::string path_of_number(std::size_t index) {
  return index == 0 ? "twilioPhoneNumber" : "settings.numbers[" + std::to_string(index - 1) + "].number";
}

void refuse_repeated(std::vector<entry>& entries) {
  std::set<std::string> ids;
  std::map<std::string, std::size_t> owners;  // meeting form -> whose, by index
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto& [t, mistakes] = entries[i];
    if (!t.id.value.empty() && !ids.insert(t.id.value).second) note(mistakes, "id", "is the id of two tenants");
    const auto numbers = numbers_of(t);
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      if (numbers[n].empty()) continue;
      const auto [first, fresh] = owners.emplace(meeting_form(numbers[n]), i);
      if (!fresh && first->second != i)
        note(mistakes, path_of_number(n),
             "is the number of tenant " + name_of(entries[first->second].t, first->second) + " as well");
    }
  }
}

/// Where each tenant's ways out lead, by index; nothing where that is nobody's number.
struct roads {
  std::vector<std::vector<way_out>> ways;
  std::vector<std::vector<std::optional<std::size_t>>> ends;
};

roads roads_between(const std::vector<entry>& entries) {
  std::unordered_map<std::string, std::size_t> owner;
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (const auto& number : numbers_of(entries[i].t)) owner.emplace(meeting_form(number), i);
  roads all;
  for (const auto& e : entries) {
    auto& ways = all.ways.emplace_back(ways_out_of(e.t));
    auto& ends = all.ends.emplace_back();
    for (const auto& way : ways) {
      const auto found = owner.find(meeting_form(*way.to));
      ends.push_back(found == owner.end() ? std::nullopt : std::optional{found->second});
    }
  }
  return all;
}

bool leads_to(const roads& all, std::size_t from, std::size_t to) {
  std::set<std::size_t> passed{from};
  std::vector<std::size_t> next{from};
  while (!next.empty()) {
    const auto at = next.back();
    next.pop_back();
    if (at == to) return true;
    for (const auto& end : all.ends[at])
      if (end && passed.insert(*end).second) next.push_back(*end);
  }
  return false;
}

/// Transfers from number to number that come back to where they began.
void refuse_circles(std::vector<entry>& entries) {
  const auto all = roads_between(entries);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (std::size_t w = 0; w < all.ways[i].size(); ++w) {
      const auto end = all.ends[i][w];
      if (!end || !leads_to(all, *end, i)) continue;
      note(entries[i].mistakes, all.ways[i][w].path,
           *end == i ? "is the tenant's own number: its calls would go in a circle"
                     : "leads back to the tenant's own number by way of tenant " + name_of(entries[*end].t, *end) +
                           ": paid calls in a circle");
    }
  }
}

void add_mistakes(tenant_list& list, std::string_view json, const std::vector<entry>& entries) {
  std::set<std::string> paths;
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (const auto& m : entries[i].mistakes) paths.insert(path_in_list(i, m.path));
  if (paths.empty()) return;
  const auto lines = lines_of(json, paths);
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (const auto& m : entries[i].mistakes)
      list.mistakes.push_back({lines.at(path_in_list(i, m.path)), name_of(entries[i].t, i), m.path, m.message});
  std::stable_sort(list.mistakes.begin(), list.mistakes.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  list.mistakes.resize(std::min(list.mistakes.size(), max_tenant_mistakes));
}

std::string counted(std::string_view what, const std::vector<std::string>& ids) {
  constexpr std::size_t shown = 10;
  if (ids.empty()) return {};
  std::string text = std::to_string(ids.size());
  text.append(1, ' ').append(what).append(" (");
  for (std::size_t i = 0; i < std::min(ids.size(), shown); ++i) text.append(i == 0 ? "" : ", ").append(ids[i]);
  return text.append(ids.size() > shown ? ", \u2026)" : ")");
}

}  // namespace

tl::expected<tenant_list, tenant_list::mistake> parse_tenants(std::string_view json, const zone_check& zone_exists) {
  json_mistakes mistakes;
  rapidjson::Document document;
  if (parse_document(json, tenant_rules::max_file_bytes, document, mistakes) && !document.IsArray())
    note(mistakes, "", "must be a list of tenants");
  if (!mistakes.empty()) {
    const auto line = document.HasParseError() ? line_at(json, document.GetErrorOffset()) : 1;
    return tl::unexpected(tenant_list::mistake{line, {}, {}, mistakes.front().message});
  }
  std::vector<entry> entries(document.Size());
  for (rapidjson::SizeType i = 0; i < document.Size(); ++i)
    entries[i].t = read_tenant(document[i], zone_exists, entries[i].mistakes);
  refuse_repeated(entries);
  refuse_circles(entries);
  tenant_list list;
  add_mistakes(list, json, entries);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].mistakes.empty())
      list.good.push_back(std::move(entries[i].t));
    else
      list.refused.push_back(entries[i].t.id.value);
  }
  return list;
}

std::string to_string(const tenant_list::mistake& m) {
  auto text = "line " + std::to_string(m.line);
  if (!m.tenant.empty()) text.append(", tenant ").append(m.tenant);
  return text.append(": ").append(m.path).append(m.path.empty() ? "" : " ").append(m.message);
}

std::string to_string(const tenant_changes& changes) {
  std::string text;
  for (const auto& part :
       {counted("added", changes.added), counted("changed", changes.changed), counted("removed", changes.removed)})
    if (!part.empty()) text.append(text.empty() ? "" : ", ").append(part);
  return text.empty() ? "nothing changed" : text;
}

}  // namespace tonris::model
