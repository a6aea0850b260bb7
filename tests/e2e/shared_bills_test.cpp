// What the vendors list of a day where gateways share one Redis, by the real gateways: one reads it, the next does
// where that one is killed over it, and both answer the same of it, once.
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <thread>

#include "actors/store/drift_database.hpp"
#include "actors/store/private_database.hpp"
#include "model/usage_report/local_day.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

class SharedBills : public testing::Test {
 protected:
  /// A gateway that was there every day, and has kept all before the last that is due.
  struct node {
    explicit node(sys_days due) {
      (void)actors::make_data_dir(folder.data());
      auto kept = actors::drift_database::open(folder.data());
      for (auto day = due - days{20}; day < due; day += days{1}) EXPECT_TRUE(kept && kept->keep({day}));
    }
    std::string ask(const std::string& path) {
      const auto answer =
          raw_exchange(w.gateway().port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                                               admin_token + "\r\nConnection: close\r\n\r\n");
      const auto body = answer.find("\r\n\r\n");
      return body == std::string::npos ? answer : answer.substr(body + 4);
    }
    double looks(const std::string& outcome) {
      return w.gateway().metric("tonris_cost_drift_looks_total{outcome=\"" + outcome + "\"}");
    }
    std::uint64_t questions_to_twilio() {
      return w.on_loop([&] { return w.twilio().requests(); });
    }

    actors::test::a_directory folder;
    world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
  };
  void start(node& which) {
    which.w.start_gateway(one_tenant(),
                          {{"REDIS_URL", redis.url()}, {"DATA_DIR", which.folder.data()}, {"DRIFT_ROUND", "1"}});
  }
  static bool comes_to(const std::function<bool()>& what, std::chrono::seconds within = 15s) {
    const auto until = std::chrono::steady_clock::now() + within;
    for (; !what(); std::this_thread::sleep_for(50ms))
      if (std::chrono::steady_clock::now() > until) return false;
    return true;
  }
  /// A call of the day that no gateway has had: its number's fallback took it.
  void book_a_call(node& at) const {
    at.w.on_loop([&] {
      auto& book = at.w.book();
      const std::string sid = "CA000000000000000000000000000000f1";
      const auto began = due + 11h;
      book.become({.now = [=] { return sim::booked_call::time{began}; }});
      sim::booked_call call;
      call.sid = sid;
      call.account = account_sid;
      call.from = "+15550100001";
      call.to = "+15550100002";
      book.open(std::move(call));
      book.answer(sid);
      book.become({.now = [=] { return sim::booked_call::time{began + 61s}; }});
      book.end(sid, "completed");
      book.become({});
    });
  }

  /// The last day that is over for 25 hours.
  const sys_days due = std::chrono::floor<days>(std::chrono::system_clock::now() - 25h) - days{1};
  const std::string date = to_string(model::local_day{std::chrono::local_days{due.time_since_epoch()}});
  const std::string drift = "/api/usage/drift?from=" + date + "&to=" + date;
  net::test::redis_server redis;
  node one{due}, two{due};
};

TEST_F(SharedBills, AreReadByAnotherGatewayWhereTheFirstIsKilledOverThem) {
  book_a_call(two);
  one.w.on_loop([&] { one.w.twilio().fail_next(std::deque<unsigned>(10'000, 500)); });
  start(one);
  const std::string holder = "{tonris}:bills_by:" + date;
  ASSERT_TRUE(comes_to([&] { return one.questions_to_twilio() > 0; })) << one.w.gateway().log();
  EXPECT_EQ(redis.say({"EXISTS", holder}), "1");
  start(two);
  ASSERT_TRUE(comes_to([&] { return two.looks("elsewhere") >= 2; })) << two.w.gateway().log();
  EXPECT_EQ(two.questions_to_twilio(), 0u) << "one of them asks";
  EXPECT_FALSE(has(two.ask(drift), "\"day\":")) << two.ask(drift);

  one.w.gateway().kill();
  ASSERT_TRUE(comes_to([&] { return has(two.ask(drift), R"("listsRead":{"twilio":"all","elevenLabs":"all"})"); }, 25s))
      << two.ask(drift);
  const auto read = two.ask(drift);
  EXPECT_TRUE(has(read, R"("onlyTheirs":{"count":1,"seconds":61,"amount":0.017,"calls":[]})")) << read;
  EXPECT_EQ(redis.say({"EXISTS", holder}), "0");

  const auto asked = one.questions_to_twilio();
  one.w.gateway().start_again();
  EXPECT_TRUE(comes_to([&] { return one.ask(drift) == read; })) << one.ask(drift);
  EXPECT_EQ(one.questions_to_twilio(), asked) << "it need not";
  EXPECT_EQ(two.ask(drift), read);
}

}  // namespace
}  // namespace tonris::e2e
