#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "actors/store/database.hpp"
#include "model/call/costing.hpp"
#include "model/text/iso_time.hpp"

/// Many records as of a month of 300 tenants, for what is measured by hand.
namespace tonris::actors::costs {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t tenants = 300, callers = 200'000, nodes = 4, days = 30, a_batch = 200;
inline auto end_of_month = model::parse_iso_time("2026-11-30T23:59:59.000Z").value();

inline double seconds_of(const std::function<void()>& work) {
  const auto begun = clock::now();
  work();
  return std::chrono::duration<double>(clock::now() - begun).count();
}

inline void say(const char* what, double figure, const char* unit) {
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

/// One in fifty for a vendor's reason; one in a hundred is refused, none of them the great tenant's.
inline model::end_reason end_of(std::size_t tenant, std::mt19937& draw) {
  const auto part = draw() % 50;
  if (part == 0) return model::end_reason::agent_timeout;
  if (part == 1) return tenant == 0 ? model::end_reason::caller_hung_up : model::end_reason::tenant_busy;
  return part < 12 ? model::end_reason::agent_ended : model::end_reason::caller_hung_up;
}

/// A few at all times, by one reason and seldom by another; half of all on a single day at the month's beginning.
inline std::optional<model::call_trouble> trouble_of(std::size_t number, std::size_t of, std::mt19937& draw) {
  const auto part = draw() % 2'000;
  if (number / (of / days + 1) == 2 && part < 1'000) return model::call_trouble{model::end_reason::stream_lost, {}};
  if (part == 0) return model::call_trouble{model::end_reason::agent_lost, std::chrono::seconds{9}};
  if (part < 10) return model::call_trouble{model::end_reason::slow_agent, std::chrono::seconds{7}};
  return std::nullopt;
}

inline model::call_record record_of(std::size_t number, std::size_t of, std::mt19937& draw, conversation& said) {
  char sid[70];  // longer than what it is: to the compiler a long may have 16 digits
  std::snprintf(sid, sizeof sid, "CA%08lx%08lx%08lx%08lx", static_cast<unsigned long>(draw()),
                static_cast<unsigned long>(draw()), static_cast<unsigned long>(draw()),
                static_cast<unsigned long>(number));
  model::call_record record;
  record.call = {sid};
  const auto whose = draw() % 2 == 0 ? 0 : draw() % tenants;  // one tenant has half of all calls
  record.tenant = {"tenant-" + std::to_string(whose)};
  record.from = "+1555" + std::to_string(1'000'000 + draw() % callers);
  record.to = "+1556" + std::to_string(1'000'000 + whose);
  record.agent = {"agent_" + std::to_string(whose)};
  record.variant = draw() % 10 == 0 ? "new" : "";
  record.node = "gateway-" + std::to_string(draw() % nodes);
  record.state = model::call_state::ended;
  const auto age = milliseconds{std::chrono::hours{24 * days}} * static_cast<std::int64_t>(of - number) /
                   static_cast<std::int64_t>(of);
  record.started = end_of_month - age;
  record.ended = record.started;
  record.troubled = trouble_of(number, of, draw);
  record.reason = end_of(whose, draw);
  if (*record.reason == model::end_reason::tenant_busy) return record;
  record.answered = record.started + milliseconds{900};
  record.ended = *record.answered + std::chrono::seconds{draw() % 240};
  record.metered_seconds = 60;
  record.conversations.push_back({{"conv_" + std::string(sid + 2)}, *record.answered, record.ended, 1000});
  for (int i = 0; i < 10; ++i) record.transcript.push_back({i % 2 == 0, said.line(), *record.answered, {}, i});
  estimate_cost(record, model::rate_card::standard(), 60, *record.ended);
  return record;
}

inline void write_all(call_database& db, std::size_t records) {
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

}  // namespace tonris::actors::costs
