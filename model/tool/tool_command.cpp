#include "model/tool/tool_command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <utility>

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model {

namespace {

namespace commands = tool_commands;
using names = std::initializer_list<std::string_view>;

/// Reads parameters and keeps the first mistake, so that a reader goes straight on.
class parameters {
 public:
  explicit parameters(const rapidjson::Value& object) noexcept : object_(object) {}

  /// The first of these names that is there, as text, without blanks around it; "" when none is.
  std::string text(names any_of, std::size_t most) {
    const auto [name, value] = find(any_of);
    if (value == nullptr) return {};
    std::string written;
    if (value->IsString())
      written = trimmed(text_of(*value));
    else if (value->IsInt64() || value->IsUint64())
      written = json_text(*value);
    else
      refuse(name, "must be a text");
    if (written.size() > most) refuse(name, "must have at most " + std::to_string(most) + " bytes");
    return written;
  }
  std::string required_text(names any_of, std::size_t most) {
    auto written = text(any_of, most);
    if (written.empty()) refuse(*any_of.begin(), "is missing");
    return written;
  }
  std::optional<unsigned> whole(std::string_view name, unsigned least, unsigned most) {
    const auto [found, value] = find({name});
    if (value == nullptr) return std::nullopt;
    const auto number = whole_of(*value);
    if (number && *number >= least && *number <= most) return static_cast<unsigned>(*number);
    refuse(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  [[nodiscard]] const rapidjson::Value* any(std::string_view name) const { return find_field(object_, name); }

  void refuse(std::string_view name, std::string_view why) {
    if (mistake_.empty()) mistake_.append("The parameter ").append(name).append(" ").append(why).append(".");
  }
  [[nodiscard]] const std::string& mistake() const noexcept { return mistake_; }

 private:
  std::pair<std::string_view, const rapidjson::Value*> find(names any_of) const {
    for (const auto name : any_of)
      if (const auto* const value = find_field(object_, name)) return {name, value};
    return {*any_of.begin(), nullptr};
  }
  static std::optional<double> whole_of(const rapidjson::Value& value) {
    if (value.IsNumber()) {
      const auto number = value.GetDouble();
      return number == std::trunc(number) ? std::optional{number} : std::nullopt;
    }
    if (!value.IsString()) return std::nullopt;
    const auto written = trimmed(text_of(value));
    unsigned number = 0;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number);
    if (error != std::errc{} || end != written.data() + written.size()) return std::nullopt;
    return number;
  }

  const rapidjson::Value& object_;
  std::string mistake_;
};

constexpr std::size_t max_number_bytes = 64, max_reason_bytes = 200, max_long_bytes = 500;
constexpr std::size_t max_keys = 32, max_note_bytes = 2000, max_value_bytes = 1000;
constexpr unsigned max_hold_seconds = 600, max_digit_seconds = 60;

tool_command read_end_call(parameters& from) {
  return commands::end_call{from.text({"reason"}, max_reason_bytes)};
}

tool_command read_transfer_call(parameters& from) {
  commands::transfer_call command;
  command.number = from.text({"number", "transfer_number", "phone_number"}, max_number_bytes);
  command.reason = from.text({"reason"}, max_long_bytes);
  return command;
}

tool_command read_send_dtmf(parameters& from) {
  commands::send_dtmf command{from.required_text({"digits", "dtmf_tones"}, max_keys)};
  constexpr std::string_view keys = "0123456789*#wW";
  if (command.digits.find_first_not_of(keys) != std::string::npos)
    from.refuse("digits", "may have 0 to 9, *, #, w and W only");
  return command;
}

tool_command read_hold(parameters& from) {
  commands::hold command;
  if (const auto seconds = from.whole("seconds", 1, max_hold_seconds)) command.most = std::chrono::seconds{*seconds};
  return command;
}

tool_command read_resume(parameters&) {
  return commands::resume{};
}

elevenlabs::variable read_value(parameters& from) {
  const auto* const value = from.any("value");
  if (value == nullptr) {
    from.refuse("value", "is missing");
    return {};
  }
  if (value->IsBool()) return value->GetBool();
  if (value->IsInt64()) return value->GetInt64();
  if (value->IsNumber()) return value->GetDouble();
  if (!value->IsString()) from.refuse("value", "must be a text, a number, or true or false");
  return from.text({"value"}, max_value_bytes);
}

tool_command read_set_variable(parameters& from) {
  const auto& rule = tenant_rules::variable_name;
  commands::set_variable command;
  command.name = from.required_text({"name"}, rule.max_bytes);
  if (!command.name.empty() && !rule.accepts(command.name)) from.refuse("name", "must be letters, digits and _");
  if (tenant_rules::is_set_by_gateway(command.name) || tenant_rules::is_reserved_by_vendor(command.name) ||
      command.name.starts_with("secret__"))
    from.refuse("name", "is one that cannot be set");
  command.value = read_value(from);
  return command;
}

tool_command read_note(parameters& from) {
  return commands::note{from.required_text({"text", "note"}, max_note_bytes)};
}

tool_command read_request_callback(parameters& from) {
  commands::request_callback command;
  command.number = from.text({"number", "phone_number"}, max_number_bytes);
  command.when = from.text({"when", "time"}, max_reason_bytes);
  command.reason = from.text({"reason"}, max_long_bytes);
  return command;
}

char read_terminator(parameters& from) {
  const auto written = from.text({"terminator"}, max_reason_bytes);
  if (written == "none") return '\0';
  if (written.empty() || written == "#") return '#';
  if (written == "*") return '*';
  from.refuse("terminator", "must be #, * or none");
  return '#';
}

tool_command read_collect_digits(parameters& from) {
  commands::collect_digits command;
  if (from.any("count") == nullptr) from.refuse("count", "is missing");
  command.count = from.whole("count", 1, max_keys).value_or(0);
  command.terminator = read_terminator(from);
  if (const auto seconds = from.whole("timeout_seconds", 1, max_digit_seconds))
    command.timeout = std::chrono::seconds{*seconds};
  command.prompt = from.text({"prompt"}, max_long_bytes);
  return command;
}

struct command_kind {
  std::string_view name;
  tool_command (*read)(parameters& from);
};
constexpr std::array kinds{
    command_kind{"end_call", read_end_call},
    command_kind{"transfer_call", read_transfer_call},
    command_kind{"send_dtmf", read_send_dtmf},
    command_kind{"hold", read_hold},
    command_kind{"resume", read_resume},
    command_kind{"set_variable", read_set_variable},
    command_kind{"note", read_note},
    command_kind{"request_callback", read_request_callback},
    command_kind{"collect_digits", read_collect_digits},
};
static_assert(std::equal(kinds.begin(), kinds.end(), std::begin(tool_command_names), std::end(tool_command_names),
                         [](const command_kind& kind, std::string_view name) { return kind.name == name; }));

}  // namespace

tl::expected<tool_command, std::string> parse_tool_command(const tool_request& request) {
  const auto kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const command_kind& one) { return one.name == request.name; });
  if (kind == kinds.end()) return commands::other{request.name};
  rapidjson::Document document;
  if (!parse_object(request.parameters, {.bytes = max_parameter_bytes}, document))
    return tl::unexpected(std::string{"The parameters must be a JSON object of at most 64 KiB."});
  parameters from{document};
  auto command = kind->read(from);
  if (!from.mistake().empty()) return tl::unexpected(from.mistake());
  return command;
}

}  // namespace tonris::model
