#include "tests/actors/call/call_fixture.hpp"
#include "tests/actors/counting_allocator.hpp"

namespace tonris::actors::test {
namespace {

class MediaPath : public CallTest {
 protected:
  void talk_unrecorded() {
    talk();
    twilio->record = agent->record = false;
    twilio->writes = agent->writes = 0;
  }
  static std::string frame(std::size_t bytes) {
    return model::to_base64(std::vector<std::uint8_t>(bytes, std::uint8_t{0x55}));
  }
};

TEST_F(MediaPath, CountsAllocations) {
  EXPECT_EQ(allocated_by([] {
              ::operator delete(::operator new(4));  // called by name: a compiler may leave out a plain pair
              ::operator delete[](::operator new[](100));
            }),
            2u);
}

TEST_F(MediaPath, PassesACallersFrameWithoutAllocating) {
  talk_unrecorded();
  const auto text = twilio_media(frame(160), 7);
  twilio->say(text);
  EXPECT_EQ(allocated_by([&] {
              for (int i = 0; i < 1000; ++i) twilio->say(text);
            }),
            0u);
  EXPECT_EQ(agent->writes, 1001u);
}

TEST_F(MediaPath, PassesAnAgentsFrameAndItsMarksWithoutAllocating) {
  talk_unrecorded();
  const auto text = agent_says(frame(160), 3);
  for (int i = 0; i < 20; ++i) agent->say(text);
  EXPECT_EQ(allocated_by([&] {
              for (int i = 0; i < 1000; ++i) agent->say(text);
            }),
            0u);
  EXPECT_EQ(twilio->writes, 1020u);
}

TEST_F(MediaPath, AnswersMarksWithoutWritingToTheCall) {
  talk_unrecorded();
  agent->say(agent_says(frame(1600)));
  const auto before = twilio->writes + agent->writes;
  twilio->say(twilio_mark("g1:200"));
  EXPECT_EQ(twilio->writes + agent->writes, before);
  EXPECT_EQ(record()["media"]["heardMs"].GetInt(), 200);
}

TEST_F(MediaPath, TicksWithoutAllocating) {
  talk_unrecorded();
  for (int i = 0; i < 200; ++i) services.tick_next_part();  // silence begins meanwhile
  EXPECT_EQ(allocated_by([&] {
              for (int i = 0; i < 500; ++i) services.tick_next_part();
            }),
            0u);
  EXPECT_EQ(agent->writes, 60u) << "silence, since the caller says nothing, from a second on";
}

}  // namespace
}  // namespace tonris::actors::test
