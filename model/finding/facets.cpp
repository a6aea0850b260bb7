#include "model/finding/facets.hpp"

#include <algorithm>
#include <variant>

#include "model/phone/number.hpp"
#include "model/text/hex.hpp"

namespace tonris::model {

namespace {

constexpr std::string_view letters = "tavnrbxcdef";
static_assert(letters.size() == facet_count);

std::string end_of(const std::string& number) {
  return number.substr(number.size() - std::min(number.size(), least_ending));
}

}  // namespace

std::size_t facets::count() const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(values_, [](const auto& value) { return !value.empty(); }));
}

facets facets_of(const call_record& record) {
  facets all;
  all[facet::tenant] = record.tenant.value;
  all[facet::agent] = record.agent.value;
  all[facet::variant] = record.variant.empty() ? record.agent.value : record.variant;
  all[facet::node] = record.node;
  if (record.reason) {
    all[facet::reason] = to_string(*record.reason);
    all[facet::by] = to_string(who(*record.reason));
  }
  if (record.troubled) all[facet::trouble] = to_string(record.troubled->reason);
  all[facet::caller] = meeting_form(record.from);
  all[facet::called] = meeting_form(record.to);
  all[facet::callers_end] = end_of(all[facet::caller]);
  all[facet::called_end] = end_of(all[facet::called]);
  return all;
}

facets facets_of(const call_query& query) {
  facets all;
  if (query.tenant) all[facet::tenant] = query.tenant->value;
  if (query.agent) all[facet::agent] = query.agent->value;
  if (query.variant) all[facet::variant] = *query.variant;
  if (query.node) all[facet::node] = *query.node;
  if (query.reason)
    all[facet::reason] = to_string(*query.reason);
  else if (query.by)
    all[facet::by] = to_string(*query.by);
  const auto* const trouble = query.troubled ? std::get_if<end_reason>(&*query.troubled) : nullptr;
  if (trouble != nullptr) all[facet::trouble] = to_string(*trouble);
  return all;
}

std::string word_of(facet which, std::string_view value) {
  std::string word{letters[static_cast<std::size_t>(which)]};
  for (const char c : value) append_hex(static_cast<std::uint8_t>(c), word);
  return word;
}

std::string words_of(const facets& all) {
  std::string words;
  for (std::size_t i = 0; i < facet_count; ++i) {
    const auto& value = all[static_cast<facet>(i)];
    if (!value.empty()) words.append(word_of(static_cast<facet>(i), value)) += ' ';
  }
  if (!all[facet::trouble].empty()) words.append(word_of_any_trouble);
  return words;
}

}  // namespace tonris::model
