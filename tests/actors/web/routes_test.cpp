#include "actors/web/routes.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "tests/actors/web/front_fixture.hpp"
#include "tests/places.hpp"

namespace tonris::actors::test {
namespace {

enum class shows : std::uint8_t { nothing, another_token, metrics_token, admin_token, signature };
constexpr std::array all_shown{shows::nothing, shows::another_token, shows::metrics_token, shows::admin_token,
                               shows::signature};
constexpr std::array<const char*, 7> all_methods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

/// A path, who asks (where no row names him: as nobody), and what each of `all_methods` is answered.
struct row {
  const char* path;
  shows shown;
  std::array<unsigned, all_methods.size()> statuses;
};
const row expected_answers[] = {
    {"/api/webhooks/twilio/elevenlabs", shows::nothing, {403, 405, 403, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/elevenlabs", shows::signature, {200, 405, 200, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/connect-action", shows::nothing, {403, 405, 403, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/connect-action", shows::signature, {200, 405, 200, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/status", shows::nothing, {403, 405, 403, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/status", shows::signature, {204, 405, 204, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/stream-status", shows::nothing, {403, 405, 403, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/stream-status", shows::signature, {204, 405, 204, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/recording-status", shows::nothing, {403, 405, 403, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/recording-status", shows::signature, {204, 405, 204, 405, 405, 405, 405}},
    {"/api/webhooks/elevenlabs/conversation-initiation", shows::nothing, {405, 405, 401, 405, 405, 405, 405}},
    {"/api/webhooks/elevenlabs/tools/services", shows::nothing, {401, 405, 401, 405, 405, 405, 405}},
    {"/api/webhooks/elevenlabs/services", shows::nothing, {401, 405, 401, 405, 405, 405, 405}},
    {"/api/webhooks/elevenlabs/employees", shows::nothing, {401, 405, 401, 405, 405, 405, 405}},
    {"/api/webhooks/elevenlabs/appointments", shows::nothing, {401, 405, 401, 405, 405, 405, 405}},
    {"/api/ai/webhook/elevenlabs", shows::nothing, {405, 405, 401, 405, 405, 405, 405}},
    {"/api/webhooks/elevenlabs/post-call", shows::nothing, {405, 405, 503, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/whisper", shows::nothing, {403, 405, 403, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/whisper", shows::signature, {200, 405, 200, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/outbound/ticket", shows::nothing, {405, 405, 403, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/outbound/ticket", shows::signature, {405, 405, 200, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/outbound-status/ticket", shows::nothing, {405, 405, 403, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/outbound-status/ticket", shows::signature, {405, 405, 204, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/outbound-machine/ticket", shows::nothing, {405, 405, 403, 405, 405, 405, 405}},
    {"/api/webhooks/twilio/outbound-machine/ticket", shows::signature, {405, 405, 204, 405, 405, 405, 405}},
    {"/media-stream/ticket", shows::nothing, {426, 426, 426, 426, 426, 426, 426}},
    {"/media-stream/doctor", shows::nothing, {426, 426, 426, 426, 426, 426, 426}},
    {"/media-stream/", shows::nothing, {426, 426, 426, 426, 426, 426, 426}},
    {"/api/webhooks/twilio/hold-music.wav", shows::nothing, {200, 200, 405, 405, 405, 405, 405}},
    {"/api/webhooks/doctor/echo", shows::nothing, {405, 405, 401, 405, 405, 405, 405}},
    {"/health", shows::nothing, {200, 200, 405, 405, 405, 405, 405}},
    {"/ready", shows::nothing, {200, 200, 405, 405, 405, 405, 405}},
    {"/metrics", shows::nothing, {401, 401, 405, 405, 405, 405, 405}},
    {"/metrics", shows::metrics_token, {200, 200, 405, 405, 405, 405, 405}},
    {"/api/calls/CA1", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1", shows::admin_token, {400, 405, 405, 405, 405, 400, 405}},
    {"/api/forget", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/forget", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/calls/CA1/timeline", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1/timeline", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/calls", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls", shows::admin_token, {400, 405, 400, 405, 405, 405, 405}},
    {"/api/calls/export", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/export", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/calls/events", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/events", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/calls/CA1/events", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1/events", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/calls/CA1/why", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1/why", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/calls/CA1/hangup", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1/hangup", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/calls/CA1/transfer", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1/transfer", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/calls/CA1/say", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1/say", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/calls/CA1/recording", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1/recording", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/calls/CA1/note", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1/note", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/usage", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/usage", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/usage/drift", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/usage/drift", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/usage/variants", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/usage/variants", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/calls/CA1/more", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/calls/CA1/more", shows::admin_token, {400, 405, 405, 405, 405, 400, 405}},
    {"/api/tenants/salon-1/keys", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/salon-1/keys", shows::admin_token, {400, 405, 400, 405, 405, 405, 405}},
    {"/api/tenants/salon-1/keys/0123456789ab", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/salon-1/keys/0123456789ab", shows::admin_token, {405, 405, 405, 405, 405, 400, 405}},
    {"/api/webhooks/refused", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/webhooks/refused", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/audit", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/audit", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/tenants", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants", shows::admin_token, {400, 405, 400, 405, 405, 405, 405}},
    {"/api/tenants/nobody", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/nobody", shows::admin_token, {400, 405, 405, 400, 400, 400, 405}},
    {"/api/tenants/nobody/live", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/nobody/live", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/tenants/nobody/route", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/nobody/route", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/tenants/nobody/webhooks/deliveries", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/nobody/webhooks/deliveries", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/tenants/nobody/webhooks/deliveries/msg_1/redeliver", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/nobody/webhooks/deliveries/msg_1/redeliver",
     shows::admin_token,
     {405, 405, 400, 405, 405, 405, 405}},
    {"/api/tenant-store/restore", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenant-store/restore", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/tenant-store/whole", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenant-store/whole", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/tenant-store/rotate-secrets", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenant-store/rotate-secrets", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/tenants/nobody/numbers", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/nobody/numbers", shows::admin_token, {400, 405, 405, 405, 405, 405, 405}},
    {"/api/tenants/nobody/numbers/attach", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/nobody/numbers/attach", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/api/tenants/nobody/numbers/detach", shows::nothing, {401, 401, 401, 401, 401, 401, 401}},
    {"/api/tenants/nobody/numbers/detach", shows::admin_token, {405, 405, 400, 405, 405, 405, 405}},
    {"/nothing", shows::nothing, {404, 404, 404, 404, 404, 404, 404}},
};

const row& row_for(std::string_view path, shows shown) {
  const row* found = nullptr;
  for (const auto& one : expected_answers)
    if (path == one.path && (one.shown == shown || one.shown == shows::nothing)) found = &one;
  return *found;
}

class Routes : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    auto front_settings = front_config();
    front_settings.metrics_token = "m3trics";
    open_doors(std::move(front_settings));
  }
  /// A request with a call's fields, where Twilio has them: in the query of a GET, in the body of a POST. The API knows
  /// none of them: 400.
  unsigned ask(const std::string& method, const std::string& path, shows shown) {
    const form fields{{"AccountSid", some_account.value},
                      {"CallSid", some_call.value},
                      {"CallStatus", "completed"},
                      {"From", "+15550100001"},
                      {"To", "+15550109999"}};
    const bool in_body = method == "POST";
    const auto target = in_body ? path : path + "?" + encoded(fields);
    const auto body = in_body ? encoded(fields) : "";
    std::string more;
    switch (shown) {
      case shows::nothing: break;
      case shows::another_token: more = "Authorization: Bearer x\r\n"; break;
      case shows::metrics_token: more = "Authorization: Bearer m3trics\r\n"; break;
      case shows::admin_token: more = "Authorization: Bearer admin\r\n"; break;
      case shows::signature:
        more = "X-Twilio-Signature: " + model::twilio::signature(token, origin + target, in_body ? fields : form{}) +
               "\r\n";
        break;
    }
    return exchange(method + " " + target + " HTTP/1.1\r\nHost: x\r\n" + more +
                    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body)
        .status;
  }
};

TEST_F(Routes, AnswerEachMethodOfEachPrincipal) {
  for (const auto& [path, least, statuses] : expected_answers)
    for (const auto shown : all_shown)
      for (std::size_t i = 0; i < all_methods.size(); ++i)
        EXPECT_EQ(ask(all_methods[i], path, shown), row_for(path, shown).statuses[i])
            << all_methods[i] << ' ' << path << ", shown: " << static_cast<int>(shown);
}

TEST_F(Routes, AreAllInTheTableAbove) {
  for (const auto& route : routes())
    EXPECT_TRUE(std::any_of(std::begin(expected_answers), std::end(expected_answers), [&](const row& one) {
      path_parameters found;
      return matches(route.pattern, one.path, found);
    })) << route.pattern;
}

TEST_F(Routes, AreListedForOperators) {
  std::ifstream file{tonris::test::source_dir() + "/docs/operations.md"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  for (const auto& route : routes()) {
    std::string path{route.pattern};
    if (const auto rest = path.find("..."); rest != std::string::npos) path.erase(rest, 3);
    EXPECT_THAT(text, testing::HasSubstr(" " + path + "`")) << "docs/operations.md, Endpoints";
  }
}

TEST_F(Routes, UpgradeForTwilioAlone) {
  const std::string path = "/media-stream/unknown";
  EXPECT_EQ(upgrade(path).status, 404u);
  EXPECT_EQ(exchange(upgrade_bytes(path, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")).status, 403u);
  EXPECT_EQ(upgrade("/health").status, 200u) << "nothing to upgrade to: an ordinary answer";
}

TEST_F(Routes, StandBehindTheDoorOfThoseWhoUseThem) {
  const struct {
    const char* path;
    shows shown;
    unsigned twilio_only, operators_alone;
  } doors[] = {
      {"/health", shows::nothing, 200, 200},
      {"/ready", shows::nothing, 200, 200},
      {"/metrics", shows::metrics_token, 404, 200},
      {"/api/calls/CA1/timeline", shows::admin_token, 404, 400},
      {"/api/calls/CA1/timeline", shows::nothing, 404, 401},
      {"/api/webhooks/twilio/status", shows::signature, 204, 404},
      {"/media-stream/t", shows::nothing, 426, 404},
  };
  for (const auto& one : doors) {
    auto front_settings = front_config();
    front_settings.metrics_token = "m3trics";
    front_settings.at = door::twilio_only;
    open_doors(front_settings);
    EXPECT_EQ(ask("GET", one.path, one.shown), one.twilio_only) << one.path;
    front_settings.at = door::operators_alone;
    front_settings.unit = nullptr;
    open_doors(front_settings);
    EXPECT_EQ(ask("GET", one.path, one.shown), one.operators_alone) << one.path;
  }
}

}  // namespace
}  // namespace tonris::actors::test
