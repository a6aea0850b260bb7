#include "net/redis_refusal.hpp"

#include <algorithm>
#include <iterator>

namespace tonris::net {
namespace {

struct named {
  redis_refusal what;
  std::string_view word;
};
constexpr named words[] = {
    {redis_refusal::readonly, "READONLY"},
    {redis_refusal::loading, "LOADING"},
    {redis_refusal::moved, "MOVED"},
    {redis_refusal::oom, "OOM"},
    {redis_refusal::busy, "BUSY"},
    {redis_refusal::misconf, "MISCONF"},
    {redis_refusal::noreplicas, "NOREPLICAS"},
    {redis_refusal::masterdown, "MASTERDOWN"},
    {redis_refusal::clusterdown, "CLUSTERDOWN"},
    {redis_refusal::noauth, "NOAUTH"},
    {redis_refusal::wrongpass, "WRONGPASS"},
    {redis_refusal::noperm, "NOPERM"},
    {redis_refusal::noscript, "NOSCRIPT"},
};

redis_refusal refusal_named(std::string_view word) noexcept {
  const auto* const found = std::ranges::find(words, word, &named::word);
  return found == std::end(words) ? redis_refusal::other : found->what;
}

std::string_view first_word(std::string_view text) noexcept {
  return text.substr(0, text.find_first_of(" \r\n"));
}

}  // namespace

redis_refusal refusal_of(std::string_view failure) noexcept {
  if (!failure.starts_with("ERR Error running script")) return refusal_named(first_word(failure));
  // The script's own words may hold any: only what stands behind the place of the error counts.
  for (auto at = failure.find(": "); at != std::string_view::npos; at = failure.find(": ", at + 1)) {
    auto said = failure.substr(at + 2);
    if (said.starts_with('-')) said.remove_prefix(1);
    if (const auto what = refusal_named(first_word(said)); what != redis_refusal::other) return what;
  }
  return redis_refusal::other;
}

std::string_view to_string(redis_refusal what) noexcept {
  const auto* const found = std::ranges::find(words, what, &named::what);
  return found == std::end(words) ? "ERR" : found->word;
}

bool ends_connection(redis_refusal what) noexcept {
  return what == redis_refusal::readonly || what == redis_refusal::loading || what == redis_refusal::moved ||
         what == redis_refusal::masterdown || what == redis_refusal::noauth;
}

bool is_operators_fault(redis_refusal what) noexcept {
  return what == redis_refusal::noauth || what == redis_refusal::wrongpass || what == redis_refusal::noperm;
}

}  // namespace tonris::net
