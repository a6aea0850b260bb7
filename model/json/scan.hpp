#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tonris::model {

/// A strict cursor over JSON text, for the fast paths of the hot messages: it finds a value without building a document
/// and allocates nothing. Every step first skips whitespace, then either takes what it names and moves past it, or
/// answers "no"; after a "no" the cursor's place means nothing. What it takes, RapidJSON with encoding validation takes
/// too; the converse does not hold (rare but legal texts get a "no"), so a "no" sends the text to the full decoder.
/// Views into the text, which must outlive it.
class json_scan {
 public:
  static constexpr int max_depth = 16;

  explicit json_scan(std::string_view text) noexcept : next_(text.data()), end_(text.data() + text.size()) {}

  /// The next character after whitespace, not taken; 0 at the end.
  [[nodiscard]] char peek() noexcept {
    skip_space();
    return next_ == end_ ? '\0' : *next_;
  }
  /// Takes this one character.
  [[nodiscard]] bool take(char c) noexcept {
    if (peek() != c || next_ == end_) return false;
    ++next_;
    return true;
  }
  /// Nothing but whitespace is left.
  [[nodiscard]] bool at_end() noexcept {
    skip_space();
    return next_ == end_;
  }

  /// A string of printable ASCII without escapes, without its quotes.
  [[nodiscard]] std::optional<std::string_view> plain_string() noexcept;
  /// A string that is well-formed Base64 (possibly empty), without its quotes. Made for long ones.
  [[nodiscard]] std::optional<std::string_view> base64_string() noexcept;
  /// A whole number, not negative, without fraction or exponent, that fits.
  [[nodiscard]] std::optional<std::uint64_t> whole_number() noexcept;
  /// Any value, checked to the letter (grammar, escapes, UTF-8), objects and lists at most `depth` deep.
  [[nodiscard]] bool skip_value(int depth = max_depth) noexcept;

  /// Takes an object: calls `member(key)` before each value, which has to take that value and answer true to go on.
  /// Keys with escapes or beyond ASCII are a "no". Duplicate keys are the caller's business.
  template <class Member>
  [[nodiscard]] bool object(Member&& member) noexcept(noexcept(member(std::string_view{}))) {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      const auto key = plain_string();
      if (!key || !take(':') || !member(*key)) return false;
    } while (take(','));
    return take('}');
  }

 private:
  void skip_space() noexcept {
    while (next_ != end_ && (*next_ == ' ' || *next_ == '\n' || *next_ == '\r' || *next_ == '\t')) ++next_;
  }
  [[nodiscard]] bool skip_string() noexcept;
  [[nodiscard]] bool skip_escape() noexcept;
  [[nodiscard]] bool skip_number() noexcept;
  [[nodiscard]] bool skip_word(std::string_view word) noexcept;
  [[nodiscard]] bool skip_object(int depth) noexcept;
  [[nodiscard]] bool skip_list(int depth) noexcept;
  [[nodiscard]] std::optional<unsigned> code_unit() noexcept;
  [[nodiscard]] std::size_t skip_digits() noexcept;

  const char* next_;
  const char* end_;
};

}  // namespace tonris::model
