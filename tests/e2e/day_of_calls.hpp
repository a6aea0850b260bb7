#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/actors/store/a_directory.hpp"
#include "tests/e2e/callback_fixture.hpp"
#include "tests/e2e/cast_of_day.hpp"

namespace tonris::e2e {

/// Calls of every kind, so many at once, between the gateway and both simulators: how they end, their tools and
/// transfers, callbacks that come late, twice or never, prices likewise.
class DayOfCalls : public CallbackTest {
 protected:
  DayOfCalls();
  void begin_day();  ///< the gateway runs, and both vendors know it
  /// It has what takes more than a minute, or wants a Redis.
  bool is_long_ = false;
  /// What becomes of a call that is placed, in turn.
  enum class callee : std::uint8_t { talks, is_busy, does_not_answer, is_a_machine, cannot_be_reached, is_taken_back };
  static constexpr std::uint32_t callees = 6;
  /// So many; they are over by themselves.
  void place_calls(std::uint32_t count);
  /// Those that were placed, once all are over.
  [[nodiscard]] std::vector<sim::placed_calls::placed> placed_calls();
  /// Those of `once_a_day` that this day has, which are over with all others.
  void begin_long_ones();
  /// All are over, and their callbacks told, those of `once_a_day` too. One line now and then says how far it is, where
  /// there are many. Beside them those of `all_day_long` go on.
  void make_calls(std::uint32_t count, std::size_t at_once);
  /// Calls that have the only place of their tenant, each. The first one's price is never told.
  static constexpr std::uint32_t all_day_long[] = {1'000'049, 1'000'000, 1'000'006};

  [[nodiscard]] sim::caller_options options_of(std::uint32_t call, std::string to) const;
  /// While there is a file of this name the gateway's disk takes nothing (slow_disk.cc); not where there are
  /// sanitizers.
  [[nodiscard]] std::string stalled_disk() const { return (folder_.path / "stalled").string(); }

  /// Does the vendor say by itself what that conversation cost?
  [[nodiscard]] static bool is_told(std::uint64_t conversation) { return conversation % 20 != 17; }
  /// When Twilio says what a call has cost; of one in 50 never.
  [[nodiscard]] static std::optional<std::chrono::milliseconds> price_after(std::uint32_t call);
  /// What a minute of it costs: as the price list says, or, where the price is told, more than anybody could guess.
  [[nodiscard]] static sim::call_rating rating_of(const sim::booked_call& call);

 private:
  struct running {
    std::uint32_t id = 0;
    std::unique_ptr<sim::frame_source> says;
    std::future<sim::caller_report> report;
    std::shared_ptr<sim::twilio_caller> caller;
    std::optional<std::chrono::steady_clock::time_point> act_at;
    bool is_connected = false;  ///< its stream, which has not begun: the gateway knew that when it was last asked
  };
  struct deaf final : sim::frame_sink {
    void heard(std::uint64_t, std::span<const std::uint8_t>, bool) override {}
  };

  [[nodiscard]] static sim::pick_up phone_of(const sim::call_order& order);
  [[nodiscard]] sim::caller_options options_of(std::uint32_t call) const;
  running begin(std::uint32_t call);
  void act(running& call);          ///< what the operator, or the caller who loses patience, does in its middle
  void break_rules(running& call);  ///< of a stream, which nobody does but we
  std::vector<running> take_places();
  void look_at(const sim::caller_report& report);

  actors::test::a_directory folder_;
  std::vector<running> long_ones_;
  deaf hears_nothing_;
};

}  // namespace tonris::e2e
