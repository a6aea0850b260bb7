// The beginning of a day of calls: what befalls callers whose node is killed, full, short of memory, stops, or has no
// answer of its Redis.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/e2e/books.hpp"
#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/text.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::e2e {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// As docs/WEBHOOK_CONFIGURATION.md has the addresses at Twilio: who is not answered asks again.
constexpr std::string_view asks_again = "#rc=5&rp=all&ct=2000&rt=5000&tt=15000";

/// Twilio tells the price of each at once.
constexpr std::uint32_t is_lost = 1'000'104, stays = 1'000'111, leaves = 1'000'118, finds_it_full = 1'000'125,
                        finds_it_short = 1'000'132, finds_it_stopping = 1'000'139, is_counted = 1'000'146,
                        is_not_counted = 1'000'153, is_not_known = 1'000'160;

/// Who asks a gateway that is away is answered by its next life, once that has started.
std::string mistakes_but(std::string_view rule, const sim::caller_report& report) {
  auto found = report.violations.all();
  std::erase_if(found, [&](const auto& one) { return one.rule == rule || one.rule == "answer_too_late"; });
  return violations_of(found);
}

const model::call_record* record_of(std::uint32_t call, const std::vector<model::call_record>& all) {
  const auto found = std::ranges::find(all, sid_of(call), [](const auto& one) { return one.call.value; });
  return found == all.end() ? nullptr : &*found;
}

struct outcome {
  std::uint32_t call;
  model::end_reason reason;
  std::size_t lives;  ///< in so many it was on the line, each with a stream and a conversation of its own
};
std::vector<outcome> outcomes_of_early_calls(bool on_a_long_day) {
  using enum model::end_reason;
  std::vector<outcome> all{{stays, caller_hung_up, 3},
                           {leaves, caller_hung_up, 2},
                           {finds_it_full, node_full, 0},
                           {finds_it_short, node_overloaded, 0},
                           {finds_it_stopping, shutdown, 0}};
  if (!sanitized) all.push_back({is_lost, node_lost, 0});
  const std::vector<outcome> with_redis{
      {is_counted, caller_hung_up, 1}, {is_not_counted, usage_unknown, 0}, {is_not_known, registry_down, 0}};
  if (on_a_long_day) all.insert(all.end(), with_redis.begin(), with_redis.end());
  return all;
}

}  // namespace

sim::caller_options Books::early_options(std::uint32_t call, std::string_view tenant) const {
  auto how = options_of(call, cast_of_day::number_of(tenant));
  how.webhook_url += asks_again;
  how.status_callback_url += asks_again;
  how.gateway_may_die = true;
  return how;
}

void Books::turn_away(std::uint32_t call, std::string_view tenant) {
  EXPECT_EQ(mistakes_but({}, w.call(early_options(call, tenant))), "") << call;
}

/// All that was told is on the disk, and what it came to was counted.
void Books::close_page() {
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_store_waiting", 0));
  former_pages_.push_back(w.gateway().metrics());
}

void Books::restart_with(const std::string& settings) {
  w.gateway().kill();
  fs::remove(stalled_disk());
  std::ofstream{fs::path{w.gateway().data_dir()}.parent_path() / ".env"} << settings;
  w.gateway().start_again();
}

void Books::wait_until_they_talk(const std::vector<std::string>& calls) {
  EXPECT_TRUE(w.wait_until(
      [&] { return std::ranges::all_of(calls, [&](const auto& sid) { return w.vendor().of_call(sid) != nullptr; }); },
      20s));
}

/// Its stream is on its way when the node is killed that has taken it, and nothing of it is on the disk.
std::optional<CallbackTest::talking> Books::lose_a_call() {
  if (sanitized) return std::nullopt;
  std::ofstream{stalled_disk()} << "stalled";
  auto how = early_options(is_lost);
  how.stream_setup = 2s;
  auto lost = call(std::move(how));
  EXPECT_TRUE(w.wait_until([&] { return lost.caller->report().documents == 1; }, 10s));
  return lost;
}

/// It counts a caller whose conversation it has; then nobody can say whether another one may come in, nor whose number
/// a third one calls.
void Books::live_with_redis() {
  const net::test::redis_server redis;
  const auto is_ready = [this] { return has(ask("/ready"), R"({"status":"ready"})"); };
  restart_with("REDIS_URL=" + redis.url() + "\n");
  EXPECT_TRUE(w.gateway().wait_until_healthy());
  EXPECT_TRUE(comes_true(is_ready, 20s)) << ask("/ready");
  auto counted = call(early_options(is_counted, cast_of_day::wants_to_be_counted));
  wait_until_it_talks(counted);
  w.on_loop([&] { counted.caller->hang_up(); });
  EXPECT_EQ(mistakes_but({}, counted.report.get()), "");
  redis.pause();
  turn_away(is_not_counted, cast_of_day::wants_to_be_counted);
  turn_away(is_not_known, "nobody");
  redis.resume();
  EXPECT_TRUE(comes_true(is_ready, 20s)) << ask("/ready");
  (void)priced_records(3);
  close_page();
  restart_with("");
  EXPECT_TRUE(w.gateway().wait_until_healthy());
}

void Books::early_hours() {
  if (is_long_) live_with_redis();
  auto one = call(early_options(stays)), another = call(early_options(leaves));
  wait_until_it_talks(one);
  wait_until_it_talks(another);
  close_page();
  auto lost = lose_a_call();
  restart_with("MAX_CALLS=2\nMAX_MEMORY_MB=1\n");
  wait_until_they_talk({one.sid, another.sid});
  turn_away(finds_it_full);
  w.on_loop([&] { another.caller->hang_up(); });
  EXPECT_EQ(mistakes_but({}, another.report.get()), "");
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_calls_live", 1));
  turn_away(finds_it_short);
  w.gateway().signal(SIGTERM);
  EXPECT_TRUE(w.gateway().log_says("Draining"));
  turn_away(finds_it_stopping);
  if (lost) {
    EXPECT_EQ(mistakes_but("stream_refused", lost->report.get()), "");
  }
  (void)priced_records(early_calls() - 1);  // all but who stays
  close_page();
  restart_with("");
  wait_until_they_talk({one.sid});
  w.on_loop([&] { one.caller->hang_up(); });
  EXPECT_EQ(mistakes_but({}, one.report.get()), "");
}

void Books::expect_early_hours(const std::vector<model::call_record>& all) {
  const auto rows = outcomes_of_early_calls(is_long_);
  EXPECT_EQ(rows.size(), early_calls());
  for (const auto& [call, reason, lives] : rows) {
    const auto* const record = record_of(call, all);
    ASSERT_NE(record, nullptr) << call;
    EXPECT_EQ(record->reason, reason) << to_json(*record);
    EXPECT_EQ(record->streams.size(), lives) << to_json(*record);
    EXPECT_EQ(record->conversations.size(), lives) << to_json(*record);
  }
}

}  // namespace tonris::e2e
