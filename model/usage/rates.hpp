#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace tonris::model {

/// Money in whole millionths of a US dollar, so that sums come out to the last one.
using microdollars = std::int64_t;

/// What calls cost since a day, without taxes and discounts.
struct usage_rates {
  std::chrono::sys_days from;
  microdollars twilio_per_minute = 0;      ///< receiving a call, each minute that has begun
  microdollars stream_per_minute = 0;      ///< its media stream, likewise
  microdollars elevenlabs_per_minute = 0;  ///< the conversation, by the second
  microdollars outbound_per_minute = 0;    ///< one that is dialled, or a leg, each minute of it that has begun
  microdollars recording_per_minute = 0;   ///< a recording or a message, likewise; not that it is kept
  std::optional<microdollars> machine_detection_per_call{};  ///< of one that was answered; nothing: nobody has said
  std::optional<double> per_credit{};  ///< one of ElevenLabs' credits by the contract; nothing: nobody has said
  /// US dollars that one unit is worth of a currency in which bills come, by its code.
  std::map<std::string, double, std::less<>> exchange{};
  bool operator==(const usage_rates&) const = default;
};

/// Who has dialled a call: Twilio charges otherwise for one that it was asked to place.
enum class dialled_by : std::uint8_t { caller, business };

/// What so many seconds of a call cost at these rates, without legs that it dials and recordings of it. A part of a
/// millionth counts as a whole one.
[[nodiscard]] microdollars cost_of(const usage_rates& rates, std::int64_t seconds,
                                   dialled_by who = dialled_by::caller) noexcept;

/// What so many seconds cost of which each minute that has begun costs so much; of 0 seconds, one minute.
[[nodiscard]] microdollars cost_of_begun_minutes(microdollars per_minute, std::int64_t seconds) noexcept;

/// Rates with their days, the oldest first, at least one.
class rate_card {
 public:
  static constexpr std::size_t max_rates = 1000, max_bytes = 256 * 1024, max_currencies = 200;

  /// As in config/rates.json: {"rates":[{"from","twilioPerMinute","mediaStreamPerMinute","elevenLabsPerMinute",
  /// "outboundPerMinute","recordingPerMinute","machineDetectionPerCall","creditPrice","exchange":{"EUR":1.25},
  /// "source"}]}, in US dollars; `machineDetectionPerCall`, `creditPrice` and `exchange` may lack.
  /// Each day once. An error is one line with all mistakes: "rates[0].from must be …; …".
  [[nodiscard]] static tl::expected<rate_card, std::string> parse(std::string_view json);
  /// Those of config/rates.json.
  [[nodiscard]] static rate_card standard();

  /// Those that hold at that time; before the first day its rates do.
  [[nodiscard]] const usage_rates& at(std::chrono::system_clock::time_point when) const noexcept;
  bool operator==(const rate_card&) const = default;

 private:
  explicit rate_card(std::vector<usage_rates> rates) : rates_(std::move(rates)) {}
  std::vector<usage_rates> rates_;
};

}  // namespace tonris::model
