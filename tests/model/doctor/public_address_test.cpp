#include "model/doctor/public_address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/model/doctor/codes.hpp"

namespace tonris::model::doctor {
namespace {

using test::code_list, test::codes;
using testing::HasSubstr;
using namespace std::chrono_literals;

const std::string target = "/api/webhooks/doctor/echo?doctor=O%27Brien+%26+S%C3%B6hne";

reach answered(unsigned status, std::string server = {}, std::string code = {}) {
  reach out;
  out.is = reach::outcome::answered;
  out.status = status;
  out.server = std::move(server);
  out.code = std::move(code);
  return out;
}
reach failed(reach::outcome how) {
  reach out;
  out.is = how;
  out.why = "somehow";
  return out;
}

/// All as it should be.
public_facts good() {
  public_facts facts;
  facts.origin = "https://gw.example.com:8443";
  facts.sent = {"POST", target, "application/x-www-form-urlencoded", 17, "aa"};
  facts.echo = answered(200);
  facts.took = 20ms;
  seen_request seen;
  seen.public_origin = facts.origin;
  seen.method = facts.sent.method;
  seen.target = facts.sent.target;
  seen.content_type = facts.sent.content_type;
  seen.host = "inner:3000";
  seen.forwarded_host = "other.example";  // of no interest where its sender is not trusted
  seen.peer = "10.0.0.2";
  seen.has_signature = seen.signature_holds = seen.has_callback_secret = seen.has_callback_signature = true;
  seen.body_bytes = 17;
  seen.body_sha256 = "aa";
  facts.seen = seen;
  facts.large = answered(200);
  facts.webhook = answered(204);
  facts.with_secret = facts.with_signature = answered(200);
  return facts;
}

TEST(PublicAddress, IsGoodWhereAllArrivesAsItWasSent) {
  EXPECT_EQ(codes(judge(good())), (code_list{"public_address_good", "callbacks_good"}));
}

TEST(PublicAddress, NamesWhatAProxyChanges) {
  struct row {
    const char* name;
    std::function<void(public_facts&, seen_request&)> change;
    code_list finds;
  };
  for (const auto& [name, change, finds] : {
           row{"method", [](auto&, auto&seen) { seen.method = "GET"; }, {"method_changed"}},
           row{"slash", [](auto&, auto&seen) { seen.target.insert(seen.target.find('?'), "/"); }, {"slash_added"}},
           row{"no slash",
               [](auto&facts, auto&) { facts.sent.target.insert(facts.sent.target.find('?'), "/"); },
               {"slash_removed"}},
           row{"double slash", [](auto&facts, auto&) { facts.sent.target.insert(4, "/"); }, {"slashes_merged"}},
           row{"case", [](auto&facts, auto&) { facts.sent.target[1] = 'A'; }, {"case_changed"}},
           row{"path encoded", [](auto&, auto&seen) { seen.target.replace(1, 1, "%61"); }, {"encoding_changed"}},
           row{"prefix", [](auto&, auto&seen) { seen.target.erase(0, 4); }, {"path_changed"}},
           row{"no query", [](auto&, auto&seen) { seen.target.erase(seen.target.find('?')); }, {"query_lost"}},
           row{"query decoded",
               [](auto&, auto&seen) { seen.target.replace(seen.target.find("%27"), 3, "'"); },
               {"encoding_changed"}},
           row{"blank encoded otherwise",
               [](auto&, auto&seen) { seen.target.replace(seen.target.find('+'), 1, "%20"); },
               {"encoding_changed"}},
           row{"query added", [](auto&, auto&seen) { seen.target += "&x=1"; }, {"query_changed"}},
           row{"scheme",
               [](auto&, auto&seen) { seen.public_origin = "http://gw.example.com:8443"; },
               {"scheme_differs"}},
           row{"host", [](auto&, auto&seen) { seen.public_origin = "https://gw.example.org:8443"; }, {"host_differs"}},
           row{"port", [](auto&, auto&seen) { seen.public_origin = "https://gw.example.com"; }, {"port_differs"}},
           row{"signature header", [](auto&, auto&seen) { seen.has_signature = false; }, {"signature_header_lost"}},
           row{"secret header", [](auto&, auto&seen) { seen.has_callback_secret = false; }, {"callback_headers_lost"}},
           row{"no secret sent",
               [](auto&facts, auto&seen) {
                 facts.sent_callback_headers = seen.has_callback_secret = seen.has_callback_signature = false;
               },
               {}},
           row{"content type", [](auto&, auto&seen) { seen.content_type = "text/plain"; }, {"content_type_changed"}},
           row{"body", [](auto&, auto&seen) { seen.body_sha256 = "bb"; }, {"body_changed"}},
           row{"another token", [](auto&, auto&seen) { seen.signature_holds = false; }, {"signature_wrong"}},
           row{"a trusted proxy's host",
               [](auto&, auto&seen) { seen.peer_is_trusted = true; },
               {"forwarded_host_believed"}},
           row{"a trusted proxy's right host",
               [](auto&, auto&seen) {
                 seen.peer_is_trusted = true;
                 seen.forwarded_host = "gw.example.com:8443, inner";
               },
               {}},
       }) {
    auto facts = good();
    change(facts, *facts.seen);
    auto found = codes(judge(facts));
    std::erase(found, "public_address_good");
    std::erase(found, "callbacks_good");
    EXPECT_EQ(found, finds) << name;
  }
}

TEST(PublicAddress, NamesWhoAnswersInTheGatewaysPlace) {
  struct row {
    reach met;
    const char* finds;
  };
  for (const auto& [met, finds] : {
           row{failed(reach::outcome::no_name), "public_name_unknown"},
           row{failed(reach::outcome::unreachable), "public_address_unreachable"},
           row{failed(reach::outcome::no_tls), "public_tls_broken"},
           row{failed(reach::outcome::certificate), "certificate_refused"},
           row{answered(301, "nginx"), "public_address_redirects"},
           row{answered(401, "nginx"), "public_address_wants_login"},
           row{answered(502, "nginx"), "public_address_elsewhere"},
           row{answered(200, "Apache"), "public_address_elsewhere"},
           row{answered(404, "nginx"), "public_address_elsewhere"},
           row{answered(404, "", "not_found"), "path_lost"},
           row{answered(401, "", "unauthorized"), "another_gateway"},
       }) {
    auto facts = good();
    facts.seen.reset();
    facts.echo = met;
    EXPECT_EQ(codes(judge(facts)), code_list{finds});
  }
}

TEST(PublicAddress, NamesWhatFollows) {
  struct row {
    std::function<void(public_facts&)> change;
    const char* finds;
  };
  for (const auto& [change, finds] : {
           row{[](auto& facts) { facts.webhook = answered(403); }, "webhook_refused"},
           row{[](auto& facts) { facts.webhook = failed(reach::outcome::unreachable); }, "webhook_refused"},
           row{[](auto& facts) { facts.with_secret = answered(401); }, "callback_secret_refused"},
           row{[](auto& facts) { facts.with_signature = answered(401); }, "callback_signature_refused"},
           row{[](auto& facts) { facts.large = answered(413, "nginx"); }, "bodies_limited"},
           row{[](auto& facts) { facts.took = 1'500ms; }, "public_address_slow"},
       }) {
    auto facts = good();
    change(facts);
    EXPECT_THAT(codes(judge(facts)), testing::Contains(finds));
  }
}

TEST(PublicAddress, IsLookedAtFromOutsideWhereNobodyTellsWhatArrives) {
  auto facts = good();
  facts.echo_not_sent = "ADMIN_TOKEN is not set";
  facts.seen.reset();
  EXPECT_EQ(codes(judge(facts)), code_list{"not_looked_at"});
  facts.webhook = answered(403);
  EXPECT_EQ(codes(judge(facts)), (code_list{"not_looked_at", "webhook_refused"}));
}

TEST(PublicAddress, IsNotThisMachinesOwn) {
  auto facts = good();
  facts.origin = facts.seen->public_origin = "http://127.0.0.1:3000";
  EXPECT_THAT(codes(judge(facts)), testing::Contains("public_address_local"));
  facts.meets_simulators = true;
  EXPECT_THAT(codes(judge(facts)), testing::Contains("public_address_of_simulators"));
  EXPECT_THAT(codes(judge(facts)), testing::Contains("public_address_good"));
  facts.origin = facts.seen->public_origin = "https://my_gateway.example.com";
  EXPECT_THAT(codes(judge(facts)), testing::Contains("underscore_in_host"));
}

TEST(PublicAddress, SaysHowAddressesDiffer) {
  const std::string wanted = "https://gw.example.com/api/webhooks/twilio/elevenlabs#rc=5";
  struct row {
    const char *url, *differs;
  };
  for (const auto& [url, differs] :
       {row{"https://gw.example.com/api/webhooks/twilio/elevenlabs", ""},
        row{"https://gw.example.com:443/api/webhooks/twilio/elevenlabs?a=b", ""},
        row{"http://gw.example.com/api/webhooks/twilio/elevenlabs", "its scheme is http, not https"},
        row{"https://gw.example.com:8443/api/webhooks/twilio/elevenlabs", "its port is 8443, not 443"},
        row{"https://gw.example.com/api/webhooks/twilio/elevenlabs/", "it ends with a slash"},
        row{"https://gw.example.org/api",
            "its host is gw.example.org, not gw.example.com, its path is /api, not "
            "/api/webhooks/twilio/elevenlabs"},
        row{"nothing", "it is no address"}})
    EXPECT_EQ(difference(url, wanted), differs) << url;
}

TEST(PublicStream, IsGoodWhereTheGatewayItselfRefusesIt) {
  struct row {
    stream_facts facts;
    const char* finds;
  };
  const auto with = [](const reach& plain, stream_facts::upgrade is, unsigned status) {
    return stream_facts{plain, is, status, "somehow", {}, {}, {}};
  };
  using upgrade = stream_facts::upgrade;
  const auto ours = answered(426, "", "upgrade_required");
  for (const auto& [facts, finds] : {
           row{with(ours, upgrade::answered, 404), "stream_good"},
           row{with(ours, upgrade::answered, 426), "upgrade_lost"},
           row{with(ours, upgrade::answered, 403), "stream_signature_refused"},
           row{with(ours, upgrade::answered, 502), "stream_refused"},
           row{with(ours, upgrade::opened, 0), "stream_refused"},
           row{with(ours, upgrade::failed, 0), "stream_failed"},
           row{with(answered(404, "nginx"), upgrade::answered, 404), "stream_path_closed"},
           row{with(failed(reach::outcome::unreachable), upgrade::not_tried, 0), "stream_failed"},
       })
    EXPECT_EQ(codes(judge(facts)), code_list{finds});
}

TEST(PublicStream, IsTriedBeyondItsOpening) {
  using step = echo_facts::step;
  const auto came = [](step reached, bool changed = false) {
    echo_facts facts;
    facts.reached = reached;
    facts.changed = changed;
    facts.bytes = 100'000;
    facts.held = std::chrono::milliseconds{64'900};
    facts.why = reached == step::done ? "" : "reset";
    return facts;
  };
  struct row {
    std::optional<echo_facts> echo, in_silence;
    code_list finds;
  };
  for (const auto& [echo, in_silence, finds] : {
           row{came(step::done), {}, {"stream_good"}},
           row{came(step::done), came(step::done), {"stream_good"}},
           row{came(step::opening), {}, {"stream_breaks"}},
           row{came(step::short_message), {}, {"stream_breaks"}},
           row{came(step::short_message, true), {}, {"stream_changed"}},
           row{came(step::long_message, true), {}, {"stream_changed"}},
           row{came(step::long_message), {}, {"stream_long_messages_lost"}},
           row{came(step::holding), {}, {"stream_pings_lost"}},
           row{came(step::done), came(step::holding), {"stream_good", "stream_cut_in_silence"}},
       }) {
    stream_facts facts{answered(426, "", "upgrade_required"), stream_facts::upgrade::answered, 404, "", {}, {}, {}};
    facts.echo = echo;
    facts.in_silence = in_silence;
    const auto all = judge(facts);
    EXPECT_EQ(codes(all), finds);
    if (finds.back() == "stream_cut_in_silence") {
      EXPECT_THAT(all.back().what, testing::HasSubstr("within 65 s: reset"));
    }
    if (finds.back() == "stream_long_messages_lost") {
      EXPECT_THAT(all.back().what, testing::HasSubstr("100000 bytes"));
    }
  }
}

TEST(PublicStream, SaysWhyItWasNotTriedBeyondItsOpening) {
  stream_facts facts{
      answered(426, "", "upgrade_required"), stream_facts::upgrade::answered, 404, "", "no token", {}, {}};
  const auto all = judge(facts);
  ASSERT_EQ(codes(all), code_list{"not_looked_at"});
  EXPECT_THAT(all[0].what + all[0].why, testing::HasSubstr("no token"));
}

}  // namespace
}  // namespace tonris::model::doctor
