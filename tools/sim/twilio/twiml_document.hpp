#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tools/sim/wire/violations.hpp"

namespace tonris::sim::twiml {

/// TwiML as Twilio reads it (docs/protocols/twilio.md#twiml): the verbs a voice gateway may send.
struct stream {
  std::string url, name, status_callback, status_method = "POST";
  std::vector<std::pair<std::string, std::string>> parameters;
};
/// Where the next document comes from when a verb is over. Without one the verb after it is next.
struct action {
  std::string url, method = "POST";
};
struct connect {
  std::optional<action> then;
  stream to;
};
struct say {
  std::string text, language;
  int loop = 1;
};
struct play {
  std::string url;
};
struct pause {
  std::chrono::seconds length{1};
};
struct hang_up {};
struct reject {
  std::string reason = "rejected";
};
struct redirect {
  action to;
};
struct dial {
  std::optional<action> then;
  std::vector<std::string> numbers;
  std::optional<action> whisper;  ///< of the number that has one: what whoever answers hears first
  std::string caller_id;
  std::chrono::seconds timeout{30}, time_limit{14'400};
};
struct record {
  action then;
  std::chrono::seconds max_length{3600};
  std::string recording_status_callback, recording_status_method = "POST";
};
using verb = std::variant<connect, say, play, pause, hang_up, reject, redirect, dial, record>;

struct document {
  std::vector<verb> verbs;
  std::vector<violation> faults;  ///< what Twilio would refuse or warn of; verbs it would refuse are left out
};

inline constexpr std::size_t max_document_bytes = 64'000;

/// Reads what came from `document_url` (relative addresses are resolved against it). Total: never fails, only faults.
[[nodiscard]] document read(std::string_view xml, std::string_view document_url);

[[nodiscard]] std::string_view name_of(const verb& v) noexcept;

}  // namespace tonris::sim::twiml
