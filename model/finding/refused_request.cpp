#include "model/finding/refused_request.hpp"

#include "model/phone/number.hpp"

namespace tonris::model {

namespace {

std::string_view first_of(const form& fields, std::string_view name, std::string_view stand_in) {
  const auto value = field(fields, name);
  return value.empty() ? field(fields, stand_in) : value;
}

/// In one form, so that it is found by it. What is no number stays as it came.
short_text<40> whole(const std::string& number) {
  if (is_e164(number)) return short_text<40>{number};
  return short_text<40>{number_in(number).value_or(number)};
}

short_text<40> cut(const std::string& number) {
  return number.empty() ? short_text<40>{} : short_text<40>{redacted(number)};
}

template <class Text>
Text sid(const std::string& text, std::string_view prefix) {
  return is_sid(text, prefix) ? Text{text} : Text{};
}

}  // namespace

request_claims claims_in(const form& fields) {
  return {std::string{field(fields, "CallSid")}, std::string{field(fields, "AccountSid")},
          std::string{first_of(fields, "To", "Called")}, std::string{first_of(fields, "From", "Caller")},
          std::string{field(fields, "Direction")}};
}

request_claims claims_of(const twilio::voice_request& call) {
  return {call.call.value, call.account.value, call.to, call.from, call.direction};
}

refused_request refused_at(refused_request::time at, std::uint8_t route, std::uint8_t reason, std::string_view address,
                           std::string_view request_id, const request_claims& says) {
  refused_request one;
  one.route = route;
  one.reason = reason;
  one.address = short_text<45>{address};
  one.call = sid<short_text<34>>(says.call, "CA");
  one.account = sid<short_text<34>>(says.account, "AC");
  // A call that the business has placed is from its number. That of a <Dial> may be from its caller's.
  const bool is_to_business = says.direction == "inbound";
  const bool is_from_business = says.direction == "outbound-api";
  one.to = is_to_business ? whole(says.to) : cut(says.to);
  one.from = is_from_business ? whole(says.from) : cut(says.from);
  one.request_id = short_text<64>{request_id};
  one.first = one.last = at;
  return one;
}

}  // namespace tonris::model
