#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tonris::model {

/// E.164 ("+15551234567") of what a person wrote; `region` ("US") is for numbers without "+". What has E.164's form
/// already ("+" and 8 to 15 digits) stays as it is written: no metadata knows every country's newest numbers. The rest
/// is read by libphonenumber, and where that does not know the number by its form. Nothing when it is no number.
[[nodiscard]] std::optional<std::string> to_e164(std::string_view text, std::string_view region = {});

/// Already E.164: "+" and 7 to 15 digits, the first not 0. Cheap. A digit less than to_e164 takes by the form alone:
/// metadata knows numbers that short.
[[nodiscard]] bool is_e164(std::string_view text) noexcept;

/// The number that one side of a call has, in E.164, whichever form Twilio gives To, From, Called, Caller and
/// ForwardedFrom: "+1 (555) 010-0001", "whatsapp:+1…", "tel:+1…", "sip:+1…@host;user=phone", "sip:1…@host". Nothing for
/// a name ("client:…", "sip:anna@…") and for callers who withhold theirs, also those that are spelled on a keypad.
[[nodiscard]] std::optional<std::string> number_in(std::string_view address);

/// A caller as the rest of the gateway knows him: his number where there is one, else the text as it came; "anonymous"
/// for none.
[[nodiscard]] std::string caller_in(std::string_view address);

/// Do two numbers ring the same telephone? Some countries' have two forms in E.164 ("+521…" and "+52…", Benin's of 8
/// and of 10 digits), and one may be written with a national prefix that another lacks.
[[nodiscard]] bool is_same_number(std::string_view a, std::string_view b);
[[nodiscard]] bool is_listed(std::span<const std::string> numbers, std::string_view number);
/// The form in which all forms of a number meet. For comparing only: it need not be the one that can be dialled.
[[nodiscard]] std::string meeting_form(std::string_view e164);

/// The digits at the end that all forms of a number share; shorter texts whole. Who has many numbers at hand rules
/// nearly all strangers out with it, where meeting_form costs about ten microseconds.
[[nodiscard]] std::string_view shared_end(std::string_view e164) noexcept;

/// As logs show a number: its first five characters and "...". Shorter texts and words (anonymous) keep at most five
/// too.
[[nodiscard]] std::string redacted(std::string_view number);

}  // namespace tonris::model
