#include <gtest/gtest.h>

#include <string>

#include "model/twilio/connection_overrides.hpp"
#include "model/twilio/twiml.hpp"
#include "tools/sim/twilio/connection_overrides.hpp"
#include "tools/sim/twilio/twiml_document.hpp"

namespace tonris::sim::twiml {
namespace {

namespace ours = model::twiml;

std::string asked_again(const std::string& url) {
  return url + std::string{ours::connection_overrides};
}

document strictly(const std::string& xml) {
  auto read_back = read(xml, "https://gw.example.com/webhook");
  for (const auto& f : read_back.faults) ADD_FAILURE() << f.rule << ": " << f.detail << '\n' << xml;
  return read_back;
}

TEST(SimTwimlOfTheGateway, TransfersAsTwilioReadsIt) {
  const auto doc = strictly(ours::say_and_dial({.say = "One moment.",
                                                .language = "en-GB",
                                                .number = "+15557654321",
                                                .caller_id = "+15551234567",
                                                .action = "https://gw.example.com/after"}));
  ASSERT_EQ(doc.verbs.size(), 2u);
  EXPECT_EQ(std::get<say>(doc.verbs[0]).language, "en-GB");
  const auto& dialled = std::get<dial>(doc.verbs[1]);
  ASSERT_EQ(dialled.numbers.size(), 1u);
  EXPECT_EQ(dialled.numbers[0], "+15557654321");
  EXPECT_EQ(dialled.caller_id, "+15551234567");
  EXPECT_EQ(dialled.timeout, std::chrono::seconds{20});
  ASSERT_TRUE(dialled.then);
  EXPECT_EQ(dialled.then->url, asked_again("https://gw.example.com/after"));
  EXPECT_EQ(dialled.then->method, "POST");
}

TEST(SimTwimlOfTheGateway, TakesAMessageAsTwilioReadsIt) {
  const auto doc = strictly(ours::say_and_record({.say = "After the tone.",
                                                  .language = {},
                                                  .action = "https://gw.example.com/after",
                                                  .status_callback = "https://gw.example.com/recordings"}));
  ASSERT_EQ(doc.verbs.size(), 3u);
  const auto& recorded = std::get<record>(doc.verbs[1]);
  EXPECT_EQ(recorded.then.url, asked_again("https://gw.example.com/after"));
  EXPECT_EQ(recorded.max_length, std::chrono::seconds{120});
  EXPECT_EQ(recorded.recording_status_callback, asked_again("https://gw.example.com/recordings"));
  EXPECT_TRUE(std::holds_alternative<hang_up>(doc.verbs[2]));
}

TEST(SimTwimlOfTheGateway, IsAskedAgainAsOftenAndAsFastAsTwilioCan) {
  std::vector<violation> faults;
  const auto how = overrides_of(ours::connection_overrides, &faults);
  EXPECT_TRUE(faults.empty()) << faults.front().detail;
  EXPECT_EQ(how.retries, 5u);
  EXPECT_TRUE(how.on_connect && how.on_read && how.on_4xx && how.on_5xx);
  EXPECT_EQ(how.total, std::chrono::seconds{15});
  EXPECT_GT(how.read, std::chrono::seconds{3}) << "our own answers take so long at most";
  EXPECT_LT(how.connect + how.read, how.total / 2) << "a second try has its time";
}

TEST(SimTwimlOfTheGateway, WaitsAndRedirectsAsTwilioReadsIt) {
  const auto doc = strictly(ours::redirect("https://gw.example.com/webhook?tries=1", 3));
  ASSERT_EQ(doc.verbs.size(), 2u);
  EXPECT_EQ(std::get<pause>(doc.verbs[0]).length, std::chrono::seconds{3});
  EXPECT_EQ(std::get<redirect>(doc.verbs[1]).to.url, asked_again("https://gw.example.com/webhook?tries=1"));
}

}  // namespace
}  // namespace tonris::sim::twiml
