#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "model/text/ids.hpp"

namespace tonris::actors {

/// Which call a conversation belongs to: what the vendor asks and tells names that alone, at times. The newest of this
/// process's, and those of calls it goes on with. Any thread.
class conversation_index {
 public:
  static constexpr std::size_t max_conversations = 20'000;

  void add(const model::conversation_id& conversation, const model::call_sid& call);
  [[nodiscard]] std::optional<model::call_sid> find(const model::conversation_id& conversation) const;

 private:
  mutable std::mutex lock_;
  std::unordered_map<model::conversation_id, model::call_sid> calls_;
  std::deque<model::conversation_id> by_age_;
};

}  // namespace tonris::actors
