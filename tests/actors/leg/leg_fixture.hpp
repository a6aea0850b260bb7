#pragma once

#include "actors/leg/agent_leg.hpp"
#include "actors/leg/caller_leg.hpp"
#include "actors/leg/media_bridge.hpp"
#include "model/text/base64.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {

/// What a leg told its call.
struct told_call {
  std::vector<model::twilio::start> started;
  std::string keys;
  std::vector<caller_leg_ended> caller_ended;
  int played_out = 0, agent_connected = 0, interruptions = 0, goodbyes = 0, last_turns = 0;
  std::vector<agent_ready> ready;
  std::vector<bool> waiting;
  std::vector<transcript_line> lines;
  std::vector<transcript_correction> corrections;
  std::vector<agent_leg_ended> agent_ended;
  std::vector<model::tool_request> tools;
  std::vector<std::string> given_up;  ///< tools, by id
  int holds_over = 0;
};

/// A call that only listens.
caf::behavior listening_call(caf::event_based_actor*, std::shared_ptr<told_call> told);

/// What the leg on the other side of the bridge heard.
struct heard_by_peer {
  std::vector<std::string> audio;  ///< of the leg under test
  int interruptions = 0;
};

class listening_leg final : public leg {
 public:
  listening_leg(caf::actor_config& config, std::shared_ptr<heard_by_peer> heard)
      : leg(config), heard_(std::move(heard)) {}
  caf::behavior make_behavior() override;
  void read(std::string_view) override;
  void hear(std::string_view payload) override;
  void tick() override;
  void drained() override;

 private:
  void socket_has_ended(const net::websocket_end&) override;
  void close(std::uint16_t) override;
  std::shared_ptr<heard_by_peer> heard_;
};

/// One leg under test, with a call and another leg that only listen.
class LegTest : public ActorTest {
 protected:
  LegTest();
  ~LegTest() override;

  void SetUp() override;
  void TearDown() override;

  /// `bytes` of mu-law as Base64.
  static std::string ulaw(std::size_t bytes, std::uint8_t value = 0x55);

  std::shared_ptr<told_call> told = std::make_shared<told_call>();
  std::shared_ptr<heard_by_peer> heard = std::make_shared<heard_by_peer>();
  std::shared_ptr<media_bridge> bridge = std::make_shared<media_bridge>();
  std::shared_ptr<fake_websocket> socket;
  caf::actor call, peer, subject;
};

// --- what Twilio says ---

std::string twilio_start(const model::call_sid& of = some_call, const model::account_sid& by = some_account,
                         int rate = 8000, const model::stream_sid& stream = some_stream);
std::string twilio_media(std::string_view payload, int chunk = 1);
std::string twilio_mark(std::string_view name);
std::string twilio_key(char digit);
std::string twilio_stop(const model::call_sid& of = some_call);

// --- what we say to Twilio ---

std::string media_out(std::string_view payload);
std::string mark_out(std::string_view name);
std::string clear_out();

// --- what the agent says ---

std::string agent_metadata(std::string_view output = "ulaw_8000", std::string_view input = "ulaw_8000",
                           std::string_view conversation = "conv_1");
std::string agent_says(std::string_view payload, int event_id = 1);
std::string agent_interrupts(int event_id);
std::string agent_ping(int event_id);
std::string agent_answers(std::string_view text);
std::string agent_ends_call();
/// `parameters`: JSON of an object.
std::string agent_uses(std::string_view tool, std::string_view parameters, std::string_view id = "t1");

// --- what we say to the agent ---

std::string heard_by_agent(std::string_view payload);

}  // namespace tonris::actors::test
