#include "tests/actors/web/openapi_fixture.hpp"

#include <chrono>
#include <string>

#include "actors/web/usage_api.hpp"
#include "model/access/api_key.hpp"

namespace tonris::actors::test {

using model::scope;
using testing::HasSubstr;
using tonris::test::header_in;

// NOLINTNEXTLINE(readability-function-cognitive-complexity): a table
std::vector<operation_asked> OpenApi::of_tenants() {
  const auto change_numbers = [](OpenApi& me) {
    me.expect(200, {.body = R"({"dryRun":true})"});
    me.expect(200, {.body = R"({"number":"+1 555 010 0002"})"});
    me.at_twilio->calls.clear();
    EXPECT_THAT(me.expect(200, {.body = "{}"}).body, HasSubstr("twilio_number_unknown"));
    me.expect(400, {.body = R"({"number":"x"})"});
    me.expect(404, {.body = "{}", .in_path = {{"id", "nobody"}}});
  };
  return {
      {"POST /api/tenants",
       [](OpenApi& me) {
         me.at_twilio->calls["+15551234569"] = {};
         EXPECT_THAT(me.expect(201, {.body = document("c", "+1 (555) 123-4569", R"(,"attach":true)")}).body,
                     HasSubstr(R"("attach":[)"));
         me.expect(201, {.body = document("d", "+15551234570",
                                          R"(,"status":"pending","businessType":"hair salon",)"
                                          R"("secrets":{"elevenLabs":{"apiKey":"sk_1"}})")});
         EXPECT_THAT(me.expect(409, {.body = document("d", "+15551234571")}).head, HasSubstr("\r\nETag: "));
         me.expect(409, {.body = document("e", "+15551234570")});
         me.expect(400, {.body = document("f", "+15551234572", R"(,"settings":{"language":"?","wrong":1})")});
       }},
      {"GET /api/tenants",
       [](OpenApi& me) {
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"({"set":true})"));
         EXPECT_THAT(me.expect(200, {.query = "?limit=1"}).body, HasSubstr("nextCursor"));
         me.expect(400, {.query = "?limit=0"});
       }},
      {"GET /api/tenants/{id}",
       [](OpenApi& me) {
         const auto got = me.expect(200);
         me.expect(304, {.fields = "If-None-Match: " + header_in(got.head, "ETag") + "\r\n"});
         me.expect(400, {.fields = "If-Match: x\r\n"});
         me.expect(404, {.in_path = {{"id", "nobody"}}});
         me.expect(200, {.shown = me.make_key("salon-1", {scope::read})});
       }},
      {"PUT /api/tenants/{id}",
       [](OpenApi& me) {
         const std::string only_new = "If-None-Match: *\r\n";
         me.expect(200, {.body = document("salon-1", own_number, R"(,"settings":{"language":"da"})")});
         me.expect(201, {.body = document("c", "+15551234569"), .fields = only_new, .in_path = {{"id", "c"}}});
         me.expect(400, {.body = document("other", own_number)});
         me.expect(404, {.body = document("nobody", "+15551234570"), .in_path = {{"id", "nobody"}}});
         me.expect(409, {.body = document("salon-1", "+15551234568")});
         me.expect(412, {.body = document("salon-1", own_number), .fields = only_new});
         me.expect(403,
                   {.body = document("salon-1", "+15551234571"), .shown = me.make_key("salon-1", {scope::settings})});
       }},
      {"PATCH /api/tenants/{id}",
       [](OpenApi& me) {
         me.expect(200, {.body = R"({"settings":{"greeting":"Hi","language":null}})"});
         me.expect(200,
                   {.body = R"({"settings":{"greeting":"Hi"}})", .shown = me.make_key("salon-1", {scope::settings})});
         me.expect(400, {.body = R"({"settings":{"language":"?"}})"});
         me.expect(404, {.body = "{}", .in_path = {{"id", "nobody"}}});
         me.expect(409, {.body = R"({"status":"pending"})"});
         me.expect(412, {.body = R"({"name":"Late"})", .fields = "If-Match: \"0123\"\r\n"});
       }},
      {"DELETE /api/tenants/{id}",
       [](OpenApi& me) {
         me.expect(400, {.fields = "If-Match: x\r\n"});
         me.expect(412, {.fields = "If-Match: \"0123\"\r\n"});
         me.expect(204);
         me.expect(404);
       }},
      {"POST /api/tenant-store/restore",
       [](OpenApi& me) {
         me.expect(200);
         me.open([](auto& with) { with.mirror = nullptr; });
         me.expect(409);
       }},
      {"POST /api/tenant-store/whole", [](OpenApi& me) { me.expect(204); }},
      {"POST /api/tenant-store/rotate-secrets",
       [](OpenApi& me) {
         me.expect(200);
         me.open([](auto& with) {
           with.seal = std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{});
         });
         me.expect(409);
       }},
      {"GET /api/tenants/{id}/route",
       [](OpenApi& me) {
         me.expect(200);
         me.tenant->blocked_callers = {"+15550107777"};
         replace(me.registry, {*me.tenant});
         EXPECT_THAT(me.expect(200, {.query = "?from=%2B15550107777"}).body, HasSubstr("caller_blocked"));
         me.tenant->blocked_callers.clear();
         me.tenant->caller_rules = {{"vip", {"+15550107777"}, model::tenant::action::transfer, {}, allowed}};
         me.tenant->language = "da";
         replace(me.registry, {*me.tenant});
         EXPECT_THAT(me.expect(200, {.query = "?from=%2B15550107777"}).body, HasSubstr(R"("ruleName":"vip")"));
         me.expect(400, {.query = "?colour=red"});
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"GET /api/tenants/{id}/numbers",
       [](OpenApi& me) {
         me.at_twilio->calls[own_number].application = "AP1";
         EXPECT_THAT(me.expect(200).body, HasSubstr("voiceApplicationSid"));
         me.at_twilio->calls[own_number].application.clear();
         me.at_twilio->calls[own_number].trunk = "TK1";
         EXPECT_THAT(me.expect(200).body, HasSubstr("trunkSid"));
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"POST /api/tenants/{id}/numbers/attach", change_numbers},
      {"POST /api/tenants/{id}/numbers/detach", change_numbers},
      {"GET /api/tenants/{id}/live",
       [](OpenApi& me) {
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"("vendor")"));
         tenant_usage usage;
         usage.vendor_calls = 20;
         const auto& schema = the_file().document()["components"]["schemas"]["Live"];
         EXPECT_EQ(the_file().objection_to_json(schema, to_json(*me.tenant, usage, true)), "");
         me.expect(200, {.shown = me.make_key("salon-1", {scope::read})});
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"GET /api/tenants/{id}/webhooks/deliveries",
       [](OpenApi& me) {
         notice_database::notice one;
         one.id = "msg_1";
         one.to = {"salon-1", "crm"};
         one.event = "call.ended";
         one.call = some_call.value;
         me.deliveries->page = {one};
         one.attempts = 9;
         one.last_attempt = one.dead = one.due = one.queued;
         one.last_status = 503;
         one.last_error = "HTTP 503";
         me.deliveries->page.push_back(one);
         me.expect(200);
         me.deliveries->next = 41;
         EXPECT_THAT(me.expect(200, {.query = "?state=waiting"}).body, HasSubstr("nextCursor"));
         me.expect(400, {.query = "?state=lost"});
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"POST /api/tenants/{id}/webhooks/deliveries/{deliveryId}/redeliver",
       [](OpenApi& me) {
         notice_database::notice one;
         one.id = "msg_1";
         one.event = "call.ended";
         me.deliveries->page = {one};
         me.expect(202);
         EXPECT_THAT(me.expect(404, {.in_path = {{"deliveryId", "msg_9"}}}).body, HasSubstr("\"not_found\""));
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"GET /api/tenants/{id}/keys",
       [](OpenApi& me) {
         (void)me.make_key("salon-1", {scope::read});
         for (auto& [id, key] : me.kept->keys) key.last_used = std::chrono::sys_days{std::chrono::days{20'000}};
         EXPECT_THAT(me.expect(200).body, HasSubstr("lastUsed"));
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"POST /api/tenants/{id}/keys",
       [](OpenApi& me) {
         const std::string wanted = R"({"name":"our CRM","scopes":["read","control"]})";
         me.expect(201, {.body = wanted});
         me.expect(403, {.body = wanted, .shown = me.make_key("salon-1", {scope::settings})});
         me.expect(400, {.body = R"({"name":" ","scopes":[]})"});
         me.expect(404, {.body = wanted, .in_path = {{"id", "nobody"}}});
         while (me.kept->keys.size() < model::max_api_keys_of_a_tenant) (void)me.make_key("salon-1", {scope::read});
         me.expect(409, {.body = wanted});
       }},
      {"DELETE /api/tenants/{id}/keys/{keyId}",
       [](OpenApi& me) {
         const auto key = me.make_key("salon-1", {scope::read});
         me.expect(204, {.in_path = {{"keyId", std::string{*model::api_key_id(key)}}}});
         EXPECT_THAT(me.expect(404).body, HasSubstr("key_not_found"));
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"GET /api/audit",
       [](OpenApi& me) {
         model::audit_entry entry;
         entry.seq = 1;
         entry.who = "operator";
         entry.what = "secrets.rotate";
         me.kept->trail = {entry};
         entry.seq = 2;
         entry.who = "key 0123456789ab";
         entry.what = "tenant.change";
         entry.tenant = {"salon-1"};
         entry.before = R"({"name":"A"})";
         entry.after = R"({"bytes":17000})";
         entry.secrets = R"(["secrets.elevenLabs.apiKey"])";
         me.kept->trail.push_back(entry);
         entry.secrets = R"({"bytes":17000})";
         me.kept->trail.push_back(entry);
         me.expect(200);
         EXPECT_THAT(me.expect(200, {.query = "?limit=1"}).body, HasSubstr("nextCursor"));
         me.expect(400, {.query = "?who=operator"});
       }},

      {"GET /api/webhooks/refused",
       [](OpenApi& me) {
         const auto fields = voice_form();
         me.exchange(post_bytes(voice_path, fields, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "X-Request-Id: edge-1\r\n"));
         me.exchange(upgrade_bytes("/media-stream/ticket-9", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="));
         const auto got = me.expect(200);
         EXPECT_THAT(got.body, HasSubstr(R"("requestId":"edge-1")"));
         EXPECT_THAT(got.body, HasSubstr(R"("route":"media_stream")"));
         me.expect(400, {.query = "?since=yesterday&colour=red"});
       }},
  };
}

}  // namespace tonris::actors::test
