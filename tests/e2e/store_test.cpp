// A gateway's DATA_DIR is its own.
#include <gtest/gtest.h>

#include <thread>

#include "tests/e2e/exact_call.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/places.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

std::map<std::string, std::string> settings_with(const std::string& data_dir) {
  return {{"TWILIO_ACCOUNT_SID", account_sid},
          {"TWILIO_AUTH_TOKEN", auth_token},
          {"ELEVENLABS_API_KEY", api_key},
          {"DATA_DIR", data_dir}};
}

TEST(DataDir, IsRefusedToASecondGatewayAndTheFirstGoesOn) {
  world w([](const std::string&, std::uint64_t) { return std::optional{exact_agent()}; });
  say_ids(w);
  auto& first = w.start_gateway();
  exact_call call(7, 200);
  auto options = options_of(w, call);
  options.hang_up_after_last_word = 1s;
  call.report = w.place(options, call.says, call.hears);
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().of_call(sid_of(7)) != nullptr; }, 20s));

  gateway_process second(settings_with(first.data_dir()), one_tenant());
  EXPECT_EQ(second.wait_for_end(), 2);
  EXPECT_EQ(second.log(),
            "tonris: DATA_DIR " + first.data_dir() + " is another gateway's, which runs: each needs one of its own\n");

  expect_exact(w, call);
  EXPECT_TRUE(has(w.record(sid_of(7)), R"("endReason":"caller_hung_up")"));
}

TEST(DataDir, IsReadByTonrisctlBesideTheGatewayThatRuns) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  auto& gateway = w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 1s;
  const auto report = w.call(options);
  const auto why_it_ended = [&] {
    return shell(test::programs() + "/tonrisctl why " + report.call_sid + " --data-dir " + gateway.data_dir());
  };
  auto why = why_it_ended();  // the store may lag: it writes a few times a second
  for (int i = 0; i < 200 && !has(why.said, "caller_hung_up"); ++i) {
    std::this_thread::sleep_for(50ms);
    why = why_it_ended();
  }
  EXPECT_EQ(why.status, 0) << why.said;
  EXPECT_TRUE(has(why.said, "caller_hung_up")) << why.said;
  const auto calls = shell(test::programs() + "/tonrisctl calls --data-dir " + gateway.data_dir());
  EXPECT_EQ(calls.status, 0) << calls.said;
  EXPECT_TRUE(has(calls.said, report.call_sid)) << calls.said;
  EXPECT_TRUE(gateway.running());
}

TEST(DataDir, IsFreeAgainAfterAKillAndAfterAnOrderlyEnd) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  auto& gateway = w.start_gateway();
  gateway.kill();
  gateway.start_again();
  EXPECT_EQ(gateway.stop(), 0);
  gateway.start_again();
  EXPECT_TRUE(gateway.running());
}

}  // namespace
}  // namespace tonris::e2e
