#include "model/money/twilio_call_list.hpp"

#include <charconv>
#include <utility>

#include "model/json/exact.hpp"
#include "model/money/twilio_price.hpp"
#include "model/text/iso_time.hpp"
#include "model/text/percent.hpp"
#include "model/twilio/placed_call.hpp"
#include "model/twilio/rest_time.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_page_bytes = 1024 * 1024;

/// As Twilio's lists take a time: without milliseconds.
std::string second_of(std::chrono::sys_days day) {
  constexpr std::size_t to_the_second = 19;
  return iso_time(day).substr(0, to_the_second) + "Z";
}

/// Whole seconds as a text; null and "" are those of a call that nobody took.
std::uint32_t seconds_in(std::string_view text, field_reader& fields) {
  if (text.empty()) return 0;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) fields.refuse(codec_errc::bad_field);
  return seconds;
}

decoded<twilio_listed_call> call_in(const rapidjson::Value& object) {
  field_reader fields{object};
  twilio_listed_call call;
  call.call.value = fields.text("sid");
  call.parent.value = fields.optional_text("parent_call_sid");
  call.number = fields.optional_text(fields.optional_text("direction") == "inbound" ? "to" : "from");
  call.seconds = seconds_in(fields.optional_text("duration"), fields);
  call.started = twilio::parse_rest_time(fields.optional_text("start_time"));
  const auto price = fields.optional_text("price"), unit = fields.optional_text("price_unit");
  if (!is_sid(call.call.value, "CA")) fields.refuse(codec_errc::bad_field);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  const auto cost = twilio_charge(price, unit);
  if (!cost) return tl::unexpected(cost.error());
  call.cost = *cost;
  return call;
}

}  // namespace

std::string twilio_day_target(const account_sid& account, std::chrono::sys_days day) {
  return twilio::calls_target(account) + "?StartTime%3E=" + percent_encoded(second_of(day)) +
         "&StartTime%3C=" + percent_encoded(second_of(day + std::chrono::days{1})) +
         "&PageSize=" + std::to_string(twilio_calls_a_page);
}

decoded<twilio_call_page> parse_twilio_call_page(std::string_view body, const account_sid& account) {
  rapidjson::Document document;
  if (auto parsed = parse_exact_object(body, {.bytes = max_page_bytes}, document); !parsed)
    return tl::unexpected(parsed.error());
  field_reader fields{document};
  const auto* const list = fields.optional_list("calls");
  twilio_call_page page;
  page.next = fields.optional_text("next_page_uri");
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  if (list == nullptr) return tl::unexpected(codec_errc::missing_field);
  if (!page.next.empty() && !page.next.starts_with(twilio::calls_target(account) + "?"))
    return tl::unexpected(codec_errc::bad_field);
  for (const auto& item : list->GetArray()) {
    if (!item.IsObject()) return tl::unexpected(codec_errc::bad_field);
    auto call = call_in(item);
    if (!call) return tl::unexpected(call.error());
    page.calls.push_back(*std::move(call));
  }
  return page;
}

}  // namespace tonris::model
