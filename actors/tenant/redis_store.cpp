#include "actors/tenant/redis_store.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <optional>
#include <utility>

#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tenant/metrics.hpp"
#include "actors/tenant/redis_answers.hpp"
#include "actors/tenant/redis_rows.hpp"

namespace tonris::actors {

namespace {

using std::chrono::milliseconds;
namespace scripts = config::redis_scripts;
using redis_answers::away;
using redis_answers::change_limit;
using outcome = tenant_written::outcome;
using redis_rows::change_in, redis_rows::joined, redis_rows::row_of, redis_rows::words_of;

constexpr milliseconds look_up_limit{150};
constexpr milliseconds young_for{20'000};  // a lease: until every node has told its calls again
constexpr std::chrono::seconds reopen_wait{1}, lost_wait{1};
constexpr std::string_view schema = "1";
constexpr std::size_t writes_at_once = 32;  // of one message: look-ups are not to wait behind all of them

}  // namespace

redis_tenant_store::redis_tenant_store(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

redis_tenant_store::behavior_type redis_tenant_store::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  set_down_handler([this](const caf::down_msg& down) {
    std::erase_if(*config_.watchers, [&](const auto& one) { return one.address() == down.source; });
  });
  for (const auto& watcher : *config_.watchers) monitor(watcher);
  begin();
  return {
      [this](const look_up_tenants& m) { return on(m); },
      [this](const write_tenants& m) { return on(m); },
      [this](const erase_tenant& m) { return on(m); },
      [this](const read_tenant_page& m) { return on(m); },
      [this](const read_imported_tenants& m) { return on(m); },
      [this](const keep_of_number& m) { return on(m); },
      [this](const read_kept_of_number& m) { return on(m); },
      [this](const declare_whole& m) { return on(m); },
      [this](const watch_tenants& m) {
        config_.watchers->push_back(m.watcher);
        monitor(m.watcher);
        send(m.watcher, life());
      },
      [this](const redis_came& m) { questions_.take(m); },
      [this](const redis_told& m) {
        if (m.who == redis_told::by::channel) return heard(m.message);
        on_state(m.who);
      },
      [this](ask_whether_lost_again) {
        asks_again_ = false;
        if (is_open_ && lost_) ask_whether_lost();
      },
      [this](open_data_again) {
        if (!is_open_ && link_->state().is == net::redis_state::phase::ready) open_data();
      },
  };
}

void redis_tenant_store::on_exit() {
  questions_.end();
  link_.reset();
  subscription_.reset();
  loop_bound_actor::on_exit();
}

// --- the connections

void redis_tenant_store::begin() {
  const auto tell_us = [me = questions_.self()](redis_told::by who, std::string message = {}) {
    if (const auto self = me.lock()) (*self)->deliver(redis_told{who, std::move(message)});
  };
  const auto fault = [](const std::string& line) { log::error("REDIS_URL: {why}", {{"why", line}}); };
  std::vector<net::redis_script> used;
  for (const auto* one :
       {&scripts::open, &scripts::tenant_put, &scripts::tenant_drop, &scripts::tenant_find, &scripts::tenant_page})
    used.push_back({one->text, one->sha1});
  link_ = net::redis_link::make(*config_.loop, config_.options, std::move(used),
                                {[tell_us](const auto&) { tell_us(redis_told::by::link); }, fault});
  subscription_ = net::redis_subscription::make(*config_.loop, config_.options, {key("inv")},
                                                {[tell_us](const auto&) { tell_us(redis_told::by::subscription); },
                                                 [tell_us](std::string_view, std::string_view message) {
                                                   tell_us(redis_told::by::channel, std::string{message});
                                                 },
                                                 fault});
}

void redis_tenant_store::on_state(redis_told::by who) {
  using phase = net::redis_state::phase;
  if (who == redis_told::by::subscription) {
    const bool hears = subscription_->state().is == phase::ready;
    if (hears != std::exchange(hears_, hears)) begin_life();
    return;
  }
  const auto& state = link_->state();
  if (state.is == phase::ready) return open_data();
  if (std::exchange(is_open_, false)) begin_life();
  if (state.is == phase::away || state.is == phase::refused) config_.trouble("the tenant store is away");
}

/// Whose data it is, first of all on each connection.
void redis_tenant_store::open_data() {
  run(scripts::open, {key("gen"), key("young"), key("seq"), key("schema"), key("lost")},
      {*config_.believed, config_.fresh_generation(), std::to_string(young_for.count()), std::string{schema}},
      change_limit, [this](const auto* answer) {
        if (const auto* const reply = reply_in(answer)) return data_opened(*reply);
        if (!answer) return;  // we end
        config_.trouble("the tenant store cannot be used");
        caf::delayed_anon_send(caf::actor_cast<redis_tenant_store_door>(this), reopen_wait, open_data_again{});
      });
}

/// Other data is there than was opened, or none.
void redis_tenant_store::open_anew() {
  if (!std::exchange(is_open_, false)) return;
  begin_life();
  open_data();
}

void redis_tenant_store::data_opened(const net::redis_reply& reply) {
  if (reply.text_at(3) > schema) {
    config_.trouble("the tenant store was written by a newer version");
    return log::error("REDIS_URL: what is there was written by a newer version (its schema is {schema})",
                      {{"schema", reply.text_at(3)}});
  }
  is_open_ = true;
  generation_ = reply.text_at(0);
  seq_ = reply.items.size() > 2 ? static_cast<std::uint64_t>(reply.items[2].integer) : 0;
  config_.trouble("");
  lost_ = false;
  lost_is(reply.text_at(4) == "1");
  begin_life();
}

/// What of this data is to be believed: tenants that are there always, that there is nobody while none were lost.
void redis_tenant_store::lost_is(bool lost) {
  const bool was_lost = std::exchange(lost_, lost);
  if (lost && !was_lost) {
    log::error("REDIS_URL: tenants there are gone; who is known here is served: docs/redis.md says how they come back");
    config_.trouble("the tenant store has lost its tenants");
    ask_whether_lost();
  }
  if (lost) return;
  *config_.believed = generation_;
  if (!was_lost) return;
  log::info("REDIS_URL: the tenants are back");
  config_.trouble("");
  begin_life();
}

/// Each second while they are lost: an operator may say at any node that they are back.
void redis_tenant_store::ask_whether_lost() {
  command({"GET", key("lost")}, change_limit, [this](const auto* answer) {
    if (const auto* const reply = reply_in(answer); reply && is_open_ && lost_) lost_is(reply->text != "0");
    if (answer && lost_ && is_open_ && !std::exchange(asks_again_, true))
      caf::delayed_anon_send(caf::actor_cast<redis_tenant_store_door>(this), lost_wait, ask_whether_lost_again{});
  });
}

caf::result<declared_whole> redis_tenant_store::on(const declare_whole&) {
  if (!is_open_) return away();
  auto to = make_response_promise<declared_whole>();
  command({"SET", key("lost"), "0", "XX"}, change_limit, [this, to](const auto* answer) mutable {
    if (!reply_in(answer)) return (void)to.deliver(away());
    lost_is(false);
    to.deliver(declared_whole{});
  });
  return to;
}

void redis_tenant_store::heard(std::string_view message) {
  const auto change = change_in(message);
  if (!change) return;
  if (change->seq <= seq_) return;  // from before the data was looked at
  const bool gap = change->seq != seq_ + 1;
  seq_ = change->seq;
  if (gap) begin_life();
  if (told_.erase(change->seq) == 0) tell(*change);
}

/// This node's own watchers hear of it before its asker does; others by what is published.
void redis_tenant_store::tell_at_once(const tenant_change& change) {
  if (hears_ && change.seq > seq_) told_.insert(change.seq);
  tell(change);
}

void redis_tenant_store::begin_life() {
  told_.clear();
  for (const auto& watcher : *config_.watchers) send(watcher, life());
}

tenant_store_began redis_tenant_store::life() const {
  return {hears_ && is_open_, nullptr, is_open_ && !lost_ ? generation_ : std::string{}};
}

void redis_tenant_store::tell(const tenant_change& change) {
  for (const auto& watcher : *config_.watchers) send(watcher, tenants_changed{{change}});
}

// --- questions

void redis_tenant_store::run(const tonris::config::redis_script& script, const std::vector<std::string>& keys,
                             const std::vector<std::string>& arguments, milliseconds within, answered then) {
  link_->run({script.text, script.sha1}, keys, arguments, within, questions_.when_answered(std::move(then)));
}

void redis_tenant_store::command(const std::vector<std::string>& words, milliseconds within, answered then) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  link_->command(views, within, questions_.when_answered(std::move(then)));
}

caf::result<looked_up_tenants> redis_tenant_store::on(const look_up_tenants& wanted) {
  if (!is_open_) return away();
  std::vector<std::string> arguments{config_.prefix};
  for (const auto& one : wanted.wanted) {
    arguments.push_back(one.number);
    arguments.push_back(one.id.value);
    arguments.push_back(one.known_etag);
  }
  auto to = make_response_promise<looked_up_tenants>();
  run(scripts::tenant_find, {key("gen"), key("num"), key("lost")}, arguments, look_up_limit,
      [this, to, size = wanted.wanted.size()](const auto* answer) mutable {
        const auto* const reply = reply_in(answer);
        const bool is_known_data = reply && reply->text_at(0) == generation_;
        if (reply && !is_known_data) open_anew();
        if (!is_known_data || reply->items.size() != size + 2) return (void)to.deliver(away());
        looked_up_tenants found;
        found.is_whole = reply->text_at(1) != "1";
        if (found.is_whole == lost_) lost_is(!found.is_whole);
        for (std::size_t i = 2; i < reply->items.size(); ++i) {
          const auto& row = reply->items[i];
          auto& one = found.found.emplace_back();
          if (row.items.empty()) continue;
          one.is = row.items.size() > 2 ? looked_up_tenant::outcome::found : looked_up_tenant::outcome::unchanged;
          one.tenant = row_of(row);
        }
        to.deliver(std::move(found));
      });
  return to;
}

/// Those of one message, of which each is decided by itself; all have to be answered.
class redis_tenant_store::pending_writes {
 public:
  pending_writes(std::vector<tenant_write> writes, caf::typed_response_promise<tenants_written> to)
      : writes_(std::move(writes)), to_(std::move(to)) {
    answers_.answers.resize(writes_.size());
  }

