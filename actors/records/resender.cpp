#include "actors/records/resender.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/records/entry.hpp"
#include "actors/records/sender.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "config/redis_scripts.hpp"

namespace tonris::actors {

namespace {

namespace scripts = config::redis_scripts;
using again = record_metrics::again;
using std::chrono::milliseconds;

constexpr std::chrono::seconds store_limit{60};  // nobody may have missed anything for as long

std::string in_ms(milliseconds time) {
  return std::to_string(time.count());
}

std::string owner_of(const call_database::outgoing& call, const std::string& me) {
  return call.node.empty() ? me : call.node;
}

/// Whose call was sent and its rev (record_again.lua): is it that one's, and as new?
bool is_as_new(std::string_view mark, const call_database::outgoing& call, const std::string& me) {
  const auto space = mark.rfind(' ');
  if (space == std::string_view::npos || mark.substr(0, space) != owner_of(call, me)) return false;
  return number_in<std::int64_t>(mark.substr(space + 1)) >= call.rev;
}

}  // namespace

record_resender::record_resender(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

record_resender::behavior_type record_resender::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  const auto changed = [me = questions_.self()](const auto&) {
    if (const auto self = me.lock()) (*self)->deliver(resending_link_changed{});
  };
  auto options = config_.options;
  options.times.ping_within = config_.patience;  // it is answered behind what was sent before it
  const net::redis_script script{scripts::record_again.text, scripts::record_again.sha1};
  link_ = net::redis_link::make(*config_.loop, std::move(options), {script}, {changed, [](const auto&) {}});
  return {
      [this](resend_records) {
        waits_ = false;
        look();
      },
      [this](const redis_came& m) { questions_.take(m); },
      [this](resending_link_changed) { look(); },
  };
}

void record_resender::on_exit() {
  questions_.end();
  link_.reset();
  loop_bound_actor::on_exit();
}

void record_resender::look() {
  if (at_work_ || link_->state().is != net::redis_state::phase::ready) return;
  at_work_ = true;
  ask(this, config_.store, store_limit, read_again{most_in_part, most_bytes_in_part})
      .then([this](const again_read& read) { look_at_memory(read); },
            [this](const caf::error& why) {
              at_work_ = false;
              look_in(why == caf::sec::request_timeout ? milliseconds{0} : backoff_.next(config_.random()));
            });
}

/// Where Redis is nearly full it is as if so many waited for him already: calls can still be admitted.
void record_resender::look_at_memory(const again_read& read) {
  failed_ = false;
  part_ = read.part;
  auto calls = std::exchange(part_.calls, {});
  if (calls.empty()) return end_part();
  const std::vector<std::string_view> words{"INFO", "memory"};
  link_->command(words, config_.patience,
                 questions_.when_answered([this, calls = std::move(calls), me = read.node](const auto* answer) mutable {
                   if (!answer) return;  // we end
                   const auto* const reply = reply_in(answer);
                   failed_ = !reply || !has_room_for_records(reply->text);
                   if (failed_) return end_part();
                   ask_what_is_sent(std::move(calls), me);
                 }));
}

/// Another node may be answering as well.
void record_resender::ask_what_is_sent(std::vector<call_database::outgoing> calls, const std::string& me) {
  open_ = 1;  // this one
  std::vector<std::string> words{"MGET"};
  for (const auto& one : calls) words.push_back(stream_of(part_.node) + ":" + one.call.value);
  const std::vector<std::string_view> views{words.begin(), words.end()};
  link_->command(views, config_.patience,
                 questions_.when_answered([this, calls = std::move(calls), me](const auto* answer) {
                   if (!answer) return;  // we end
                   const auto* const marks = reply_in(answer);
                   failed_ = !marks;
                   if (marks) send_part(calls, me, *marks);
                   if (--open_ == 0) end_part();
                 }));
}

void record_resender::send_part(const std::vector<call_database::outgoing>& calls, const std::string& me,
                                const net::redis_reply& marks) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (is_as_new(marks.text_at(i), calls[i], me))
      count(again::known);
    else
      send_one(calls[i], me);
  }
}

void record_resender::send_one(const call_database::outgoing& call, const std::string& me) {
  const auto fields = record_entry::fields_of(call, *config_.seal, config_.nonce);
  if (!fields) {
    failed_ = true;
    return;
  }
  if (record_entry::bytes_of(*fields) > record_entry::most_bytes) return count(again::too_large);
  const auto stream = stream_of(part_.node);
  const std::vector<std::string> keys{stream, key("gone"), stream + ":" + call.call.value, key("again:nodes")};
  const auto owner = owner_of(call, me), rev = std::to_string(call.rev);
  std::vector<std::string> arguments{call.call.value,  owner, rev, std::to_string(most_waiting), in_ms(kept_for),
                                     in_ms(marked_for)};
  arguments.insert(arguments.end(), {"what", "record", "call", call.call.value, "rev", rev, "node", owner, "changed",
                                     std::to_string(call.changed_ms)});
  arguments.insert(arguments.end(), fields->begin(), fields->end());
  ++open_;
  const auto& script = scripts::record_again;
  link_->run({script.text, script.sha1}, keys, arguments, config_.patience,
             questions_.when_answered([this](const net::redis_answer* answer) {
               if (answer) answered(*answer);
             }));
}

void record_resender::answered(const net::redis_answer& answer) {
  const auto* const reply = reply_in(&answer);
  const std::string_view word = reply ? std::string_view{reply->text} : std::string_view{};
  if (word == "ok" || word == "again")
    count(word == "ok" ? again::sent : again::known);
  else if (word == "gone")
    count(again::gone);
  else
    failed_ = true;
  if (--open_ == 0) end_part();
}

/// What could not be sent, as so many wait for him, is sent once more with what could: he who does not read comes later
/// each time, and nobody else with him.
void record_resender::end_part() {
  at_work_ = false;
  again_sent told{std::exchange(part_, {}), std::nullopt};
  if (failed_) {
    count(again::failed);
    const auto of = slow_.try_emplace(told.part.node, first_pause, longest_pause).first;
    told.postponed = of->second.next(config_.random());
  } else {
    slow_.erase(told.part.node);
  }
  if (slow_.size() > call_database::most_asking) slow_.clear();
  backoff_.reset();
  send(config_.store, std::move(told));
  look_in(config_.pause);
}

void record_resender::look_in(milliseconds pause) {
  if (std::exchange(waits_, true)) return;
  caf::delayed_anon_send(caf::actor_cast<record_resender_door>(this), pause, resend_records{});
}

}  // namespace tonris::actors
