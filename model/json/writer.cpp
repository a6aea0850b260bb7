#include "model/json/writer.hpp"

#include <charconv>
#include <cmath>

#include <rapidjson/internal/dtoa.h>

#include "model/json/text.hpp"

namespace tonris::model {

namespace {

template <class Whole>
void append_whole(Whole number, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

}  // namespace

void json_writer::begin_value() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

void json_writer::open(char bracket) {
  begin_value();
  out_ += bracket;
  needs_comma_ = false;
}

void json_writer::close(char bracket) {
  out_ += bracket;
  needs_comma_ = true;
}

void json_writer::key(std::string_view name) {
  value(name);
  out_ += ':';
  needs_comma_ = false;
}

void json_writer::value(std::string_view text) {
  begin_value();
  append_json_string(text, out_);
}

void json_writer::value(bool flag) {
  json(flag ? "true" : "false");
}

void json_writer::value(double number) {
  if (!std::isfinite(number)) return value(nullptr);
  begin_value();
  char digits[32];
  char* const end = rapidjson::internal::dtoa(number, digits);
  out_.append(digits, end);
}

void json_writer::plain_number(double number) {
  constexpr double exact = 9007199254740992.0;
  if (std::trunc(number) == number && std::abs(number) < exact) return whole(static_cast<std::int64_t>(number));
  value(number);
}

void json_writer::value(std::nullptr_t) {
  json("null");
}

void json_writer::json(std::string_view value) {
  begin_value();
  out_ += value;
}

void json_writer::whole(std::int64_t number) {
  begin_value();
  append_whole(number, out_);
}

void json_writer::whole(std::uint64_t number) {
  begin_value();
  append_whole(number, out_);
}

}  // namespace tonris::model
