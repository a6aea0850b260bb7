#include "tools/sim/twilio/recordings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string account = "AC1", call = "CA1";

class SimRecordings : public testing::Test {
 protected:
  SimRecordings() {
    recordings.tell_by([this](const std::string& url, const model::form& fields) {
      told.push_back(url + " " + std::string{model::field(fields, "RecordingStatus")});
    });
  }
  net::http_response ask(const std::string& method, const std::string& path, const std::string& form = {},
                         const std::string& as = account) {
    net::http_request request;
    request.method = method;
    if (!form.empty()) request.fields.set("Content-Type", "application/x-www-form-urlencoded");
    request.body = form;
    return recordings.answer(request, as, path).value_or(net::http_response{});
  }
  net::http_response begin(const std::string& more = "") {
    return ask("POST", "/Calls/CA1/Recordings.json",
               "RecordingStatusCallback=https%3A%2F%2Fgw.example%2F&RecordingStatusCallbackEvent=in-progress"
               "&RecordingStatusCallbackEvent=completed" +
                   more);
  }
  net::http_response change(const std::string& sid, const std::string& form) {
    return ask("POST", "/Calls/CA1/Recordings/" + sid + ".json", form);
  }

  violation_log violations;
  twilio_recordings recordings{violations};
  std::vector<std::string> told;
};

const std::string first = "RE00000000000000000000000000000001";

TEST_F(SimRecordings, GoFromTheirBeginToTheirEnd) {
  const auto made = begin("&RecordingChannels=dual");
  EXPECT_EQ(made.status, 201u);
  EXPECT_THAT(made.body,
              HasSubstr(R"("sid":")" + first + R"(","account_sid":"AC1","call_sid":"CA1","status":"in-progress")"));
  EXPECT_THAT(change("Twilio.CURRENT", "Status=paused&PauseBehavior=skip").body, HasSubstr(R"("status":"paused")"));
  EXPECT_THAT(change(first, "Status=in-progress").body, HasSubstr("in-progress"));
  EXPECT_EQ(change(first, "Status=stopped").status, 200u);
  EXPECT_THAT(ask("GET", "/Calls/CA1/Recordings.json").body, HasSubstr(R"("status":"completed")"));
  EXPECT_EQ(change(first, "Status=paused").status, 400u) << "it is over";
  EXPECT_EQ(change("Twilio.CURRENT", "Status=paused").status, 404u);
  EXPECT_THAT(told, ElementsAre("https://gw.example/ in-progress", "https://gw.example/ completed"));
  EXPECT_TRUE(violations.empty());
}

TEST_F(SimRecordings, AreAsStrictAsTwilio) {
  EXPECT_EQ(begin("&RecordingChannels=stereo").status, 400u);
  EXPECT_EQ(ask("POST", "/Calls/CA1/Recordings.json").status, 400u) << "no form";
  EXPECT_EQ(ask("POST", "/Calls/CA1/Recordings.json", "RecordingStatusCallback=gw").status, 400u);
  EXPECT_EQ(ask("DELETE", "/Calls/CA1/Recordings.json").status, 405u);
  for (const auto* events : {"in-progress%20completed", "in-progress+completed", "finished", ""})
    EXPECT_THAT(begin(std::string{"&RecordingStatusCallbackEvent="} + events).body, HasSubstr("21626")) << events;
  EXPECT_THAT(recordings.all(), IsEmpty());
  ASSERT_EQ(begin().status, 201u);
  EXPECT_EQ(change(first, "Status=gone").status, 400u);
  EXPECT_EQ(change(first, "Status=stopped&PauseBehavior=skip").status, 400u);
  EXPECT_EQ(ask("DELETE", "/Recordings/" + first + ".json").status, 400u) << "it goes on";
  EXPECT_EQ(ask("GET", "/Recordings/" + first + ".json", {}, "AC2").status, 404u) << "another's";
  EXPECT_TRUE(violations.empty());
  begin("&Recording=yes");
  EXPECT_EQ(violations.count("unknown_field"), 1u);
  EXPECT_EQ(violations.count("second_recording"), 1u);
  recordings.call_is_over(call);
  EXPECT_THAT(begin().body, HasSubstr("21220"));
}

TEST_F(SimRecordings, AreToldOfOnceTheyAreCompletedWhereNothingElseIsAsked) {
  ASSERT_EQ(ask("POST", "/Calls/CA1/Recordings.json", "RecordingStatusCallback=https%3A%2F%2Fgw.example%2F").status,
            201u);
  recordings.call_is_over(call);
  EXPECT_THAT(told, ElementsAre("https://gw.example/ completed"));
}

TEST_F(SimRecordings, ArePricedBehindTheirCompletion) {
  recordings.there_after({});
  recordings.rate_by([](const auto& one) {
    return one.call == "CA2" ? std::nullopt
                             : std::optional{std::chrono::milliseconds{one.call == call ? 0 : 3'600'000}};
  });
  const std::string sid = "RE00000000000000000000000000000009";
  recordings.add_message(account, call, sid, std::chrono::seconds{61});
  const auto priced = ask("GET", "/Recordings/" + sid + ".json").body;
  EXPECT_THAT(priced, HasSubstr(R"("source":"RecordVerb","duration":"61","price":"-0.00500","price_unit":"USD")"));
  for (const auto* later : {"CA2", "CA3"}) {
    recordings.add_message(account, later, std::string{"RE"} + later, std::chrono::seconds{1});
    EXPECT_THAT(ask("GET", std::string{"/Recordings/RE"} + later + ".json").body,
                HasSubstr(R"("price":null,"price_unit":null)"));
  }
  begin();
  EXPECT_THAT(ask("GET", "/Recordings/" + first + ".json").body, HasSubstr(R"("duration":null,"price":null)"));
  recordings.call_is_over(call);
  EXPECT_THAT(ask("GET", "/Recordings/" + first + ".json").body, HasSubstr(R"("duration":"1","price":"-0.00250")"));
}

TEST_F(SimRecordings, AreThereAWhileLaterAndGoOnce) {
  begin();
  EXPECT_EQ(ask("GET", "/Recordings/" + first + ".json").status, 200u) << "while it goes on";
  recordings.call_is_over(call);
  EXPECT_EQ(ask("GET", "/Recordings/" + first + ".json").status, 404u);
  EXPECT_EQ(ask("DELETE", "/Recordings/" + first + ".json").status, 404u);
  EXPECT_EQ(recordings.all().size(), 1u) << "it was not deleted";
  recordings.there_after({});
  EXPECT_EQ(ask("GET", "/Recordings/" + first + ".json").status, 200u);
  EXPECT_EQ(ask("DELETE", "/Recordings/" + first + ".json").status, 204u);
  EXPECT_EQ(ask("DELETE", "/Recordings/" + first + ".json").status, 404u);
  EXPECT_EQ(ask("GET", "/IncomingPhoneNumbers.json").status, net::http_response{}.status) << "that is another's";
}

}  // namespace
}  // namespace tonris::sim
