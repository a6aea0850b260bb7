#include "actors/drift/redis_bills.hpp"

#include <caf/actor_cast.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/money/unknown_text.hpp"
#include "model/usage_report/local_day.hpp"
#include "model/usage_report/unknown_bills.hpp"

namespace tonris::actors {

namespace {

namespace scripts = config::redis_scripts;
using std::chrono::milliseconds;
using std::chrono::sys_days;
using bill = drift_database::bill;
using read_type = bill::read_type;

std::string in_ms(milliseconds time) {
  return std::to_string(time.count());
}

std::string text_of(sys_days day) {
  return to_string(model::local_day{std::chrono::local_days{day.time_since_epoch()}});
}

/// As bills_share.lua has it.
std::string number_of(read_type read) {
  return std::to_string(static_cast<unsigned>(read));
}

bool is_too_long(const bill& one) {
  return model::text_of_unknown(one.unknown).size() > model::most_unknown_bytes;
}

void put(std::vector<std::string>& arguments, std::string_view vendor, const bill& one) {
  arguments.insert(arguments.end(),
                   {std::string{vendor}, number_of(one.read), std::to_string(calls_only_theirs(one.unknown)),
                    model::text_of_unknown(one.unknown)});
}

/// What another version has written, or nobody, is nothing: one's own stands.
bill standing(const net::redis_reply& reply, const bill& own) {
  auto rows = model::parse_unknown(reply.text_at(1));
  const auto is_read = [&](read_type what) { return reply.text_at(0) == number_of(what); };
  if (rows && is_read(read_type::all)) return {read_type::all, std::move(*rows)};
  if (rows && is_read(read_type::part)) return {read_type::part, std::move(*rows)};
  return own;
}

bills_listed elsewhere() {
  bills_listed listed;
  listed.is_to_come = listed.is_elsewhere = true;
  return listed;
}

}  // namespace

redis_bills::redis_bills(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

redis_bills::behavior_type redis_bills::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  std::vector<net::redis_script> used;
  for (const auto* one : {&scripts::bills_claim, &scripts::bills_share}) used.push_back({one->text, one->sha1});
  // How Redis is the tenant store says, whose link has the same settings.
  link_ =
      net::redis_link::make(*config_.loop, config_.options, std::move(used), {[](const auto&) {}, [](const auto&) {}});
  caf::delayed_anon_send(caf::actor_cast<redis_bills_door>(this), config_.renewal, bills_lease_due{});
  return {
      [this](const list_bills& m) { return on(m); },
      [this](const give_up_bills& m) { send(config_.reader, m); },
      [this](const share_bills& m) { return on(m); },
      [this](const redis_came& m) { questions_.take(m); },
      [this](bills_lease_due) {
        caf::delayed_anon_send(caf::actor_cast<redis_bills_door>(this), config_.renewal, bills_lease_due{});
        renew();
      },
  };
}

void redis_bills::on_exit() {
  ends_ = true;
  questions_.end();
  link_.reset();
  loop_bound_actor::on_exit();
}

void redis_bills::run(const tonris::config::redis_script& script, const std::vector<std::string>& keys,
                      const std::vector<std::string>& arguments, replied then) {
  link_->run({script.text, script.sha1}, keys, arguments, answer_limit,
             questions_.when_answered([this, then = std::move(then)](const net::redis_answer* answer) {
               const auto* const reply = reply_in(answer);
               const bool is_known = reply && !is_lost(*reply);
               if (answer && !is_known) config_.counters->of<bill_metrics>().sharing_failed();
               then(is_known ? reply : nullptr);
             }));
}

std::vector<std::string> redis_bills::keys_of(sys_days day) const {
  const auto key = [this](std::string_view name) { return config_.prefix + std::string{name}; };
  return {key("gen"), key("bills:" + text_of(day)), key("bills_by:" + text_of(day))};
}

// --- who reads them

caf::result<bills_listed> redis_bills::on(const list_bills& wanted) {
  const auto day = wanted.day;
  if (held_ && *held_ != day) let_go(*held_);
  asked_ = clock().now();
  auto to = make_response_promise<bills_listed>();
  const bool may_read = config_.has_all_records();
  claim(day, may_read, [this, day, may_read, to](const net::redis_reply* reply) mutable {
    if (ends_) return (void)to.deliver(caf::make_error(caf::sec::runtime_error, "this gateway ends"));
    if (!reply) return may_read ? read(day, std::move(to)) : (void)to.deliver(elsewhere());
    claimed(day, reply->text_at(0), std::move(to));
  });
  return to;
}

void redis_bills::claim(sys_days day, bool may_read, replied then) {
  run(scripts::bills_claim, keys_of(day), {config_.node, in_ms(config_.lease), may_read ? "1" : "0"}, std::move(then));
}

/// Held: by another, or by nobody where this gateway may not read them, or not any more.
void redis_bills::claimed(sys_days day, std::string_view word, listing to) {
  if (word == "mine") {
    held_ = day;
    return read(day, std::move(to));
  }
  if (held_ == day && word != "read") let_go(day);
  if (word != "read") return (void)to.deliver(elsewhere());
  share({day}, [to](const bills_shared* all) mutable {
    if (!all) return (void)to.deliver(elsewhere());
    to.deliver(bills_listed{all->twilio, all->elevenlabs});
  });
}

/// Another may have it by now: Redis was away for longer than the lease. Who has read to the end first is who counts.
void redis_bills::renew() {
  if (!held_) return;
  const auto day = *held_;
  if (clock().now() > asked_ + asked_again_within) return let_go(day);
  claim(day, true, [this, day](const net::redis_reply* reply) {
    if (reply && reply->text_at(0) != "mine" && held_ == day) held_.reset();
  });
}

void redis_bills::read(sys_days day, listing to) {
  ask(this, config_.reader, reading_takes, list_bills{day})
      .then(
          [this, day, to](const bills_listed& listed) mutable {
            if (listed.is_to_come) return (void)to.deliver(listed);
            share({day, listed.twilio, listed.elevenlabs}, [to, listed](const bills_shared* all) mutable {
              to.deliver(all ? bills_listed{all->twilio, all->elevenlabs} : listed);
            });
          },
          [this, day, to](const caf::error& why) mutable {
            if (held_ == day) let_go(day);
            to.deliver(why);
          });
}

/// Another gateway need not wait for the lease to run out.
void redis_bills::let_go(sys_days day) {
  share({day}, [](const bills_shared*) {});
}

// --- what was read

caf::result<bills_shared> redis_bills::on(const share_bills& own) {
  auto to = make_response_promise<bills_shared>();
  share(own, [to](const bills_shared* all) mutable {
    if (all) return (void)to.deliver(*all);
    to.deliver(caf::make_error(caf::sec::runtime_error, "Redis does not answer"));
  });
  return to;
}

/// The lease goes with it.
void redis_bills::share(const share_bills& own, stands then) {
  if (held_ == own.day) held_.reset();
  const bool is_shared = !is_too_long(own.twilio) && !is_too_long(own.elevenlabs);
  if (!is_shared && std::exchange(told_of_, own.day) != own.day)
    log::warn("The unknown calls of {day} are of too many tenants to be shared: each gateway reads their lists itself",
              {{"day", text_of(own.day)}});
  const bill nothing;
  std::vector<std::string> arguments{config_.node, in_ms(kept_for)};
  put(arguments, "twilio", is_shared ? own.twilio : nothing);
  put(arguments, "elevenLabs", is_shared ? own.elevenlabs : nothing);
  run(scripts::bills_share, keys_of(own.day), arguments, [own, then = std::move(then)](const net::redis_reply* reply) {
    if (!reply || reply->items.size() != 2) return then(nullptr);
    const bills_shared all{standing(reply->items[0], own.twilio), standing(reply->items[1], own.elevenlabs)};
    then(&all);
  });
}

}  // namespace tonris::actors
