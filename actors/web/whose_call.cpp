#include "actors/web/whose_call.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "model/call/record.hpp"

namespace tonris::actors {

namespace {

// A caller waits for it, and the question itself is still to come.
constexpr std::chrono::milliseconds limit{250};

bool is_of(const token_holders& tenants, const std::string& record) {
  const auto call = model::parse_call_record(record);
  return call && is_among(tenants, call->tenant);
}

}  // namespace

void ask_whose_call(loop_bound* self, const call_supervisor& supervisor, const call_store& store,
                    const model::call_sid& call, const token_holders& tenants, std::function<void(bool)> then) {
  const auto nobody_can_tell = [then](const caf::error&) { then(false); };
  ask(self, supervisor, limit, describe_call{call})
      .then(
          [=](const call_description& found) {
            if (!found.json.empty()) return then(is_of(tenants, found.json));
            ask(self, store, limit, find_record{call})
                .then([=](const found_record& kept) { then(kept.json.empty() || is_of(tenants, kept.json)); },
                      nobody_can_tell);
          },
          nobody_can_tell);
}

}  // namespace tonris::actors
