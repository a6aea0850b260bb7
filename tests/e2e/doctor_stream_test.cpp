// The doctor's WebSocket through a proxy that relays its opening, and does what proxies do with the rest.
#include "tests/e2e/breaking_proxy.hpp"
#include "tests/e2e/doctor_fixture.hpp"

namespace tonris::e2e {
namespace {

class DoctorOfStreams : public doctor::DoctorOfTheGateway {
 protected:
  void SetUp() override {
    start(one_tenant(), between.origin());
    between.lead_to(w.gateway().port());
  }
  std::string said_where_it(breaking_proxy::manner how) {
    between.be(how);
    return doctor().said;
  }

  breaking_proxy between;
};

TEST_F(DoctorOfStreams, FindWhatIsBrokenBehindTheOpening) {
  using manner = breaking_proxy::manner;
  struct row {
    manner how;
    const char* finds;
    const char* fix;
  };
  for (const auto& [how, code, fix] : {
           row{manner::cuts_after_opening, "stream_breaks", "pass WebSockets on"},
           row{manner::cuts_long_frames, "stream_long_messages_lost", "raise the proxy's limit"},
           row{manner::loses_pings, "stream_pings_lost", "ping and pong"},
           row{manner::adds_extension, "stream_breaks", "pass WebSockets on"},
       }) {
    const auto said = said_where_it(how);
    EXPECT_TRUE(finds(said, code, fix)) << code << "\n" << said;
    EXPECT_FALSE(has(said, "a WebSocket gets through")) << code << "\n" << said;
  }
}

TEST_F(DoctorOfStreams, AreGoodWhereEverythingPasses) {
  const auto said = said_where_it(breaking_proxy::manner::passes);
  EXPECT_TRUE(has(said, "a WebSocket gets through")) << said;
  EXPECT_FALSE(has(said, "beyond its opening")) << said;
  EXPECT_EQ(w.gateway().metric("tonris_calls_started_total"), 0);
}

}  // namespace
}  // namespace tonris::e2e
