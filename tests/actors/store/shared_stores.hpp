#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "actors/store/database.hpp"
#include "tests/actors/store/stored_calls.hpp"

namespace tonris::actors::test {

/// A call as its node writes it down at its end.
inline model::call_record ended_call(const std::string& sid, std::chrono::system_clock::time_point started = now()) {
  model::call_record call;
  call.call.value = sid;
  call.tenant.value = "salon-1";
  call.from = "+4512345678";
  call.to = "+4570000000";
  call.agent.value = "agent_1";
  call.state = model::call_state::ended;
  call.started = started;
  call.answered = started;
  call.ended = started + std::chrono::seconds{20};
  call.reason = model::end_reason::caller_hung_up;
  call.metered_seconds = 20;
  call.account.value = "AC1";
  call.conversations.push_back({{"conv_" + sid}, started, started, {}});
  call.transcript.push_back({false, "velociraptor " + sid, started, {}, 1});
  return call;
}

inline journal_batch batch_of(const model::call_record& call) {
  journal_batch batch;
  batch.records.push_back({call.call, call.tenant.value, call.started, to_json(call)});
  batch.events.push_back({call.call, call.started, model::call_moment::caller_said, "velociraptor " + call.call.value});
  return batch;
}

/// Two nodes' stores, and what each sends the other: as the stream does, but by hand.
class shared_stores {
 public:
  using kind = call_database::outgoing::kind;
  struct node {
    explicit node(const std::string& called) : db(call_database::open(directory.data())) {
      EXPECT_TRUE(db) << db.error().line;
      EXPECT_TRUE(db->share_as(called));
    }
    void write(const journal_batch& batch) {
      const auto done = db->write(batch, now());
      ASSERT_TRUE(done) << done.error().line;
    }
    void ends(const model::call_record& call) { write(batch_of(call)); }
    std::vector<call_database::outgoing> outbox() { return db->outbox(100, 1'000'000).value(); }
    std::string record(const std::string& sid) { return db->record_of({sid}).value(); }
    std::int64_t number(const char* sql) { return db->connection().read_number(sql).value(); }

    a_directory directory;
    tl::expected<call_database, unusable_database> db;
  };

  static call_database::incoming as_read(const call_database::outgoing& sent, const node& by) {
    const auto node = sent.what == kind::record && !sent.node.empty() ? sent.node : by.db->name();
    return {sent.what, sent.call, sent.tenant, node, sent.rev, sent.json, sent.events};
  }
  static call_database::taken give(node& to, const std::vector<call_database::incoming>& news) {
    const auto taken = to.db->take(news, {}, {"generation", "7-0"}, now());
    EXPECT_TRUE(taken) << taken.error().line;
    return taken.value_or(call_database::taken{});
  }
  /// All that waits at one, to the other; the outbox is empty then.
  static call_database::taken pass(node& from, node& to) {
    std::vector<call_database::incoming> news;
    std::vector<std::int64_t> rows;
    for (const auto& one : from.outbox()) {
      news.push_back(as_read(one, from));
      rows.push_back(one.row);
    }
    EXPECT_TRUE(from.db->sent(rows));
    return give(to, news);
  }

  node one{"node-1"}, two{"node-2"};
};

}  // namespace tonris::actors::test
