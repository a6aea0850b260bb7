#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "config/secret.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors::log {

/// A caller's number (or a called one in a line that shows no whole number): its first five characters and "...",
/// whichever way the line is written.
struct caller {
  std::string_view number;
};

/// What a field holds. Text is not copied, unless it is given away: it lives until the line has been handed on, as what
/// stands in the call's own expression does.
class value {
 public:
  value(std::string_view text) : is_(text) {}
  value(const char* text) : is_(std::string_view{text}) {}
  value(const std::string& text) : is_(std::string_view{text}) {}
  value(std::string&& text) : is_(std::move(text)) {}
  value(caller of);
  template <class Tag>
  value(const model::id<Tag>& id) : is_(std::string_view{id.value}) {}
  template <std::integral Number>
  value(Number number) {
    if constexpr (std::signed_integral<Number>)
      is_ = std::int64_t{number};
    else
      is_ = std::uint64_t{number};
  }
  value(double number) : is_(number) {}  ///< written with three decimals
  // No secret is for a log, and a truth wants words.
  value(const model::ticket&) = delete;
  value(const tonris::config::secret&) = delete;
  value(bool) = delete;

  void append_to(std::string& out) const;       ///< as it stands in a line's words
  void append_json_to(std::string& out) const;  ///< with quotes where it is text
  [[nodiscard]] bool empty() const;             ///< text without a character, a number that is none

 private:
  std::variant<std::string_view, std::string, std::int64_t, std::uint64_t, double> is_;
};

/// What a line is about, by a name of its own: {"call", sid}, {"durationSeconds", 61.0}. One without a name is for the
/// words alone, where "{}" stands for it.
struct field {
  std::string_view name;
  value is;
};

/// A line's words: `text`, in which "{name}" stands for that field's value. A line about a call, one that has the field
/// "call" and does not name it, begins with whose it is: "Call CA… (salon-1, +15550100002): words", from the fields
/// call, tenant and to.
[[nodiscard]] std::string words_of(std::string_view text, std::span<const field> about);
/// The words with what would break out of a line escaped: nobody forges log lines.
[[nodiscard]] std::string as_line(std::string_view words);
/// What stands between the braces of a JSON line behind its time and level: message and fields, but for empty ones.
[[nodiscard]] std::string as_members(std::string_view words, std::span<const field> about);

}  // namespace tonris::actors::log
