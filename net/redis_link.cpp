#include "net/redis_link.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "net/redis_codec.hpp"

namespace tonris::net {
namespace {

using time_point = std::chrono::steady_clock::time_point;

struct pending_command {
  std::string bytes;        ///< as it goes over the wire; kept until answered for scripts alone
  std::size_t size = 0;     ///< of the bytes, for the limit
  std::string_view script;  ///< to be sent in place of its hash, once, where that is not known
  time_point latest;
  redis_done done;
  bool is_ping = false;
};

redis_answer not_sent(std::string why) {
  return {redis_outcome::not_sent, {}, redis_refusal::other, std::move(why)};
}

std::string fault_line(redis_refusal what) {
  return std::string{"REDIS_URL: the server does not let this user do what we need ("}
      .append(to_string(what))
      .append("): docs/redis.md has the rights");
}

}  // namespace

std::string_view to_string(redis_outcome outcome) noexcept {
  switch (outcome) {
    case redis_outcome::ok: return "ok";
    case redis_outcome::refused: return "refused";
    case redis_outcome::not_sent: return "not_sent";
    case redis_outcome::unknown: return "unknown";
  }
  return "";
}

/// What is behind a link. A callback may destroy the link, so it is shared while it calls.
class redis_link::machine final : public std::enable_shared_from_this<machine> {
 public:
  machine(loop& on, redis_link_events events, const redis_link_limits& limits)
      : on_{on}, events_{std::move(events)}, limits_{limits}, late_{on}, ping_{on} {}

  void start(redis_options options, std::vector<redis_script> scripts) {
    session_ = std::make_shared<redis_session>(
        on_, std::move(options), std::move(scripts),
        redis_session_events{[this](const redis_state& state) { on_state(state); },
                             [this](redis_reply&& reply) { on_reply(std::move(reply)); }});
    session_->start();
  }

  void shut() {
    shut_ = true;
    session_->stop();
    late_.cancel();
    ping_.cancel();
    events_ = {};
    give_up_sent("the link is gone");
    give_up_waiting("the link is gone");
  }

  void send(pending_command what, std::chrono::milliseconds within) {
    what.size = what.bytes.size();
    what.latest = on_.now() + within;
    if (shut_) return settle_soon(std::move(what), not_sent("the link is gone"));
    if (!what.is_ping && (pending() >= limits_.commands || bytes_ + what.size > limits_.bytes))
      return settle_soon(std::move(what), not_sent("too many commands wait"));
    const auto& state = session_->state();
    if (state.is == redis_state::phase::away || state.is == redis_state::phase::refused)
      return settle_soon(std::move(what), not_sent(state.why));
    bytes_ += what.size;
    watch(what.latest);
    waiting_.push_back(std::move(what));
    flush_soon();
  }

  [[nodiscard]] const redis_state& state() const noexcept { return session_->state(); }
  [[nodiscard]] std::uint64_t losses() const noexcept { return losses_; }

 private:
  [[nodiscard]] std::size_t pending() const noexcept { return waiting_.size() + sent_.size(); }
  [[nodiscard]] bool may_send() const noexcept {
    return session_->state().is == redis_state::phase::ready && leaving_.empty();
  }