  /// Which is to be sent next; nothing: enough are under way, or all are sent.
  [[nodiscard]] std::optional<std::size_t> next() {
    if (next_ == writes_.size() || next_ - answered_ >= writes_at_once) return std::nullopt;
    return next_++;
  }
  [[nodiscard]] const tenant_write& at(std::size_t which) const { return writes_[which]; }

  void take(std::size_t which, std::optional<tenant_written> answer) {
    if (answer)
      answers_.answers[which] = std::move(*answer);
    else
      failed_ = true;
    if (++answered_ < writes_.size() || is_given_up_) return;
    if (failed_)
      to_.deliver(away());
    else
      to_.deliver(std::move(answers_));
  }
  /// Its actor ends: what is not sent yet never is.
  void give_up() {
    if (!std::exchange(is_given_up_, true)) to_.deliver(away());
  }

 private:
  // given
  const std::vector<tenant_write> writes_;
  caf::typed_response_promise<tenants_written> to_;

  // state
  tenants_written answers_;
  std::size_t next_ = 0, answered_ = 0;
  bool failed_ = false, is_given_up_ = false;
};

caf::result<tenants_written> redis_tenant_store::on(const write_tenants& wanted) {
  if (!is_open_) {
    config_.counters->of<tenant_store_metrics>().written(tenant_store_metrics::write::failed);
    return away();
  }
  if (wanted.writes.empty()) return tenants_written{};
  auto to = make_response_promise<tenants_written>();
  write_next(std::make_shared<pending_writes>(wanted.writes, to));
  return to;
}

void redis_tenant_store::write_next(const std::shared_ptr<pending_writes>& all) {
  while (const auto which = all->next()) {
    const auto& one = all->at(*which);
    run(scripts::tenant_put, {key("gen"), key("seq"), key("t:" + one.id.value), key("num"), key("ids"), key("imp")},
        {one.id.value, one.want, one.request, joined(one.numbers), one.json, one.imported.value_or("-"), key("inv")},
        change_limit, [this, all, which = *which](const auto* answer) {
          if (!answer) return all->give_up();
          const auto* const reply = reply_in(answer);
          if (!reply) config_.counters->of<tenant_store_metrics>().written(tenant_store_metrics::write::failed);
          if (reply && is_lost(*reply)) open_anew();
          all->take(which, reply ? std::optional{written(*reply, all->at(which))} : std::nullopt);
          write_next(all);
        });
  }
}

caf::result<tenants_written> redis_tenant_store::on(const erase_tenant& wanted) {
  if (!is_open_) return away();
  auto to = make_response_promise<tenants_written>();
  run(scripts::tenant_drop,
      {key("gen"), key("seq"), key("t:" + wanted.id.value), key("num"), key("ids"), key("imp"),
       key("keys:" + wanted.id.value)},
      {wanted.id.value, wanted.want, key("inv"), config_.prefix}, change_limit,
      [this, to, id = wanted.id](const auto* answer) mutable {
        const auto* const reply = reply_in(answer);
        if (!reply) return (void)to.deliver(away());
        if (is_lost(*reply)) open_anew();
        const auto word = reply->text_at(0);
        tenant_written came;
        if (word == "ok")
          tell_at_once({number_in<std::uint64_t>(reply->text_at(1)), id, words_of(reply->text_at(2)), {}});
        else
          came.is = word == "stale" ? outcome::stale : word == "lost" ? outcome::lost : outcome::unknown;
        if (came.is == outcome::stale) came.etag = reply->text_at(1);
        to.deliver(tenants_written{{std::move(came)}});
      });
  return to;
}

/// What a put came to.
tenant_written redis_tenant_store::written(const net::redis_reply& reply, const tenant_write& wanted) {
  static constexpr std::pair<std::string_view, outcome> words[] = {
      {"ok", outcome::ok},       {"exists", outcome::exists}, {"unknown", outcome::unknown},
      {"stale", outcome::stale}, {"taken", outcome::taken},   {"lost", outcome::lost}};
  tenant_written came{outcome::lost};
  for (const auto& [word, is] : words)
    if (reply.text_at(0) == word) came.is = is;
  if (came.is == outcome::taken)
    came.owner = {std::string{reply.text_at(1)}};
  else
    came.etag = reply.text_at(1);
  if (came.is == outcome::ok)
    tell_at_once({number_in<std::uint64_t>(reply.text_at(2)), wanted.id, words_of(reply.text_at(3)), wanted.numbers});
  config_.counters->of<tenant_store_metrics>().written(came.is == outcome::ok ? tenant_store_metrics::write::done
                                                                              : tenant_store_metrics::write::declined);
  return came;
}

}  // namespace tonris::actors
