#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <string>

#include "tests/e2e/world.hpp"

namespace tonris::e2e {

inline const std::string callback_secret = "wsec_of_the_test";

/// A gateway between calls that go on as long as the test wants, and what ElevenLabs asks and tells of them, said by
/// hand. What a request is answered with is the whole answer, head and body.
class CallbackTest : public testing::Test {
 protected:
  CallbackTest() : CallbackTest([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }) {}
  explicit CallbackTest(world::behaviour agents) : w(std::move(agents)) {}

  /// It also takes a secret that is being introduced.
  gateway_process& start(const std::string& tenants, std::map<std::string, std::string> settings = {});

  std::string send(const std::string& method, const std::string& path, const std::string& body,
                   const std::string& fields, std::chrono::milliseconds at_most = std::chrono::seconds{5});
  std::string tool(const std::string& name, const std::string& body,
                   std::chrono::milliseconds at_most = std::chrono::seconds{5});
  std::string initiation(const std::string& body);
  std::string post_call(const std::string& body, const std::string& by = callback_secret);
  /// Of a conversation that took so many seconds and costs so many credits.
  static std::string transcription(const std::string& conversation, const std::string& call, std::uint32_t seconds = 62,
                                   std::uint32_t credits = 410);
  static std::string audio(const std::string& conversation, std::size_t bytes);
  static std::string tools(const std::string& more) { return R"("tools":{)" + more + "}"; }

  struct talking {
    std::future<sim::caller_report> report;
    std::shared_ptr<sim::twilio_caller> caller;
    std::string sid, conversation;
  };
  talking call(sim::caller_options options);  ///< placed, and not there yet
  void wait_until_it_talks(talking& now);     ///< from then on it has a conversation
  talking talk();                             ///< both, with the usual options
  void hang_up(talking& now);                 ///< and waits for what Twilio has to tell of it

  world w;
  silent says_nothing;
  listener hears;
};

}  // namespace tonris::e2e
