#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/call/record.hpp"
#include "model/finding/call_query.hpp"

namespace tonris::model {

/// What calls are filtered by: by one value each.
enum class facet : std::uint8_t {
  tenant,
  agent,
  variant,
  node,
  reason,
  by,
  trouble,
  caller,
  called,
  callers_end,  ///< least_ending of its number
  called_end,
};
inline constexpr std::size_t facet_count = static_cast<std::size_t>(facet::called_end) + 1;

/// A value of each; "": a call has none, a query asks for none.
class facets {
 public:
  [[nodiscard]] std::string& operator[](facet one) { return values_[static_cast<std::size_t>(one)]; }
  [[nodiscard]] const std::string& operator[](facet one) const { return values_[static_cast<std::size_t>(one)]; }
  [[nodiscard]] std::size_t count() const noexcept;  ///< that there are
  bool operator==(const facets&) const = default;

 private:
  std::array<std::string, facet_count> values_;
};

/// A variant without a name goes by its agent's id, numbers by the form in which all of theirs meet.
[[nodiscard]] facets facets_of(const call_record& record);
/// A number is one of two sides': it is not among them. Who brought it about is not either where the reason is asked
/// for, which says it.
[[nodiscard]] facets facets_of(const call_query& query);

/// As words of letters and digits, whatever the full text's tokenizer takes for one: filters together are found there
/// by an intersection.
[[nodiscard]] std::string word_of(facet which, std::string_view value);
inline constexpr std::string_view word_of_any_trouble = "x";
[[nodiscard]] std::string words_of(const facets& all);

}  // namespace tonris::model
