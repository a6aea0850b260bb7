#include "tests/actors/web/openapi_fixture.hpp"

#include <cstddef>
#include <string>

#include "actors/web/call_watchers.hpp"
#include "model/call/timeline.hpp"

namespace tonris::actors::test {

using model::scope;
using testing::HasSubstr;
using namespace std::chrono_literals;

// NOLINTNEXTLINE(readability-function-cognitive-complexity): a table
std::vector<operation_asked> OpenApi::of_calls() {
  return {
      {"GET /api/calls",
       [](OpenApi& me) {
         me.talk();
         me.stored->ended = {ended_record()};
         const auto got = me.expect(200);
         EXPECT_THAT(got.body, HasSubstr(R"("state":"talking")"));
         EXPECT_THAT(got.body, HasSubstr(R"("troubled":"slow_agent")"));
         EXPECT_THAT(me.expect(200, {.query = "?limit=1"}).body, HasSubstr("nextCursor"));
         me.expect(400, {.query = "?limit=0&colour=red"});
         me.expect(404, {.query = "?tenant=b", .shown = me.make_key("salon-1", {scope::read})});
       }},
      {"GET /api/calls/export",
       [](OpenApi& me) {
         me.stored->ended = {ended_record()};
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"("callSid":"CA1")"));
         EXPECT_THAT(me.expect(200, {.query = "?format=csv"}).body, HasSubstr("\r\nCA1,"));
         me.expect(400, {.query = "?limit=5"});
         me.expect(404, {.query = "?tenant=b", .shown = me.make_key("salon-1", {scope::read})});
       }},
      {"GET /api/calls/events",
       [](OpenApi& me) {
         me.talk();
         EXPECT_THAT(me.expect(200).body, HasSubstr("event: snapshot"));
         const auto client = me.streams.back();
         EXPECT_EQ(me.api("POST", "/api/calls/" + some_call.value + "/hangup", "admin").status, 202u);
         me.pass(call_watchers_settings::pause);
         me.pass(call_watchers_settings::beat);
         const auto later = answer_on(*client);
         EXPECT_THAT(later.body, HasSubstr("event: ended"));
         me.check(200, later);
         me.expect(200, {.fields = "Last-Event-ID: 99999999\r\n"});
         me.expect(400, {.query = "?x=1"});
         me.expect(200, {.query = "?tenant=salon-1"});
         me.expect(404, {.query = "?tenant=nosuch"});
         for (std::size_t n = 0; n < call_watchers_settings::most; ++n) (void)me.send({});
         EXPECT_THAT(me.expect(503).body, HasSubstr("too many"));
         me.service->cut_connections();
         me.settle();
       }},
      {"GET /api/calls/{CallSid}/events",
       [](OpenApi& me) {
         me.talk();
         EXPECT_THAT(me.expect(200).body, HasSubstr("event: snapshot"));
         (void)me.expect(200, {.query = "?levels=1"});
         const auto client = me.streams.back();
         for (int n = 0; n < 10; ++n) me.tick(), me.pass(call_watchers_settings::levels_pause / 2);
         const auto later = answer_on(*client);
         EXPECT_THAT(later.body, HasSubstr("event: levels"));
         me.check(200, later);
         me.expect(400, {.query = "?levels=loud"});
         me.store_record(ended_record());
         me.expect(409, {.in_path = call("CA1")});
         me.store_record("");
         me.nobodys_and_unreadable();
       }},
      {"GET /api/calls/{CallSid}/timeline",
       [](OpenApi& me) {
         me.expect(404);
         me.stored->events = {{some_call, {}, model::call_moment::webhook, "tenant salon-1"},
                              {some_call, {}, model::call_moment::ended, ""}};
         me.expect(200);
         me.store_record(unreadable);
         me.expect(500, {.shown = me.make_key("salon-1", {scope::read}), .in_path = call("CA9")});
       }},
      {"GET /api/calls/{CallSid}/why",
       [](OpenApi& me) {
         me.talk();
         me.expect(200);
         me.nobodys_and_unreadable();
       }},
      {"GET /api/calls/{CallSid}",
       [](OpenApi& me) {
         me.talk();
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"("state":"talking")"));
         me.expect(200, {.shown = me.make_key("salon-1", {scope::read})});
         me.store_record(ended_record());
         EXPECT_THAT(me.expect(200, {.in_path = call("CA1")}).body, HasSubstr("transcriptLeftOut"));
         me.store_record("");
         me.nobodys_and_unreadable();
       }},
      {"DELETE /api/calls/{CallSid}",
       [](OpenApi& me) {
         me.talk();
         me.expect(409);
         me.store_record(ended_record());
         me.expect(204, {.in_path = call("CA1")});
         me.store_record("");
         me.nobodys_and_unreadable();
       }},
      {"POST /api/calls",
       [](OpenApi& me) {
         const auto wanted = [](const std::string& more) {
           return R"({"tenantId":"salon-1","to":"+15550100077")" + more + "}";
         };
         me.expect(403, {.body = wanted("")});
         me.places_calls();
         const twilio_answer placed{201, R"({"sid":"CA00000000000000000000000000000001"})", {}}, lost{0, {}, "lost"};
         me.at_twilio->next = {placed, {400, R"({"code":21211})", {}}, {429, R"({"code":20429})", {}}, lost};
         me.expect(201, {.body = wanted(R"(,"id":"a","variables":{"x":1},"machine":"off","from":"+15550100002")")});
         me.expect(200, {.body = wanted(R"(,"id":"a","variables":{"x":1},"machine":"off","from":"+15550100002")")});
         me.expect(409, {.body = wanted(R"(,"id":"a")")});
         me.expect(502, {.body = wanted("")});
         me.expect(503, {.body = wanted("")});
         EXPECT_EQ(me.send({.body = wanted(R"(,"id":"b")")}).status, 0u);
         const auto looking = me.streams.back();
         me.expect(202, {.body = wanted(R"(,"id":"b")")});
         me.pass(1s);
         me.pass(2s);
         me.check(504, answer_on(*looking));
         me.expect(429, {.body = R"({"tenantId":"salon-1","to":"+15550100078"})"});
         me.expect(400, {.body = R"({"tenantId":"salon-1","to":"me"})"});
         me.expect(404, {.body = R"({"tenantId":"nobody","to":"+15550100077"})"});
         me.stops = true;
         me.expect(503, {.body = wanted("")});
       }},
      {"POST /api/calls/{CallSid}/hangup",
       [](OpenApi& me) {
         me.talk();
         const std::string id = "X-Request-Id: once\r\n", words = R"({"text":"We close in ten minutes."})";
         EXPECT_EQ(me.exchange("POST /api/calls/" + some_call.value + "/say HTTP/1.1\r\nHost: gw\r\n" + id +
                               "Authorization: Bearer admin\r\nContent-Length: " + std::to_string(words.size()) +
                               "\r\n\r\n" + words)
                       .status,
                   202u);
         me.expect(409, {.fields = id});
         me.expect(202);
         me.nobodys_and_unreadable();
       }},
      {"POST /api/calls/{CallSid}/transfer",
       [](OpenApi& me) {
         me.talk();
         me.expect(409, {.body = R"({"to":"+15550100051"})"});
         me.expect(400, {.body = R"({"to":"555"})"});
         me.expect(202, {.body = R"({"to":"+1 555 010 0050"})"});
         me.nobodys_and_unreadable(R"({"to":"+15550100050"})");
       }},
      {"POST /api/calls/{CallSid}/say",
       [](OpenApi& me) {
         me.talk();
         me.expect(202, {.body = R"({"text":"We close in ten minutes."})"});
         me.expect(400, {.body = R"({"text":" "})"});
         me.store_record(ended_record());
         me.expect(409, {.body = R"({"text":"Hello"})", .in_path = call("CA1")});
         me.store_record("");
         me.nobodys_and_unreadable(R"({"text":"Hello"})");
       }},
      {"POST /api/calls/{CallSid}/recording",
       [](OpenApi& me) {
         me.talk();
         me.expect(200, {.body = R"({"action":"start"})"});
         me.expect(200, {.body = R"({"action":"pause"})"});
         me.expect(400, {.body = R"({"action":"sing"})"});
         me.at_recordings->next = {{0, {}, "lost"}};
         me.at_recordings->all.clear();
         me.expect(503, {.body = R"({"action":"start"})"});
         me.expect(409, {.body = R"({"action":"stop"})"});
         me.nobodys_and_unreadable(R"({"action":"start"})");
       }},
      {"POST /api/calls/{CallSid}/note",
       [](OpenApi& me) {
         me.talk();
         me.expect(202, {.body = R"({"text":"Called back."})"});
         me.expect(400, {.body = R"({"words":"Called back."})"});
         me.rings({"CA7"});
         me.expect(409, {.body = R"({"text":"Called back."})", .in_path = call("CA7")});
         me.nobodys_and_unreadable(R"({"text":"Paid."})");
       }},
      {"POST /api/forget",
       [](OpenApi& me) {
         me.stored->with_number = {{"CA1"}, {"CA2"}};
         me.expect(200, {.body = R"({"number":"+45 70 00 00 01"})"});
         me.expect(400, {.body = R"({"number":"me"})"});
       }},
  };
}

}  // namespace tonris::actors::test
