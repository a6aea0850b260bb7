#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/callback_fixture.hpp"

namespace tonris::e2e {

/// Calls of every kind, so many at once, between the gateway and both simulators: how they end, their tools and
/// transfers, callbacks that come late, twice or never, prices likewise.
class DayOfCalls : public CallbackTest {
 protected:
  /// What becomes of a call; each kind has its share of 44.
  enum class kind : std::uint8_t {
    caller_hangs_up,  ///< some are recorded
    operator_hangs_up,
    agent_ends,
    agent_unknown,
    agent_breaks,   ///< once: another conversation goes on
    stream_breaks,  ///< once: the caller comes back with another stream
    transferred,    ///< by the operator; somebody answers, or nobody
    uses_tool,
    refused_with_words,
    refused_to_voicemail,
    refused_to_transfer,
    unknown_number,
    gone_before_stream,
  };
  [[nodiscard]] static kind kind_of(std::uint32_t call);

  DayOfCalls();
  void begin_day();  ///< the gateway runs, and both vendors know it
  /// What becomes of a call that is placed, in turn.
  enum class callee : std::uint8_t { talks, is_busy, does_not_answer, is_a_machine };
  static constexpr std::uint32_t callees = 4;
  /// So many; they are over by themselves.
  void place_calls(std::uint32_t count);
  /// Those that were placed, once all are over.
  [[nodiscard]] std::vector<sim::placed_calls::placed> placed_calls();
  /// All are over, and their callbacks told. One line now and then says how far it is, where there are many.
  void make_calls(std::uint32_t count, std::size_t at_once);

  /// Does the vendor say by itself what that conversation cost?
  [[nodiscard]] static bool is_told(std::uint64_t conversation) { return conversation % 20 != 7; }
  /// When Twilio says what a call has cost; of one in 50 never.
  [[nodiscard]] static std::optional<std::chrono::milliseconds> price_after(std::uint32_t call);

  static constexpr std::string_view number_of_help = "+15550109999";

 private:
  struct running {
    std::uint32_t id = 0;
    std::unique_ptr<sim::frame_source> says;
    std::future<sim::caller_report> report;
    std::shared_ptr<sim::twilio_caller> caller;
    std::optional<std::chrono::steady_clock::time_point> act_at;
  };
  struct deaf final : sim::frame_sink {
    void heard(std::uint64_t, std::span<const std::uint8_t>, bool) override {}
  };

  static std::optional<sim::agent_behaviour> agent(const std::string& id, std::uint64_t number);
  [[nodiscard]] sim::caller_options options_of(std::uint32_t call) const;
  running begin(std::uint32_t call);
  void act(running& call);  ///< what the operator, or the caller who loses patience, does in its middle
  void look_at(const sim::caller_report& report);

  deaf hears_nothing_;
};

}  // namespace tonris::e2e
