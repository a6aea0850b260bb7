#pragma once

#include "tests/actors/leg/leg_fixture.hpp"

namespace tonris::actors::test {

/// The caller leg, on a socket whose other end the test speaks for.
class CallerLeg : public LegTest {
 protected:
  void SetUp() override;
  void begin();
  void agent_arrives();
  void play(std::string_view payload);

  /// The audio that was sent, message by message, in bytes.
  [[nodiscard]] std::vector<std::size_t> pieces() const;

  int chunk_ = 0;

  void expect_failure(model::end_reason reason, std::uint16_t close_code);
};

}  // namespace tonris::actors::test
