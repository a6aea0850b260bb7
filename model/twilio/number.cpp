#include "model/twilio/number.hpp"

#include <algorithm>
#include <cstdint>

#include "model/json/lookup.hpp"
#include "model/text/ascii.hpp"
#include "model/text/base64.hpp"
#include "model/text/percent.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::twilio {

namespace {

constexpr std::size_t max_page_bytes = 4 * 1024 * 1024;
constexpr std::size_t max_error_bytes = 64 * 1024;
constexpr std::size_t max_message_bytes = 300;
constexpr std::string_view accounts = "/2010-04-01/Accounts/";

call_handler handler_in(field_reader& fields, std::string_view url, std::string_view method) {
  return {std::string{fields.optional_text(url)}, std::string{fields.optional_text(method)}};
}

incoming_number number_in(field_reader& fields) {
  incoming_number one;
  one.sid = fields.text("sid");
  one.number = fields.text("phone_number");
  one.calls.voice = handler_in(fields, "voice_url", "voice_method");
  one.calls.fallback = handler_in(fields, "voice_fallback_url", "voice_fallback_method");
  one.calls.status = handler_in(fields, "status_callback", "status_callback_method");
  one.calls.application = fields.optional_text("voice_application_sid");
  one.calls.trunk = fields.optional_text("trunk_sid");
  one.is_fax = fields.optional_text("voice_receive_mode") == "fax";
  if (const auto* const can = fields.optional_object("capabilities"))
    if (const auto* const voice = find_field(*can, "voice")) one.takes_calls = !voice->IsBool() || voice->GetBool();
  return one;
}

// It goes into a request line as it is, behind our own origin.
bool is_target(std::string_view text) noexcept {
  return text.starts_with(accounts) && std::all_of(text.begin(), text.end(), is_visible);
}

std::string of_account(const account_sid& account, std::string_view what) {
  return std::string{accounts}.append(percent_encoded(account.value)).append(what);
}

}  // namespace

decoded<number_page> decode_number_page(std::string_view body) {
  rapidjson::Document document;
  if (auto parsed = parse_object(body, {.bytes = max_page_bytes}, document); !parsed)
    return tl::unexpected(parsed.error());
  field_reader fields{document};
  number_page page;
  page.next = fields.optional_text("next_page_uri");
  const auto* const list = fields.optional_list("incoming_phone_numbers");
  if (list == nullptr && !fields.mistake()) fields.refuse(codec_errc::missing_field);
  if (!page.next.empty() && !is_target(page.next)) fields.refuse(codec_errc::bad_field);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  for (const auto& item : list->GetArray()) {
    if (!item.IsObject()) return tl::unexpected(codec_errc::bad_field);
    field_reader of{item};
    page.numbers.push_back(number_in(of));
    if (of.mistake()) return tl::unexpected(*of.mistake());
  }
  return page;
}

decoded<incoming_number> decode_number(std::string_view body) {
  rapidjson::Document document;
  if (auto parsed = parse_object(body, {.bytes = max_page_bytes}, document); !parsed)
    return tl::unexpected(parsed.error());
  field_reader fields{document};
  auto one = number_in(fields);
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return one;
}

std::string numbers_target(const account_sid& account, std::string_view number) {
  return of_account(account, "/IncomingPhoneNumbers.json?PhoneNumber=").append(percent_encoded(number));
}

std::string number_target(const account_sid& account, std::string_view number_sid) {
  return of_account(account, "/IncomingPhoneNumbers/").append(percent_encoded(number_sid)).append(".json");
}

std::string form_body(const form& fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    if (!body.empty()) body += '&';
    body.append(percent_encoded(name)).append("=").append(percent_encoded(value));
  }
  return body;
}

std::string basic_authorization(const account_sid& account, std::string_view token) {
  const auto both = std::string{account.value}.append(":").append(token);
  const std::vector<std::uint8_t> bytes{both.begin(), both.end()};
  return "Basic " + to_base64(bytes);
}

rest_error decode_rest_error(std::string_view body) {
  rapidjson::Document document;
  if (!parse_object(body, {.bytes = max_error_bytes}, document)) return {};
  rest_error error;
  field_reader fields{document};
  if (const auto code = fields.optional_integer("code"); code && *code > 0 && *code < 1'000'000)
    error.code = static_cast<int>(*code);
  if (const auto* const words = find_field(document, "message"); words != nullptr && words->IsString()) {
    error.message = utf8_prefix(text_of(*words), max_message_bytes);
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    std::replace_if(error.message.begin(), error.message.end(), is_control, ' ');
  }
  return error;
}

bool is_refusal(unsigned status, std::string_view body) {
  constexpr unsigned first = 400, last = 499, timed_out = 408, too_many = 429;
  return status >= first && status <= last && status != timed_out && status != too_many &&
         decode_rest_error(body).code != 0;
}

}  // namespace tonris::model::twilio
