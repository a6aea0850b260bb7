// A tenant's numbers at Twilio, pointed at the gateway and back, by the programs as they are.
#include <gtest/gtest.h>

#include "model/twilio/number_plan.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/places.hpp"
#include "tools/sim/twilio/rest_server.hpp"

namespace tonris::e2e {
namespace {

namespace twilio = model::twilio;

const std::string number = "+15550100002";

class NumbersAtTwilio : public testing::Test {
 protected:
  template <class Work>
  auto on_loop(Work work) {
    return net::run_on(loop, std::move(work));
  }
  NumbersAtTwilio() {
    loop.start();
    on_loop([&] {
      sim::twilio_rest_options options;
      options.accounts = {{account_sid, auth_token}};
      options.page_size = 2;
      server = sim::twilio_rest_server::listen(loop, options).value();
      // What else is like the number comes before it, over pages.
      for (const auto* like : {"+155501000020", "+155501000021", "+155501000022"}) server->add(account_sid, like);
      server->add(account_sid, number, elsewhere());
    });
    w.start_gateway(one_tenant(), {{"TWILIO_API_BASE_URL", on_loop([&] { return server->base_url(); })}});
  }
  ~NumbersAtTwilio() override {
    on_loop([&] { server.reset(); });
    loop.stop();
  }

  static twilio::call_handlers elsewhere() {
    twilio::call_handlers calls;
    calls.voice = {"https://old.example/voice", "GET"};
    calls.status = {"https://old.example/status", "POST"};
    calls.application = "AP00000000000000000000000000000001";
    return calls;
  }
  twilio::call_handlers calls() {
    return on_loop([&] { return server->calls_of(number).value(); });
  }
  shell_end ctl(const std::string& command) {
    return shell("ADMIN_TOKEN=" + admin_token + " " + test::programs() + "/tonrisctl number " + command +
                 " --gateway " + w.gateway().origin());
  }
  [[nodiscard]] bool is_attached() { return calls() == twilio::gateway_handlers(w.gateway().origin()); }

  net::loop loop{"twilio"};
  std::unique_ptr<sim::twilio_rest_server> server;
  world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
};

TEST_F(NumbersAtTwilio, ArePointedHereAndBackAlsoAfterARestart) {
  const auto listed = ctl("list salon-1");
  EXPECT_EQ(listed.status, 0) << listed.said;
  EXPECT_TRUE(has(listed.said, "elsewhere") && has(listed.said, "https://old.example/voice")) << listed.said;
  const auto dry = ctl("attach salon-1");
  EXPECT_EQ(dry.status, 0) << dry.said;
  EXPECT_TRUE(has(dry.said, "VoiceUrl: https://old.example/voice -> ") && has(dry.said, "Nothing was changed"))
      << dry.said;
  EXPECT_EQ(calls(), elsewhere());
  EXPECT_EQ(ctl("attach salon-1 --yes").status, 0);
  EXPECT_TRUE(is_attached());
  EXPECT_EQ(w.gateway().stop(), 0);
  w.gateway().start_again();
  ASSERT_TRUE(w.gateway().wait_until_healthy());
  EXPECT_EQ(ctl("attach salon-1 --yes").status, 0);
  EXPECT_EQ(on_loop([&] { return server->updates(); }), 1u) << "the second time nothing is left to be done";
  EXPECT_EQ(ctl("detach salon-1 --yes").status, 0);
  auto back = elsewhere();
  back.fallback.method = "POST";  // as Twilio has it where nothing is set
  EXPECT_EQ(calls(), back);
  EXPECT_TRUE(on_loop([&] { return server->violations().empty(); }));
  EXPECT_FALSE(has(w.gateway().log(), auth_token));
}

TEST_F(NumbersAtTwilio, SaysWhatTwilioDoesNotDo) {
  on_loop([&] { server->fail_next({429, 429}); });
  EXPECT_EQ(ctl("attach salon-1 --yes").status, 0) << "turned away twice, and asked again";
  EXPECT_TRUE(is_attached());
  on_loop([&] { server->fail_next({500}); });
  const auto broken = ctl("detach salon-1 --yes");
  EXPECT_EQ(broken.status, 1);
  EXPECT_TRUE(has(broken.said, "twilio_unavailable: Twilio answered with status 500")) << broken.said;
  on_loop([&] { server->fail_next({0}); });
  const auto silent = ctl("list salon-1");
  EXPECT_EQ(silent.status, 1);
  EXPECT_TRUE(has(silent.said, "twilio_no_answer")) << silent.said;
  const auto nobody = ctl("list nobody");
  EXPECT_EQ(nobody.status, 1);
}

TEST_F(NumbersAtTwilio, AreListedOfAllTenantsAtOnce) {
  const auto made =
      shell("curl --silent --show-error --fail --header 'Authorization: Bearer " + admin_token + "' --data '" +
            tenant("salon-2", "+15550100099", "agent_demo") + "' " + w.gateway().origin() + "/api/tenants");
  ASSERT_EQ(made.status, 0) << made.said;
  const auto all = ctl("list");
  EXPECT_EQ(all.status, 1) << "one of the numbers is not in the account: " << all.said;
  EXPECT_TRUE(has(all.said, "salon-1  +15550100002  elsewhere")) << all.said;
  EXPECT_TRUE(has(all.said, "salon-2  +15550100099") && has(all.said, "twilio_number_unknown")) << all.said;
}

}  // namespace
}  // namespace tonris::e2e
