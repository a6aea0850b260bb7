#include "actors/drift/bill_lists.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>

namespace tonris::actors {

namespace {

using entry = bill_lists::entry;
using entries = std::list<entry>;
using outcome = bill_metrics::outcome;
using read_type = drift_database::bill::read_type;
using settings_type = bill_reader_settings;

entries entries_of(bill_lists::found& now) {
  entries all;
  for (auto& one : now.gateways) all.push_back({std::move(one), true});
  for (auto& one : now.tenants) all.push_back({std::move(one)});
  return all;
}

/// What there is now, by what it is known again by.
class index {
 public:
  explicit index(entries& all) : all_(all) {
    for (auto one = all.begin(); one != all.end(); ++one) by_identity_.emplace(one->list.identity(), one);
  }
  [[nodiscard]] const bill_list* find(const bill_list& former) const {
    const auto found = by_identity_.find(former.identity());
    return found == by_identity_.end() ? nullptr : &found->second->list;
  }
  void remove(const bill_list& former) {
    const auto found = by_identity_.find(former.identity());
    if (found == by_identity_.end()) return;
    all_.erase(found->second);
    by_identity_.erase(found);
  }

 private:
  entries& all_;
  std::unordered_map<std::string, entries::iterator> by_identity_;
};

/// How the lists of one vendor have ended, and what was unknown in them.
struct side {
  std::size_t lists = 0, begun = 0, whole = 0;  ///< begun: a page of it at least
  std::vector<model::unknown_bill> unknown{};
  model::known_ids ids{};  ///< of it: several lists may have the same

  void add(const entry& one) {
    ++lists;
    if (one.list.has_page()) ++begun;
    if (one.how == outcome::read) ++whole;
    for (const auto& bill : one.unknown) {
      if (ids.has(bill.line.call.value)) continue;
      ids.add(bill.line.call.value);
      unknown.push_back(bill);
    }
  }
  [[nodiscard]] drift_database::bill told() const {
    const auto read = begun == 0 ? read_type::none : whole == lists ? read_type::all : read_type::part;
    return {read, rows_of(unknown)};
  }
};

}  // namespace

std::vector<const bill_list*> bill_lists::begin(found now, model::known_ids& known) {
  auto fresh = entries_of(now);
  keep_ended(fresh, known);
  keep_waiting(fresh);
  std::vector<const bill_list*> closed;
  entries unasked;
  while (!fresh.empty()) {
    auto& one = fresh.front();
    const bool is_open = one.list.can_be_asked();
    if (!is_open) one.how = outcome::refused;
    if (!is_open) closed.push_back(&one.list);
    auto& to = is_open ? unasked : ended_;
    to.splice(to.end(), fresh, fresh.begin());
  }
  waiting_.splice(std::ranges::find_if(waiting_, &entry::was_asked), unasked);
  waiting_.sort([](const entry& one, const entry& other) { return one.is_gateways && !other.is_gateways; });
  is_turn_ = false;
  return closed;
}

/// And takes them off what there is.
void bill_lists::keep_ended(entries& fresh, model::known_ids& known) {
  index is_now{fresh};
  std::erase_if(ended_, [&](const entry& one) {
    if (one.how != outcome::refused) return false;
    const auto* const now = is_now.find(one.list);
    return now == nullptr || !one.list.has_token_of(*now);
  });
  for (auto& one : ended_) {
    is_now.remove(one.list);
    std::erase_if(one.unknown, [&](const auto& bill) { return known.has(bill); });
  }
  for (const auto& one : ended_)
    for (const auto& bill : one.unknown) known.add(bill.line.call.value);
}

/// Those whose turn has not come first, and those that have failed last and from their beginnings.
void bill_lists::keep_waiting(entries& fresh) {
  index is_now{fresh};
  waiting_.splice(waiting_.end(), failed_);
  entries unasked, asked;
  while (!waiting_.empty()) {
    auto& one = waiting_.front();
    const auto* const now = is_now.find(one.list);
    if (now == nullptr || !now->can_be_asked()) {
      waiting_.pop_front();
      continue;
    }
    if (one.how == outcome::failed)
      one.list = *now;
    else
      one.list.go_on_as(*now);
    one.how = outcome::to_come;
    one.unknown.clear();
    is_now.remove(one.list);
    auto& to = one.was_asked ? asked : unasked;
    to.splice(to.end(), waiting_, waiting_.begin());
  }
  waiting_.splice(waiting_.end(), unasked);
  waiting_.splice(waiting_.end(), asked);
}

bool bill_lists::has_turn(time now) {
  const auto whose = std::ranges::find_if(waiting_, [now](const entry& one) { return one.not_before <= now; });
  if (whose == waiting_.end()) return false;
  if (whose != waiting_.begin()) {
    waiting_.splice(waiting_.begin(), waiting_, whose);
    is_turn_ = false;
  }
  if (!std::exchange(is_turn_, true)) turn_ends_ = now + settings_type::a_turn;
  waiting_.front().was_asked = true;
  return true;
}

bill_lists::time bill_lists::next_turn() const {
  const auto first = std::ranges::min_element(waiting_, {}, &entry::not_before);
  return first == waiting_.end() ? time{} : first->not_before;
}

void bill_lists::took(bill_list::next step, time now) {
  if (step == bill_list::next::again) waiting_.front().not_before = now + settings_type::before_again;
  if (step == bill_list::next::again || now >= turn_ends_) pass_on();
}

void bill_lists::pass_on() {
  waiting_.splice(waiting_.end(), waiting_, waiting_.begin());
  is_turn_ = false;
}

const entry& bill_lists::ended(outcome how, std::vector<model::unknown_bill> unknown) {
  auto& one = waiting_.front();
  one.how = how;
  one.unknown = std::move(unknown);
  one.list.forget_unknown();
  auto& to = how == outcome::failed ? failed_ : ended_;
  to.splice(to.end(), waiting_, waiting_.begin());
  is_turn_ = false;
  return to.back();
}

std::size_t bill_lists::room() const noexcept {
  std::size_t kept = 0;
  for (const auto* some : {&ended_, &failed_})
    for (const auto& one : *some) kept += one.unknown.size();
  for (const auto& one : waiting_) kept += one.list.unknown();
  return settings_type::most_unknown - std::min(kept, settings_type::most_unknown);
}

bills_listed bill_lists::told() const {
  side twilio, elevenlabs;
  for (const auto* some : {&ended_, &failed_, &waiting_})
    for (const auto& one : *some) (one.list.is_twilios() ? twilio : elevenlabs).add(one);
  return {twilio.told(), elevenlabs.told(), !waiting_.empty() || !failed_.empty()};
}

}  // namespace tonris::actors
