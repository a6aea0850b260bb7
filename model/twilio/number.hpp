#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/codec_error.hpp"
#include "model/text/ids.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model::twilio {

/// Whom Twilio asks about a number's calls: an address, and how. No address: nobody.
struct call_handler {
  std::string url, method;
  bool operator==(const call_handler&) const = default;
};
struct call_handlers {
  call_handler voice, fallback, status;
  std::string application;  ///< AP…; where it is set, the addresses are not asked
  std::string trunk;        ///< TK…; the same
  bool operator==(const call_handlers&) const = default;
};

/// A phone number as Twilio's REST API has it (IncomingPhoneNumbers).
struct incoming_number {
  std::string sid;     ///< PN…
  std::string number;  ///< E.164
  call_handlers calls;
  bool takes_calls = true;  ///< false: it can do other things only
  bool is_fax = false;      ///< what comes in is taken for a fax, whatever the addresses are
};
struct number_page {
  std::vector<incoming_number> numbers;
  std::string next;  ///< path and query of the next page; "": there is none
};
/// A list's page, at most 4 MiB. What a number lacks, or has as null, is "".
[[nodiscard]] decoded<number_page> decode_number_page(std::string_view body);
/// One number, as it is after an update.
[[nodiscard]] decoded<incoming_number> decode_number(std::string_view body);

/// Path and query of the list of numbers like that one: Twilio's filter is a pattern, so others may be among them.
[[nodiscard]] std::string numbers_target(const account_sid& account, std::string_view number);
/// Path of one number, for its update.
[[nodiscard]] std::string number_target(const account_sid& account, std::string_view number_sid);
/// A form as a body of application/x-www-form-urlencoded.
[[nodiscard]] std::string form_body(const form& fields);
/// The value of an Authorization field.
[[nodiscard]] std::string basic_authorization(const account_sid& account, std::string_view token);

/// An error answer. Never fails: what is unreadable has no code and no text.
struct rest_error {
  int code = 0;         ///< Twilio's, 20404 say
  std::string message;  ///< one line of at most 300 bytes
};
[[nodiscard]] rest_error decode_rest_error(std::string_view body);

/// Twilio has said no, and done nothing. Not where it says to try again (429) or has not read all of the question
/// (408), nor where the answer names no error of Twilio's: then somebody in between has spoken, and nobody knows.
[[nodiscard]] bool is_refusal(unsigned status, std::string_view body);

}  // namespace tonris::model::twilio
