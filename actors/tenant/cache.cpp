#include "actors/tenant/cache.hpp"

#include <algorithm>
#include <utility>

#include "actors/store/tenant_write.hpp"

namespace tonris::actors {

const tenant_cache::known* tenant_cache::find(const model::tenant_id& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : touch(found->second);
}

const tenant_cache::known* tenant_cache::find_number(const std::string& number) {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : touch(found->second);
}

const tenant_cache::known* tenant_cache::touch(order::iterator at) {
  tenants_.splice(tenants_.begin(), tenants_, at);
  at->is.fresh = hears_ && at->life == life_;
  return &at->is;
}

bool tenant_cache::is_absent(const std::string& form, time now) {
  const auto found = absences_.find(form);
  return hears_ && found != absences_.end() && now < found->second;
}

// --- look-ups

tenant_cache::look_up tenant_cache::begin(std::vector<std::string> forms, std::vector<model::tenant_id> ids) {
  under_way_.emplace(++last_, open_look_up{std::move(forms), std::move(ids)});
  return last_;
}

bool tenant_cache::end(look_up which) {
  const auto found = under_way_.find(which);
  if (found == under_way_.end()) return false;
  const bool overtaken = found->second.overtaken;
  under_way_.erase(found);
  return !overtaken;
}

// --- what was read

void tenant_cache::put(tenant_ptr tenant, std::string etag) {
  drop(tenant->id);
  auto& added = tenants_.emplace_front();
  const auto at = tenants_.begin();
  added.life = life_;
  added.numbers = called_numbers(*tenant);
  for (auto& number : numbers_of(*tenant)) added.numbers.push_back(std::move(number));
  by_id_.emplace(tenant->id, at);
  for (const auto& number : added.numbers) by_number_.insert_or_assign(number, at);
  added.is = {std::move(tenant), std::move(etag), true};
  if (tenants_.size() > most_.tenants) remove(std::prev(tenants_.end()));
}

void tenant_cache::verify(const model::tenant_id& id, const std::string& etag) {
  if (const auto found = by_id_.find(id); found != by_id_.end() && found->second->is.etag == etag)
    found->second->life = life_;
}

void tenant_cache::put_absent(std::string form, time now) {
  if (absences_.insert_or_assign(form, now + most_.absent_for).second) absence_order_.push_back(std::move(form));
  while (absence_order_.size() > most_.absences) {
    absences_.erase(absence_order_.front());
    absence_order_.pop_front();
  }
}

void tenant_cache::drop(const model::tenant_id& id) {
  if (const auto found = by_id_.find(id); found != by_id_.end()) remove(found->second);
}

void tenant_cache::remove(order::iterator at) {
  for (const auto& number : at->numbers)
    if (const auto found = by_number_.find(number); found != by_number_.end() && found->second == at)
      by_number_.erase(found);
  by_id_.erase(at->is.tenant->id);
  tenants_.erase(at);
}

// --- what the store announces

void tenant_cache::changed(const tenant_change& change) {
  drop(change.id);
  for (const auto& form : change.numbers_now) absences_.erase(form);
  const auto is_touched = [&](const std::string& form) {
    return std::ranges::find(change.numbers_before, form) != change.numbers_before.end() ||
           std::ranges::find(change.numbers_now, form) != change.numbers_now.end();
  };
  for (auto& [which, asked] : under_way_)
    if (std::ranges::find(asked.ids, change.id) != asked.ids.end() || std::ranges::any_of(asked.forms, is_touched))
      asked.overtaken = true;
}

void tenant_cache::begin_life(bool announces) {
  ++life_;
  hears_ = announces;
  absences_.clear();
  absence_order_.clear();
  for (auto& [which, asked] : under_way_) asked.overtaken = true;
}

}  // namespace tonris::actors