  // All that a turn of the loop asks goes in one write.
  void flush_soon() {
    if (flush_posted_ || !may_send()) return;
    flush_posted_ = true;
    on_.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->flush_posted_ = false;
      self->flush();
    });
  }

  void flush() {
    if (shut_ || !may_send() || waiting_.empty()) return;
    std::string out;
    for (auto& one : waiting_) {
      out += one.bytes;
      if (one.script.empty()) std::string{}.swap(one.bytes);
      sent_.push_back(std::move(one));
    }
    waiting_.clear();
    session_->write(out);
  }

  void on_state(const redis_state& state) {
    const auto keep = shared_from_this();
    leaving_.clear();
    forget_pings();
    if (state.is != redis_state::phase::ready) give_up_sent(state.why);
    if (state.is == redis_state::phase::connecting) ++losses_;
    if (state.is == redis_state::phase::away || state.is == redis_state::phase::refused) give_up_waiting(state.why);
    if (shut_) return;
    if (state.is == redis_state::phase::refused) tell_fault(state.why);
    // What is asked while we tell of it goes first.
    auto held = std::exchange(waiting_, {});
    if (state.is == redis_state::phase::ready) {
      last_fault_.clear();
      ping_later();
    }
    if (const auto tell = events_.state) tell(redis_state{state});
    std::ranges::move(held, std::back_inserter(waiting_));
    if (shut_) return give_up_waiting("the link is gone");
    flush_soon();
  }

  /// One that was not sent yet would be one too many on the next connection.
  void forget_pings() {
    ping_.cancel();
    for (const auto& one : waiting_)
      if (one.is_ping) bytes_ -= one.size;
    std::erase_if(waiting_, [](const pending_command& one) { return one.is_ping; });
  }

  void on_reply(redis_reply&& reply) {
    const auto keep = shared_from_this();
    const bool is_pong = reply.is_status("PONG");
    if (sent_.empty() || (is_pong && !sent_.front().is_ping)) {
      const auto said = reply.is_failure() ? reply.text.substr(0, reply.text.find_first_of("\r\n")).substr(0, 80) : "";
      return session_->leave("the server answered what nobody asked" + (said.empty() ? "" : ": " + said));
    }
    auto what = std::move(sent_.front());
    sent_.pop_front();
    bytes_ -= what.size;
    const auto refusal = reply.is_failure() ? refusal_of(reply.text) : redis_refusal::other;
    if (!reply.is_failure()) {
      if (what.is_ping && !is_pong) return session_->leave("the server's answer to a PING was another's");
      settle(what, {redis_outcome::ok, std::move(reply), refusal, {}});
    } else if (refusal == redis_refusal::noscript && !what.script.empty()) {
      ask_with_text(std::move(what));
    } else {
      refuse(what, std::move(reply), refusal);
    }
    if (!shut_ && !leaving_.empty() && sent_.empty()) leave();
  }

  /// The answers under way come first: they say what was not executed. Then the server is found anew.
  void refuse(const pending_command& what, redis_reply&& reply, redis_refusal refusal) {
    if (ends_connection(refusal) && leaving_.empty()) leaving_ = reply.text;
    if (is_operators_fault(refusal)) tell_fault(fault_line(refusal));
    auto why = std::string{to_string(refusal)};
    settle(what, {redis_outcome::refused, std::move(reply), refusal, std::move(why)});
  }

  void leave() {
    const auto why = std::exchange(leaving_, {});
    const auto refusal = refusal_of(why);
    if (refusal == redis_refusal::moved) return session_->leave_for(why);
    session_->leave(std::string{"the server is no longer the one we want ("}.append(to_string(refusal)).append(")"));
  }

  void ask_with_text(pending_command what) {
    what.bytes = eval_of(what.bytes, what.script);
    what.script = {};
    what.size = what.bytes.size();
    bytes_ += what.size;
    waiting_.push_back(std::move(what));
    flush_soon();
  }

  void ping_later() {
    ping_.after(session_->times().ping_every, [this] {
      pending_command ping;
      append_redis_command(std::array{std::string_view{"PING"}}, ping.bytes);
      ping.is_ping = true;
      ping.done = [this](const redis_answer& answer) {
        const bool answered = answer.outcome == redis_outcome::ok || answer.outcome == redis_outcome::refused;
        if (answered && !shut_) ping_later();
      };
      send(std::move(ping), session_->times().ping_within);
    });
  }

  // One timer for all: it looks for the facts when it fires.
  void watch(time_point latest) {
    if (watched_ && *watched_ <= latest) return;
    watched_ = latest;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(latest - on_.now());
    late_.after(std::max(left, std::chrono::milliseconds{0}), [this] { on_late(); });
  }

  void on_late() {
    const auto keep = shared_from_this();
    watched_.reset();
    const auto now = on_.now();
    const auto is_late = [now](const pending_command& one) { return one.latest <= now; };
    const auto waited = std::stable_partition(waiting_.begin(), waiting_.end(), std::not_fn(is_late));
    std::deque<pending_command> late{std::move_iterator{waited}, std::move_iterator{waiting_.end()}};
    waiting_.erase(waited, waiting_.end());
    for (auto& one : late) {
      bytes_ -= one.size;
      settle(one, not_sent("no connection in time"));
    }
    if (shut_) return;
    if (std::ranges::any_of(sent_, is_late)) session_->leave("no answer in time");
    if (shut_) return;
    for (const auto* const queue : {&sent_, &waiting_})
      for (const auto& one : *queue) watch(one.latest);
  }

  void give_up_sent(const std::string& why) {
    for (auto& one : std::exchange(sent_, {})) {
      bytes_ -= one.size;
      settle(one, {redis_outcome::unknown, {}, redis_refusal::other, why});
    }
  }

  void give_up_waiting(const std::string& why) {
    for (auto& one : std::exchange(waiting_, {})) {
      bytes_ -= one.size;
      settle(one, not_sent(why));
    }
  }

  void settle_soon(pending_command what, redis_answer how) {
    on_.post([self = shared_from_this(), what = std::make_shared<pending_command>(std::move(what)),
              how = std::move(how)] { self->settle(*what, how); });
  }

  static void settle(const pending_command& what, redis_answer how) {
    if (what.done) what.done(std::move(how));
  }

  void tell_fault(const std::string& line) {
    if (std::exchange(last_fault_, line) == line) return;
    if (const auto tell = events_.fault) tell(line);
  }

  // given
  loop& on_;
  redis_link_events events_;
  redis_link_limits limits_;
  // owned
  std::shared_ptr<redis_session> session_;
  std::deque<pending_command> waiting_;  ///< not sent
  std::deque<pending_command> sent_;     ///< in the order in which answers come
  timer late_;
  timer ping_;
  // state
  std::optional<time_point> watched_;  ///< what the timer waits for
  std::size_t bytes_ = 0;              ///< of all commands in both queues
  std::string leaving_;                ///< the error after which nothing more is sent here
  std::string last_fault_;
  std::uint64_t losses_ = 0;
  bool flush_posted_ = false;
  bool shut_ = false;
};

