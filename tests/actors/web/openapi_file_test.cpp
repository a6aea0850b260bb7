/// docs/openapi.yaml by itself, and against the gateway's own table of routes.
#include "tests/openapi/openapi_file.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/web/errors.hpp"
#include "actors/web/routes.hpp"
#include "model/call/end_reason.hpp"
#include "model/call/machine.hpp"
#include "model/call/timeline.hpp"
#include "model/json/lookup.hpp"
#include "model/tenant/route.hpp"
#include "tests/actors/web/openapi_fixture.hpp"
#include "tests/model/call/whole_record.hpp"

namespace tonris::actors::test {
namespace {

using model::json_text;
using model::scope;
using model::text_of;
using testing::HasSubstr;
using tonris::test::openapi_file;

std::string security_of(const route& of) {
  switch (of.may) {
    case audience::anybody: return "[]";
    case audience::metrics_reader: return R"([{"metricsToken":[]},{}])";
    case audience::twilio: return R"([{"twilioSignature":[]}])";
    case audience::doctor: return R"([{"doctorProof":[]}])";
    case audience::elevenlabs:
      return of.streams ? R"([{"elevenLabsSignature":[]}])" : R"([{"elevenLabsSecret":[]},{"elevenLabsSignature":[]}])";
    case audience::api_user: break;
  }
  const auto needed = scope_for(of);
  if (!needed) return R"([{"operator":[]}])";
  return R"([{"operator":[]},{"tenantKey":[")" + std::string{to_string(*needed)} + R"("]}])";
}

TEST(OpenApiFile, HasEachRouteAndNothingElse) {
  const auto there = routes_by_operation();
  for (const auto& [name, to] : there) EXPECT_TRUE(the_file().find(name) != nullptr) << name << " is not in the file";
  for (const auto& one : the_file().operations())
    EXPECT_TRUE(there.contains(one.name())) << one.name() << " is no route";
}

TEST(OpenApiFile, SaysWhoMayAsk) {
  for (const auto& [name, to] : routes_by_operation())
    if (const auto* const one = the_file().find(name)) {
      EXPECT_EQ(json_text((*one->says)["security"]), security_of(*to)) << name;
    }
}

TEST(OpenApiFile, NamesEachOperationOnceAndEachParameterOfItsPath) {
  std::set<std::string> ids;
  for (const auto& one : the_file().operations()) {
    EXPECT_TRUE(ids.insert(std::string{text_of((*one.says)["operationId"])}).second) << one.name();
    std::string braces;
    for (const auto* parameter : the_file().parameters(one, "path"))
      braces += "{" + std::string{text_of((*parameter)["name"])} + "}";
    std::string in_path;
    for (auto at = one.path.find('{'); at != std::string::npos; at = one.path.find('{', at + 1))
      in_path += one.path.substr(at, one.path.find('}', at) - at + 1);
    EXPECT_EQ(braces, in_path) << one.name();
  }
}

void check_example(std::string_view type, const openapi_file::value& media) {
  const auto example = media.FindMember("example");
  if (example == media.MemberEnd()) return;
  const auto& it = example->value;
  const auto text = it.IsString() ? std::string{text_of(it)} : json_text(it);
  EXPECT_EQ(the_file().objection_to_content(type, media, text), "") << text;
}

/// Of a parameter, a body or an answer, where it has one.
void check_own_examples(const openapi_file::value& in) {
  if (in.HasMember("in") && in.HasMember("example")) {
    EXPECT_EQ(the_file().objection_to_value(in["schema"], in["example"]), "") << json_text(in);
  }
  if (!in.HasMember("content")) return;
  for (const auto& one : in["content"].GetObject()) check_example(text_of(one.name), one.value);
}

/// Every reference leads somewhere, and every example is what its schema says.
void check_examples(const openapi_file::value& in) {
  if (in.IsArray())
    for (const auto& one : in.GetArray()) check_examples(one);
  if (!in.IsObject()) return;
  if (in.HasMember("$ref")) {
    EXPECT_NO_THROW((void)the_file().behind(in)) << json_text(in);
  }
  check_own_examples(in);
  for (const auto& member : in.GetObject()) check_examples(member.value);
}

TEST(OpenApiFile, HasExamplesThatFit) {
  check_examples(the_file().document());
}

template <class Enumeration>
std::vector<std::string> words_up_to(Enumeration last) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i)
    all.emplace_back(to_string(static_cast<Enumeration>(i)));
  return all;
}

