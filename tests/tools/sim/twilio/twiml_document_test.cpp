#include "tools/sim/twilio/twiml_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace tonris::sim;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view here = "https://gw.example.com/twilio/voice";

twiml::document read(const std::string& inside) {
  return twiml::read("<Response>" + inside + "</Response>", here);
}

std::vector<std::string> rules(const twiml::document& d) {
  std::vector<std::string> out;
  for (const auto& fault : d.faults) out.push_back(fault.rule);
  return out;
}

TEST(SimTwimlDocument, ReadsAConnectWithAllThatItMayHave) {
  const auto d = twiml::read(R"(<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Connect action="https://gw.example.com/twilio/after-stream?leg=a&amp;v=1" method="POST">
    <Stream url="wss://gw.example.com/twilio/media/4f1c9b" name="agent"
            statusCallback="https://gw.example.com/twilio/stream-status" statusCallbackMethod="POST">
      <Parameter name="ticket" value="u7Qm2xX0c4r1"/>
      <Parameter name="tenant" value="t_42"/>
    </Stream>
  </Connect>
  <Redirect method="POST">https://gw.example.com/twilio/after-stream?leg=a&amp;v=1</Redirect>
</Response>)",
                             here);
  EXPECT_THAT(rules(d), IsEmpty());
  ASSERT_EQ(d.verbs.size(), 2U);
  const auto& connect = std::get<twiml::connect>(d.verbs[0]);
  EXPECT_EQ(connect.then->url, "https://gw.example.com/twilio/after-stream?leg=a&v=1");
  EXPECT_EQ(connect.to.url, "wss://gw.example.com/twilio/media/4f1c9b");
  EXPECT_THAT(connect.to.parameters, ElementsAre(Pair("ticket", "u7Qm2xX0c4r1"), Pair("tenant", "t_42")));
  EXPECT_EQ(std::get<twiml::redirect>(d.verbs[1]).to.url, "https://gw.example.com/twilio/after-stream?leg=a&v=1");
}

TEST(SimTwimlDocument, ReadsATransferWithVoicemail) {
  const auto d = read(R"(<Say voice="Polly.Joanna">One moment.</Say>
    <Dial timeout="20" callerId="+15550100002" action="/twilio/dial-result"><Number>+15550100009</Number></Dial>
    <Record action="done" maxLength="120" timeout="5" finishOnKey="#"/><Pause length="2"/><Hangup/>)");
  EXPECT_THAT(rules(d), IsEmpty());
  ASSERT_EQ(d.verbs.size(), 5U);
  EXPECT_EQ(std::get<twiml::say>(d.verbs[0]).text, "One moment.");
  const auto& dial = std::get<twiml::dial>(d.verbs[1]);
  EXPECT_THAT(dial.numbers, ElementsAre("+15550100009"));
  EXPECT_EQ(dial.then->url, "https://gw.example.com/twilio/dial-result");
  EXPECT_EQ(std::get<twiml::record>(d.verbs[2]).then.url, "https://gw.example.com/twilio/done");
  EXPECT_EQ(std::get<twiml::pause>(d.verbs[3]).length.count(), 2);
  EXPECT_EQ(twiml::name_of(d.verbs[4]), "Hangup");
}

TEST(SimTwimlDocument, TakesAnEmptyResponse) {
  const auto d = twiml::read("<Response/>", here);
  EXPECT_THAT(d.verbs, IsEmpty());
  EXPECT_THAT(rules(d), IsEmpty());
}

