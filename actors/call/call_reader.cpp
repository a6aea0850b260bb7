#include "actors/call/call_reader.hpp"

#include <sys/resource.h>

#include <caf/typed_event_based_actor.hpp>
#include <optional>
#include <string>
#include <utility>

#include "actors/runtime/guard.hpp"

namespace tonris::actors {

namespace {

constexpr int niceness = 10;  // as the store's: frames and webhooks go first where they share a core

caf::error unreadable(const std::string& why) {
  return caf::make_error(caf::sec::runtime_error, "the call store cannot be read: " + why);
}

class reader_actor final : public call_reader::base {
 public:
  reader_actor(caf::actor_config& actor, store_settings::reader open, metrics& counters)
      : call_reader::base(actor), open_(std::move(open)) {
    guard(this, counters);
  }
  [[nodiscard]] const char* name() const override { return "tonris.call_reader"; }
  void on_exit() override { db_.reset(); }

  behavior_type make_behavior() override {
    (void)setpriority(PRIO_PROCESS, 0, niceness);  // 0: this thread, on Linux
    return {
        [this](const find_calls& wanted) -> caf::result<found_calls> {
          return from_file([&](call_database& db) -> caf::result<found_calls> {
            auto found = db.find(wanted.query, wanted.of_this_node);
            if (!found) return unreadable(found.error().line);
            found_calls answer;
            if (!found->empty() && found->size() >= wanted.query.limit) answer.last = found->back().place();
            for (auto& one : *found) answer.records.push_back(std::move(one.json));
            return answer;
          });
        },
        [this](const find_calls_with& wanted) -> caf::result<found_calls_with> {
          return from_file([&](call_database& db) -> caf::result<found_calls_with> {
            auto calls = db.calls_with(wanted.number, wanted.tenant, wanted.most + 1);
            if (!calls) return unreadable(calls.error().line);
            const bool has_more = calls->size() > wanted.most;
            if (has_more) calls->resize(wanted.most);
            return found_calls_with{std::move(*calls), has_more};
          });
        },
        [this](const find_conversations_of& wanted) -> caf::result<found_conversations> {
          return from_file([&](call_database& db) -> caf::result<found_conversations> {
            auto found = db.conversations_of(wanted.calls);
            if (!found) return unreadable(found.error().line);
            return found_conversations{std::move(*found)};
          });
        },
        [this](const read_usage& wanted) -> caf::result<usage_read> {
          return from_file([&](call_database& db) -> caf::result<usage_read> {
            auto part = db.usage_of(wanted.wanted);
            if (!part) return unreadable(part.error().line);
            return usage_read{std::move(*part)};
          });
        },
    };
  }

 private:
  template <class Read>
  auto from_file(Read read) -> decltype(read(std::declval<call_database&>())) {
    if (!db_) {
      auto opened = open_();
      if (!opened) return unreadable(opened.error());
      db_ = std::move(*opened);
    }
    return read(*db_);
  }

  store_settings::reader open_;
  std::optional<call_database> db_;
};

}  // namespace

call_reader read_calls(caf::actor_system& system, store_settings::reader open, metrics& counters) {
  return system.spawn<reader_actor, caf::detached>(std::move(open), counters);
}

}  // namespace tonris::actors
