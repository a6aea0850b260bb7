#pragma once

#include "tests/actors/leg/leg_fixture.hpp"

namespace tonris::actors::test {

inline const std::string signed_url =
    "wss://agent.example/v1/convai/conversation?agent_id=a&conversation_signature=cvtkn_1";

/// The agent leg, on a socket whose other end the test speaks for.
class AgentLeg : public LegTest {
 protected:
  bool expects_transcripts = true;

  void spawn();
  void connect();
  void live(std::string_view output = "ulaw_8000", std::string_view input = "ulaw_8000");
  void caller_says(std::string_view payload);

  void expect_failure(model::end_reason reason);
};

}  // namespace tonris::actors::test