std::unique_ptr<redis_link> redis_link::make(loop& on, redis_options options, std::vector<redis_script> scripts,
                                             redis_link_events events, const redis_link_limits& limits) {
  auto what = std::make_shared<machine>(on, std::move(events), limits);
  what->start(std::move(options), std::move(scripts));
  return std::unique_ptr<redis_link>{new redis_link{std::move(what)}};
}

redis_link::~redis_link() {
  machine_->shut();
}

void redis_link::command(std::span<const std::string_view> arguments, std::chrono::milliseconds within,
                         redis_done done) {
  pending_command what;
  append_redis_command(arguments, what.bytes);
  what.done = std::move(done);
  machine_->send(std::move(what), within);
}

void redis_link::run(const redis_script& script, std::span<const std::string> keys,
                     std::span<const std::string> arguments, std::chrono::milliseconds within, redis_done done) {
  const auto count = std::to_string(keys.size());
  std::vector<std::string_view> words{"EVALSHA", script.sha1, count};
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  pending_command what;
  append_redis_command(words, what.bytes);
  what.script = script.text;
  what.done = std::move(done);
  machine_->send(std::move(what), within);
}

const redis_state& redis_link::state() const noexcept {
  return machine_->state();
}

std::uint64_t redis_link::losses() const noexcept {
  return machine_->losses();
}

}  // namespace tonris::net
