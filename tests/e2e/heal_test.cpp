// How long each failure lasts for its call, and what is lost: the figures of docs/failures.md. All rows at once, many
// calls each. TONRIS_HEAL_CALLS (3) chooses how many; with 50 the percentiles mean something.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "model/call/timeline.hpp"
#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tools/sim/twilio/caller_faults.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using model::call_moment;
using manner = sim::agent_failure::manner;

constexpr auto fails_after = 3s;
constexpr std::uint64_t frames_said = 300;

/// A way to fail, the moment it begins to be one, and the moment it is none any more.
struct row {
  std::string name;
  call_moment from, until;
  std::optional<manner> agent;
  std::uint16_t close_code = 1011;
  std::string rehearsal;
  std::optional<sim::drop_manner> stream;
};

std::vector<row> rows() {
  const auto agent = [](std::string name, manner how, std::uint16_t code = 1011) {
    return row{std::move(name), call_moment::agent_ended, call_moment::agent_ready, how, code, {}, {}};
  };
  const auto crash = [](std::string what, call_moment until) {
    return row{what, call_moment::crashed, until, {}, 0, what, {}};
  };
  const auto stream = [](std::string name, sim::drop_manner how) {
    return row{std::move(name), call_moment::stream_ended, call_moment::stream_started, {}, 0, {}, how};
  };
  return {agent("agent: TCP ends", manner::drop),
          agent("agent: RST", manner::reset),
          agent("agent: close 1011", manner::close, 1011),
          agent("agent: close 1012", manner::close, 1012),
          agent("agent: close 1013", manner::close, 1013),
          agent("agent: a text that is no message", manner::garbage),
          agent("agent: a binary frame", manner::binary),
          agent("agent: a broken frame", manner::broken_frame),
          crash("agentCrash", call_moment::agent_ready),
          crash("callCrash", call_moment::resumed),
          crash("callerCrash", call_moment::stream_started),
          stream("stream: TCP ends", sim::drop_manner::fin),
          stream("stream: RST", sim::drop_manner::reset)};
}

std::string number_of(std::size_t row) {
  return "+155501001" + std::string(row < 10 ? "0" : "") + std::to_string(row);
}

std::string tenant_of(std::size_t number, const row& r) {
  std::string rehearsal;
  if (!r.rehearsal.empty())
    rehearsal = R"("rehearsal":{"failure":")" + r.rehearsal + R"(","afterSeconds":3,"callers":["+15550100001"]})";
  const auto name = std::to_string(number);
  return tenant("row" + name, number_of(number), "agent_" + name, rehearsal);
}

/// The first conversation of each call fails, later ones do not: all calls begin before the first failure.
class failing_agents {
 public:
  explicit failing_agents(std::vector<row> rows) : rows_(std::move(rows)) {}

  std::optional<sim::agent_behaviour> operator()(const std::string& agent) {
    const auto now = std::chrono::steady_clock::now();
    if (!began_) began_ = now;
    auto behaviour = quiet_agent();
    const auto& r = rows_[std::stoul(agent.substr(agent.find('_') + 1))];
    if (!r.agent || now - *began_ > fails_after) return behaviour;
    auto& failure = behaviour.failure;
    failure.when = sim::agent_failure::point::after_metadata;
    failure.after = fails_after;
    failure.how = *r.agent;
    failure.code = r.close_code;
    return behaviour;
  }

 private:
  std::vector<row> rows_;
  std::optional<std::chrono::steady_clock::time_point> began_;
};

double healed_after_ms(const std::vector<model::timeline_event>& events, const row& r) {
  const auto from = std::ranges::find(events, r.from, &model::timeline_event::what);
  const auto until = std::find_if(from, events.end(), [&](const auto& e) { return e.what == r.until; });
  return until == events.end() ? -1 : std::chrono::duration<double, std::milli>(until->at - from->at).count();
}

template <class T>
T part_of(std::vector<T> all, double share) {
  std::ranges::sort(all);
  return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1) + 0.5)];
}

TEST(Heal, TakesEachFailureLessThanTwoSeconds) {
  const auto all = rows();
  const char* const wished = std::getenv("TONRIS_HEAL_CALLS");
  const std::size_t calls = wished ? std::strtoul(wished, nullptr, 10) : 3;
  std::string tenants = "[";
  for (std::size_t i = 0; i < all.size(); ++i) tenants += (i == 0 ? "" : ",") + tenant_of(i, all[i]);
  failing_agents agents(all);
  world w([&](const std::string& agent, std::uint64_t) { return agents(agent); });
  w.start_gateway(tenants + "]", {{"LOG_LEVEL", "error"}});

  struct one_call {
    one_call(std::uint32_t number, std::size_t of) : id(number), in(of), says(number, frames_said) {}
    std::uint32_t id;
    std::size_t in;
    identified_frames says;
    listener hears;
    std::future<sim::caller_report> report;
  };
  std::vector<std::unique_ptr<one_call>> placed;
  for (std::uint32_t n = 0; n < calls * all.size(); ++n) {
    auto& call = *placed.emplace_back(std::make_unique<one_call>(n + 1, n % all.size()));
    auto options = w.caller();
    options.call_sid = sid_of(call.id);
    options.to = number_of(call.in);
    options.stream_setup = 0ms;  // the figures are of the gateway's part
    options.hang_up_after_last_word = 1500ms;
    if (all[call.in].stream) options.faults.drops = {{fails_after, *all[call.in].stream, 20ms}};
    call.report = w.place(options, call.says, call.hears);
  }
  std::vector<std::vector<double>> ms(all.size());
  std::vector<std::vector<std::size_t>> lost(all.size());
  for (auto& call : placed) {
    const auto& r = all[call->in];
    const auto report = call->report.get();
    // A crash of our own leg cuts the stream, which is what Twilio complains of then.
    const bool ours = r.rehearsal == "callerCrash";
    EXPECT_TRUE(ours || report.violations.empty()) << r.name << ": " << violations_of(report.violations.all());
    const auto sid = sid_of(call->id);
    const auto events = model::parse_events({sid}, w.events(sid));
    ASSERT_TRUE(events) << r.name;
    const auto healed = healed_after_ms(*events, r);
    EXPECT_GE(healed, 0) << r.name << ": " << model::in_plain_words(*events);
    EXPECT_LT(healed, 2000) << r.name;
    EXPECT_TRUE(has(w.record(sid), R"("endReason":"caller_hung_up")")) << r.name << ": " << w.record(sid);
    ms[call->in].push_back(healed);
    lost[call->in].push_back(frames_said - frames_found(call->id, frames_said, w.heard_by_agent(sid)));
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    std::printf("| %s | %zu | %.0f | %.0f | %.0f | %zu | %zu |\n", all[i].name.c_str(), ms[i].size(),
                part_of(ms[i], 0.5), part_of(ms[i], 0.99), part_of(ms[i], 1), part_of(lost[i], 0.5),
                part_of(lost[i], 1));
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_calls_live", 0));
}

}  // namespace
}  // namespace tonris::e2e
