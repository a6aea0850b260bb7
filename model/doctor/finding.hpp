#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tonris::model::doctor {

enum class severity : std::uint8_t {
  ok,       ///< looked at, and as it should be
  note,     ///< good to know
  warning,  ///< calls go on, but not as well as they could, or not for long
  error,    ///< calls fail
};
[[nodiscard]] std::string_view to_string(severity is) noexcept;  ///< "warning"

enum class area : std::uint8_t {
  settings,
  gateway,
  public_address,
  certificate,
  twilio,
  elevenlabs,
  redis,
  machine,
};
[[nodiscard]] std::string_view to_string(area of) noexcept;  ///< "public address"

/// One thing that the doctor has found out.
struct finding {
  severity is = severity::ok;
  area of = area::settings;
  std::string code;  ///< what programs may rely on: "signature_header_lost"
  std::string what;  ///< one line each; of what is ok `what` alone
  std::string why, fix;
  std::string who{};                          ///< "salon-1 (agent_1)": others may have it as well; "": nobody else
  std::string what_of_many{}, fix_of_many{};  ///< without the names of who has it
  bool operator==(const finding&) const = default;
};
using findings = std::vector<finding>;

/// All that it may find, one row a code: docs/doctor.md lists it, and a test compares both. "{name}" stands for what
/// is filled in.
struct catalogue_row {
  std::string_view code;
  area of;
  severity is;
  std::string_view what, why, fix;
};
[[nodiscard]] std::span<const catalogue_row> catalogue() noexcept;

/// As docs/doctor.md shows it: a table an area.
[[nodiscard]] std::string catalogue_as_markdown();

/// The row of that code with these words filled in, on one line each: control characters become blanks, long values are
/// cut. A code that is in no row is a mistake of ours (std::logic_error).
using filling = std::pair<std::string_view, std::string>;
[[nodiscard]] finding found(std::string_view code, std::initializer_list<filling> words = {});

/// Something that could not be looked at, in whichever area.
[[nodiscard]] finding not_looked_at(area of, std::string_view what, std::string_view why);

}  // namespace tonris::model::doctor
