#include "tools/sim/wire/webhook_poster.hpp"

#include <gtest/gtest.h>

#include "tools/sim/wire/address.hpp"

namespace {

using namespace tonris::sim;

TEST(SimWebhookPoster, EncodesAFormAsTwilioDoes) {
  EXPECT_EQ(form_encoded({{"From", "+15550100001"}, {"CallerName", "O'Brien & Söhne"}, {"FromCity", ""}}),
            "From=%2B15550100001&CallerName=O%27Brien%20%26%20S%C3%B6hne&FromCity=");
}

TEST(SimWebhookPoster, DialsThePublicOriginWhereItReallyIs) {
  const twilio_account account{"AC", "t", "https://gw.example.com", "http://127.0.0.1:3000"};
  EXPECT_EQ(account.dialled("https://gw.example.com/a?b=1"), "http://127.0.0.1:3000/a?b=1");
  EXPECT_EQ(account.dialled("wss://gw.example.com/media/x"), "ws://127.0.0.1:3000/media/x");
  EXPECT_EQ(account.dialled("https://other.example.com/a"), "https://other.example.com/a");
}

TEST(SimWebhookPoster, FlagsAnAnswerThatTwilioWouldReadAloudOrRefuse) {
  using std::chrono::milliseconds;
  const auto rules = [](unsigned status, std::string type, int ms) {
    std::string out;
    for (const auto& fault : faults_of_document_answer({status, std::move(type), "", milliseconds{ms}}))
      out += fault.rule + " ";
    return out;
  };
  EXPECT_EQ(rules(200, "text/xml", 10), "");
  EXPECT_EQ(rules(200, "application/xml; charset=utf-8", 3000), "");
  EXPECT_EQ(rules(200, "text/plain", 10), "answer_not_xml_type ");
  EXPECT_EQ(rules(500, "text/xml", 10), "answer_not_200 ");
  EXPECT_EQ(rules(200, "text/xml", 3001), "answer_too_late ");
}

TEST(SimAddress, IsSignedWithoutPortOverHttpsAndWithItOverHttp) {
  EXPECT_EQ(as_signed("https://gw.example.com:8443/a?b=1#rc=2"), "https://gw.example.com/a?b=1");
  EXPECT_EQ(as_signed("http://127.0.0.1:3000/a"), "http://127.0.0.1:3000/a");
  EXPECT_EQ(as_signed("https://user:pass@gw.example.com/a"), "https://gw.example.com/a");
  EXPECT_EQ(as_signed("https://[::1]/a"), "https://[::1]/a");
}

TEST(SimAddress, ResolvesWhatADocumentRefersTo) {
  const std::string base = "https://gw.example.com/api/voice?x=1";
  EXPECT_EQ(resolve(base, "https://other/x"), "https://other/x");
  EXPECT_EQ(resolve(base, "/root"), "https://gw.example.com/root");
  EXPECT_EQ(resolve(base, "status"), "https://gw.example.com/api/status");
  EXPECT_EQ(resolve(base, ""), base);
}

}  // namespace
