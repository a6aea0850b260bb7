#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/redis_link.hpp"
#include "net/redis_subscription.hpp"
#include "net_fixture.hpp"
#include "redis_server.hpp"

namespace tonris::net::test {

/// Times short enough for a test: what takes seconds in the field takes a tenth of them here.
inline redis_times short_times() {
  redis_times times;
  times.connect = 500ms;
  times.greeting = 300ms;
  times.ping_every = 200ms;
  times.ping_within = 150ms;
  times.first_pause = 10ms;
  times.longest_pause = 50ms;
  times.health = 500ms;
  return times;
}

inline redis_options options_of(const std::string& address) {
  const auto read = model::read_redis_address(address);
  EXPECT_TRUE(read) << address;
  return {read.value_or(model::redis_address{}), nullptr, "tonris:test", short_times()};
}

/// The same without a PING in the test's time, for what counts commands.
inline redis_options unpinged(const std::string& address) {
  auto out = options_of(address);
  out.times.ping_every = 60s;
  return out;
}

/// A loop, and a link on it whose states and faults are written down.
class RedisLinkTest : public testing::Test {
 protected:
  using phase = redis_state::phase;
  using outcome = redis_outcome;

  void SetUp() override { io.start(); }
  void TearDown() override {
    on(io, [this] { link.reset(); });
    io.stop();
  }

  void open(redis_options options, std::vector<redis_script> scripts = {}, const redis_link_limits& limits = {}) {
    on(io, [&] {
      link = redis_link::make(io, std::move(options), std::move(scripts),
                              {[this](const redis_state& state) {
                                 states.push_back(state);
                                 if (at_state) at_state(state);
                               },
                               [this](const std::string& line) { faults.push_back(line); }},
                              limits);
    });
  }
  void open_ready(redis_options options, std::vector<redis_script> scripts = {}, const redis_link_limits& limits = {}) {
    open(std::move(options), std::move(scripts), limits);
    ASSERT_TRUE(becomes(phase::ready)) << on(io, [this] { return link->state().why; });
  }

  bool becomes(phase what) {
    return eventually(io, [&] { return link->state().is == what; });
  }
  redis_state state() {
    return on(io, [this] { return link->state(); });
  }

  /// Answers to commands that are under way, by the order in which they were asked.
  struct asked {
    std::vector<redis_answer> answers;
    std::vector<bool> is_there;
    std::size_t count = 0;
  };
  using words = std::vector<std::string>;
  std::shared_ptr<asked> ask(const std::vector<words>& commands, std::chrono::milliseconds within = 2s) {
    auto out = std::make_shared<asked>();
    out->answers.resize(commands.size());
    out->is_there.resize(commands.size());
    on(io, [&] {
      for (std::size_t i = 0; i < commands.size(); ++i) {
        const std::vector<std::string_view> views{commands[i].begin(), commands[i].end()};
        link->command(views, within, [out, i](redis_answer answer) {
          EXPECT_FALSE(out->is_there[i]) << "answered twice";
          out->answers[i] = std::move(answer);
          out->is_there[i] = true;
          ++out->count;
        });
        EXPECT_EQ(out->count, 0U) << "answered from within";
      }
    });
    return out;
  }
  bool all_there(const std::shared_ptr<asked>& what) {
    return eventually(io, [&] { return what->count == what->answers.size(); });
  }
  redis_answer say(const words& command, std::chrono::milliseconds within = 2s) {
    const auto what = ask({command}, within);
    EXPECT_TRUE(all_there(what));
    return what->answers[0];
  }
  redis_answer run(const redis_script& script, const words& keys, const words& arguments,
                   std::chrono::milliseconds within = 2s) {
    auto out = std::make_shared<std::optional<redis_answer>>();
    on(io,
       [&] { link->run(script, keys, arguments, within, [out](redis_answer answer) { *out = std::move(answer); }); });
    EXPECT_TRUE(eventually(io, [&] { return out->has_value(); }));
    return out->value_or(redis_answer{});
  }

  loop io{"redis-test"};
  std::unique_ptr<redis_link> link;
  std::vector<redis_state> states;
  std::vector<std::string> faults;
  std::function<void(const redis_state&)> at_state;
};

}  // namespace tonris::net::test
