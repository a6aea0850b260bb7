#include "tools/sim/twilio/rest_server.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/money/twilio_call_list.hpp"
#include "model/money/twilio_price.hpp"
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
      options.calls = calls;
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
  std::shared_ptr<call_book> calls = std::make_shared<call_book>();
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

TEST_F(SimTwilioRest, TakesBackACallThatRingsOnce) {
  std::unique_ptr<placed_calls> phones;
  net::run_on(loop, [&] {
    placed_calls::options how;
    how.book = calls;
    how.phone = [](const call_order&) {
      pick_up one;
      one.rings = std::chrono::hours{1};
      return one;
    };
    phones = std::make_unique<placed_calls>(loop, *client, nullptr, how);
    server->ring_at(*phones);
  });
  const auto all = "/2010-04-01/Accounts/" + account + "/Calls";
  const auto placed = ask(all + ".json", "To=%2B15550109999&From=%2B15550100002&Url=http%3A%2F%2F127.0.0.1%3A1%2F");
  ASSERT_EQ(placed.status, 201U) << placed.body;
  const auto one = all + "/" + net::run_on(loop, [&] { return phones->all().at(0).sid; }) + ".json";
  EXPECT_EQ(ask(one, "Status=busy").status, 400U);
  EXPECT_EQ(ask(all + "/CA00000000000000000000000000000099.json", "Status=canceled").status, 404U);
  EXPECT_THAT(ask(one).body, HasSubstr(R"("status":"ringing")"));
  EXPECT_THAT(ask(one, "Status=canceled").body, HasSubstr(R"("status":"canceled")"));
  EXPECT_THAT(ask(one, "Status=canceled").body, HasSubstr("21220"));
  EXPECT_TRUE(net::run_on(loop, [&] { return phones->all().at(0).final_status; }) == "canceled");
  net::run_on(loop, [&] { phones.reset(); });
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

std::string sid_of(int n) {
  auto digits = std::to_string(n);
  digits.insert(0, 32 - digits.size(), '0');
  return "CA" + digits;
}

class SimTwilioCalls : public SimTwilioRest {
 protected:
  SimTwilioCalls() {
    in_book([&](call_book& book) {
      for (int n = 1; n <= 5; ++n) book.open({sid_of(n), account, n % 2 ? "+15550100001" : "+4420000000", number});
      book.open({sid_of(9), "AC00000000000000000000000000000002", "+15550100001", number});
      for (int n = 1; n <= 3; ++n) book.answer(sid_of(n));
      book.end(sid_of(1), "completed");
      book.end(sid_of(4), "busy");
    });
  }
  template <class Work>
  void in_book(Work work) {
    net::run_on(loop, [&] { work(*calls); });
  }
  net::http_response calls_like(const std::string& query) {
    return ask("/2010-04-01/Accounts/" + account + "/Calls.json?" + query);
  }
  /// Of a list that is read page by page: the last digits of the SIDs.
  std::string read(const std::string& query) {
    std::string all;
    auto page = calls_like(query);
    for (int pages = 0; pages < 9; ++pages) {
      EXPECT_EQ(page.status, 200U) << page.body;
      for (auto at = page.body.find(R"("sid":"CA)"); at != std::string::npos;
           at = page.body.find(R"("sid":"CA)", at + 1))
        all += page.body[at + 40];
      const auto next = page.body.find(R"("next_page_uri":")");
      if (next == std::string::npos) return all;
      all += '|';
      page = ask(page.body.substr(next + 17, page.body.find('"', next + 17) - next - 17));
    }
    return all;
  }
};

TEST_F(SimTwilioCalls, TellsOneCallAsTwilioDoes) {
  const auto path = "/2010-04-01/Accounts/" + account + "/Calls/";
  const auto over = ask(path + sid_of(1) + ".json").body;
  for (const auto* part :
       {R"("status":"completed")", R"("duration":"0")", R"("price":"-0.00850")", R"("price_unit":"USD")",
        R"("direction":"inbound")", R"("to_formatted":"(555) 010-0002")", R"("parent_call_sid":null)"})
    EXPECT_THAT(over, HasSubstr(part));
  EXPECT_TRUE(model::parse_twilio_call_price(over)->cost);
  const auto live = ask(path + sid_of(2) + ".json").body;
  for (const auto* part : {R"("status":"in-progress")", R"("duration":null)", R"("price":null)", R"("end_time":null)"})
    EXPECT_THAT(live, HasSubstr(part));
  const auto refused = ask(path + sid_of(4) + ".json").body;
  for (const auto* part : {R"("status":"busy")", R"("duration":null)", R"("price":null)"})
    EXPECT_THAT(refused, HasSubstr(part));
  EXPECT_THAT(ask(path + sid_of(8) + ".json").body, HasSubstr("20404"));
  EXPECT_EQ(ask(path + sid_of(9) + ".json").status, 404U) << "another account's";
  const auto not_his = ask(path + sid_of(1) + ".json", {}, "wrong");
  EXPECT_EQ(not_his.status, 401U);
  EXPECT_THAT(not_his.body, HasSubstr(R"("code":20003)"));
}

TEST_F(SimTwilioCalls, ListsTheNewestFirstInPagesThatStayWhereTheyAre) {
  EXPECT_EQ(read(""), "54321");
  EXPECT_EQ(read("PageSize=2"), "54|32|1");
  EXPECT_EQ(read("Status=in-progress"), "32");
  EXPECT_EQ(read("From=%2B4420000000&To=%2B15550100002"), "42");
  EXPECT_EQ(read("Status=queued"), "");
  EXPECT_EQ(read("StartTime%3E=2020-01-01&StartTime%3C=2100-01-01T00%3A00%3A00Z"), "54321");
  EXPECT_EQ(read("StartTime=2020-01-01"), "");
  for (const auto* wrong : {"Status=initiated", "StartTime=yesterday", "PageSize=0", "Page=1", "PageToken=x"})
    EXPECT_EQ(calls_like(wrong).status, 400U) << wrong;
  EXPECT_TRUE(net::run_on(loop, [&] { return server->violations().empty(); }));
  EXPECT_EQ(read("from=x"), "54321");
  EXPECT_EQ(net::run_on(loop, [&] { return server->violations().count("unknown_parameter"); }), 1U);
}

/// As the gateway asks for it, and reads it.
TEST_F(SimTwilioCalls, ListsADayAsItsBillIsRead) {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  in_book([&](call_book& book) {
    for (int n = 0; n < 400; ++n) book.open({sid_of(1000 + n), account, "+15550100001", number});
  });
  std::vector<std::size_t> pages;
  std::vector<model::twilio_listed_call> all;
  for (auto target = model::twilio_day_target({account}, today); !target.empty() && pages.size() < 9;) {
    const auto page = model::parse_twilio_call_page(ask(target).body, {account});
    ASSERT_TRUE(page);
    pages.push_back(page->calls.size());
    all.insert(all.end(), page->calls.begin(), page->calls.end());
    target = page->next;
  }
  EXPECT_EQ(pages, (std::vector<std::size_t>{300, 105}));
  const auto of = [&](int n) {
    return *std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.call.value == sid_of(n); });
  };
  EXPECT_EQ(of(1).number, number);
  EXPECT_EQ(of(1).cost, (model::money{8'500, model::us_dollars}));
  EXPECT_TRUE(of(1).is_billed());
  EXPECT_EQ(of(2).cost, std::nullopt) << "null is not 0";
  EXPECT_FALSE(of(4).is_billed()) << "busy";
  const auto before = model::parse_twilio_call_page(
      ask(model::twilio_day_target({account}, today - std::chrono::days{2})).body, {account});
  ASSERT_TRUE(before);
  EXPECT_TRUE(before->calls.empty());
  EXPECT_TRUE(net::run_on(loop, [&] { return server->violations().empty(); }));
}

}  // namespace
}  // namespace tonris::sim
