#include "actors/outbound/redis_dials.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/call/callee_answer.hpp"
#include "actors/runtime/guard.hpp"
#include "model/outbound/dial_json.hpp"
#include "model/text/enum_name.hpp"

namespace tonris::actors {

namespace {

namespace scripts = config::redis_scripts;
using std::chrono::milliseconds;
using outcome = dial_shared::outcome;

/// The first letter of what stands at Redis.
constexpr char is_plain = 'p', is_sealed = 's';

std::string in_ms(milliseconds time) {
  return std::to_string(time.count());
}

std::string in_ms(std::chrono::system_clock::time_point at) {
  return in_ms(std::chrono::floor<milliseconds>(at.time_since_epoch()));
}

/// As dial_tell.lua and dial_look.lua tell it.
std::optional<model::who_answered> heard_in(std::string_view by, std::string_view at_ms) {
  const auto who = model::find_named<model::twilio::answered_by>(by, model::twilio::answered_by_count);
  if (!who) return std::nullopt;
  return model::who_answered{*who, model::carrier_progress::source_type::callback,
                             std::chrono::system_clock::time_point{milliseconds{number_in<std::int64_t>(at_ms)}}};
}

std::optional<std::uint32_t> count_in(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional{number_in<std::uint32_t>(text)};
}

outcome outcome_of(std::string_view word) {
  if (word == "ok") return outcome::allowed;
  if (word == "before") return outcome::before;
  if (word == "being_called") return outcome::being_called;
  if (word == "too_many_a_minute") return outcome::too_many_a_minute;
  return word == "too_many_a_day" ? outcome::too_many_a_day : outcome::away;
}

}  // namespace

redis_dials::redis_dials(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

redis_dials::behavior_type redis_dials::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  std::vector<net::redis_script> used;
  for (const auto* one : {&scripts::dial_begin, &scripts::dial_tell, &scripts::dial_look, &scripts::dial_drop})
    used.push_back({one->text, one->sha1});
  const auto changed = [me = questions_.self()](const auto&) {
    if (const auto self = me.lock()) (*self)->deliver(dial_link_changed{});
  };
  // What is wrong with REDIS_URL the tenant store says, whose link has the same.
  link_ = net::redis_link::make(*config_.loop, config_.options, std::move(used), {changed, [](const auto&) {}});
  caf::delayed_anon_send(caf::actor_cast<redis_dials_door>(this), config_.look, dial_look_due{});
  return {
      [this](const share_dial& m) { return on(m); },
      [this](const tell_dial& m) { return on(m); },
      [this](const dial_is_now& m) { on(m); },
      [this](const redis_came& m) { questions_.take(m); },
      [this](dial_look_due) {
        caf::delayed_anon_send(caf::actor_cast<redis_dials_door>(this), config_.look, dial_look_due{});
        look();
      },
      [this](dial_link_changed) { link_changed(); },
  };
}

void redis_dials::on_exit() {
  questions_.end();
  link_.reset();
  loop_bound_actor::on_exit();
}

void redis_dials::run(const tonris::config::redis_script& script, const std::vector<std::string>& keys,
                      const std::vector<std::string>& arguments, replied then) {
  link_->run({script.text, script.sha1}, keys, arguments, answer_limit,
             questions_.when_answered([this, then = std::move(then)](const net::redis_answer* answer) {
               const auto* const reply = reply_in(answer);
               const bool is_known = reply && !is_lost(*reply);
               if (answer && !is_known) config_.counters->of<outbound_metrics>().sharing_failed();
               then(is_known ? reply : nullptr);
             }));
}

std::vector<std::string> redis_dials::keys_of(const model::ticket& which) const {
  return {key("dial:" + which.value), key("dialled:" + which.value)};
}

// --- a call is to be placed

/// Where the answer is lost it may be there all the same, in nobody's name: it goes once Redis is heard again.
caf::result<dial_shared> redis_dials::on(const share_dial& wanted) {
  const auto& asked = wanted.dial.asked;
  const auto text = sealed(wanted.dial);
  auto to = make_response_promise<dial_shared>();
  if (text.empty()) {
    to.deliver(dial_shared{});
    return to;
  }
  const auto& ticket = wanted.dial.shown_by;
  const auto of_tenant = [&](std::string_view name) { return key(std::string{name} + asked.tenant.value); };
  std::vector<std::string> keys{key("gen")};
  for (auto& one : keys_of(ticket)) keys.push_back(std::move(one));
  keys.push_back(of_tenant("dial_id:") + ":" + config_.digest(asked.id));
  keys.push_back(key("dial_pair:" + config_.digest(asked.from + " " + asked.to)));
  keys.push_back(of_tenant("dial_minute:"));
  keys.push_back(of_tenant("dial_day:"));
  run(scripts::dial_begin, keys,
      {config_.prefix, ticket.value, asked.tenant.value, asked.id, asked_in(wanted.dial), text,
       std::to_string(wanted.per_minute), std::to_string(wanted.per_day),
       in_ms(milliseconds{model::dials::ticket_life}), in_ms(milliseconds{model::dials::kept_for})},
      [this, to, wanted](const net::redis_reply* reply) mutable {
        if (!reply) drop(wanted.dial.shown_by);
        dial_shared said;
        if (reply) said.is = outcome_of(reply->text_at(0));
        if (said.is == outcome::before) said = before_in(wanted, *reply);
        to.deliver(std::move(said));
      });
  return to;
}

dial_shared redis_dials::before_in(const share_dial& wanted, const net::redis_reply& reply) const {
  const model::ticket ticket{std::string{reply.text_at(1)}};
  const milliseconds age{number_in<std::int64_t>(reply.text_at(5))};
  const bool is_lost = reply.text_at(4) == "1" || age > asks_within;
  dial_shared said{outcome::before};
  said.differs = reply.text_at(2) != asked_in(wanted.dial);
  said.call = {std::string{reply.text_at(3)}};
  said.is_asking = said.call.empty() && !is_lost;
  said.dial = opened(reply.text_at(6), wanted.dial.asked.tenant, ticket);
  if (said.dial && !said.call.empty()) {
    auto& one = *said.dial;
    one.call = said.call;
    one.state = model::dial::state_type::placed;
    one.answered = !reply.text_at(7).empty();
    one.elsewhere = one.answered && reply.text_at(7) != config_.node;
    one.over = reply.text_at(8) == "1";
    one.hung_up = reply.text_at(9) == "1";
    one.heard = heard_in(reply.text_at(10), reply.text_at(11));
  }
  return said;
}

// --- Twilio has shown a ticket

caf::result<dial_told> redis_dials::on(const tell_dial& told) {
  std::vector<std::string> arguments{told.takes ? config_.node : "", told.call.value};
  const auto put = [&](std::string name, std::string value) {
    arguments.push_back(std::move(name));
    arguments.push_back(std::move(value));
  };
  if (told.heard) {
    put("heard", std::string{to_string(told.heard->by)});
    put("heard_ms", in_ms(told.heard->at));
  }
  if (told.over) {
    put("over", "1");
    put("status", std::string{to_string(told.over->status)});
    if (told.over->seconds) put("seconds", std::to_string(*told.over->seconds));
    if (told.over->sequence) put("sequence", std::to_string(*told.over->sequence));
  }
  auto to = make_response_promise<dial_told>();
  run(scripts::dial_tell, keys_of(told.shown_by), arguments,
      [this, to, ticket = told.shown_by](const net::redis_reply* reply) mutable {
        if (!reply) return (void)to.deliver(caf::make_error(caf::sec::runtime_error, "Redis does not answer"));
        dial_told said;
        said.is_known = reply->text_at(0) == "ok";
        if (!said.is_known) return (void)to.deliver(std::move(said));
        said.is_elsewhere = !reply->text_at(3).empty() && reply->text_at(3) != config_.node;
        said.dial = opened(reply->text_at(7), {std::string{reply->text_at(1)}}, ticket);
        if (said.dial) {
          said.dial->call = {std::string{reply->text_at(2)}};
          said.dial->state = model::dial::state_type::placed;
          said.dial->hung_up = reply->text_at(4) == "1";
          said.dial->heard = heard_in(reply->text_at(5), reply->text_at(6));
        }
        to.deliver(std::move(said));
      });
  return to;
}

// --- this node's own copies

void redis_dials::on(const dial_is_now& changed) {
  if (!changed.is_forgotten) return tell(changed.dial);
  untold_.erase(changed.dial.shown_by.value);
  // What was placed, or may have been, stays known by its id, though there is no room for it here.
  if (changed.dial.call.empty() && changed.dial.state == model::dial::state_type::asking) drop(changed.dial.shown_by);
}

/// What is told before stands: telling it again changes nothing.
void redis_dials::tell(const model::dial& one) {
  const auto at = is_here(one) ? config_.node : one.sent_on ? "-" + config_.node : std::string{};
  std::vector<std::string> arguments{at, one.call.value};
  const auto put = [&](const char* name, bool is_so) {
    if (is_so) arguments.insert(arguments.end(), {name, "1"});
  };
  put("lost", one.call.empty() && one.state == model::dial::state_type::unknown);
  put("hung", one.hung_up);
  put("over", one.over);
  run(scripts::dial_tell, keys_of(one.shown_by), arguments,
      [this, which = one.shown_by](const net::redis_reply* reply) {
        if (!reply) tell_later(which);
      });
}

void redis_dials::tell_later(const model::ticket& which) {
  if (untold_.size() < most_untold)
    untold_.insert(which.value);
  else if (!untold_.contains(which.value))
    config_.counters->of<outbound_metrics>().untold();
}

/// As they are by now; in turn, so that one that cannot be told keeps no other waiting.
void redis_dials::tell_again() {
  auto next = untold_.upper_bound(last_told_);
  for (std::size_t n = 0; n < most_told_again && !untold_.empty(); ++n) {
    if (next == untold_.end()) next = untold_.begin();
    last_told_ = *next;
    next = untold_.erase(next);
    if (const auto one = config_.dials->find(model::ticket{last_told_})) tell(*one);
  }
}

void redis_dials::drop(const model::ticket& which) {
  run(scripts::dial_drop, keys_of(which), {which.value}, [this, which](const net::redis_reply* reply) {
    if (!reply && undropped_.size() < most_undropped) undropped_.push_back(which);
  });
}

void redis_dials::drop_again() {
  for (const auto& which : std::exchange(undropped_, {})) drop(which);
}

void redis_dials::link_changed() {
  if (link_->state().is != net::redis_state::phase::ready) return;
  drop_again();
  for (const auto& which : config_.dials->followed()) tell_later(which);
  tell_again();
}

// --- what others know

void redis_dials::look() {
  if (looks_ || link_->state().is != net::redis_state::phase::ready) return;
  drop_again();  // an answer may be late on a link that lives
  tell_again();
  auto all = config_.dials->followed();
  if (all.empty()) return;
  std::ranges::sort(all, {}, &model::ticket::value);
  const auto next = std::ranges::upper_bound(all, last_, {}, &model::ticket::value);
  std::rotate(all.begin(), next, all.end());
  if (all.size() > most_of_a_look) all.resize(most_of_a_look);
  last_ = all.back().value;
  std::vector<std::string> arguments{config_.prefix};
  for (const auto& one : all) arguments.push_back(one.value);
  looks_ = true;
  run(scripts::dial_look, {key("gen")}, arguments, [this, all](const net::redis_reply* found) {
    looks_ = false;
    if (found) looked(all, *found);
  });
}

void redis_dials::looked(const std::vector<model::ticket>& asked, const net::redis_reply& found) {
  for (std::size_t i = 0; i < asked.size() && i < found.items.size(); ++i) {
    const auto one = config_.dials->find(asked[i]);
    if (one && !found.items[i].items.empty()) learn(*one, found.items[i]);
  }
}

void redis_dials::learn(const model::dial& one, const net::redis_reply& row) {
  auto& dials = *config_.dials;
  const auto& ticket = one.shown_by;
  const model::call_sid call{std::string{row.text_at(0)}};
  const auto at = row.text_at(1);
  if (one.call.empty() && !call.empty()) dials.placed(ticket, call);
  if (!at.empty() && at != config_.node) dials.is_elsewhere(ticket);
  if (row.text_at(2) == "1" && !one.hung_up) dials.hang_up(ticket);
  const auto heard = heard_in(row.text_at(3), row.text_at(4));
  auto known = one.heard;
  if (heard && !call.empty() && take(known, *heard)) {
    (void)dials.hears(ticket, call, *heard, clock().now());
    if (is_here(one)) tell_who_answered(config_.supervisor, one, *heard);
  }
  if (row.text_at(5) != "1") return;
  const auto status = model::twilio::parse_call_status(row.text_at(6));
  if (is_here(one) && model::twilio::is_final(status))
    caf::anon_send(config_.supervisor,
                   call_status_changed{call, status, count_in(row.text_at(8)), count_in(row.text_at(7))});
  dials.is_over(ticket);
}

// --- how it stands there

std::string redis_dials::sealed(const model::dial& one) const {
  auto text = to_json(one);
  if (!config_.seal->can_seal()) return is_plain + text;
  const auto closed = config_.seal->seal(text, {one.asked.tenant, "dials/" + one.shown_by.value}, config_.nonce());
  return closed.empty() ? std::string{} : is_sealed + closed;
}

std::optional<model::dial> redis_dials::opened(std::string_view text, const model::tenant_id& tenant,
                                               const model::ticket& shown_by) const {
  if (text.empty()) return std::nullopt;
  const auto rest = text.substr(1);
  auto json = text.front() == is_sealed
                  ? config_.seal->open(rest, {tenant, "dials/" + shown_by.value}).value_or(std::string{})
                  : std::string{rest};
  auto one = model::parse_dial(json);
  if (!one) return std::nullopt;
  const auto ago = std::max(config_.wall_clock() - one->began_at, std::chrono::system_clock::duration::zero());
  one->began = clock().now() - ago;
  return std::move(*one);
}

/// The same for the same request, whoever asks and when.
std::string redis_dials::asked_in(const model::dial& one) const {
  model::dial plain;
  plain.asked = one.asked;
  return config_.digest(to_json(plain));
}

}  // namespace tonris::actors
