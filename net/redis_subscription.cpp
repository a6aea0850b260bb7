#include "net/redis_subscription.hpp"

#include <utility>

#include "net/redis_codec.hpp"
#include "net/redis_refusal.hpp"

namespace tonris::net {

/// What is behind a subscription. What it tells may destroy it, so it is shared while it tells.
class redis_subscription::machine final : public std::enable_shared_from_this<machine> {
 public:
  machine(loop& on, std::vector<std::string> channels, redis_subscription_events events)
      : events_{std::move(events)}, ping_{on} {
    std::vector<std::string_view> words{"SUBSCRIBE"};
    words.insert(words.end(), channels.begin(), channels.end());
    append_redis_command(words, subscribe_);
    append_redis_command(std::vector<std::string_view>{"PING"}, ping_command_);
    channels_ = channels.size();
  }

  void start(loop& on, redis_options options) {
    session_ =
        std::make_shared<redis_session>(on, std::move(options), std::vector<redis_script>{},
                                        redis_session_events{[this](const redis_state& state) { on_session(state); },
                                                             [this](redis_reply&& reply) { on_reply(reply); }});
    session_->start();
  }

  void shut() {
    events_ = {};
    ping_.cancel();
    session_->stop();
  }

  [[nodiscard]] const redis_state& state() const noexcept { return state_; }

 private:
  void on_session(const redis_state& state) {
    const auto keep = shared_from_this();
    ping_.cancel();
    confirmed_ = 0;
    is_pinged_ = false;
    if (state.is == redis_state::phase::ready) {
      session_->write(subscribe_);
      expect_within(session_->times().greeting, "the server did not confirm the channels in time");
      return;
    }
    if (state.is == redis_state::phase::refused) tell_fault(state.why);
    become(state);
  }

  void on_reply(const redis_reply& reply) {
    const auto keep = shared_from_this();
    const auto what = reply.text_at(0);
    if (what == "message" && reply.items.size() == 3) {
      if (const auto tell = events_.message) tell(reply.text_at(1), reply.text_at(2));
      return;
    }
    if (what == "subscribe" && confirmed_ < channels_) return on_confirmed();
    if (what == "pong" && is_pinged_) {
      is_pinged_ = false;
      return ping_later();
    }
    if (!reply.is_failure()) return session_->leave("the server answered what nobody asked");
    const auto refusal = refusal_of(reply.text);
    const auto word = std::string{to_string(refusal)};
    if (is_operators_fault(refusal))
      tell_fault("REDIS_URL: the server does not let this user listen to our channels (" + word +
                 "): docs/redis.md has the rights");
    session_->leave("the server refused the channels (" + word + ")");
  }

  void on_confirmed() {
    if (++confirmed_ < channels_) return;
    last_fault_.clear();
    ping_later();
    become(session_->state());
  }

  void ping_later() {
    ping_.after(session_->times().ping_every, [this] {
      is_pinged_ = true;
      session_->write(ping_command_);
      expect_within(session_->times().ping_within, "no answer to a PING in time");
    });
  }

  void expect_within(std::chrono::milliseconds limit, const char* else_why) {
    ping_.after(limit, [this, else_why] { session_->leave(else_why); });
  }

  void become(const redis_state& state) {
    state_ = state;
    if (const auto tell = events_.state) tell(redis_state{state});
  }

  void tell_fault(const std::string& line) {
    if (std::exchange(last_fault_, line) == line) return;
    if (const auto tell = events_.fault) tell(line);
  }

  // given
  redis_subscription_events events_;
  // owned
  std::shared_ptr<redis_session> session_;
  timer ping_;  ///< the next PING, or what must have been answered
  std::string subscribe_, ping_command_;
  // state
  redis_state state_;
  std::string last_fault_;
  std::size_t channels_ = 0, confirmed_ = 0;
  bool is_pinged_ = false;  ///< and has not answered
};

std::unique_ptr<redis_subscription> redis_subscription::make(loop& on, redis_options options,
                                                             std::vector<std::string> channels,
                                                             redis_subscription_events events) {
  auto what = std::make_shared<machine>(on, std::move(channels), std::move(events));
  what->start(on, std::move(options));
  return std::unique_ptr<redis_subscription>{new redis_subscription{std::move(what)}};
}

redis_subscription::~redis_subscription() {
  machine_->shut();
}

const redis_state& redis_subscription::state() const noexcept {
  return machine_->state();
}

}  // namespace tonris::net
