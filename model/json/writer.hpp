#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace tonris::model {

/// Writes JSON to the end of a string that the caller keeps: compact, members in the order in which they come. The
/// commas are the writer's business; that what is opened is closed, and that a value follows each key, is the caller's.
/// What is written is JSON whatever the texts are: bytes that are no UTF-8 become U+FFFD, a number that JSON has no
/// word for becomes null. Allocates nothing but the string.
class json_writer {
 public:
  explicit json_writer(std::string& out) noexcept : out_(out) {}
  json_writer(const json_writer&) = delete;
  json_writer& operator=(const json_writer&) = delete;

  void open_object() { open('{'); }
  void close_object() { close('}'); }
  void open_list() { open('['); }
  void close_list() { close(']'); }
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view{text}); }
  void value(bool flag);
  void value(double number);  ///< the shortest that reads the same: "61.2", "61.0"
  template <std::integral Whole>
  void value(Whole number) {
    if constexpr (std::is_signed_v<Whole>)
      whole(std::int64_t{number});
    else
      whole(std::uint64_t{number});
  }
  void plain_number(double number);  ///< whole ones below 2^53 without a point: an agent reads "5.0" out loud
  void value(std::nullptr_t);
  void json(std::string_view value);  ///< as it is

  void open_object(std::string_view name) {
    key(name);
    open_object();
  }
  void open_list(std::string_view name) {
    key(name);
    open_list();
  }
  template <class Value>
  void member(std::string_view name, const Value& of) {
    key(name);
    value(of);
  }
  /// Without a value there is no member.
  template <class Value>
  void member(std::string_view name, const std::optional<Value>& of) {
    if (of) member(name, *of);
  }

 private:
  void open(char bracket);
  void close(char bracket);
  void whole(std::int64_t number);
  void whole(std::uint64_t number);
  void begin_value();

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace tonris::model
