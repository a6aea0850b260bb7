#pragma once

#include <rapidjson/document.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/call/record.hpp"
#include "tests/e2e/day_of_calls.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {

/// What calls add up to.
struct sums {
  std::uint64_t calls = 0, refused = 0;
  std::int64_t seconds = 0;
  model::micros cost = 0;
  std::map<std::string, std::uint64_t> outcomes;
  bool operator==(const sums&) const = default;
};
std::ostream& operator<<(std::ostream& out, const sums& of);
/// Nobody took one that was placed: it costs nothing.
[[nodiscard]] bool is_untaken(const model::call_record& one);
/// It was answered with words: no second of it was metered.
[[nodiscard]] bool was_turned_away(const model::call_record& one);
[[nodiscard]] sums sums_of(const std::vector<model::call_record>& all, const std::string& tenant = "every");
[[nodiscard]] sums sums_of(const rapidjson::Value& item);  ///< of GET /api/usage

/// A day of calls, and everybody's books of it.
class Books : public DayOfCalls {
 protected:
  std::string ask(const std::string& path);
  rapidjson::Document asked(const std::string& path);
  std::vector<model::call_record> records();
  /// All of these, once all have ended, and are priced.
  std::vector<model::call_record> priced_records(std::size_t count);
  bool comes_true(const std::function<bool()>& what, std::chrono::seconds at_most);
  /// As far as it ever will be.
  [[nodiscard]] static bool is_priced(const model::call_record& one);

  // --- the early hours (books_early_hours.cpp)

  [[nodiscard]] std::uint32_t early_calls() const { return (sanitized ? 5 : 6) + (is_long_ ? 3 : 0); }
  static constexpr std::size_t killed_conversations = 3;
  /// Before all others: the node is killed, loses a call, has too few places and too little memory, stops, and is
  /// killed once more. Two callers stay on the line over that, one of them to its third life, which goes on. On a long
  /// day it has one life before these, with a Redis that does not answer in its middle.
  void early_hours();
  void expect_early_hours(const std::vector<model::call_record>& all);

  // --- the vendors' (books_at_vendors.cpp)

  /// Each call's record says what Twilio's book says: how it ended, how long it was, what it costs; where Twilio never
  /// tells that, what its price list makes of its seconds.
  void expect_twilios_book(const std::vector<model::call_record>& all);
  /// What Twilio takes for streams that it has seen, and for listening for machines: it tells no price of these.
  void expect_fees_without_a_price(const std::vector<model::call_record>& all);
  /// The legs that were dialled, and recordings and messages, each by itself and in their call's sum.
  void expect_legs(const std::vector<model::call_record>& all);
  void expect_recordings(const std::vector<model::call_record>& all);
  /// Each conversation is reported as the vendor counts it, and what the records say that it costs is what the vendor
  /// charges by its own list, however much of that it tells: nothing of a call that is not in its book.
  void expect_elevenlabs_book(const std::vector<model::call_record>& all);

  // --- ours (books_test.cpp)

  /// Of the vendor's rules, but that whose gateway is killed ends as nobody should.
  void expect_no_violations();
  /// Each way to end that this day has: none has silently gone.
  void expect_reasons(const std::vector<model::call_record>& all);
  /// What became of those that were placed.
  void expect_callees(const std::vector<model::call_record>& all, std::uint32_t placed);
  void expect_usage(const std::vector<model::call_record>& all);
  void expect_meter(const std::vector<model::call_record>& all);
  void expect_metrics(const std::vector<model::call_record>& all);

 private:
  [[nodiscard]] sim::caller_options early_options(std::uint32_t call, std::string_view tenant = "salon") const;
  void turn_away(std::uint32_t call, std::string_view tenant = "salon");
  void live_with_redis();
  std::optional<talking> lose_a_call();
  void close_page();
  void restart_with(const std::string& settings);
  void wait_until_they_talk(const std::vector<std::string>& calls);

  std::vector<std::string> former_pages_;  ///< what /metrics said last in each life that is over
  using conversation_book = std::unordered_map<std::string, sim::conversation_record>;
  void expect_charges(const model::call_record& record, const conversation_book& book);
};

}  // namespace tonris::e2e
