#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/finding/call_query.hpp"
#include "model/finding/full_text.hpp"
#include "model/text/form.hpp"

namespace {

using namespace tonris::model;

// Strings without a quotation mark inside, each perhaps with an asterisk, a blank between.
bool is_safe(std::string_view expression) {
  while (!expression.empty()) {
    if (!expression.starts_with('"')) return false;
    const auto end = expression.find('"', 1);
    if (end == std::string_view::npos || end == 1) return false;
    expression.remove_prefix(end + 1);
    if (expression.starts_with('*')) expression.remove_prefix(1);
    if (expression.empty()) return true;
    if (!expression.starts_with(' ')) return false;
    expression.remove_prefix(1);
    if (expression.empty()) return false;
  }
  return true;
}

}  // namespace

// Laws: a query that was accepted keeps its bounds, its words are quoted and its place is what its cursor says; one
// that was refused says why. Whatever the text, no more than words reach a full text search.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  if (!is_safe(match_expression(text))) std::abort();
  if (const auto place = from_cursor(text); place && to_cursor(*place) != text) std::abort();
  const auto form = parse_form(text);
  if (!form) return 0;
  const call_query::time now{std::chrono::seconds{1'795'000'000}};
  const auto query = parse_call_query(*form, now);
  if (!query) {
    if (query.error().empty() || query.error().front().message.empty()) std::abort();
    return 0;
  }
  if (query->limit < 1 || query->limit > call_query::most_limit) std::abort();
  if (query->from && query->to && *query->from >= *query->to) std::abort();
  if (query->number && query->number->text.empty()) std::abort();
  if (!query->words.empty() && match_expression(query->words).empty()) std::abort();
  if (query->after && from_cursor(to_cursor(*query->after)) != query->after) std::abort();
  return 0;
}
