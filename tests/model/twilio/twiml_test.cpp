#include "model/twilio/twiml.hpp"

#include <gtest/gtest.h>

#include <pugixml.hpp>
#include <string>
#include <vector>

namespace tonris::model::twiml {
namespace {

constexpr std::string_view head = R"(<?xml version="1.0" encoding="UTF-8"?>)";

std::string body(const std::string& document) {
  EXPECT_TRUE(document.starts_with(head)) << document;
  return document.substr(std::min(head.size(), document.size()));
}

stream example() {
  return {.url = "wss://gw.example.com/twilio/media/4f1c9b",
          .action = "https://gw.example.com/twilio/after-stream?leg=a&v=1",
          .status_callback = "https://gw.example.com/twilio/stream-status",
          .parameters = {{"ticket", "u7Qm2xX0c4r1"}, {"tenant", "t_42"}}};
}

TEST(Twiml, ConnectsAStreamToTheByte) {
  EXPECT_EQ(body(connect_stream(example()).value()),
            R"(<Response><Connect action="https://gw.example.com/twilio/after-stream?leg=a&amp;v=1)"
            R"(#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000" method="POST">)"
            R"(<Stream url="wss://gw.example.com/twilio/media/4f1c9b" )"
            R"(statusCallback="https://gw.example.com/twilio/stream-status)"
            R"(#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000" statusCallbackMethod="POST">)"
            R"(<Parameter name="ticket" value="u7Qm2xX0c4r1"/><Parameter name="tenant" value="t_42"/>)"
            R"(</Stream></Connect></Response>)");
}