TEST(SimTwimlDocument, LetsWsThroughOnLoopbackOnly) {
  EXPECT_THAT(rules(read(R"(<Connect><Stream url="ws://127.0.0.1:3000/media-stream/x"/></Connect>)")), IsEmpty());
  EXPECT_THAT(rules(read(R"(<Connect><Stream url="ws://gw.example.com/media-stream/x"/></Connect>)")),
              ElementsAre("stream_not_wss"));
}

TEST(SimTwimlDocument, CountsNameAndValueOfAParameterTogether) {
  const auto with = [](std::size_t value) {
    return rules(read(R"(<Connect><Stream url="wss://h/x"><Parameter name="four" value=")" + std::string(value, 'v') +
                      R"("/></Stream></Connect>)"));
  };
  EXPECT_THAT(with(495), IsEmpty());
  EXPECT_THAT(with(496), ElementsAre("parameter_too_long"));
}

struct fault {
  std::string name, rule, xml;
};
class SimTwimlDocumentFlags : public testing::TestWithParam<fault> {};

TEST_P(SimTwimlDocumentFlags, TheFault) {
  const auto d = twiml::read(GetParam().xml, here);
  EXPECT_THAT(rules(d), testing::Contains(GetParam().rule));
}

std::string response(const std::string& inside) {
  return "<Response>" + inside + "</Response>";
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SimTwimlDocumentFlags,
    testing::Values(
        fault{"NoXml", "twiml_not_xml", "Internal Server Error"}, fault{"Nothing", "twiml_not_xml", ""},
        fault{"CutXml", "twiml_not_xml", "<Response><Say>hello"}, fault{"OtherRoot", "twiml_root", "<response/>"},
        fault{"TooBig", "twiml_too_big", response("<Say>" + std::string(64'000, 'x') + "</Say>")},
        fault{"LowerCaseVerb", "twiml_unknown_verb", response("<say>hello</say>")},
        fault{"StrayText", "twiml_stray_text", response("hello")},
        fault{"UnknownAttribute", "twiml_unknown_attribute", response("<Pause seconds='1'/>")},
        fault{"QueryInStream", "stream_query", response("<Connect><Stream url='wss://h/x?a=1'/></Connect>")},
        fault{"HttpsStream", "stream_not_wss", response("<Connect><Stream url='https://h/x'/></Connect>")},
        fault{"NoStreamUrl", "stream_url", response("<Connect><Stream/></Connect>")},
        fault{"Underscore", "host_underscore", response("<Connect><Stream url='wss://my_host/x'/></Connect>")},
        fault{"BothTracks", "twiml_track",
              response("<Connect><Stream url='wss://h/x' track='both_tracks'/></Connect>")},
        fault{"NoStream", "twiml_connect", response("<Connect/>")},
        fault{"TwoStreams", "twiml_connect",
              response("<Connect><Stream url='wss://h/x'/><Stream url='wss://h/y'/></Connect>")},
        fault{"OtherNoun", "twiml_unknown_noun", response("<Connect><Room>r</Room></Connect>")},
        fault{"ParameterWithoutName", "parameter_name",
              response("<Connect><Stream url='wss://h/x'><Parameter value='v'/></Stream></Connect>")},
        fault{"PlainHttpAction", "callback_url", response("<Dial action='http://h/x'>+15550100009</Dial>")},
        fault{"RelativeCallback", "callback_url",
              response("<Connect><Stream url='wss://h/x' statusCallback='/status'/></Connect>")},
        fault{"Method", "method", response("<Redirect method='PUT'>https://h/x</Redirect>")},
        fault{"EmptySay", "say_empty", response("<Say>  </Say>")},
        fault{"LongSay", "say_too_long", response("<Say>" + std::string(4097, 'x') + "</Say>")},
        fault{"LongSayEncoded", "say_too_long", response("<Say>" + std::string(1501, ',') + "</Say>")},
        fault{"FragmentInStream", "stream_fragment", response("<Connect><Stream url='wss://h/x#rc=1'/></Connect>")},
        fault{"PlainHttpRedirect", "callback_url", response("<Redirect>http://h/x</Redirect>")},
        fault{"UnknownSayLanguage", "say_language", response(R"(<Say language="da">hej</Say>)")},
        fault{"UnknownOverride", "connection_override", response("<Redirect>https://gw.example.com/x#rc=9</Redirect>")},
        fault{"LateReject", "reject_not_first", response("<Say>no</Say><Reject/>")},
        fault{"RejectReason", "reject_reason", response("<Reject reason='bored'/>")},
        fault{"EmptyRedirect", "redirect_empty", response("<Redirect/>")},
        fault{"DialNoNumber", "dial_number", response("<Dial><Number>555-0100</Number></Dial>")},
        fault{"CallerIdNoNumber", "caller_id", response("<Dial callerId='us'>+15550100009</Dial>")},
        fault{"DialNobody", "dial_nobody", response("<Dial/>")},
        fault{"RecordLoop", "record_without_action", response("<Record/>")},
        fault{"PauseIsAWord", "twiml_number", response("<Pause length='long'/>")}),
    [](const auto& row) { return row.param.name; });

}  // namespace
