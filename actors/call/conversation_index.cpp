#include "actors/call/conversation_index.hpp"

namespace tonris::actors {

void conversation_index::add(const model::conversation_id& conversation, const model::call_sid& call) {
  const std::lock_guard lock{lock_};
  if (!calls_.insert_or_assign(conversation, call).second) return;
  by_age_.push_back(conversation);
  if (by_age_.size() <= max_conversations) return;
  calls_.erase(by_age_.front());
  by_age_.pop_front();
}

std::optional<model::call_sid> conversation_index::find(const model::conversation_id& conversation) const {
  const std::lock_guard lock{lock_};
  const auto found = calls_.find(conversation);
  if (found == calls_.end()) return std::nullopt;
  return found->second;
}

}  // namespace tonris::actors
