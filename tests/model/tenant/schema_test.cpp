#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/schema.h>

#include "model/json/lookup.hpp"
#include "model/tenant/tenant.hpp"
#include "tests/places.hpp"

namespace tonris::model {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in{test::source_dir() + "/" + file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// docs/tenant.schema.json, which other programs read.
class schema {
 public:
  schema() {
    document_.Parse(text_of("docs/tenant.schema.json"));
    if (document_.HasParseError()) ADD_FAILURE() << "no JSON at byte " << document_.GetErrorOffset();
    compiled_ = std::make_unique<rapidjson::SchemaDocument>(document_);
  }
  [[nodiscard]] bool takes(const std::string& json) const {
    rapidjson::Document document;
    document.Parse(json);
    if (document.HasParseError()) ADD_FAILURE() << json;
    rapidjson::SchemaValidator validator{*compiled_};
    return document.Accept(validator);
  }

 private:
  rapidjson::Document document_;
  std::unique_ptr<rapidjson::SchemaDocument> compiled_;
};

std::string with(const std::string& members) {
  return R"({"id":"a","name":"A","twilioPhoneNumber":"+15551234567")" + members + "}";
}
std::string with_settings(const std::string& settings) {
  return with(R"(,"settings":{)" + settings + "}");
}

const std::vector<std::string> good{
    with(""),
    with(R"(,"status":"pending")"),
    with(R"(,"status":"cancelled","businessType":"hair salon")"),
    with_settings(""),
    with_settings(
        R"("numbers":[{"number":"+1 (555) 123-4568"},{"number":"+4570123456","language":"da","agentId":"x"}])"),
    with_settings(R"("agents":[{"agentId":"a","weight":80,"variant":"old"},{"agentId":"b"}],"backupAgents":["c","d"])"),
    with_settings(R"("agents":[{"agentId":"a"},{"agentId":"b"}],"experiment":{"outcome":"success"})"),
    with_settings(R"("recording":{"allowed":true,"channels":"dual"})"),
    with_settings(R"("recording":{})"),
    with_settings(R"("agents":[{"agentId":"a"},{"agentId":"b"}],"experiment":{"outcome":"completed","stopLosing":true,)"
                  R"("since":"2026-11-22T10:00:00.000Z"})"),
    with_settings(R"("greeting":"","language":"pt-BR","voiceId":"v_1","prompt":"Be kind.")"),
    with_settings(R"("dynamicVariables":{"seats":4,"price":2.5,"open":true,"_x":"y"})"),
    with_settings(R"("businessHours":{"timezone":"America/Argentina/Buenos_Aires"})"),
    with_settings(R"("businessHours":{"timezone":"Etc/GMT+5","monday":{"open":"20:00","close":"02:00"},)"
                  R"("friday":[{"open":"00:00","close":"12:30"},{"open":"13:00","close":"24:00"}],"sunday":[],)"
                  R"("holidays":[{"date":"2026-12-25"},{"date":"2028-02-29","hours":[]},)"
                  R"({"date":"2026-12-24","hours":{"open":"09:00","close":"12:00"}}],)"
                  R"("closed":{"action":"transfer","transferTo":"+15557654321"}})"),
    with_settings(R"("businessHours":{"timezone":"UTC","closed":{"action":"say"}})"),
    with_settings(R"("businessHours":{"timezone":"UTC","closed":{"action":"voicemail"}})"),
    with_settings(R"("businessHours":{"timezone":"UTC","closed":{"action":"agent","agentId":"night"}})"),
    with_settings(R"("fallback":{"say":"Sorry.","transferTo":"+15557654321","voicemail":true})"),
    with_settings(R"("limits":{"maxConcurrentCalls":10,"callsPerMinute":30,"maxCallSeconds":1800,"minutesPerMonth":0,)"
                  R"("costPerMonth":500.25,"callerCalls":{"calls":5,"seconds":600},"reservedCalls":2,"burst":true,)"
                  R"("whenUnknown":"refuse","overflow":{"action":"wait","seconds":120}})"),
    with_settings(R"("limits":{"overflow":{"action":"transfer","transferTo":"+15557654321"}})"),
    with_settings(R"("rehearsal":{"failure":"callCrash","callers":["+15550003333"]})"),
    with_settings(R"("rehearsal":{"failure":"agentSilent","afterSeconds":0,"callers":["+15550003333"]})"),
    with_settings(R"("blockedCallers":["+15550001111"],"record":true)"),
    with_settings(
        R"("callerRules":[{"name":"vip","callers":["+15557654321","+1555*","+4*","withheld"],"action":"agent",)"
        R"("agentId":"best"},{"name":"bad","callers":["+1900*"],"action":"block"},)"
        R"({"name":"boss","callers":["+15550009999"],"action":"transfer","transferTo":"+15557654321"}])"),
    with_settings(R"("sentences":{"language":"en-US","voice":"Polly.Joanna-Neural","closed":"c","busy":"b",)"
                  R"("suspended":"s","blocked":"b","unavailable":"u","goodbye":"g","connecting":"c","message":"m",)"
                  R"("wait":"w"})"),
    with(R"(,"secrets":{"twilio":{"accountSid":"AC0123456789abcdef0123456789abcdef","authTokens":["new","old"]},)"
         R"("elevenLabs":{"apiKey":"sk_1"},"toolKeys":{"crm":"k","erp":{"set":true}}})"),
    with(R"(,"secrets":{"elevenLabs":{"apiKey":{"sealed":"1.k1.AAAA.BBBB"}}})"),
    with(R"(,"secrets":{})"),
    with(R"(,"secrets":{"elevenLabs":{"apiKey":"sk_1"}},"settings":{"limits":{"vendorCalls":10}})"),
    with_settings(R"("tools":{"a":{"static":{"x":[1]}},"b":{"url":"https://a.example/x","timeoutMs":100},)"
                  R"("c":{"builtin":"caller_history","unavailable":"Sorry."}})"),
    with_settings(R"("transfer":{"numbers":["+15557654321"]})"),
    with_settings(R"("transfer":{"prefixes":["+1","+4570"],"perCallerPerDay":1,"warm":true,"whisper":"w",)"
                  R"("ringSeconds":5,"noAnswer":"voicemail"})"),
    with_settings(R"("outbound":{})"),
    with_settings(R"("outbound":{"enabled":true,"allowed":["+1","+45"],"perMinute":60,"perDay":10000,)"
                  R"("quietHours":{"from":"21:00","to":"08:00"},"machine":"hang-up"})"),
    with_settings(R"("outbound":{"enabled":false,"quietHours":{"from":"00:00","to":"24:00"},"machine":"continue"})"),
    with(
        R"(,"settings":{"webhooks":[{"name":"crm","url":"https://a.example/","events":["call.started",)"
        R"("call.troubled","experiment.stopped"]}]},"secrets":{"webhooks":{"crm":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}})"),
    with(R"(,"secrets":{"webhooks":{"crm":{"set":true}}})"),
    with_settings(
        R"("warmStart":true,"deadAir":{"sound":"soft","afterMs":500},"maskDigits":true,"retention":{"days":90,"transcriptDays":7,"audioDays":14},)"
        R"("legacySignature":true)"),
};

const std::vector<std::string> bad{
    "[]",
    "{}",
    with(R"(,"colour":"red")"),
    with(R"(,"status":"on")"),
    with(R"(,"businessType":" ")"),
    with(R"(,"settings":[])"),
    R"({"id":"-","name":"A","twilioPhoneNumber":"+15551234567"})",
    R"({"id":"a","name":"A","twilioPhoneNumber":"anonymous"})",
    with_settings(R"("colour":"red")"),
    with_settings(R"("outbound":{"enabled":true})"),
    with_settings(R"("outbound":{"enabled":true,"allowed":[]})"),
    with_settings(R"("outbound":{"allowed":["1"]})"),
    with_settings(R"("outbound":{"allowed":["+01"]})"),
    with_settings(R"("outbound":{"perMinute":0})"),
    with_settings(R"("outbound":{"perMinute":61})"),
    with_settings(R"("outbound":{"perDay":10001})"),
    with_settings(R"("outbound":{"quietHours":{"from":"21:00"}})"),
    with_settings(R"("outbound":{"quietHours":{"from":"24:00","to":"08:00"}})"),
    with_settings(R"("outbound":{"machine":"beep"})"),
    with_settings(R"("outbound":{"ring":1})"),
    with_settings(R"("numbers":[{"language":"da"}])"),
    with_settings(R"("numbers":[{"number":"+15551234568","colour":"red"}])"),
    with_settings(R"("numbers":[{"number":"none"}])"),
    with_settings(R"("numbers":{"number":"+15551234568"})"),
    with_settings(R"("agents":[{"agentId":"a","weight":1001}])"),
    with_settings(R"("agents":[{"agentId":"a","weight":1.5}])"),
    with_settings(R"("agents":[{"agentId":"a","variant":"a b"}])"),
    with_settings(R"("backupAgents":[""])"),
    with_settings(R"("backupAgents":["a","b","c","d","e","f","g","h","i","j","k"])"),
    with_settings(R"("greeting":null)"),
    with_settings(R"("language":"English")"),
    with_settings(R"("dynamicVariables":{"call_sid":"1"})"),
    with_settings(R"("dynamicVariables":{"system__x":"1"})"),
    with_settings(R"("dynamicVariables":{"a b":1})"),
    with_settings(R"("dynamicVariables":{"a":[]})"),
    with_settings(R"("businessHours":{})"),
    with_settings(R"("businessHours":{"timezone":"../etc"})"),
    with_settings(R"("businessHours":{"timezone":"UTC","moonday":{"open":"09:00","close":"17:00"}})"),
    with_settings(R"("businessHours":{"timezone":"UTC","monday":{"open":"9:00","close":"17:00"}})"),
    with_settings(R"("businessHours":{"timezone":"UTC","monday":{"open":"24:00","close":"17:00"}})"),
    with_settings(R"("businessHours":{"timezone":"UTC","monday":[{"open":"09:00"}]})"),
    with_settings(R"("businessHours":{"timezone":"UTC","holidays":[{"date":"2026-13-01"}]})"),
    with_settings(R"("businessHours":{"timezone":"UTC","holidays":[{"hours":[]}]})"),
    with_settings(R"("businessHours":{"timezone":"UTC","closed":{}})"),
    with_settings(R"("businessHours":{"timezone":"UTC","closed":{"action":"wait"}})"),
    with_settings(R"("businessHours":{"timezone":"UTC","closed":{"action":"transfer"}})"),
    with_settings(R"("businessHours":{"timezone":"UTC","closed":{"action":"say","transferTo":"+15557654321"}})"),
    with_settings(R"("fallback":{"voicemail":"yes"})"),
    with_settings(R"("limits":{"maxConcurrentCalls":0})"),
    with_settings(R"("limits":{"callerCalls":{"calls":5}})"),
    with_settings(R"("limits":{"callerCalls":{"calls":0,"seconds":5}})"),
    with_settings(R"("limits":{"reservedCalls":-1})"),
    with_settings(R"("limits":{"vendorCalls":0})"),
    with_settings(R"("limits":{"burst":1})"),
    with_settings(R"("limits":{"whenUnknown":"maybe"})"),
    with_settings(R"("limits":{"overflow":{"action":"block"}})"),
    with_settings(R"("limits":{"overflow":{"action":"wait"}})"),
    with_settings(R"("limits":{"overflow":{"action":"wait","seconds":121}})"),
    with_settings(R"("limits":{"overflow":{"action":"agent"}})"),
    with_settings(R"("rehearsal":{"failure":"fire","callers":["+15550003333"]})"),
    with_settings(R"("blockedCallers":["withheld"])"),
    with_settings(R"("callerRules":[{"callers":["withheld"],"action":"block"}])"),
    with_settings(R"("callerRules":[{"name":"a","callers":[],"action":"block"}])"),
    with_settings(R"("callerRules":[{"name":"a","callers":["hidden"],"action":"block"}])"),
    with_settings(R"("callerRules":[{"name":"a","callers":["*"],"action":"block"}])"),
    with_settings(R"("callerRules":[{"name":"a","callers":["1555*"],"action":"block"}])"),
    with_settings(R"("callerRules":[{"name":"a","callers":["withheld"],"action":"say"}])"),
    with_settings(R"("callerRules":[{"name":"a","callers":["withheld"],"action":"agent"}])"),
    with_settings(R"("callerRules":[{"name":"a","callers":["withheld"],"action":"block","agentId":"b"}])"),
    with_settings(R"("sentences":{"closed":""})"),
    with_settings(R"("sentences":{"hello":"x"})"),
    with_settings(R"("sentences":{"voice":"../x"})"),
    with(R"(,"secrets":{"twilio":{"accountSid":"AC0123456789abcdef0123456789abcdef"}})"),
    with(R"(,"secrets":{"twilio":{"authTokens":["new"]}})"),
    with(R"(,"secrets":{"twilio":{"accountSid":"AC0123456789abcdef0123456789abcdef","authTokens":[]}})"),
    with(R"(,"secrets":{"twilio":{"accountSid":"AC0123456789abcdef0123456789abcdef","authTokens":["a,b"]}})"),
    with(R"(,"secrets":{"twilio":{"accountSid":"AC01","authTokens":["a"]}})"),
    with(R"(,"secrets":{"elevenLabs":{}})"),
    with(R"(,"secrets":{"elevenLabs":{"apiKey":{"set":false}}})"),
    with(R"(,"secrets":{"elevenLabs":{"apiKey":"a b"}})"),
    with(R"(,"secrets":{"elevenLabs":{"apiKey":{"plain":"sk"}}})"),
    with(R"(,"secrets":{"toolKeys":{"a b":"k"}})"),
    with(R"(,"secrets":{"openai":{"apiKey":"k"}})"),
    with(R"(,"secrets":{"webhooks":{"crm":"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}})"),
    with(R"(,"secrets":{"webhooks":{"crm":"whsec_c2hvcnQ="}})"),
    with(R"(,"secrets":{"webhooks":{"crm":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"}})"),
    with_settings(R"("transfer":{})"),
    with_settings(R"("transfer":{"numbers":[]})"),
    with_settings(R"("transfer":{"prefixes":["+0"]})"),
    with_settings(R"("transfer":{"prefixes":["+1"],"whisper":"w"})"),
    with_settings(R"("transfer":{"prefixes":["+1"],"noAnswer":"nobody"})"),
    with_settings(R"("webhooks":[{"name":"crm","url":"https://a.example/"}])"),
    with_settings(R"("webhooks":[{"name":"crm","url":"https://a.example/","events":["call.rang"]}])"),
    with_settings(R"("deadAir":{"afterMs":1500})"),
    with_settings(R"("retention":{"days":0})"),
    with_settings(R"("experiment":{"stopLosing":true})"),
    with_settings(R"("retention":{"audioDays":0})"),
    with_settings(R"("recording":{"allowed":1})"),
    with_settings(R"("recording":{"channels":"stereo"})"),
    with_settings(R"("experiment":{"outcome":"taste"})"),
    with_settings(R"("experiment":{"outcome":"success","since":"yesterday"})"),
    with_settings(R"("deadAir":{"sound":"soft","afterMs":10001})"),
    with_settings(R"("tools":{"x":{"builtin":"weather"}})"),
    with_settings(R"("tools":{"x":{"builtin":"call_context","timeoutMs":500}})"),
    with_settings(R"("tools":{"x":{}})"),
    with_settings(R"("tools":{"x":{"static":{},"timeoutMs":500}})"),
    with_settings(R"("tools":{"x":{"url":"file:///etc/passwd"}})"),
};

TEST(SchemaOfTenants, TakesWhatTheReaderTakesAndRefusesWhatItRefuses) {
  const schema written;
  for (const auto& json : good) {
    const auto t = parse_tenant(json);
    EXPECT_TRUE(t) << json << '\n' << t.error().path << ' ' << t.error().message;
    EXPECT_TRUE(written.takes(json)) << json;
    if (t) {
      EXPECT_TRUE(written.takes(to_json(*t))) << to_json(*t);
    }
  }
  for (const auto& json : bad) {
    EXPECT_FALSE(parse_tenant(json)) << json;
    EXPECT_FALSE(written.takes(json)) << json;
  }
}

TEST(SchemaOfTenants, TakesTheExamples) {
  const schema written;
  for (const auto* file : {"config/tenants.example.json", "config/tenants.minimal.json"}) {
    rapidjson::Document all;
    all.Parse(text_of(file));
    ASSERT_TRUE(all.IsArray()) << file;
    for (const auto& one : all.GetArray()) {
      EXPECT_TRUE(written.takes(json_text(one))) << json_text(one);
    }
  }
}

}  // namespace
}  // namespace tonris::model
