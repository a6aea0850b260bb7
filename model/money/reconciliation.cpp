#include "model/money/reconciliation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include "model/json/writer.hpp"

namespace tonris::model {

namespace {

/// Sums of one call, currency by currency; what is not there is of no bill.
struct two_sides {
  std::optional<micros> ours, theirs;
  std::int64_t seconds = 0;
};

using row_key = std::pair<tenant_id, currency>;
using calls_of_row = std::map<call_sid, two_sides>;

void add(std::optional<micros>& sum, micros amount) {
  sum = saturated_sum(sum.value_or(0), amount);
}

void add_stray(drift_row::stray_calls& to, const call_sid& call, micros amount, std::int64_t seconds) {
  ++to.count;
  to.amount = saturated_sum(to.amount, amount);
  to.seconds += seconds;
  if (to.calls.size() < drift_row::most_calls) to.calls.push_back(call);
}

void add_strays(drift_row::stray_calls& to, const drift_row::stray_calls& more) {
  to.count += more.count;
  to.amount = saturated_sum(to.amount, more.amount);
  to.seconds += more.seconds;
  for (const auto& call : more.calls)
    if (to.calls.size() < drift_row::most_calls) to.calls.push_back(call);
}

drift_row row_of(const row_key& key, const calls_of_row& calls) {
  drift_row row;
  row.tenant = key.first;
  row.in = key.second;
  for (const auto& [call, sides] : calls) {
    if (sides.ours && sides.theirs) {
      row.ours = saturated_sum(row.ours, *sides.ours);
      row.theirs = saturated_sum(row.theirs, *sides.theirs);
      ++row.calls;
    } else if (sides.ours) {
      add_stray(row.only_ours, call, *sides.ours, sides.seconds);
    } else {
      add_stray(row.only_theirs, call, sides.theirs.value_or(0), sides.seconds);
    }
  }
  return row;
}

void put(json_writer& out, std::string_view name, micros amount) {
  out.key(name);
  out.json(to_decimal(amount));
}

void put(json_writer& out, std::string_view name, const drift_row::stray_calls& stray) {
  out.open_object(name);
  out.member("count", stray.count);
  out.member("seconds", stray.seconds);
  put(out, "amount", stray.amount);
  out.open_list("calls");
  for (const auto& call : stray.calls) out.value(call.value);
  out.close_list();
  out.close_object();
}

void put(json_writer& out, const drift_row& row) {
  out.open_object();
  out.member("tenantId", row.tenant.value);
  out.member("currency", row.in.code());
  put(out, "ours", row.ours);
  put(out, "theirs", row.theirs);
  put(out, "drift", row.drift());
  const auto percent = row.drift_percent();
  out.key("driftPercent");
  if (percent)
    out.value(std::round(*percent * 100) / 100);
  else
    out.value(nullptr);
  out.member("flagged", row.is_flagged());
  out.member("calls", row.calls);
  put(out, "onlyOurs", row.only_ours);
  put(out, "onlyTheirs", row.only_theirs);
  out.close_object();
}

}  // namespace

std::optional<double> drift_row::drift_percent() const noexcept {
  if (theirs == 0) return std::nullopt;
  return static_cast<double>(drift()) * 100 / std::abs(static_cast<double>(theirs));
}

bool drift_row::is_flagged() const noexcept {
  constexpr micros hundredth = 10'000;
  const auto size = [](micros amount) { return amount < 0 ? -amount : amount; };
  return size(drift()) > hundredth && size(drift()) > size(theirs) / 100;
}

std::vector<drift_row> reconcile(std::span<const billed_call> ours, std::span<const billed_call> theirs) {
  std::unordered_map<call_sid, tenant_id> owners;
  std::map<row_key, calls_of_row> by_row;
  for (const auto& one : ours) {
    owners.emplace(one.call, one.tenant);
    auto& sides = by_row[{one.tenant, one.amount.in}][one.call];
    add(sides.ours, one.amount.amount);
    sides.seconds = std::max(sides.seconds, one.seconds);
  }
  for (const auto& one : theirs) {
    const auto known = owners.find(one.call);
    const auto& tenant = known == owners.end() ? one.tenant : known->second;
    auto& sides = by_row[{tenant, one.amount.in}][one.call];
    add(sides.theirs, one.amount.amount);
    sides.seconds = std::max(sides.seconds, one.seconds);
  }
  std::vector<drift_row> rows;
  rows.reserve(by_row.size());
  for (const auto& [key, calls] : by_row) rows.push_back(row_of(key, calls));
  return rows;
}

void merge(drift_row& into, const drift_row& more) {
  into.ours = saturated_sum(into.ours, more.ours);
  into.theirs = saturated_sum(into.theirs, more.theirs);
  into.calls += more.calls;
  add_strays(into.only_ours, more.only_ours);
  add_strays(into.only_theirs, more.only_theirs);
}

std::vector<drift_row> merged(const std::vector<drift_row>& some, const std::vector<drift_row>& more) {
  std::map<row_key, drift_row> rows;
  for (const auto* const part : {&some, &more})
    for (const auto& one : *part) {
      const auto [row, is_new] = rows.try_emplace({one.tenant, one.in}, one);
      if (!is_new) merge(row->second, one);
    }
  std::vector<drift_row> all;
  all.reserve(rows.size());
  for (auto& [key, row] : rows) all.push_back(std::move(row));
  return all;
}

std::string to_json(std::span<const drift_row> rows) {
  std::string json;
  json_writer out(json);
  out.open_list();
  for (const auto& row : rows) put(out, row);
  out.close_list();
  return json;
}

void put(json_writer& out, std::string_view name, std::span<const drift_row> rows) {
  out.key(name);
  out.json(to_json(rows));
}

}  // namespace tonris::model
