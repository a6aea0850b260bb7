#include "tools/sim/elevenlabs/server.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/elevenlabs/conversation_list.hpp"
#include "model/elevenlabs/post_call.hpp"
#include "net/http_client.hpp"
#include "net/run_on.hpp"
#include "net/websocket_client.hpp"

namespace tonris::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct no_speech final : speech_source {
  std::vector<std::uint8_t> speech(const std::string&, const conversation_facts&) override { return {}; }
};

class SimElevenLabs : public testing::Test, private conversation_listener, private net::websocket_handler {
 protected:
  SimElevenLabs() {
    loop.start();
    net::run_on(loop, [&] {
      elevenlabs_options options;
      options.behaviour = [](const std::string&, std::uint64_t) { return std::optional{agent_behaviour{}}; };
      options.api_key = "k";
      options.processing = 200ms;
      server = elevenlabs_server::listen(loop, std::move(options), silence, *this).value();
      client = net::http_client::make(loop, nullptr);
    });
  }
  ~SimElevenLabs() override {
    net::run_on(loop, [&] {
      if (socket) socket->detach(), socket->abort();
      dialling.reset();
      client.reset();
      server.reset();
    });
    loop.stop();
  }
  net::http_response ask(const std::string& target, const std::string& key = "k") {
    net::http_request request;
    request.method = "GET";
    request.fields.set("xi-api-key", key);
    std::promise<net::http_response> came;
    loop.post([&] {
      client->request(server->base_url() + target, std::move(request), 5s, [&](net::result<net::http_response> got) {
        came.set_value(got.value_or(net::http_response{0, {}, {}}));
      });
    });
    return came.get_future().get();
  }
  /// A conversation that was initiated; the answer is its id, once its metadata went out.
  std::string converse() {
    net::run_on(loop, [&] {
      net::websocket_connect_options how;
      how.fields.set("xi-api-key", "k");
      auto url = server->base_url() + "/v1/convai/conversation?agent_id=a";
      url.replace(0, 4, "ws");
      dialling = net::open_websocket(loop, nullptr, url, how, [this](auto opened) {
        socket = std::move(*opened);
        socket->start(*this);
        socket->send(R"({"type":"conversation_initiation_client_data"})");
      });
    });
    return began.get_future().get();
  }

  net::loop loop{"sim"};
  no_speech silence;
  std::promise<std::string> began;
  std::promise<void> over;
  std::shared_ptr<net::websocket> socket;
  std::unique_ptr<net::websocket_connect> dialling;
  std::unique_ptr<elevenlabs_server> server;
  std::unique_ptr<net::http_client> client;

 private:
  void live(const conversation_facts& facts) override { began.set_value(facts.conversation_id); }
  void ended(const conversation_record&) override { over.set_value(); }
  void on_text(std::string_view) override {}
  void on_end(const net::websocket_end&) override {}
};

TEST_F(SimElevenLabs, TellsOfAConversationHowFarItIs) {
  const auto id = converse(), path = "/v1/convai/conversations/" + id;
  const auto live = ask(path);
  EXPECT_EQ(live.status, 200U);
  EXPECT_THAT(live.body, HasSubstr(R"("status":"in-progress")"));
  EXPECT_THAT(live.body, HasSubstr(R"("cost":null)"));
  net::run_on(loop, [&] { socket->close(1000); });
  over.get_future().get();
  loop.post([] {});
  const auto processing = ask(path);
  EXPECT_THAT(processing.body, HasSubstr(R"("status":"processing")"));
  EXPECT_THAT(processing.body, HasSubstr(R"("analysis":null)"));
  EXPECT_FALSE(*model::elevenlabs::as_post_call(processing.body, {id}));
  std::this_thread::sleep_for(250ms);
  const auto done = ask(path);
  EXPECT_THAT(done.body, HasSubstr(R"("status":"done")"));
  EXPECT_THAT(done.body, HasSubstr(R"("call_successful":"success")"));
  EXPECT_TRUE(*model::elevenlabs::as_post_call(done.body, {id}));
  net::run_on(loop, [&] { server->process(0ms, [](const conversation_record&) { return true; }); });
  EXPECT_THAT(ask(path).body, HasSubstr(R"("status":"failed")"));
}

TEST_F(SimElevenLabs, ListsADaysConversationsTheNewestFirstInPages) {
  namespace el = model::elevenlabs;
  const auto live = converse();
  const auto noon = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) - 12h;
  net::run_on(loop, [&] {
    for (int n = 0; n < 205; ++n) {
      conversation_record one;
      one.facts.conversation_id = "conv_" + std::to_string(n);
      one.facts.agent_id = n == 7 ? "theirs" : "a";
      one.began = noon + std::chrono::seconds{n};
      one.ended_ms = 61'500;
      server->had_elsewhere(std::move(one));
    }
    server->give_agent_to("theirs", "their key");
  });
  const auto day = std::chrono::floor<std::chrono::days>(noon);
  std::vector<std::size_t> pages;
  std::vector<el::listed_conversation> all;
  for (std::string cursor; pages.size() < 9;) {
    const auto page = el::decode_conversation_page(ask(el::conversations_target(day, cursor)).body);
    ASSERT_TRUE(page);
    pages.push_back(page->conversations.size());
    all.insert(all.end(), page->conversations.begin(), page->conversations.end());
    cursor = page->cursor;
    if (cursor.empty()) break;
  }
  EXPECT_EQ(pages, (std::vector<std::size_t>{100, 100, 4})) << "another account's is not among them";
  EXPECT_EQ(all.front(), (el::listed_conversation{{"conv_204"}, {"a"}, noon + 204s, 61}));
  EXPECT_EQ(all.back().conversation.value, "conv_0");
  const auto now = el::decode_conversation_page(ask(el::conversations_target(day + std::chrono::days{1}, "")).body);
  ASSERT_TRUE(now);
  ASSERT_FALSE(now->conversations.empty());
  EXPECT_EQ(now->conversations.front().conversation.value, live);
  EXPECT_EQ(now->conversations.front().seconds, 0) << "it goes on";
  const auto path = "/v1/convai/conversations";
  EXPECT_EQ(ask(path, "other").status, 401U);
  net::run_on(loop, [&] { server->be_busy_for_lists(1); });
  EXPECT_EQ(ask(path).status, 429U);
  EXPECT_EQ(ask(path).status, 200U);
  for (const auto* wrong : {"?page_size=101", "?page_size=0", "?cursor=7", "?call_start_after_unix=noon"})
    EXPECT_EQ(ask(std::string{path} + wrong).status, 422U) << wrong;
  EXPECT_TRUE(net::run_on(loop, [&] { return server->violations().empty(); }));
  EXPECT_EQ(ask(std::string{path} + "?pageSize=1").status, 200U);
  EXPECT_EQ(net::run_on(loop, [&] { return server->violations().count("unknown_parameter"); }), 1U);
}

TEST_F(SimElevenLabs, TellsNothingOfAConversationToStrangersNorOfOneThatIsNone) {
  const auto id = converse(), path = "/v1/convai/conversations/" + id;
  EXPECT_EQ(ask(path, "other").status, 401U);
  EXPECT_EQ(ask("/v1/convai/conversations/conv_none").status, 404U);
  net::run_on(loop, [&] { server->give_agent_to("a", "theirs"); });
  EXPECT_EQ(ask(path).status, 404U) << "of another account's agent";
  EXPECT_EQ(ask(path, "theirs").status, 200U);
}

}  // namespace
}  // namespace tonris::sim
