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

void refuse_repeated(std::vector<entry>& entries) {
  std::set<std::string> ids;
  std::map<std::string, std::string> numbers;  // meeting form -> whose
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto& [t, mistakes] = entries[i];
    if (!t.id.value.empty() && !ids.insert(t.id.value).second) note(mistakes, "id", "is the id of two tenants");
    if (t.phone_number.empty()) continue;
    const auto [first, fresh] = numbers.emplace(meeting_form(t.phone_number), name_of(t, i));
    if (!fresh) note(mistakes, "twilioPhoneNumber", "is the number of tenant " + first->second + " as well");
  }
}

/// Transfers from number to number that come back to where they began.
void refuse_circles(std::vector<entry>& entries) {
  std::unordered_map<std::string, std::size_t> owner;
  for (std::size_t i = 0; i < entries.size(); ++i) owner.emplace(meeting_form(entries[i].t.phone_number), i);
  std::vector<std::optional<std::size_t>> next(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& to = entries[i].t.fallback.transfer_to;
    const auto found = to && !to->empty() ? owner.find(meeting_form(*to)) : owner.end();
    if (found != owner.end()) next[i] = found->second;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::set<std::size_t> passed;
    auto at = next[i];
    while (at && *at != i && passed.insert(*at).second) at = next[*at];
    if (at != i) continue;
    note(entries[i].mistakes, "settings.fallback.transferTo",
         passed.empty() ? "is the tenant's own number: its calls would go in a circle"
                        : "leads back to the tenant's own number by way of tenant " +
                              name_of(entries[*next[i]].t, *next[i]) + ": paid calls in a circle");
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

using by_id = std::map<std::string_view, const tenant*>;

by_id index(const std::vector<tenant>& tenants) {
  by_id all;
  for (const auto& t : tenants) all.emplace(t.id.value, &t);
  return all;
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

std::size_t keep_former(tenant_list& now, const std::vector<tenant>& former) {
  std::set<std::string> ids, numbers;
  for (const auto& t : now.good) {
    ids.insert(t.id.value);
    numbers.insert(meeting_form(t.phone_number));
  }
  const auto known = index(former);
  const auto fresh = now.good.size();
  for (const auto& id : now.refused) {
    const auto found = known.find(id);
    if (found == known.end() || ids.contains(id)) continue;
    if (!numbers.insert(meeting_form(found->second->phone_number)).second) continue;
    ids.insert(id);
    now.good.push_back(*found->second);
  }
  return now.good.size() - fresh;
}

tenant_changes changes_between(const std::vector<tenant>& before, const std::vector<tenant>& after) {
  const auto old = index(before), young = index(after);
  tenant_changes changes;
  for (const auto& [id, t] : young) {
    const auto known = old.find(id);
    if (known == old.end())
      changes.added.emplace_back(id);
    else if (*known->second != *t)
      changes.changed.emplace_back(id);
  }
  for (const auto& [id, t] : old)
    if (!young.contains(id)) changes.removed.emplace_back(id);
  return changes;
}

std::string to_string(const tenant_changes& changes) {
  std::string text;
  for (const auto& part :
       {counted("added", changes.added), counted("changed", changes.changed), counted("removed", changes.removed)})
    if (!part.empty()) text.append(text.empty() ? "" : ", ").append(part);
  return text.empty() ? "nothing changed" : text;
}

}  // namespace tonris::model
