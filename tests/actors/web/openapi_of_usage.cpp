#include "tests/actors/web/openapi_fixture.hpp"

#include <chrono>
#include <string>

#include "model/call/end_reason.hpp"

namespace tonris::actors::test {

using model::scope;
using testing::HasSubstr;

// NOLINTNEXTLINE(readability-function-cognitive-complexity): a table
std::vector<operation_asked> OpenApi::of_usage() {
  return {
      {"GET /api/usage",
       [](OpenApi& me) {
         call_database::usage_row used;
         used.whose = {{"salon-1"}, std::chrono::system_clock::now(), {"agent_1"}, "old"};
         used.used = {61, 8'500, false, model::end_reason::caller_hung_up};
         me.stored->used = {used, used, used};
         me.expect(200);
         EXPECT_THAT(me.expect(200, {.query = "?by=tenant,day,agent,variant"}).body, HasSubstr(R"("variant":"old")"));
         me.expect(200, {.query = "?by="});
         me.expect(400, {.query = "?by=colour"});
         me.expect(404, {.query = "?tenant=b", .shown = me.make_key("salon-1", {scope::read})});
       }},
      {"GET /api/usage/drift",
       [](OpenApi& me) {
         me.stored->ended = {ended_record()};
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"("onlyOurs":{"count":)"));
         me.expect(400, {.query = "?by=day"});
         me.expect(404, {.query = "?tenant=b", .shown = me.make_key("salon-1", {scope::read})});
       }},
      {"GET /api/usage/variants",
       [](OpenApi& me) {
         const std::string query = "?tenant=salon-1&a=old&b=new";
         call_database::usage_row used;
         const auto judged = [&](const std::string& variant, bool success) {
           used.whose.variant = variant;
           used.used.outcome = model::end_reason::caller_hung_up;
           used.success = success;
           me.stored->used.push_back(used);
         };
         for (int i = 0; i < 10; ++i) judged(i % 2 == 0 ? "old" : "new", i % 2 == 0 || i == 1);
         EXPECT_THAT(me.expect(200, {.query = query}).body, HasSubstr("callsToGo"));
         for (int i = 0; i < 200; ++i) judged(i % 2 == 0 ? "old" : "new", i % 2 == 0);
         EXPECT_THAT(me.expect(200, {.query = query}).body, HasSubstr(R"("better":"old")"));
         me.expect(400);
         me.expect(404, {.query = "?tenant=b&a=old&b=new", .shown = me.make_key("salon-1", {scope::read})});
       }},
  };
}

}  // namespace tonris::actors::test
