#include "actors/leg/metrics.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

TEST(UnknownMessage, IsCountedEachTimeAndNamedOncePerTypeAndSide) {
  metrics registry;
  captured_log log;
  report_unknown(registry, wire::twilio, "hologram");
  report_unknown(registry, wire::twilio, "hologram");
  report_unknown(registry, wire::elevenlabs, "holo\ngram");
  EXPECT_NE(registry.render().find(R"(tonris_unknown_messages_total{wire="twilio"} 2)"), std::string::npos);
  const auto text = log.text();
  const auto first = text.find("Twilio sends messages of a type that this version ignores: hologram\n");
  EXPECT_NE(first, std::string::npos) << text;
  EXPECT_EQ(text.find("hologram", first + 80), std::string::npos) << text;
  EXPECT_NE(text.find("ElevenLabs sends messages of a type that this version ignores: holo?gram\n"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace tonris::actors::test
