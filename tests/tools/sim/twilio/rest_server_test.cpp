#include "tools/sim/twilio/rest_server.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_client.hpp"
#include "net/run_on.hpp"

namespace tonris::sim {
namespace {

using testing::HasSubstr;

const std::string account = "AC00000000000000000000000000000001", number = "+15550100002";

class SimTwilioRest : public testing::Test {
 protected:
  SimTwilioRest() {
    loop.start();
    net::run_on(loop, [&] {
      twilio_rest_options options;
      options.accounts = {{account, "token"}};
      server = twilio_rest_server::listen(loop, options).value();
      server->add(account, number);
      client = net::http_client::make(loop, nullptr);
    });
  }
  ~SimTwilioRest() override {
    net::run_on(loop, [&] {
      client.reset();
      server.reset();
    });
    loop.stop();
  }
  net::http_response ask(const std::string& target, const std::string& form = {}, const std::string& token = "token") {
    net::http_request request;
    request.method = form.empty() ? "GET" : "POST";
    request.fields.set("Authorization", model::twilio::basic_authorization({account}, token));
    if (!form.empty()) request.fields.set("Content-Type", "application/x-www-form-urlencoded");
    request.body = form;
    std::promise<net::http_response> came;
    loop.post([&] {
      client->request(server->base_url() + target, std::move(request), std::chrono::seconds{5},
                      [&](net::result<net::http_response> got) {
                        came.set_value(got.value_or(net::http_response{0, {}, {}}));
                      });
    });
    return came.get_future().get();
  }
  net::http_response list(const std::string& more) {
    return ask("/2010-04-01/Accounts/" + account + "/IncomingPhoneNumbers.json?" + more);
  }
  net::http_response update(const std::string& form) {
    return ask("/2010-04-01/Accounts/" + account + "/IncomingPhoneNumbers/PN00000000000000000000000000000001.json",
               form);
  }

  net::loop loop{"sim"};
  std::unique_ptr<twilio_rest_server> server;
  std::unique_ptr<net::http_client> client;
};

TEST_F(SimTwilioRest, ListsInPagesWhatIsLikeThePattern) {
  net::run_on(loop, [&] {
    server->add(account, "+15550100003");
    server->add(account, "+4420000000");
    server->add("AC00000000000000000000000000000002", "+15550100004");
  });
  const auto first = list("PhoneNumber=%2B1555&PageSize=1");
  EXPECT_THAT(first.body, HasSubstr(R"("phone_number":"+15550100002")"));
  const auto page = model::twilio::decode_number_page(first.body);
  ASSERT_TRUE(page);
  const auto second = model::twilio::decode_number_page(ask(page->next).body);
  ASSERT_TRUE(second);
  ASSERT_EQ(second->numbers.size(), 1U);
  EXPECT_EQ(second->numbers[0].number, "+15550100003");
  EXPECT_EQ(second->next, "");
}

TEST_F(SimTwilioRest, IsAsStrictAsTwilio) {
  EXPECT_EQ(ask("/2010-04-01/Accounts/" + account + "/IncomingPhoneNumbers.json", {}, "wrong").status, 401U);
  EXPECT_THAT(ask("/2010-04-01/Accounts/" + account + "/IncomingPhoneNumbers/PN1.json", "VoiceUrl=").body,
              HasSubstr("20404"));
  EXPECT_THAT(update("VoiceFallbackUrl=https%3A%2F%2Fa.example%2F").body, HasSubstr("21405"));
  EXPECT_EQ(update("VoiceUrl=nothing").status, 400U);
  EXPECT_EQ(update("VoiceUrl=https%3A%2F%2Fa.example%2F&VoiceMethod=PUT").status, 400U);
  EXPECT_EQ(update("TrunkSid=x").status, 400U);
  EXPECT_EQ(net::run_on(loop, [&] { return server->updates(); }), 0U);
  EXPECT_EQ(update("VoiceUrl=https%3A%2F%2Fa.example%2F").status, 200U);
  EXPECT_EQ(net::run_on(loop, [&] { return server->calls_of(number)->voice.url; }), "https://a.example/");
  EXPECT_TRUE(net::run_on(loop, [&] { return server->violations().empty(); }));
  EXPECT_EQ(update("VoiceURL=https%3A%2F%2Fb.example%2F").status, 200U);
  EXPECT_EQ(net::run_on(loop, [&] { return server->violations().count("unknown_field"); }), 1U);
}

TEST_F(SimTwilioRest, DeletesTheTrunkByAnApplicationAndTheApplicationByATrunk) {
  const auto application = "AP" + std::string(32, '1'), trunk = "TK" + std::string(32, '2');
  const auto is = [&](const std::string& set, const std::string& wanted_application, const std::string& wanted_trunk) {
    EXPECT_EQ(update(set).status, 200U);
    const auto now = net::run_on(loop, [&] { return *server->calls_of(number); });
    EXPECT_EQ(now.application, wanted_application) << set;
    EXPECT_EQ(now.trunk, wanted_trunk) << set;
  };
  is("TrunkSid=" + trunk, "", trunk);
  is("VoiceApplicationSid=" + application, application, "");
  is("TrunkSid=", application, "");
  is("TrunkSid=" + trunk, "", trunk);
  is("VoiceApplicationSid=", "", trunk);
}

TEST_F(SimTwilioRest, FailsWhenItIsToldTo) {
  net::run_on(loop, [&] { server->fail_next({429}); });
  const auto busy = list("PhoneNumber=x");
  EXPECT_EQ(busy.status, 429U);
  EXPECT_EQ(busy.fields.get("Retry-After"), "1");
  EXPECT_EQ(list("PhoneNumber=x").status, 200U);
}

}  // namespace
}  // namespace tonris::sim
