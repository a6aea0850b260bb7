#pragma once

#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "actors/runtime/message.hpp"
#include "net/redis_link.hpp"

namespace tonris::actors {

/// To itself, from an actor's link: its behaviour hands it to `redis_questions::take`.
struct redis_came {
  using travels = in_process;
  std::uint64_t question = 0;
  net::redis_answer* answer = nullptr;
};

/// What a loop-bound actor has asked its Redis and is not answered yet. Each question is answered once, in the actor;
/// by null where the actor ends before. On the actor's loop.
template <class Actor>
class redis_questions {
 public:
  using answered = std::function<void(const net::redis_answer*)>;

  explicit redis_questions(Actor& self) : self_(std::make_shared<Actor*>(&self)) {}

  /// For a command of the link.
  [[nodiscard]] net::redis_done when_answered(answered then) {
    const auto question = ++last_;
    waiting_.emplace(question, std::move(then));
    return [question, me = std::weak_ptr{self_}](net::redis_answer answer) {
      if (const auto self = me.lock()) (*self)->deliver(redis_came{question, &answer});
    };
  }
  void take(const redis_came& came) {
    auto found = waiting_.extract(came.question);
    if (!found.empty()) found.mapped()(came.answer);
  }
  /// In on_exit, before the link goes.
  void end() {
    self_.reset();
    for (auto& [question, then] : std::exchange(waiting_, {})) then(nullptr);
  }
  /// For other callbacks of the loop's: empty once the actor has ended.
  [[nodiscard]] std::weak_ptr<Actor*> self() const noexcept { return self_; }

 private:
  // given
  std::shared_ptr<Actor*> self_;

  // state
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, answered> waiting_;
};

/// Null: it was not executed, or nobody knows.
[[nodiscard]] inline const net::redis_reply* reply_in(const net::redis_answer* answer) noexcept {
  return answer && answer->outcome == net::redis_outcome::ok ? &answer->reply : nullptr;
}
/// Of a text in it that is a whole number; 0: it is none.
template <class Number>
[[nodiscard]] Number number_in(std::string_view text) noexcept {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}
/// A script's word for data that is not there any more: it has done nothing.
[[nodiscard]] inline bool is_lost(const net::redis_reply& reply) noexcept {
  return reply.items.size() == 1 && reply.text_at(0) == "lost";
}

}  // namespace tonris::actors
