#include "model/tenant/circle_search.hpp"

#include <utility>

#include "model/phone/number.hpp"
#include "model/tenant/ways_out.hpp"

namespace tonris::model {

circle_search::circle_search(tenant of) : tenant_(std::move(of)) {
  for (const auto& way : ways_out_of(tenant_)) open_.push_back({way.path, *way.to});
}

std::optional<std::string> circle_search::next() {
  const auto own = numbers_of(tenant_);
  while (!open_.empty() && ++asked_ <= most_asked) {
    auto way = std::move(open_.front());
    open_.pop_front();
    root_ = std::move(way.root);
    if (!is_listed(own, way.number)) return std::move(way.number);
    note(mistakes_, root_, "is the tenant's own number: its calls would go in a circle");
  }
  return std::nullopt;
}

/// Another tenant's numbers lead on by his own ways; to those of the tenant himself, whose number may be new, they must
/// not.
void circle_search::found(const tenant& there) {
  if (there.id == tenant_.id || !passed_.insert(there.id).second) return;
  const auto own = numbers_of(tenant_);
  for (const auto& way : ways_out_of(there)) {
    if (is_listed(own, *way.to))
      note(mistakes_, root_,
           "leads back to the tenant's own number by way of tenant " + there.id.value + ": paid calls in a circle");
    else
      open_.push_back({root_, *way.to});
  }
}

}  // namespace tonris::model