TEST(Twiml, LeavesOutWhatIsNotAsked) {
  EXPECT_EQ(body(connect_stream({.url = "wss://h/m", .action = {}, .status_callback = {}, .parameters = {}}).value()),
            R"(<Response><Connect><Stream url="wss://h/m"/></Connect></Response>)");
}

TEST(Twiml, SaysAndHangsUp) {
  EXPECT_EQ(body(say_and_hang_up("Goodbye.")), "<Response><Say>Goodbye.</Say><Hangup/></Response>");
  EXPECT_EQ(body(say_and_hang_up("Auf Wiederh\xc3\xb6ren.", "de-DE")),
            "<Response><Say language=\"de-DE\">Auf Wiederh\xc3\xb6ren.</Say><Hangup/></Response>");
}

TEST(Twiml, SaysNothingWhenThereIsNothingToSay) {
  EXPECT_EQ(body(say_and_hang_up("")), "<Response><Hangup/></Response>");
  EXPECT_EQ(say_and_hang_up("\x01\xff"), hang_up());
}

TEST(Twiml, HasItsSmallDocuments) {
  EXPECT_EQ(body(hang_up()), "<Response><Hangup/></Response>");
  EXPECT_EQ(body(empty()), "<Response/>");
  EXPECT_EQ(body(redirect("https://h/a?b=1&c=<2>")),
            R"(<Response><Redirect method="POST">https://h/a?b=1&amp;c=&lt;2&gt;)"
            R"(#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000</Redirect></Response>)");
}

transfer example_transfer() {
  return {.say = "One moment.",
          .language = "en-GB",
          .number = "+15557654321",
          .caller_id = "+15551234567",
          .action = "https://gw.example.com/after?x=1&y=2"};
}

voicemail example_voicemail() {
  return {.say = "After the tone.",
          .language = "en-GB",
          .action = "https://gw.example.com/after?x=1&y=2",
          .status_callback = "https://gw.example.com/recordings"};
}

TEST(Twiml, TransfersToTheByte) {
  EXPECT_EQ(
      body(say_and_dial(example_transfer())),
      R"(<Response><Say language="en-GB">One moment.</Say>)"
      R"(<Dial timeout="20" timeLimit="14400" callerId="+15551234567" )"
      R"(action="https://gw.example.com/after?x=1&amp;y=2#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000" method="POST">)"
      R"(<Number>+15557654321</Number></Dial></Response>)");
}

TEST(Twiml, WhispersToWhoeverAnswersATransfer) {
  auto warm = example_transfer();
  warm.whisper = "https://gw.example.com/whisper?call=CA1";
  EXPECT_THAT(
      say_and_dial(warm),
      testing::HasSubstr(R"(<Number url="https://gw.example.com/whisper?call=CA1#rc=5&amp;rp=all&amp;ct=2000&amp;)"
                         R"(rt=5000&amp;tt=15000" method="POST">+15557654321</Number>)"));
  EXPECT_EQ(body(whisper("A caller & a bill.", "en-GB", "")),
            R"(<Response><Say language="en-GB">A caller &amp; a bill.</Say></Response>)");
}

TEST(Twiml, SpeaksWithTheVoiceThatIsNamed) {
  const auto* said = R"(<Say language="it-IT" voice="Polly.Bianca">)";
  auto dialled = example_transfer();
  auto recorded = example_voicemail();
  dialled.language = recorded.language = "it";
  dialled.voice = recorded.voice = "Polly.Bianca";
  EXPECT_THAT(say_and_hang_up("Ciao.", "it", "Polly.Bianca"), testing::HasSubstr(said));
  EXPECT_THAT(say_and_dial(dialled), testing::HasSubstr(said));
  EXPECT_THAT(say_and_record(recorded), testing::HasSubstr(said));
}

TEST(Twiml, TransfersWithoutAWordAndWithTwiliosChoiceOfCaller) {
  EXPECT_EQ(
      body(say_and_dial({.say = {},
                         .language = "en-GB",
                         .number = "+15557654321",
                         .caller_id = {},
                         .action = "https://h/a",
                         .ring_seconds = 7,
                         .at_most_seconds = 60})),
      R"(<Response><Dial timeout="7" timeLimit="60" action="https://h/a#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000" method="POST">)"
      R"(<Number>+15557654321</Number></Dial></Response>)");
}

TEST(Twiml, TakesAMessageToTheByte) {
  EXPECT_EQ(
      body(say_and_record(example_voicemail())),
      R"(<Response><Say language="en-GB">After the tone.</Say>)"
      R"(<Record action="https://gw.example.com/after?x=1&amp;y=2#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000" method="POST" )"
      R"(maxLength="120" timeout="5" )"
      R"(finishOnKey="#" playBeep="true" recordingStatusCallback="https://gw.example.com/recordings#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000" )"
      R"(recordingStatusCallbackMethod="POST"/><Hangup/></Response>)");
}

TEST(Twiml, TakesAMessageWithoutAWordAndWithoutACallback) {
  EXPECT_EQ(
      body(say_and_record({.say = {}, .language = {}, .action = "https://h/a", .status_callback = {}})),
      R"(<Response><Record action="https://h/a#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000" method="POST" maxLength="120" timeout="5" finishOnKey="#" )"
      R"(playBeep="true"/><Hangup/></Response>)");
}

TEST(Twiml, WaitsBeforeItRedirects) {
  EXPECT_EQ(
      body(redirect("https://h/a", 2)),
      R"(<Response><Pause length="2"/><Redirect method="POST">https://h/a#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000</Redirect></Response>)");
  EXPECT_EQ(redirect("https://h/a", 0), redirect("https://h/a"));
}

TEST(Twiml, EscapesATransferAndAVoicemail) {
  auto to = example_transfer();
  to.say = "Ben & \"Ann\" <3";
  to.language = "\"><Hangup/>";
  to.number = "</Number><Hangup/>";
  to.caller_id = "\" x=\"1";
  EXPECT_EQ(
      body(say_and_dial(to)),
      R"(<Response><Say>Ben &amp; "Ann" &lt;3</Say>)"
      R"(<Dial timeout="20" timeLimit="14400" callerId="&quot; x=&quot;1" )"
      R"(action="https://gw.example.com/after?x=1&amp;y=2#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000" method="POST">)"
      R"(<Number>&lt;/Number&gt;&lt;Hangup/&gt;</Number></Dial></Response>)");
  auto how = example_voicemail();
  how.say = std::string("a\0b\xff", 4) + "\xc3\xb6";
  EXPECT_NE(say_and_record(how).find("<Say language=\"en-GB\">ab\xc3\xb6</Say>"), std::string::npos);
}

TEST(Twiml, EscapesTextAndAttributes) {
  EXPECT_EQ(body(say_and_hang_up("a < b & c > \"d\" 'e' ]]>")),
            "<Response><Say>a &lt; b &amp; c &gt; \"d\" 'e' ]]&gt;</Say><Hangup/></Response>");
  auto s = example();
  s.parameters = {{"a\"b<c>", "x&y\nz"}};
  EXPECT_NE(connect_stream(s).value().find(R"(<Parameter name="a&quot;b&lt;c>" value="x&amp;y&#10;z"/>)"),
            std::string::npos)
      << connect_stream(s).value();
}

std::string spoken(const std::string& document) {
  pugi::xml_document doc;
  EXPECT_TRUE(doc.load_buffer(document.data(), document.size(), pugi::parse_default | pugi::parse_ws_pcdata))
      << document;
  return doc.child("Response").child_value("Say");
}

TEST(Twiml, DropsWhatXmlCannotCarry) {
  EXPECT_EQ(spoken(say_and_hang_up(std::string("a\0b\x08\x1f", 5) + "c\x7f\tx")), "abc\x7f\tx");
  EXPECT_EQ(spoken(say_and_hang_up("a\xff\xc3(\xed\xa0\x80\xc0\xaf"
                                   "b")),
            "a(b");
  EXPECT_EQ(spoken(say_and_hang_up("a\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd"
                                   "b")),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(spoken(say_and_hang_up("\xf0\x9f\x98\x80 \xe2\x82\xac")), "\xf0\x9f\x98\x80 \xe2\x82\xac");
  EXPECT_EQ(spoken(say_and_hang_up("one\r\ntwo\rthree\n")), "one\ntwo\nthree");
}

std::vector<std::string> all_spoken(const std::string& document) {
  pugi::xml_document doc;
  EXPECT_TRUE(doc.load_buffer(document.data(), document.size())) << document;
  std::vector<std::string> all;
  for (const auto& verb : doc.child("Response").children("Say")) all.emplace_back(verb.child_value());
  return all;
}

TEST(Twiml, SaysALongTextInPiecesOfOneLanguage) {
  std::string sentence;
  for (int i = 0; i < 200; ++i) sentence += "\xc3\xb8";
  sentence += ".";
  std::string text = sentence;
  for (int i = 0; i < 8; ++i) text += " " + sentence;
  const auto document = say_and_hang_up(text, "da");
  const auto pieces = all_spoken(document);
  ASSERT_EQ(pieces.size(), 3u) << "three sentences of 1,201 encoded characters and their blanks each";
  for (const auto& piece : pieces) EXPECT_EQ(piece, sentence + " " + sentence + " " + sentence);
  std::size_t languages = 0;
  for (auto at = document.find("da-DK"); at != std::string::npos; at = document.find("da-DK", at + 1)) ++languages;
  EXPECT_EQ(languages, 3u);
}

TEST(Twiml, CutsAnEndlessTextAtTenThousandCharacters) {
  std::size_t said = 0;
  for (const auto& piece : all_spoken(say_and_hang_up(std::string(50'000'000, 'a')))) said += piece.size();
  EXPECT_EQ(said, 10'000u);
  EXPECT_LT(say_and_hang_up(std::string(20'000, '&')).size(), 64'000u);
}

TEST(Twiml, NamesNoLanguageThatTwilioDoesNotHave) {
  EXPECT_EQ(body(say_and_hang_up("Zbogom.", "hr")), "<Response><Say>Zbogom.</Say><Hangup/></Response>");
  EXPECT_EQ(body(say_and_hang_up("Farvel.", "da")),
            "<Response><Say language=\"da-DK\">Farvel.</Say><Hangup/></Response>");
}

struct url_row {
  std::string why, url;
  std::optional<error> refused;
};
class TwimlStreamUrl : public testing::TestWithParam<url_row> {};
TEST_P(TwimlStreamUrl, IsCheckedBeforeTwilioSeesIt) {
  auto s = example();
  s.url = GetParam().url;
  const auto document = connect_stream(s);
  if (GetParam().refused)
    EXPECT_EQ(document.error(), *GetParam().refused);
  else
    EXPECT_TRUE(document);
}
INSTANTIATE_TEST_SUITE_P(
    Urls, TwimlStreamUrl,
    testing::Values(url_row{"Wss", "wss://h/m", {}}, url_row{"WssWithPort", "wss://h:8443/m", {}},
                    url_row{"LoopbackName", "ws://localhost:3000/m", {}},
                    url_row{"LoopbackAddress", "ws://127.0.0.1:3000/m", {}},
                    url_row{"LoopbackNet", "ws://127.5.5.5/m", {}}, url_row{"LoopbackSix", "ws://[::1]:3000/m", {}},
                    url_row{"Ws", "ws://h/m", error::not_wss}, url_row{"Https", "https://h/m", error::not_wss},
                    url_row{"Nothing", "", error::not_wss}, url_row{"SchemeOnly", "wss://", error::not_wss},
                    url_row{"NoHost", "wss:///m", error::not_wss},
                    url_row{"LoopbackPrefix", "ws://localhost.example.com/", error::not_wss},
                    url_row{"LoopbackLookalike", "ws://127.0.0.1.example.com/", error::not_wss},
                    url_row{"LoopbackUser", "ws://localhost@example.com/", error::not_wss},
                    url_row{"LoopbackPassword", "ws://localhost:x@example.com/", error::not_wss},
                    url_row{"Query", "wss://h/m?ticket=1", error::query_in_url},
                    url_row{"LoopbackQuery", "ws://localhost/m?", error::query_in_url},
                    url_row{"Fragment", "wss://h/m#x", error::query_in_url}),
    [](const auto& r) { return r.param.why; });

TEST(Twiml, LetsACallerWaitAndAsksAgain) {
  waiting how;
  how.music = "https://h/music.wav";
  how.then = "https://h/a?waited=11";
  EXPECT_EQ(
      body(wait(how)),
      R"(<Response><Play>https://h/music.wav</Play><Pause length="1"/><Redirect method="POST">https://h/a?waited=11#rc=5&amp;rp=all&amp;ct=2000&amp;rt=5000&amp;tt=15000</Redirect></Response>)");
  how.say = "Please hold.";
  how.language = "en-GB";
  EXPECT_TRUE(body(wait(how)).starts_with(R"(<Response><Say language="en-GB">Please hold.</Say><Play>)"));
}

TEST(Twiml, KeepsNameAndValueBelowFiveHundredCharacters) {
  auto s = example();
  s.parameters = {{"name", std::string(495, 'x')}};
  EXPECT_TRUE(connect_stream(s));
  s.parameters = {{"name", std::string(496, 'x')}};
  EXPECT_EQ(connect_stream(s).error(), error::parameter_too_long);
  s.parameters = {{std::string(500, 'x'), ""}};
  EXPECT_EQ(connect_stream(s).error(), error::parameter_too_long);
  std::string umlauts;
  for (int i = 0; i < 495; ++i) umlauts += "\xc3\xb6";
  s.parameters = {{"name", umlauts}};
  EXPECT_TRUE(connect_stream(s));
}

TEST(Twiml, StaysBelowTwiliosDocumentLimit) {
  auto s = example();
  s.parameters.assign(120, {"name", std::string(490, 'x')});
  EXPECT_TRUE(connect_stream(s));
  s.parameters.assign(130, {"name", std::string(490, 'x')});
  EXPECT_EQ(connect_stream(s).error(), error::too_big);
}

TEST(Twiml, HasASentenceForEachError) {
  EXPECT_NE(to_string(error::not_wss), to_string(error::query_in_url));
  EXPECT_NE(to_string(error::parameter_too_long), to_string(error::too_big));
}

}  // namespace
}  // namespace tonris::model::twiml
