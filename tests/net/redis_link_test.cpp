#include "net/redis_link.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "config/redis_scripts.hpp"
#include "redis_fixture.hpp"

namespace tonris::net::test {
namespace {

using testing::Each;

using testing::Field;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class RedisLink : public RedisLinkTest {};

TEST_F(RedisLink, AnswersInOrder) {
  const redis_server server;
  open_ready(unpinged(server.url()));
  const auto what = ask({{"SET", "k", "a b\r\n"}, {"GET", "k"}, {"GET", "none"}, {"INCR", "n"}, {"INCR", "k"}});
  ASSERT_TRUE(all_there(what));
  EXPECT_TRUE(what->answers[0].reply.is_status("OK"));
  EXPECT_EQ(what->answers[1].reply.text, "a b\r\n");
  EXPECT_EQ(what->answers[2].reply.is, redis_reply::kind::nil);
  EXPECT_EQ(what->answers[3].reply.integer, 1);
  EXPECT_EQ(what->answers[4].outcome, outcome::refused);
  EXPECT_THAT(what->answers[4].reply.text, StartsWith("ERR value is not an integer"));
}

TEST_F(RedisLink, SaysWhichServerItIs) {
  const redis_server server;
  open_ready(options_of(server.url("") + "/3"));
  EXPECT_EQ(state().server.run_id.size(), 40U);
  EXPECT_EQ(state().server.replid.size(), 40U);
  EXPECT_THAT(state().server.version, StartsWith("7."));
  EXPECT_THAT(server.say({"CLIENT", "LIST"}), HasSubstr("name=tonris:test"));
  EXPECT_THAT(server.say({"CLIENT", "LIST"}), HasSubstr("db=3"));
}

TEST_F(RedisLink, CarriesAThousandCommandsAtOnce) {
  const redis_server server;
  open_ready(unpinged(server.url()));
  const auto what = ask(std::vector<words>(1000, {"INCR", "n"}));
  ASSERT_TRUE(all_there(what));
  for (std::size_t i = 0; i < what->answers.size(); ++i)
    ASSERT_EQ(what->answers[i].reply.integer, static_cast<std::int64_t>(i + 1));
}

TEST_F(RedisLink, TakesNoMoreCommandsThanItsQueueHolds) {
  const redis_server server;
  redis_link_limits limits;
  limits.commands = 10;
  open_ready(unpinged(server.url()), {}, limits);
  const auto what = ask(std::vector<words>(15, {"INCR", "n"}));
  ASSERT_TRUE(all_there(what));
  for (std::size_t i = 0; i < 15; ++i)
    EXPECT_EQ(what->answers[i].outcome, i < 10 ? outcome::ok : outcome::not_sent) << i;
  EXPECT_EQ(server.say({"GET", "n"}), "10");
  EXPECT_EQ(what->answers.back().why, "too many commands wait");
}

TEST_F(RedisLink, TakesNoMoreBytesThanItsQueueHolds) {
  const redis_server server;
  redis_link_limits limits;
  limits.bytes = 1000;
  open_ready(unpinged(server.url()), {}, limits);
  EXPECT_EQ(say({"SET", "k", std::string(1000, 'x')}).outcome, outcome::not_sent);
  EXPECT_EQ(say({"SET", "k", std::string(900, 'x')}).outcome, outcome::ok);
  EXPECT_EQ(say({"SET", "k", std::string(900, 'x')}).outcome, outcome::ok) << "the bytes of the first came back";
}

// --- scripts

redis_script script_of(const config::redis_script& from) {
  return {from.text, from.sha1};
}

TEST_F(RedisLink, RunsScriptsByTheirHash) {
  const redis_server server;
  std::vector<redis_script> all;
  for (const auto& one : config::redis_scripts::all()) all.push_back(script_of(one));
  open_ready(options_of(server.url()), all);
  const auto answer = run(script_of(config::redis_scripts::open),
                          {"{t}:gen", "{t}:young", "{t}:seq", "{t}:schema", "{t}:lost"}, {"", "g1", "20000", "1"});
  EXPECT_EQ(answer.outcome, outcome::ok);
  EXPECT_EQ(answer.reply.text_at(0), "g1");
  EXPECT_THAT(server.say({"INFO", "commandstats"}), Not(HasSubstr("cmdstat_eval:")));
}

TEST_F(RedisLink, SendsAScriptsTextOnceWhereItsHashIsForgotten) {
  const redis_server server;
  const auto ticket = script_of(config::redis_scripts::ticket);
  open_ready(options_of(server.url()), {ticket});
  server.say({"SCRIPT", "FLUSH"});
  server.say({"SET", "{t}:tk", "CA1 node-1"});
  const auto first = run(ticket, {"{t}:tk"}, {});
  EXPECT_EQ(first.outcome, outcome::ok);
  EXPECT_EQ(first.reply.text_at(1), "CA1");
  EXPECT_EQ(run(ticket, {"{t}:tk"}, {}).reply.text_at(0), "used");
  EXPECT_THAT(server.say({"INFO", "commandstats"}), HasSubstr("cmdstat_eval:calls=1,"));
  EXPECT_EQ(server.say({"SCRIPT", "EXISTS", std::string{ticket.sha1}}), "1") << "and so it is known again";
}

// --- finding it, and losing it

TEST_F(RedisLink, HoldsCommandsWhileItConnects) {
  const redis_server server;
  open(options_of(server.url()));
  EXPECT_EQ(say({"SET", "k", "v"}).outcome, outcome::ok);
}

TEST_F(RedisLink, LetsWhoHearsThatItIsReadyGoFirst) {
  const redis_server server;
  at_state = [this](const redis_state& now) {
    if (now.is != phase::ready) return;
    link->command(std::array<std::string_view, 3>{"SET", "k", "first"}, 1s, [](const redis_answer&) {});
  };
  open(options_of(server.url()));
  EXPECT_EQ(say({"GET", "k"}).reply.text, "first");
}

TEST_F(RedisLink, SendsNothingAtAllWhileNobodyIsThere) {
  open(options_of("redis://127.0.0.1:" + std::to_string(tonris::test::free_port())));
  ASSERT_TRUE(becomes(phase::away));
  const auto begun = std::chrono::steady_clock::now();
  const auto answer = say({"SET", "k", "v"}, 10s);
  EXPECT_EQ(answer.outcome, outcome::not_sent);
  EXPECT_THAT(answer.why, HasSubstr("no connection"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s) << "at once";
}

TEST_F(RedisLink, FindsItsServerAgainAfterARestart) {
  redis_server server;
  open_ready(options_of(server.url()));
  const auto before = state().server.run_id;
  server.stop();
  ASSERT_TRUE(becomes(phase::away));
  server.start();
  ASSERT_TRUE(becomes(phase::ready));
  EXPECT_NE(state().server.run_id, before) << "who remembers what was in it sees that it is another life";
  EXPECT_EQ(say({"GET", "k"}).outcome, outcome::ok);
}

TEST_F(RedisLink, ComesBackAfterItsConnectionWasKilled) {
  const redis_server server;
  open_ready(options_of(server.url()));
  server.say({"CLIENT", "KILL", "TYPE", "normal"});
  ASSERT_TRUE(eventually(io, [this] { return link->losses() == 1; }));
  EXPECT_EQ(say({"SET", "k", "v"}).outcome, outcome::ok) << "the command waits for the next connection";
}

// A stopped server takes what is sent, and executes it when it goes on: nobody may take that for not done.
TEST_F(RedisLink, KnowsNothingOfWhatAStoppedServerWasSent) {
  const redis_server server;
  open_ready(options_of(server.url()));
  server.pause();
  const auto what = ask(std::vector<words>(8, {"INCR", "n"}), 100ms);
  ASSERT_TRUE(all_there(what));
  EXPECT_THAT(what->answers, Each(Field(&redis_answer::outcome, outcome::unknown)));
  server.resume();
  ASSERT_TRUE(becomes(phase::ready));
  EXPECT_EQ(server.say({"GET", "n"}), "8");
}

TEST_F(RedisLink, NoticesAStoppedServerWithoutAnyCommand) {
  const redis_server server;
  open_ready(options_of(server.url()));
  server.pause();
  EXPECT_TRUE(becomes(phase::away));
  server.resume();
  EXPECT_TRUE(becomes(phase::ready));
}

TEST_F(RedisLink, KnowsNothingOfWhatWaitedInAPausedServer) {
  const redis_server server;
  open_ready(options_of(server.url()));
  server.say({"CLIENT", "PAUSE", "600", "WRITE"});
  const auto what = ask({{"GET", "k"}, {"SET", "k", "v"}, {"GET", "k"}}, 100ms);
  ASSERT_TRUE(all_there(what));
  EXPECT_EQ(what->answers[0].outcome, outcome::ok) << "what was answered before";
  EXPECT_EQ(what->answers[1].outcome, outcome::unknown);
  EXPECT_EQ(what->answers[2].outcome, outcome::unknown);
}

TEST_F(RedisLink, EndsNobodysCommandBeforeItsTime) {
  const redis_server server{{"--enable-debug-command", "local"}};
  auto options = options_of(server.url());
  options.times.ping_within = 5s;
  open_ready(options);
  const auto slow = ask({{"DEBUG", "SLEEP", "0.3"}, {"GET", "k"}}, 3s);
  ASSERT_TRUE(all_there(slow));
  EXPECT_THAT(slow->answers, Each(Field(&redis_answer::outcome, outcome::ok)));
}

// --- what it refuses

TEST_F(RedisLink, LeavesADemotedServerAfterTheAnswersUnderWay) {
  const redis_server server;
  open_ready(options_of(server.url()));
  server.say({"REPLICAOF", "127.0.0.1", std::to_string(tonris::test::free_port())});
  const auto what = ask({{"GET", "k"}, {"SET", "k", "v"}, {"GET", "k"}, {"SET", "k", "w"}});
  ASSERT_TRUE(all_there(what));
  EXPECT_EQ(what->answers[0].outcome, outcome::ok);
  EXPECT_EQ(what->answers[1].outcome, outcome::refused);
  EXPECT_EQ(what->answers[1].refusal, redis_refusal::readonly);
  EXPECT_EQ(what->answers[2].outcome, outcome::ok);
  EXPECT_EQ(what->answers[3].outcome, outcome::refused) << "it was not executed, and we know it";
  ASSERT_TRUE(becomes(phase::away));
  EXPECT_THAT(state().why, HasSubstr("replica"));
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(on(io, [this] { return link->losses(); }), 1U) << "it is not ready, so it is not lost again and again";
  server.say({"REPLICAOF", "NO", "ONE"});
  ASSERT_TRUE(becomes(phase::ready));
  EXPECT_EQ(say({"SET", "k", "v"}).outcome, outcome::ok);
}

TEST_F(RedisLink, TellsAFullServerFromAScriptThatMayStillRun) {
  const redis_server server;
  const auto release = script_of(config::redis_scripts::release);
  const auto put = script_of(config::redis_scripts::tenant_put);
  open_ready(options_of(server.url()), {release, put});
  server.say({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(say({"SET", "k", "v"}).refusal, redis_refusal::oom);
  EXPECT_EQ(run(put, {"1", "2", "3", "4", "5", "6", "7"}, {"a", "", "r", "+1", "{}", "-", "c"}).refusal,
            redis_refusal::oom);
  const words keys{"1", "2", "3", "4", "5", "6", "7", "8"};
  EXPECT_EQ(run(release, keys, {"c", "t", "n", "", "0", "0", "1", "0"}).outcome, outcome::ok);
  EXPECT_EQ(state().is, phase::ready);
}

TEST_F(RedisLink, WaitsWhileTheServerLoadsItsData) {
  redis_server server{{"--enable-debug-command", "local", "--key-load-delay", "1000",
                       "--loading-process-events-interval-bytes", "1024"}};
  server.say({"DEBUG", "POPULATE", "2000"});
  server.say({"SAVE"});
  open_ready(options_of(server.url()));
  server.restart();
  ASSERT_TRUE(eventually(io, [this] { return link->state().why.find("LOADING") != std::string::npos; }));
  EXPECT_EQ(state().is, phase::away);
  EXPECT_EQ(say({"GET", "k"}).outcome, outcome::not_sent);
  ASSERT_TRUE(becomes(phase::ready));
  EXPECT_EQ(say({"DBSIZE"}).reply.integer, 2000);
}

TEST_F(RedisLink, HearsOfAScriptThatDoesNotEnd) {
  const redis_server server{{"--busy-reply-threshold", "100"}};
  auto options = options_of(server.url());
  options.times.ping_within = 5s;
  open_ready(options);
  const auto to = server.connect();
  redisAppendCommand(to.get(), "EVAL %s 0", "while true do end");
  int done = 0;
  while (done == 0) redisBufferWrite(to.get(), &done);
  std::this_thread::sleep_for(250ms);
  EXPECT_EQ(say({"GET", "k"}).refusal, redis_refusal::busy);
  EXPECT_EQ(say({"SCRIPT", "KILL"}).outcome, outcome::ok);
  auto after = say({"GET", "k"});
  for (int i = 0; i < 100 && after.refusal == redis_refusal::busy; ++i) after = say({"GET", "k"});  // it ends soon
  EXPECT_EQ(after.outcome, outcome::ok);
}

TEST_F(RedisLink, IsRefusedByAServerThatCannotSave) {
  const redis_server server;
  open_ready(options_of(server.url()));
  std::filesystem::create_directory(server.folder() + "/dump.rdb");
  server.say({"SET", "k", "v"});
  server.say({"CONFIG", "SET", "save", "3600 1"});
  server.say({"BGSAVE"});
  EXPECT_TRUE(eventually(io, [&] {
    return server.say({"INFO", "persistence"}).find("last_bgsave_status:err") != std::string::npos;
  }));
  EXPECT_EQ(say({"SET", "k", "v"}).refusal, redis_refusal::misconf);
  EXPECT_EQ(say({"GET", "k"}).outcome, outcome::ok) << "it still reads";
}

TEST_F(RedisLink, IsRefusedWhereReplicasAreMissing) {
  const redis_server server{{"--min-replicas-to-write", "1", "--min-replicas-max-lag", "2"}};
  open_ready(options_of(server.url()));
  EXPECT_EQ(say({"SET", "k", "v"}).refusal, redis_refusal::noreplicas);
}

TEST_F(RedisLink, FindsNoRoomAndTriesAgain) {
  const redis_server server;
  const auto only = server.connect();
  redis_server::ask(only.get(), {"CONFIG", "SET", "maxclients", "1"});
  open(options_of(server.url()));
  ASSERT_TRUE(becomes(phase::away));
  EXPECT_THAT(state().why, HasSubstr("max number of clients"));
  redis_server::ask(only.get(), {"CONFIG", "SET", "maxclients", "10"});
  EXPECT_TRUE(becomes(phase::ready));
}

TEST_F(RedisLink, IsRefusedByAServerThatDropsData) {
  const redis_server server{{"--maxmemory-policy", "allkeys-lru"}};
  open(options_of(server.url()));
  ASSERT_TRUE(becomes(phase::refused));
  EXPECT_THAT(state().why, HasSubstr("maxmemory-policy"));
  EXPECT_EQ(say({"GET", "k"}).outcome, outcome::not_sent);
  std::this_thread::sleep_for(200ms);
  EXPECT_THAT(faults, SizeIs(1)) << "it is said once";
  server.say({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  EXPECT_TRUE(becomes(phase::ready)) << "who mends it need not restart us";
}

}  // namespace
}  // namespace tonris::net::test
