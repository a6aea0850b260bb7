/// admit.lua, renew.lua and release.lua on a real Redis, asked the same as the pure table.
#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "config/redis_scripts.hpp"
#include "tests/model/admission/contract.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::config {
namespace {

using namespace std::chrono_literals;
using model::admission_verdict;

/// Redis' clock cannot be set: the windows are short, a minute too.
constexpr model::test::contract_times times{600ms, 800ms, 800ms};

class scripted_counts final : public model::test::admission_counts {
 public:
  scripted_counts(net::test::redis_server& redis, std::string node, const char* generation = "g1")
      : node_(std::move(node)), to_(redis.connect()) {
    say({"SET", key("gen"), generation});
  }

  model::admission_answer admit(const model::admission_place& who, const model::admission_limits& limits) override {
    const auto number = [](std::uint64_t n) { return std::to_string(std::min<std::uint64_t>(n, 1'000'000'000)); };
    const auto answer = run(script_of("admit", true),
                            {key("gen"), key("young"), key("l:" + who.call.value), key("c:" + who.tenant.value),
                             key("m:" + who.tenant.value), month_key(who.tenant, who.month),
                             key("r:" + who.tenant.value + ":" + who.caller), key("v:" + who.vendor),
                             key("vn:" + who.vendor), key("vr:" + who.vendor)},
                            {who.call.value, who.tenant.value, node_, who.vendor, std::to_string(times.lease.count()),
                             number(limits.calls), number(limits.calls_per_minute), number(limits.month_seconds),
                             number(limits.month_microdollars), who.caller.empty() ? "0" : number(limits.caller_calls),
                             std::to_string(limits.caller_window.count()), number(limits.vendor_calls), "5", "60000"});
    model::admission_answer said;
    said.verdict = verdict_of(answer.at(0));
    if (said.verdict == admission_verdict::ok) {
      said.epoch = std::stoull(answer.at(1));
      said.met = std::stoull(answer.at(2));
      said.again = answer.at(3) == "1";
    } else if (said.verdict == admission_verdict::elsewhere) {
      said.node = answer.at(1);
    } else if (answer.size() > 1) {
      said.met = std::stoull(answer.at(1));
    }
    return said;
  }

  model::renewal_answer renew(const std::vector<model::lease_renewal>& calls, model::usage_month month) override {
    std::vector<std::string> arguments{prefix,  node_,           "http://" + node_, std::to_string(times.lease.count()),
                                       "60000", to_string(month)};
    for (const auto& one : calls)
      for (const auto& text : {one.call.value, one.tenant.value, one.vendor, std::to_string(one.epoch),
                               std::to_string(one.seconds), std::to_string(one.microdollars)})
        arguments.push_back(text);
    // {gen, {{call, word, …}…}, {{tenant, seconds, microdollars, live}…}}
    const auto reply = call(script_of("renew"), {key("gen"), key("node:" + node_)}, arguments);
    model::renewal_answer answer;
    if (reply->elements != 3) {
      answer.lost = true;
      return answer;
    }
    for (std::size_t n = 0; n < reply->element[1]->elements; ++n) {
      const auto words = words_of(*reply->element[1]->element[n]);
      using what = model::renewal_answer::remark::what;
      if (words.at(1) == "ended") answer.remarks.push_back({what::ended, {words.at(0)}});
      if (words.at(1) == "fenced") answer.remarks.push_back({what::fenced, {words.at(0)}, 0, words.at(2)});
      if (words.at(1) == "epoch") answer.remarks.push_back({what::epoch, {words.at(0)}, std::stoull(words.at(2))});
    }
    for (std::size_t n = 0; n < reply->element[2]->elements; ++n) {
      const auto words = words_of(*reply->element[2]->element[n]);
      answer.tenants.push_back(
          {{words.at(0)}, {std::stoll(words.at(1)), std::stoll(words.at(2)), 0}, std::stoull(words.at(3))});
    }
    return answer;
  }

  model::release_verdict release(const model::lease_release& what) override {
    const auto& who = what.of;
    const auto word =
        run(script_of("release"),
            {key("gen"), key("l:" + who.call.value), key("c:" + who.tenant.value), key("m:" + who.tenant.value),
             month_key(who.tenant, who.month), key("v:" + who.vendor), key("vn:" + who.vendor),
             key("r:" + who.tenant.value + ":" + who.caller)},
            {who.call.value, who.tenant.value, node_, what.epoch ? std::to_string(*what.epoch) : "",
             std::to_string(what.seconds), std::to_string(what.microdollars), "60000", what.undo ? "1" : "0"})
            .at(0);
    if (word == "again") return model::release_verdict::again;
    if (word == "fenced") return model::release_verdict::fenced;
    if (word == "lost") return model::release_verdict::lost;
    EXPECT_EQ(word, "ok");
    return model::release_verdict::ok;
  }

  void reserve(const std::string& vendor, const model::tenant_id& tenant, std::uint64_t calls) override {
    say({"HSET", key("vr:" + vendor), tenant.value, std::to_string(calls)});
  }
  model::month_sums month(const model::tenant_id& tenant, model::usage_month month) override {
    const auto number = [&](const char* field) {
      const auto text = say({"HGET", month_key(tenant, month), field});
      return text == "(nil)" ? 0 : std::stoll(text);
    };
    return {number("s"), number("c"), number("calls")};
  }
  void be_young(std::chrono::milliseconds how_long) override {
    say({"SET", key("young"), "1", "PX", std::to_string(how_long.count())});
  }
  void pass(std::chrono::milliseconds time) override { std::this_thread::sleep_for(time); }

 private:
  static inline const std::string prefix = "{tonris}:";
  using reply_ptr = std::unique_ptr<redisReply, void (*)(void*)>;

  static std::string key(const std::string& name) { return prefix + name; }
  static std::string month_key(const model::tenant_id& tenant, model::usage_month month) {
    return key("u:" + tenant.value + ":" + to_string(month));
  }
  static admission_verdict verdict_of(const std::string& word) {
    for (std::size_t n = 0; n < model::admission_verdict_count; ++n)
      if (to_string(static_cast<admission_verdict>(n)) == word) return static_cast<admission_verdict>(n);
    ADD_FAILURE() << "no verdict: " << word;
    return admission_verdict::lost;
  }
  /// As it is built in; with a minute that a test can wait for.
  static std::string script_of(std::string_view name, bool shortened = false) {
    for (const auto& one : redis_scripts::all()) {
      if (one.name != name) continue;
      std::string text{one.text};
      const std::string minute = std::to_string(times.minute.count());
      if (!shortened) return text;
      for (const auto& [from, to] :
           {std::pair{std::string{"held(KEYS[5], now - 60000)"}, "held(KEYS[5], now - " + minute + ")"},
            {std::string{"R('PEXPIRE', KEYS[5], 60000)"}, "R('PEXPIRE', KEYS[5], " + minute + ")"}}) {
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        if (at != std::string::npos) text.replace(at, from.size(), to);
      }
      return text;
    }
    ADD_FAILURE() << "no script " << name;
    return {};
  }

  std::string say(const std::vector<std::string>& words) { return net::test::redis_server::ask(to_.get(), words); }
  reply_ptr call(const std::string& script, const std::vector<std::string>& keys,
                 const std::vector<std::string>& arguments) {
    std::vector<std::string> words{"EVAL", script, std::to_string(keys.size())};
    words.insert(words.end(), keys.begin(), keys.end());
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<const char*> pointers;
    std::vector<std::size_t> lengths;
    for (const auto& one : words) {
      pointers.push_back(one.data());
      lengths.push_back(one.size());
    }
    reply_ptr reply{static_cast<redisReply*>(
                        redisCommandArgv(to_.get(), static_cast<int>(words.size()), pointers.data(), lengths.data())),
                    freeReplyObject};
    if (!reply || reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(reply ? reply->str : to_->errstr);
    return reply;
  }
  static std::vector<std::string> words_of(const redisReply& list) {
    std::vector<std::string> words;
    for (std::size_t n = 0; n < list.elements; ++n) {
      const auto& one = *list.element[n];
      words.push_back(one.type == REDIS_REPLY_INTEGER ? std::to_string(one.integer) : std::string(one.str, one.len));
    }
    return words;
  }
  std::vector<std::string> run(const std::string& script, const std::vector<std::string>& keys,
                               const std::vector<std::string>& arguments) {
    return words_of(*call(script, keys, arguments));
  }

  std::string node_;
  net::test::redis_server::connection to_;
};

TEST(AdmissionScripts, KeepTheContractOfAdmission) {
  net::test::redis_server redis;
  for (const auto& one : model::test::admission_contract()) {
    SCOPED_TRACE(one.says);
    (void)redis.say({"FLUSHALL"});
    scripted_counts counts(redis, "node-1");
    one.run(counts, times);
  }
}

TEST(AdmissionScripts, KeepOneNodesCallsFromAnother) {
  net::test::redis_server redis;
  scripted_counts one(redis, "node-1"), other(redis, "node-2");
  using model::test::still;
  EXPECT_EQ(one.admit(model::test::place(1), {}).verdict, admission_verdict::ok);
  const auto elsewhere = other.admit(model::test::place(1), {});
  EXPECT_EQ(elsewhere.verdict, admission_verdict::elsewhere);
  EXPECT_EQ(elsewhere.node, "node-1");
  const auto renewed = other.renew({still(1)}, model::test::november);
  ASSERT_EQ(renewed.remarks.size(), 1u);
  EXPECT_EQ(renewed.remarks[0].node, "node-1");
  EXPECT_EQ(other.release(model::test::over(1)), model::release_verdict::fenced);
  EXPECT_EQ(one.release(model::test::over(1)), model::release_verdict::ok);
}

TEST(AdmissionScripts, AdmitExactlyTenOfTwoHundredAtOnce) {
  net::test::redis_server redis;
  std::vector<std::unique_ptr<scripted_counts>> callers;
  for (int n = 0; n < 20; ++n)
    callers.push_back(std::make_unique<scripted_counts>(redis, n % 2 == 0 ? "node-1" : "node-2"));
  std::atomic<int> in = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < 20; ++n)
    threads.emplace_back([&, n] {
      for (int k = 0; k < 10; ++k)
        in += callers[static_cast<std::size_t>(n)]
                  ->admit(model::test::place(n * 10 + k), model::test::at_most(10))
                  .verdict == admission_verdict::ok;
    });
  for (auto& one : threads) one.join();
  EXPECT_EQ(in, 10);
}

TEST(AdmissionScripts, SayThatTheCountsAreLost) {
  net::test::redis_server redis;
  scripted_counts counts(redis, "node-1");
  (void)redis.say({"FLUSHALL"});
  EXPECT_EQ(counts.admit(model::test::place(1), {}).verdict, admission_verdict::lost);
  EXPECT_TRUE(counts.renew({model::test::still(1)}, model::test::november).lost);
  EXPECT_EQ(counts.release(model::test::over(1)), model::release_verdict::lost);
}

}  // namespace
}  // namespace tonris::config