std::vector<std::string> error_codes() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(error_code::not_ready); ++i)
    all.emplace_back(name_of(static_cast<error_code>(i)));
  return all;
}

std::vector<std::string> events() {
  auto all = words_up_to(model::call_moment::ended);
  all.insert(all.begin(), {"snapshot", "levels", "state"});
  return all;
}

TEST(OpenApiFile, KnowsTheWordsThatTheCodeKnows) {
  const struct {
    const char* at;
    std::vector<std::string> words;
  } lists[] = {
      {"schemas/EndReason/enum", words_up_to(model::end_reason::internal_error)},
      {"schemas/CausedBy/enum", words_up_to(model::caused_by::operators)},
      {"schemas/CallState/enum", words_up_to(model::call_state::ended)},
      {"schemas/CallMoment/enum", words_up_to(model::call_moment::ended)},
      {"schemas/Scopes/items/enum", words_up_to(scope::recordings)},
      {"schemas/RouteTold/properties/rule/enum", words_up_to(model::route_rule::agents_failing)},
      {"schemas/CallRecord/properties/rule/enum", words_up_to(model::route_rule::agents_failing)},
      {"schemas/ErrorCode/enum", error_codes()},
      {"schemas/WebhookRoute/enum", words_up_to(web_metrics::endpoint::other)},
      {"schemas/WebhookRefusal/enum", words_up_to(web_metrics::refusal::too_large)},
      {"responses/Events/content/text~1event-stream/x-events", events()},
  };
  for (const auto& list : lists)
    EXPECT_EQ(the_file().texts_at((std::string{"/components/"} + list.at).c_str()), list.words) << list.at;
}

// --- the test itself

/// A test that takes everything proves nothing.
TEST(OpenApiFile, RefusesWhatItDoesNotSay) {
  const auto& one = *the_file().find("GET /api/calls");
  const std::string named = "\r\nX-Request-Id: 1", json = "\r\nContent-Type: application/json";
  const struct {
    unsigned status;
    std::string head, body, objection;
  } answers[] = {
      {200, json + named, R"({"items":[],"more":1})", "additionalProperties"},
      {200, json + named, R"({"nextCursor":"x"})", "required"},
      {200, json + named, R"({"items":[{}]})", "required"},
      {200, json + named, "[", "no JSON"},
      {202, json + named, R"({"items":[]})", "202"},
      {200, json, R"({"items":[]})", "X-Request-Id"},
      {200, "\r\nContent-Type: text/html" + named, "<p>", "text/html"},
  };
  const std::string head = json + named;
  EXPECT_EQ(the_file().objection(one, {200, head, R"({"items":[]})"}), "");
  for (const auto& got : answers)
    EXPECT_THAT(the_file().objection(one, {got.status, got.head, got.body}), HasSubstr(got.objection));
}

TEST(OpenApiFile, RefusesARecordWithAFieldMore) {
  const auto& schema = the_file().document()["components"]["schemas"]["CallRecord"];
  auto record = to_json(model::test::whole_record());
  EXPECT_EQ(the_file().objection_to_json(schema, record), "");
  record.insert(1, R"("mood":"good",)");
  EXPECT_THAT(the_file().objection_to_json(schema, record), HasSubstr("additionalProperties"));
}

}  // namespace
}  // namespace tonris::actors::test
