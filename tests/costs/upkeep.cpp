// What the steps of a store's upkeep cost the processor, so much at once as the call store does (docs/performance.md).
// Usage: upkeep_costs [RECORDS [DATA_DIR]], 100,000 by default: with DATA_DIR they are written there, with 0 RECORDS
// those that are there are taken. It deletes some, and lists some anew.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "actors/call/step_pace.hpp"
#include "actors/store/database.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/costs/many_records.hpp"

namespace tonris::actors {
namespace {

using namespace costs;
using std::chrono::nanoseconds;

nanoseconds cost_of(const std::function<void()>& work) {
  const auto begun = std::clock();
  work();
  return nanoseconds{(std::clock() - begun) * (1'000'000'000 / CLOCKS_PER_SEC)};
}

double in_ms(nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

void say(const std::string& what, std::vector<nanoseconds> all) {
  if (all.empty()) return;
  std::ranges::sort(all);
  const auto part = [&](std::size_t hundredths) { return in_ms(all[(all.size() - 1) * hundredths / 100]); };
  std::printf("%-44s %7zu steps %10.1f ms in all; one %7.3f, of a hundred %7.3f, longest %8.3f ms\n", what.c_str(),
              all.size(), in_ms(std::accumulate(all.begin(), all.end(), nanoseconds{0})), part(50), part(99),
              in_ms(all.back()));
  std::fflush(stdout);
}

/// So many steps at most; behind each five of them what they have written is copied back.
void take(call_database& db, const std::string& what, step_pace pace, std::size_t most,
          const std::function<bool(std::int64_t)>& step) {
  std::vector<nanoseconds> steps, copies;
  bool more = true;
  while (more && steps.size() < most) {
    steps.push_back(cost_of([&] { more = step(pace.amount()); }));
    pace.cost(steps.back(), more);
    if (steps.size() % 5 == 0) copies.push_back(cost_of([&] { (void)db.erase_traces().value(); }));
  }
  say(what, std::move(steps));
  say("  copied back, of five", std::move(copies));
}

void measure(const std::string& data_dir, call_database::time then) {
  constexpr std::size_t some = 1'000, all = std::numeric_limits<std::size_t>::max();
  auto db = call_database::open(data_dir).value();
  const auto count = [&] { return db.connection().read_number("SELECT count(*) FROM calls").value(); };
  take(db, "records listed that were not", step_pace{{4, 4, call_database::most_listed}}, some,
       [&](std::int64_t most) { return db.list_some(most).value(); });
  const auto before = count();
  take(db, "pruned, ten records at most", step_pace{{call_database::most_pruned, 1, call_database::most_pruned}}, some,
       [&](std::int64_t most) { return db.prune(then, then, most).value().has_more; });
  std::printf("  records that went: %lld\n", static_cast<long long>(before - count()));
  if (before == count()) std::printf("NOT ALL was measured: nothing was due\n");
  take(db, "merged, all of the full text's index", step_pace{{8, 8, call_database::most_pages_merged}}, all,
       [&](std::int64_t most) { return db.merge_words(most).value(); });
}

void measure_new(std::size_t records, const std::string& data_dir) {
  {
    auto db = call_database::open(data_dir).value();
    write_all(db, records);
    if (!db.connection().exec("INSERT INTO unlisted SELECT call_sid FROM records LIMIT 10000"))
      std::printf("NOT ALL was measured: nothing is to be listed\n");
  }
  measure(data_dir, end_of_month + std::chrono::days{31});
}

}  // namespace
}  // namespace tonris::actors

int main(int count, char** words) {
  const auto records = count > 1 ? std::strtoul(words[1], nullptr, 10) : 100'000;
  const tonris::actors::test::a_directory own;
  const std::string data_dir = count > 2 ? words[2] : own.data();
  if (records > 0)
    tonris::actors::measure_new(records, data_dir);
  else
    tonris::actors::measure(data_dir, std::chrono::system_clock::now());
}
