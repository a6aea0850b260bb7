#include "model/tool/digit_collector.hpp"

#include <utility>

#include "model/json/writer.hpp"
#include "model/text/ascii.hpp"

namespace tonris::model {

namespace {

bool is_key(std::string_view pressed) noexcept {
  return pressed.size() == 1 && (is_digit(pressed[0]) || pressed[0] == '*' || pressed[0] == '#');
}

}  // namespace

digit_collector::digit_collector(const tool_commands::collect_digits& asked, time now)
    : asked_(asked), until_(now + asked.timeout) {}

digit_collector::collected digit_collector::end(ending by) {
  over_ = true;
  return {std::move(digits_), by};
}

std::optional<digit_collector::collected> digit_collector::key(std::string_view pressed, time now) {
  if (over_ || !is_key(pressed)) return std::nullopt;
  if (asked_.terminator != '\0' && pressed[0] == asked_.terminator) return end(ending::terminator);
  digits_ += pressed[0];
  until_ = now + asked_.timeout;
  if (digits_.size() >= asked_.count) return end(ending::count);
  return std::nullopt;
}

std::optional<digit_collector::collected> digit_collector::tick(time now) {
  if (over_ || now < until_) return std::nullopt;
  return end(ending::timeout);
}

std::optional<digit_collector::collected> digit_collector::caller_left() {
  if (over_) return std::nullopt;
  return end(ending::caller_left);
}

std::string_view to_string(digit_collector::ending by) noexcept {
  switch (by) {
    case digit_collector::ending::count: return "count";
    case digit_collector::ending::terminator: return "terminator";
    case digit_collector::ending::timeout: return "timeout";
    case digit_collector::ending::caller_left: return "caller_left";
  }
  return "timeout";
}

tool_result to_tool_result(const digit_collector::collected& what) {
  std::string json;
  json_writer out{json};
  out.open_object();
  out.member("digits", std::string_view{what.digits});
  out.member("ended_by", to_string(what.by));
  out.close_object();
  return {std::move(json), what.by == digit_collector::ending::caller_left};
}

std::string masked_digits(std::string_view digits) {
  return std::string(digits.size(), '.');
}

}  // namespace tonris::model
