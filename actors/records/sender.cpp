#include "actors/records/sender.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/shared_record_metrics.hpp"
#include "actors/records/entry.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "config/redis_scripts.hpp"

namespace tonris::actors {

namespace {

namespace scripts = config::redis_scripts;
using kind = call_database::outgoing::kind;
using std::chrono::milliseconds;

constexpr std::chrono::seconds outbox_limit{60};  // nothing may wait for as long

std::string in_ms(milliseconds time) {
  return std::to_string(time.count());
}

double number_of(std::string_view info, std::string_view name) noexcept {
  const auto at = info.find(name);
  return at == std::string_view::npos ? 0 : number_in<double>(info.substr(at + name.size()));
}

constexpr const char* nearly_full = "records of ended calls wait: Redis is nearly full";

}  // namespace

redis_memory memory_in(std::string_view info) noexcept {
  return {number_of(info, "\nused_memory:"), number_of(info, "\nmaxmemory:")};
}

bool has_room_for_records(std::string_view info) noexcept {
  const auto is = memory_in(info);
  return is.most <= 0 || is.used < record_sender::most_of_memory * is.most;
}

record_sender::record_sender(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

record_sender::behavior_type record_sender::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  std::vector<net::redis_script> used;
  for (const auto* one : {&scripts::record_put, &scripts::record_gone, &scripts::record_aged, &scripts::record_trim})
    used.push_back({one->text, one->sha1});
  const auto changed = [me = questions_.self()](const auto&) {
    if (const auto self = me.lock()) (*self)->deliver(sending_link_changed{});
  };
  // What is wrong with REDIS_URL the tenant store says, whose link has the same.
  auto options = config_.options;
  options.times.ping_within = config_.patience;  // it is answered behind what was sent before it
  link_ = net::redis_link::make(*config_.loop, std::move(options), std::move(used), {changed, [](const auto&) {}});
  trim_in(trim_pause);
  return {
      [this](send_records) {
        waits_ = false;
        look();
      },
      [this](const redis_came& m) { questions_.take(m); },
      [this](sending_link_changed) { on_link(); },
      [this](trim_due) { trim(); },
  };
}

void record_sender::on_exit() {
  questions_.end();
  link_.reset();
  loop_bound_actor::on_exit();
}

void record_sender::on_link() {
  using phase = net::redis_state::phase;
  const auto is = link_->state().is;
  if (is == phase::ready) {
    config_.trouble({});
    return look();
  }
  if (is == phase::away || is == phase::refused) config_.trouble("records of ended calls wait for Redis");
}

/// The outbox is looked into while there is somebody to send it to.
void record_sender::look() {
  if (at_work_ || link_->state().is != net::redis_state::phase::ready) return;
  at_work_ = true;
  ask(this, config_.store, outbox_limit, read_outbox{most_in_batch, most_bytes_in_batch})
      .then([this](outbox_read& batch) { look_at_memory(std::move(batch)); },
            [this](const caf::error& why) {
              at_work_ = false;
              if (why == caf::sec::request_timeout) return look();
              later({});
            });
}

void record_sender::look_at_memory(outbox_read batch) {
  const std::vector<std::string_view> words{"INFO", "memory"};
  link_->command(words, config_.patience,
                 questions_.when_answered([this, batch = std::move(batch)](const net::redis_answer* answer) {
                   if (!answer) return;  // we end
                   const auto* const reply = reply_in(answer);
                   if (!reply) {
                     at_work_ = false;
                     return later("records of ended calls wait for Redis");
                   }
                   const auto memory = memory_in(reply->text);
                   counted().redis_memory.set(memory.used);
                   counted().redis_memory_limit.set(memory.most);
                   send_all(batch, !has_room_for_records(reply->text));
                 }));
}

void record_sender::send_all(const outbox_read& batch, bool is_full) {
  sent_.clear();
  trouble_ = is_full ? nearly_full : "";
  open_ = 1;  // this one
  std::size_t bytes = 0;
  for (const auto& one : batch.waiting) {
    if (bytes >= most_bytes_in_batch) break;  // with their events they are more: the next look finds the others
    if (one.what == kind::aged)
      bytes += send_aged(one, batch.node);
    else if (!is_full || one.what == kind::gone)
      bytes += send_one(one, batch.node);
  }
  if (--open_ == 0) end_batch();
}

std::size_t record_sender::send_one(const call_database::outgoing& one, const std::string& node) {
  std::vector<std::string> keys{key("records"), key("rk:" + one.call.value), key("gone")};
  std::vector<std::string> arguments;
  const auto& script = one.what == kind::gone ? scripts::record_gone : scripts::record_put;
  if (one.what == kind::gone) {
    keys.push_back(key("again:nodes"));
    arguments = {one.call.value, node, in_ms(gone_kept_for)};
  } else {
    auto fields = record_entry::fields_of(one, *config_.seal, config_.nonce);
    if (!fields) {
      trouble_ = "records of ended calls cannot be sealed";
      return 0;
    }
    if (record_entry::bytes_of(*fields) > record_entry::most_bytes) {
      leave_out(one);
      return 0;
    }
    keys.push_back(key("records:cut"));
    const bool is_record = one.what == kind::record;
    arguments = {is_record ? "record" : "learned",
                 one.call.value,
                 std::to_string(one.rev),
                 is_record && !one.node.empty() ? one.node : node,
                 in_ms(kept_for),
                 is_record ? "" : std::to_string(one.row)};
    arguments.insert(arguments.end(), std::make_move_iterator(fields->begin()), std::make_move_iterator(fields->end()));
  }
  return run_script({script.text, script.sha1}, keys, arguments, one.row);
}

/// Where its words alone are past their days, what is left of it here takes the place of what is there, so that who has
/// not read it does not miss it.
std::size_t record_sender::send_aged(const call_database::outgoing& one, const std::string& node) {
  const std::vector<std::string> keys{key("records"), key("rk:" + one.call.value), key("again:nodes")};
  std::vector<std::string> arguments{one.call.value, in_ms(kept_for)};
  auto fields =
      one.json.empty() ? std::vector<std::string>{} : record_entry::fields_of(one, *config_.seal, config_.nonce);
  if (!fields) {
    trouble_ = "records of ended calls cannot be sealed";
    return 0;
  }
  if (!fields->empty() && record_entry::bytes_of(*fields) <= record_entry::most_bytes) {
    const auto& owner = one.node.empty() ? node : one.node;
    const auto rev = std::to_string(one.rev);
    arguments.insert(arguments.end(), {owner, rev, "what", "record", "call", one.call.value, "rev", rev, "node", owner,
                                       "changed", std::to_string(one.changed_ms)});
    arguments.insert(arguments.end(), std::make_move_iterator(fields->begin()), std::make_move_iterator(fields->end()));
  }
  const auto& script = scripts::record_aged;
  return run_script({script.text, script.sha1}, keys, arguments, one.row);
}

std::size_t record_sender::run_script(const net::redis_script& script, const std::vector<std::string>& keys,
                                      const std::vector<std::string>& arguments, std::int64_t row) {
  ++open_;
  link_->run(script, keys, arguments, config_.patience,
             questions_.when_answered([this, row](const net::redis_answer* answer) {
               if (answer) answered(row, *answer);
             }));
  return record_entry::bytes_of(arguments);
}

/// Of any node's, also where nobody sends anything any more.
void record_sender::trim() {
  if (link_->state().is != net::redis_state::phase::ready) return trim_in(longest_pause);
  const std::vector<std::string> keys{key("records"), key("records:cut")};
  const std::vector<std::string> arguments{in_ms(kept_for), std::to_string(most_in_trim)};
  const auto& script = scripts::record_trim;
  link_->run({script.text, script.sha1}, keys, arguments, config_.patience,
             questions_.when_answered([this](const net::redis_answer* answer) {
               if (!answer) return;  // we end
               const auto* const went = reply_in(answer);
               if (!went) return trim_in(longest_pause);
               trim_in(went->integer > 0 ? milliseconds{trim_pause} : milliseconds{between_trims});
             }));
}

void record_sender::trim_in(milliseconds pause) {
  caf::delayed_anon_send(caf::actor_cast<record_sender_door>(this), pause, trim_due{});
}

/// It stays with this node: those behind it do not wait for it.
void record_sender::leave_out(const call_database::outgoing& one) {
  config_.counters->of<shared_record_metrics>().unshared(shared_record_metrics::why::too_large);
  call_log::warn(one.call, nullptr, "its record is too large to be shared, and stays with this node");
  sent_.push_back(one.row);
}

void record_sender::answered(std::int64_t row, const net::redis_answer& answer) {
  counted().sent(answer.outcome);
  if (answer.outcome == net::redis_outcome::ok)
    sent_.push_back(row);
  else if (trouble_.empty())
    trouble_ = answer.outcome == net::redis_outcome::refused
                   ? "Redis refuses records of ended calls: " + std::string{net::to_string(answer.refusal)}
                   : "records of ended calls wait for Redis";
  if (--open_ == 0) end_batch();
}

void record_sender::end_batch() {
  at_work_ = false;
  const bool some_went = !sent_.empty();
  if (some_went) send(config_.store, outbox_sent{std::exchange(sent_, {})});
  if (trouble_ == nearly_full && some_went) {  // what makes room is not kept waiting by what needs some
    config_.trouble(std::exchange(trouble_, {}));
    return look();
  }
  if (!trouble_.empty()) return later(std::exchange(trouble_, {}));
  backoff_.reset();
  config_.trouble({});
  look();
}

void record_sender::later(std::string why) {
  if (!why.empty()) config_.trouble(std::move(why));
  if (std::exchange(waits_, true)) return;
  caf::delayed_anon_send(caf::actor_cast<record_sender_door>(this), backoff_.next(config_.random()), send_records{});
}

}  // namespace tonris::actors
