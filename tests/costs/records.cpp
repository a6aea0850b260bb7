// What many records cost: written, found, summed up, pruned, and a store with them opened (docs/performance.md).
// Usage: record_costs [RECORDS [DATA_DIR]], 100,000 by default. With DATA_DIR it only writes them there, each due to go
// by its age, for `tonris-bench calls --data-dir`.
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
#include <vector>

#include "actors/store/database.hpp"
#include "model/call/costing.hpp"
#include "model/text/iso_time.hpp"
#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t tenants = 300, callers = 200'000, days = 30, a_batch = 200;
auto end_of_month = model::parse_iso_time("2026-11-30T23:59:59.000Z").value();

double seconds_of(const std::function<void()>& work) {
  const auto begun = clock::now();
  work();
  return std::chrono::duration<double>(clock::now() - begun).count();
}

void say(const char* what, double figure, const char* unit) {
  std::printf("%-66s %10.2f %s\n", what, figure, unit);
  std::fflush(stdout);
}

class conversation {
 public:
  explicit conversation(std::mt19937& draw) : draw_(draw) {
    for (int i = 0; i < 4'000; ++i) words_.push_back("word" + std::to_string(i));
  }
  /// A dozen words, the frequent ones often; one line in ten thousand has a rare one.
  std::string line() {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      const auto frequent = draw_() % 4 != 0;
      text.append(words_[draw_() % (frequent ? 200 : words_.size())]).append(" ");
    }
    return draw_() % 10'000 == 0 ? text + "xylophone" : text + "please";
  }

 private:
  std::mt19937& draw_;
  std::vector<std::string> words_;
};

model::call_record record_of(std::size_t number, std::size_t of, std::mt19937& draw, conversation& said) {
  char sid[70];  // longer than what it is: to the compiler a long may have 16 digits
  std::snprintf(sid, sizeof sid, "CA%08lx%08lx%08lx%08lx", static_cast<unsigned long>(draw()),
                static_cast<unsigned long>(draw()), static_cast<unsigned long>(draw()),
                static_cast<unsigned long>(number));
  model::call_record record;
  record.call = {sid};
  record.tenant = {"tenant-" + std::to_string(draw() % tenants)};
  record.from = "+1555" + std::to_string(1'000'000 + draw() % callers);
  record.to = "+1556" + std::to_string(1'000'000 + draw() % tenants);
  record.agent = {"agent_" + std::to_string(draw() % tenants)};
  record.state = model::call_state::ended;
  const auto age = milliseconds{std::chrono::hours{24 * days}} * static_cast<std::int64_t>(of - number) /
                   static_cast<std::int64_t>(of);
  record.started = end_of_month - age;
  record.answered = record.started + milliseconds{900};
  record.ended = *record.answered + std::chrono::seconds{draw() % 240};
  record.reason = draw() % 50 == 0 ? model::end_reason::agent_timeout : model::end_reason::caller_hung_up;
  if (draw() % 200 == 0) record.troubled = model::call_trouble{model::end_reason::slow_agent, std::chrono::seconds{7}};
  record.metered_seconds = 60;
  record.conversations.push_back({{"conv_" + std::string(sid + 2)}, *record.answered, record.ended, 1000});
  for (int i = 0; i < 10; ++i) record.transcript.push_back({i % 2 == 0, said.line(), *record.answered, {}, i});
  estimate_cost(record, model::rate_card::standard(), 60, *record.ended);
  return record;
}

void write_all(call_database& db, std::size_t records) {
  std::mt19937 draw{7};
  conversation said{draw};
  std::size_t bytes = 0;
  double took = 0;
  for (std::size_t from = 0; from < records; from += a_batch) {
    journal_batch batch;
    for (auto n = from; n < std::min(records, from + a_batch); ++n) {
      const auto record = record_of(n, records, draw, said);
      batch.records.push_back({record.call, record.tenant.value, record.started, to_json(record)});
      bytes += batch.records.back().json.size();
    }
    took += seconds_of([&] {
      if (!db.write(batch, end_of_month)) std::printf("NOT ALL were written\n");
    });
  }
  say("bytes of a record", static_cast<double>(bytes) / static_cast<double>(records), "");
  say("written and listed, 200 at once: each", took / static_cast<double>(records) * 1e6, "us");
}

/// The middle of seven.
void page(call_database& db, const char* what, const std::function<void(model::call_query&)>& set) {
  model::call_query query;
  set(query);
  std::vector<double> took(7);
  std::size_t found = 0;
  for (auto& one : took) one = seconds_of([&] { found = db.find(query).value().size(); });
  std::ranges::sort(took);
  std::printf("%-66s %10.2f ms, greatest %.2f (%zu calls)\n", what, took[3] * 1e3, took[6] * 1e3, found);
}

void pages(call_database& db) {
  page(db, "first page of all", [](auto&) {});
  page(db, "  of a tenant", [](auto& q) { q.tenant = {"tenant-7"}; });
  page(db, "  of a tenant, agent_timeout", [](auto& q) {
    q.tenant = {"tenant-7"};
    q.reason = model::end_reason::agent_timeout;
  });
  page(db, "  of a caller", [](auto& q) { q.number = {"+15551000007", false}; });
  page(db, "  of numbers that begin so", [](auto& q) { q.number = {"+155610000", true}; });
  page(db, "  of numbers that end so", [](auto& q) { q.number = {"0007", false, true}; });
  page(db, "  troubled", [](auto& q) { q.troubled = true; });
  page(db, "  ended for a reason that no call has", [](auto& q) { q.reason = model::end_reason::node_lost; });
  page(db, "  in the middle of the month", [](auto& q) { q.to = end_of_month - std::chrono::days{15}; });
  page(db, "  with a rare word", [](auto& q) { q.words = "xylophone"; });
  page(db, "  with a word of every call", [](auto& q) { q.words = "please"; });
  page(db, "  with two frequent words, of a tenant", [](auto& q) {
    q.words = "word7 word42";
    q.tenant = {"tenant-7"};
  });
  page(db, "  with the beginning of words, of a tenant", [](auto& q) {
    q.words = "xylo*";
    q.tenant = {"tenant-7"};
  });
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

void measure(std::size_t records) {
  std::printf("%zu records\n", records);
  test::a_directory directory;
  {
    auto db = call_database::open(directory.data()).value();
    write_all(db, records);
    pages(db);
    usage(db);
  }
  say("the file", static_cast<double>(std::filesystem::file_size(directory.database())) / (1024 * 1024), "MiB");
  std::optional<call_database> db;
  say("opened again", seconds_of([&] { db.emplace(call_database::open(directory.data()).value()); }) * 1e3, "ms");
  say("which calls have ended, read at the start", seconds_of([&] { (void)db->finished_calls().value(); }) * 1e3, "ms");
  prune(*db);
  sharing();
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
  count > 2 ? tonris::actors::leave_due(records, words[2]) : tonris::actors::measure(records);
}
