#include "actors/telemetry/unknown_message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::actors {
namespace {

using wire = metrics::wire;

TEST(UnknownMessage, IsNewOncePerTypeAndSide) {
  metrics counters;
  EXPECT_TRUE(counters.unknown_message(wire::twilio, "hologram"));
  EXPECT_FALSE(counters.unknown_message(wire::twilio, "hologram"));
  EXPECT_TRUE(counters.unknown_message(wire::elevenlabs, "hologram"));
  EXPECT_NE(counters.render().find(R"(tonris_unknown_messages_total{wire="twilio"} 2)"), std::string::npos);
}

TEST(UnknownMessage, OfEverNewTypesIsNotNamedWithoutEnd) {
  metrics counters;
  std::size_t named = 0;
  for (int i = 0; i < 1000; ++i) named += counters.unknown_message(wire::elevenlabs, std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(named, metrics::most_unknown_types);
}

}  // namespace
}  // namespace tonris::actors
