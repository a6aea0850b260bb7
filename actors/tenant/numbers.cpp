#include "actors/tenant/numbers.hpp"

#include "model/phone/number.hpp"

namespace tonris::actors {

void tenant_numbers::begin(const std::vector<std::pair<std::string, model::tenant_id>>& all) {
  owners_.clear();
  ends_.clear();
  owners_.reserve(all.size());
  ends_.reserve(all.size());
  for (const auto& [form, owner] : all) add(form, owner);
}

void tenant_numbers::apply(const tenant_change& change) {
  for (const auto& form : change.numbers_before) remove(form, change.id);
  for (const auto& form : change.numbers_now) add(form, change.id);
}

const model::tenant_id* tenant_numbers::owner_of(const std::string& number) const {
  if (const auto found = owners_.find(number); found != owners_.end()) return &found->second;
  if (!ends_.contains(std::string{model::shared_end(number)})) return nullptr;
  const auto found = owners_.find(model::meeting_form(number));
  return found == owners_.end() ? nullptr : &found->second;
}

void tenant_numbers::add(const std::string& form, const model::tenant_id& owner) {
  if (owners_.insert_or_assign(form, owner).second) ++ends_[std::string{model::shared_end(form)}];
}

void tenant_numbers::remove(const std::string& form, const model::tenant_id& owner) {
  const auto found = owners_.find(form);
  if (found == owners_.end() || found->second != owner) return;
  owners_.erase(found);
  const auto end = ends_.find(std::string{model::shared_end(form)});
  if (--end->second == 0) ends_.erase(end);
}

}  // namespace tonris::actors
