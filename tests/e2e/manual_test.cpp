// What the pages about callbacks, tools and webhooks tell to paste, pasted.
#include "tests/e2e/manual.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "model/text/webhook_signature.hpp"
#include "tests/e2e/asking.hpp"
#include "tests/e2e/tenant_server.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/free_port.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

const std::string secret = "wsec_of_the_test";

const std::string always_open =
    R"("businessHours":{"timezone":"UTC","monday":{"open":"00:00","close":"24:00"},)"
    R"("tuesday":{"open":"00:00","close":"24:00"},"wednesday":{"open":"00:00","close":"24:00"},)"
    R"("thursday":{"open":"00:00","close":"24:00"},"friday":{"open":"00:00","close":"24:00"},)"
    R"("saturday":{"open":"00:00","close":"24:00"},"sunday":{"open":"00:00","close":"24:00"}})";

/// What a page promises of its commands, in the page's order.
struct promise {
  std::string page;
  std::string words;                ///< they stand behind the command
  std::vector<std::string> answer;  ///< so it is in what curl prints
};
const std::vector<promise> promises{
    {"docs/tools.md",
     R"(answers `{"open_now":true,"sentence":"We are open now, until 17:00.",…}`)",
     {R"({"open_now":true,"sentence":"We are open now)"}},
    {"docs/WEBHOOK_CONFIGURATION.md",
     R"(answers 200 and
   `"type":"conversation_initiation_client_data"`; without the header, 401)",
     {"HTTP/1.1 200 ", R"("type":"conversation_initiation_client_data")"}},
    {"docs/WEBHOOK_CONFIGURATION.md", "answers JSON", {R"({"open_now":true,)"}},
    {"docs/WEBHOOK_CONFIGURATION.md",
     R"(answers 200 and `{"received":true}`; with another secret, 401)",
     {"HTTP/1.1 200 ", R"({"received":true})"}},
    {"docs/webhooks.md", R"(answers `{"items":[]}` where there are none)", {R"({"items":[]})"}},
    {"docs/api.md", R"(answers `{"items":[]}` where there were none)", {R"({"items":[]})"}},
    {"docs/api.md", "answers 403 `outbound_off` where the tenant does not allow it", {R"("code":"outbound_off")"}},
    {"docs/api.md",
     "answers 404 `call_not_found` where nobody knows that call, else 202",
     {R"("code":"call_not_found")"}},
    {"docs/api.md",
     R"(answers 404 `call_not_found` where nobody knows that call, else `{"callSid","recordingSid","status"}`)",
     {R"("code":"call_not_found")"}},
    {"docs/api.md", R"(answers `{"forgotten":0,"alive":0}` where nothing was kept)", {R"({"forgotten":0,"alive":0})"}},
    {"docs/api.md", R"(answers `{"items":[…],"total":{"calls":0,…}}`)", {R"("items":[)", R"("total":{"calls":0)"}},
    {"docs/api.md",
     R"(answers `{"twilio":[],"elevenLabs":[],"since":"…","days":[…]}` where there were no calls)",
     {R"({"twilio":[],"elevenLabs":[],"since":")", R"("days":[)"}},
    {"docs/api.md", R"(answers `{"items":[]}` where none was refused)", {R"({"items":[]})"}},
};

class Manual : public testing::Test {
 protected:
  gateway_process& start(const std::string& tenants, const std::string& admin_port = {}) {
    std::map<std::string, std::string> settings{{"ELEVENLABS_WEBHOOK_SECRET", secret},
                                                {"SECRETS_KEY", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},
                                                {"TOOL_ALLOWED_HOSTS", "127.0.0.1"}};
    if (!admin_port.empty()) settings.emplace("ADMIN_PORT", admin_port);
    auto& gateway = w.start_gateway(tenants, settings);
    api = admin_port.empty() ? gateway.origin() : "http://127.0.0.1:" + admin_port;
    return gateway;
  }
  std::string pasted(const std::string& command, const std::string& shown_secret = secret,
                     const std::string& token = admin_token) {
    const auto end = paste(command, w.gateway(),
                           {{"ELEVENLABS_WEBHOOK_SECRET", shown_secret}, {"ADMIN_TOKEN", token}, {"TONRIS_API", api}});
    EXPECT_EQ(end.status, 0) << command << "\n" << end.said;
    return end.said;
  }
  std::string change(const std::string& tenant, const std::string& patch) {
    return ask_api(w.gateway(), "PATCH", "/api/tenants/" + tenant, patch);
  }

  world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
  std::string api;  ///< where it is
};

/// With an ADMIN_PORT: what asks the API of another address than the pages call its own is answered 404.
TEST_F(Manual, AnswersEachOfItsCommandsAsThePageSays) {
  start(one_tenant(always_open), std::to_string(test::free_port()));
  std::map<std::string, std::vector<manual_command>> commands;
  for (const auto& p : promises) commands.try_emplace(p.page, curl_commands(p.page));
  std::map<std::string, std::size_t> met;
  for (const auto& p : promises) {
    const auto& all = commands[p.page];
    const auto n = met[p.page]++;
    ASSERT_LT(n, all.size()) << p.page << " has fewer commands than promises here";
    EXPECT_TRUE(has(all[n].behind, p.words)) << p.page << " says something else behind " << all[n].text;
    const auto said = pasted(all[n].text);
    for (const auto& part : p.answer) EXPECT_TRUE(has(said, part)) << all[n].text << "\n" << said;
    EXPECT_TRUE(has(pasted(all[n].text, "another", "another"), R"("code":"unauthorized")"))
        << "whoever shows another secret is told nothing: " << all[n].text;
  }
  for (const auto& [page, all] : commands)
    EXPECT_EQ(met[page], all.size()) << page << " has a command without a promise here";
}

/// The tenant's document of that page, its secret, and what becomes of an event that the server wants no more.
TEST_F(Manual, OfWebhooksTellsHowToBeTold) {
  std::mutex guard;
  std::vector<net::http_request> told;
  tenant_server crm([&](net::http_request request, net::http_responder responder) {
    const std::lock_guard lock{guard};
    told.push_back(std::move(request));
    responder.respond(net::make_response(410, "text/plain", ""));
  });
  start(one_tenant());
  auto document = first_block("docs/webhooks.md", "json");
  const std::string example = "https://crm.example.com";
  ASSERT_TRUE(has(document, example)) << document;
  document.replace(document.find(example), example.size(), crm.address());
  const auto changed = change("salon-1", document);
  ASSERT_TRUE(has(changed, "HTTP/1.1 200 ")) << changed;

  auto options = w.caller();
  options.hang_up_after = 300ms;
  const auto call = w.call(options).call_sid;
  const auto command = curl_commands("docs/webhooks.md").front().text;
  auto said = pasted(command);
  for (int tries = 0; tries < 100 && !has(said, "call.ended"); ++tries) {  // it is written, sent and refused by then
    std::this_thread::sleep_for(50ms);
    said = pasted(command);
  }
  for (const auto* part : {R"("webhook":"crm")", R"("event":"call.started")", R"("event":"call.ended")",
                           R"("state":"dead")", R"("attempts":1)", R"("lastStatus":410)", R"("deadAt":")"})
    EXPECT_TRUE(has(said, part)) << said;
  EXPECT_EQ(count_of(said, R"("callSid":")" + call + "\""), 2u) << said;

  const std::lock_guard lock{guard};
  ASSERT_EQ(told.size(), 2u);
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  for (const auto& request : told)
    EXPECT_EQ(model::verify_webhook(model::signing_key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                                    request.fields.get("webhook-id"), request.fields.get("webhook-timestamp"),
                                    request.fields.get("webhook-signature"), request.body, now),
              model::webhook_check::ok)
        << request.body;
}

/// `echo "whsec_$(openssl rand -base64 32)"` of that page makes what a tenant's document takes.
TEST_F(Manual, OfWebhooksTellsHowToMakeASecret) {
  auto& gateway = start(one_tenant());
  const std::string command = R"sh(echo "whsec_$(openssl rand -base64 32)")sh";
  ASSERT_TRUE(has(manual_page("docs/webhooks.md"), "`" + command + "`"));
  auto secret_made = paste(command, gateway, {}).said;
  ASSERT_FALSE(secret_made.empty());
  secret_made.pop_back();  // the line's end
  const auto changed = change("salon-1", R"({"settings":{"webhooks":[{"name":"crm","url":"https://crm.example.com/",)"
                                         R"("events":["call.ended"]}]},"secrets":{"webhooks":{"crm":")" +
                                             secret_made + R"("}}})");
  EXPECT_TRUE(has(changed, "HTTP/1.1 200 ")) << changed;
}

}  // namespace
}  // namespace tonris::e2e
