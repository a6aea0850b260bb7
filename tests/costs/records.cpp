// What many records cost: written, found, summed up, pruned, and a store with them opened (docs/performance.md).
// Usage: record_costs [RECORDS [DATA_DIR]], 100,000 by default. With DATA_DIR it only writes them there, each due to go
// by its age, for `tonris-bench calls --data-dir`; with 0 RECORDS it measures those that are there, and deletes some.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/store/database.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/costs/many_records.hpp"

namespace tonris::actors {
namespace {

using namespace costs;
using costs::say;

struct filter {
  const char* of;
  const char* what;
  std::function<void(model::call_query&)> set;
};

/// Of each the ones that many calls have, few, and none.
const std::vector<filter>& filters() {
  using model::end_reason, model::call_query;
  const auto tenant = [](const char* id) { return [id](call_query& q) { q.tenant = {id}; }; };
  const auto number = [](const model::wanted_number& one) { return [one](call_query& q) { q.number = one; }; };
  const auto agent = [](const char* id) { return [id](call_query& q) { q.agent = {id}; }; };
  const auto variant = [](const char* name) { return [name](call_query& q) { q.variant = name; }; };
  const auto node = [](const char* name) { return [name](call_query& q) { q.node = name; }; };
  const auto reason = [](end_reason why) { return [why](call_query& q) { q.reason = why; }; };
  const auto by = [](model::caused_by whom) { return [whom](call_query& q) { q.by = whom; }; };
  const auto troubled = [](std::variant<bool, end_reason> so) { return [so](call_query& q) { q.troubled = so; }; };
  const auto words = [](const char* said) { return [said](call_query& q) { q.words = said; }; };
  static const std::vector<filter> all{
      {"tenant", "who has half of all", tenant("tenant-0")},
      {"tenant", "who has few", tenant("tenant-7")},
      {"tenant", "who has none", tenant("nobody")},
      {"number", "that half of all called", number({"+15561000000", false})},
      {"number", "of a caller", number({"+15551000007", false})},
      {"number", "that nobody has", number({"+15559999999", false})},
      {"number", "beginning so, all callers", number({"+1555", true})},
      {"number", "beginning so, few", number({"+155510000", true})},
      {"number", "ending so, half of all", number({"0000", false, true})},
      {"number", "ending so, few", number({"0007", false, true})},
      {"agent", "who had half of all", agent("agent_0")},
      {"agent", "who had few", agent("agent_7")},
      {"agent", "who had none", agent("agent_x")},
      {"variant", "that a tenth had", variant("new")},
      {"variant", "that none had", variant("old")},
      {"node", "that had a quarter", node("gateway-1")},
      {"node", "that had none", node("gateway-x")},
      {"reason", "of most", reason(end_reason::caller_hung_up)},
      {"reason", "of a fifth", reason(end_reason::agent_ended)},
      {"reason", "of one in fifty", reason(end_reason::agent_timeout)},
      {"reason", "of refusals of small tenants", reason(end_reason::tenant_busy)},
      {"reason", "of none", reason(end_reason::node_lost)},
      {"by", "caller", by(model::caused_by::caller)},
      {"by", "tenant", by(model::caused_by::tenant)},
      {"by", "operator, none", by(model::caused_by::operators)},
      {"troubled", "at all", troubled(true)},
      {"troubled", "not at all", troubled(false)},
      {"troubled", "by what is there always", troubled(end_reason::slow_agent)},
      {"troubled", "by what is rare", troubled(end_reason::agent_lost)},
      {"troubled", "by what was long ago", troubled(end_reason::stream_lost)},
      {"troubled", "by what is never", troubled(end_reason::shutdown)},
      {"q", "a word of every call", words("please")},
      {"q", "a frequent word", words("word7")},
      {"q", "a rare word", words("xylophone")},
      {"q", "the beginning of words", words("xylo*")},
      {"q", "a word that nobody said", words("zebra")},
      {"to", "the middle of the month", [](auto& q) { q.to = end_of_month - std::chrono::days{15}; }},
      {"live", "true", [](auto& q) { q.live = true; }}};
  return all;
}

struct page_cost {
  double middle = 0, greatest = 0;  ///< of seven
  std::size_t calls = 0;
};
page_cost cost_of(call_database& db, const model::call_query& query) {
  page_cost cost;
  std::vector<double> took(7);
  for (auto& one : took) one = seconds_of([&] { cost.calls = db.find(query).value().size(); }) * 1e3;
  std::ranges::sort(took);
  cost.middle = took[took.size() / 2];
  cost.greatest = took.back();
  return cost;
}

/// The first page, and one 26 days ago.
struct page_costs {
  std::string what;
  page_cost first, later;
};
page_costs pages_of(call_database& db, const std::string& what, model::call_query query) {
  page_costs costs{what, cost_of(db, query), {}};
  query.after = model::call_place{
      std::chrono::floor<milliseconds>(end_of_month - std::chrono::days{26}).time_since_epoch().count(),
      {"CA00000000000000000000000000000000"}};
  costs.later = cost_of(db, query);
  return costs;
}

void say(const page_costs& one) {
  std::printf("%-66s %8.2f ms, greatest %7.2f (%zu calls); far back %8.2f, %7.2f (%zu)\n", one.what.c_str(),
              one.first.middle, one.first.greatest, one.first.calls, one.later.middle, one.later.greatest,
              one.later.calls);
  std::fflush(stdout);
}

void pairs(call_database& db) {
  std::vector<page_costs> all;
  const auto& one = filters();
  for (std::size_t i = 0; i < one.size(); ++i)
    for (std::size_t j = i + 1; j < one.size(); ++j) {
      if (std::string_view{one[i].of} == one[j].of) continue;
      model::call_query query;
      one[i].set(query);
      one[j].set(query);
      all.push_back(pages_of(db,
                             std::string{"  "}.append(one[i].of).append(" ").append(one[i].what).append(" and ") +
                                 one[j].of + " " + one[j].what,
                             query));
    }
  const auto dearer = [](const page_costs& a, const page_costs& b) {
    return std::max(a.first.middle, a.later.middle) > std::max(b.first.middle, b.later.middle);
  };
  std::ranges::sort(all, dearer);
  const auto within = std::ranges::count_if(
      all, [](const page_costs& pair) { return std::max(pair.first.middle, pair.later.middle) < 20; });
  std::printf("two filters: %zu pairs, %td of them below 20 ms, the middle one:\n", all.size(), within);
  say(all[all.size() / 2]);
  std::printf("  and the dearest:\n");
  for (std::size_t i = 0; i < std::min<std::size_t>(all.size(), 40); ++i) say(all[i]);
}

void pages(call_database& db) {
  say(pages_of(db, "a page of all", {}));
  for (const auto& [of, what, set] : filters()) {
    model::call_query query;
    set(query);
    say(pages_of(db, std::string{"  "}.append(of).append(": ") + what, query));
  }
  pairs(db);
  model::call_query query;
  query.tenant = {"tenant-7"};
  query.words = "word7 word42";
  say(pages_of(db, "a tenant with few and two frequent words", query));
  query.node = "gateway-1";
  query.by = model::caused_by::vendor;
  say(pages_of(db, "  and a gateway and by whom", query));
}

void usage(call_database& db) {
  std::size_t calls = 0;
  double longest = 0;
  const auto took = seconds_of([&] {
    call_database::usage_wanted wanted{{}, end_of_month - std::chrono::days{31}, end_of_month, 0, 10'000};
    for (;;) {
      call_database::usage_part part;
      longest = std::max(longest, seconds_of([&] { part = db.usage_of(wanted).value(); }));
      calls += part.rows.size();
      if (part.last == 0) break;
      wanted.behind = part.last;
    }
  });
  say("usage of the month, read whole", took * 1e3, "ms");
  say("  the longest part of 10,000 rows", longest * 1e3, "ms");
  if (calls == 0) std::printf("NOT ALL were summed up\n");
}

void prune(call_database& db) {
  std::vector<double> steps;
  const auto then = end_of_month + std::chrono::days{2};
  bool more = true;
  while (more && steps.size() < 100) steps.push_back(seconds_of([&] { more = db.prune(then, then).value().has_more; }));
  std::ranges::sort(steps);
  say("a step of pruning, 10 records: the middle", steps[steps.size() / 2] * 1e3, "ms");
  say("  the longest", steps.back() * 1e3, "ms");
}

/// What it costs who writes that other nodes get the records as well, and another node to take them: of the same
/// records, in turns, CPU.
void sharing() {
  constexpr std::size_t of_a_turn = 1'000, turns = 5;
  enum mode { alone, shared };
  std::array<std::vector<double>, 2> wrote;
  std::vector<double> took;
  const auto cpu_of = [](const std::function<void()>& work) {
    const auto begun = std::clock();
    work();
    return static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC / of_a_turn * 1e6;
  };
  for (std::size_t turn = 0; turn < turns; ++turn) {
    std::vector<call_database::incoming> sent;
    for (const auto how : {alone, shared}) {
      std::mt19937 draw{7};
      conversation said{draw};
      journal_batch batch;
      for (std::size_t n = 0; n < of_a_turn; ++n) {
        const auto record = record_of(n, of_a_turn, draw, said);
        batch.records.push_back({record.call, record.tenant.value, record.started, to_json(record)});
        for (const auto& line : record.transcript)
          batch.events.push_back({record.call, line.at, model::call_moment::agent_said, line.text});
      }
      test::a_directory directory;
      auto db = call_database::open(directory.data()).value();
      if (how == shared && !db.share_as("node")) std::printf("NOT ALL is shared\n");
      wrote[how].push_back(cpu_of([&] {
        if (!db.write(batch, end_of_month)) std::printf("NOT ALL were written\n");
        for (auto part = db.outbox(32, 2'000'000).value(); !part.empty(); part = db.outbox(32, 2'000'000).value()) {
          std::vector<std::int64_t> rows;
          for (auto& one : part) {
            rows.push_back(one.row);
            sent.push_back({one.what, one.call, one.tenant, "another", one.rev, std::move(one.json), one.events});
          }
          if (!db.sent(rows)) std::printf("NOT ALL were sent\n");
        }
      }));
    }
    test::a_directory directory;
    auto db = call_database::open(directory.data()).value();
    took.push_back(cpu_of([&] {
      if (db.take(sent, {}, {"generation", "1-0"}, end_of_month).value().records != of_a_turn)
        std::printf("NOT ALL were taken\n");
    }));
  }
  for (auto* const all : {&wrote[alone], &wrote[shared], &took}) std::ranges::sort(*all);
  say("CPU of a record with 10 events: written", wrote[alone][turns / 2], "us");
  say("  written, and read and let go for the other nodes", wrote[shared][turns / 2], "us");
  say("  taken from another node", took[turns / 2], "us");
}

void measure(const std::string& data_dir) {
  {
    auto db = call_database::open(data_dir).value();
    pages(db);
    usage(db);
  }
  const auto bytes = std::filesystem::file_size(std::filesystem::path{data_dir} / "tonris.db");
  say("the file", static_cast<double>(bytes) / (1024 * 1024), "MiB");
  std::optional<call_database> db;
  say("opened again", seconds_of([&] { db.emplace(call_database::open(data_dir).value()); }) * 1e3, "ms");
  say("which calls have ended, read at the start", seconds_of([&] { (void)db->finished_calls().value(); }) * 1e3, "ms");
  prune(*db);
  sharing();
}

void measure_new(std::size_t records) {
  std::printf("%zu records\n", records);
  test::a_directory directory;
  {
    auto db = call_database::open(directory.data()).value();
    write_all(db, records);
  }
  measure(directory.data());
}

void measure_those_in(const std::string& data_dir) {
  {
    auto db = call_database::open(data_dir).value();
    const auto newest = db.find({}).value();
    if (newest.empty()) return (void)std::printf("NOT ALL are there: none\n");
    end_of_month = call_database::time{milliseconds{newest.front().place().started_ms}} + milliseconds{1};
  }
  measure(data_dir);
}

void leave_due(std::size_t records, const std::string& data_dir) {
  end_of_month = std::chrono::floor<milliseconds>(std::chrono::system_clock::now()) - call_database::kept_for -
                 std::chrono::days{1};
  auto db = call_database::open(data_dir).value();
  write_all(db, records);
}

}  // namespace
}  // namespace tonris::actors

int main(int count, char** words) {
  const auto records = count > 1 ? std::strtoul(words[1], nullptr, 10) : 100'000;
  if (count <= 2)
    tonris::actors::measure_new(records);
  else if (records > 0)
    tonris::actors::leave_due(records, words[2]);
  else
    tonris::actors::measure_those_in(words[2]);
}
