#include "actors/vendor/twilio_client.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "actors/runtime/guard.hpp"
#include "model/twilio/number.hpp"

namespace tonris::actors {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{100}, longest_pause{3000};

/// Over a connection of its own: was there none yet?
bool never_left(net::errc why) noexcept {
  constexpr std::array before_it = {
      net::errc::resolve_failed,      net::errc::connect_refused, net::errc::no_descriptors, net::errc::connect_timeout,
      net::errc::certificate_refused, net::errc::bad_url,         net::errc::address_refused};
  return std::find(before_it.begin(), before_it.end(), why) != before_it.end();
}

}  // namespace

twilio_client::twilio_client(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

twilio_client::behavior_type twilio_client::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  alive_ = std::make_shared<twilio_client*>(this);
  return {
      [this](const ask_twilio& wanted) { return on(wanted); },
      [this](const twilio_came& m) { came(m.request, *m.response); },
      [this](const twilio_try_again& m) {
        if (const auto one = open_.find(m.request); one != open_.end()) send_request(one->first, one->second);
      },
  };
}

void twilio_client::on_exit() {
  alive_.reset();
  for (auto& [request, one] : std::exchange(open_, {})) one.to.deliver(twilio_answer{0, {}, "our own client ended"});
  loop_bound_actor::on_exit();
}

caf::result<twilio_answer> twilio_client::on(const ask_twilio& wanted) {
  if (open_.size() >= most_at_once) {
    count(vendor_metrics::request::full);
    return twilio_answer{0, {}, "too much is being asked at once, and it was not sent", false};
  }
  if (wanted.once && !config_.send_once) return twilio_answer{0, {}, "it could not be sent a single time", false};
  const auto request = ++last_request_;
  auto& one = open_[request] = {wanted, make_response_promise<twilio_answer>(), clock().now(), {}};
  auto promise = one.to;
  send_request(request, one);
  return promise;
}

void twilio_client::send_request(std::uint64_t request, open_request& one) {
  ++one.tries;
  one.last_try = clock().now();
  net::http_request what;
  what.method = one.wanted.removes ? "DELETE" : one.wanted.form.empty() ? "GET" : "POST";
  what.fields.set("Authorization", model::twilio::basic_authorization(one.wanted.as.sid, one.wanted.as.token.reveal()));
  what.fields.set("Accept", "application/json");
  if (!one.wanted.form.empty()) {
    what.fields.set("Content-Type", "application/x-www-form-urlencoded");
    what.body = one.wanted.form;
  }
  const auto& send = one.wanted.once ? config_.send_once : config_.send;
  send(config_.base_url + one.wanted.target, std::move(what), answer_limit,
       [request, me = std::weak_ptr{alive_}](const net::result<net::http_response>& response) {
         if (const auto self = me.lock()) (*self)->deliver(twilio_came{request, &response});
       });
}

void twilio_client::came(std::uint64_t request, const net::result<net::http_response>& response) {
  const auto found = open_.find(request);
  if (found == open_.end()) return;
  auto& one = found->second;
  config_.counters->of<vendor_metrics>().took(vendor_metrics::question::twilio, clock().now() - one.last_try);
  const bool turned_away = response && response->status == 429;
  count(!response     ? vendor_metrics::request::unanswered
        : turned_away ? vendor_metrics::request::turned_away
                      : vendor_metrics::request::answered);
  if (turned_away && one.tries < most_tries) {
    const auto wait = wait_for(*response, one.tries);
    if (clock().now() + wait < one.began + patience) return delayed_send(this, wait, twilio_try_again{request});
  }
  const bool sent = response || !one.wanted.once || !never_left(response.error().code);
  auto promise = std::move(one.to);
  open_.erase(found);
  if (response)
    promise.deliver(twilio_answer{response->status, response->body, {}});
  else
    promise.deliver(twilio_answer{0, {}, in_words(response.error()), sent});
}

/// Full jitter over a pause that doubles, as Twilio's own libraries wait.
milliseconds twilio_client::wait_for(const net::http_response& turned_away, unsigned tries) const {
  if (const auto said = net::retry_after(turned_away)) return *said;
  const auto most = std::min(first_pause * (1U << tries), longest_pause);
  return milliseconds{config_.random() % (static_cast<std::uint32_t>(most.count()) + 1)};
}

}  // namespace tonris::actors
