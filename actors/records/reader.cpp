#include "actors/records/reader.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <optional>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "config/redis_scripts.hpp"
#include "model/call/learned_facts.hpp"

namespace tonris::actors {

namespace {

namespace scripts = config::redis_scripts;
using kind = call_database::outgoing::kind;
using what = record_metrics::what;
using std::chrono::milliseconds;

constexpr std::chrono::seconds store_limit{60};  // it writes them all, and others come first (actors/call/call_store)
constexpr std::chrono::seconds node_limit{10};   // for whoever else is asked here
constexpr std::string_view beginning = "0-0";

bool is_behind(std::string_view read_to, std::string_view than) {
  const auto one = record_entry::parse_place(read_to), other = record_entry::parse_place(than);
  return one && other && *one < *other;
}

/// Of what XREAD answers for one stream; null: nothing came.
const std::vector<net::redis_reply>* entries_of(const net::redis_reply& reply) {
  if (reply.items.size() != 1 || reply.items[0].items.size() != 2) return nullptr;
  return &reply.items[0].items[1].items;
}

}  // namespace

record_reader::record_reader(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

record_reader::behavior_type record_reader::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  const auto changed = [me = questions_.self()](const auto&) {
    if (const auto self = me.lock()) (*self)->deliver(reading_link_changed{});
  };
  auto options = config_.options;
  options.times.ping_within = config_.patience;  // it is answered behind what was asked before it
  const net::redis_script page{scripts::record_page.text, scripts::record_page.sha1};
  link_ = net::redis_link::make(*config_.loop, std::move(options), {page}, {changed, [](const auto&) {}});
  return {
      [this](read_records) {
        again_ = false;
        begin();
      },
      [this](const redis_came& m) { questions_.take(m); },
      [this](reading_link_changed) {
        using phase = net::redis_state::phase;
        const auto is = link_->state().is;
        if (is == phase::away || is == phase::refused)
          config_.trouble("records of other nodes' calls do not come: Redis is away");
        anew_ = true;
        begin();
      },
  };
}

void record_reader::on_exit() {
  questions_.end();
  link_.reset();
  loop_bound_actor::on_exit();
}

void record_reader::command(const std::vector<std::string>& words, replied then, milliseconds blocked) {
  const std::vector<std::string_view> views{words.begin(), words.end()};
  link_->command(views, blocked + config_.patience, or_again(std::move(then)));
}

/// Nothing that came of a question: it is begun anew.
net::redis_done record_reader::or_again(replied then) {
  return questions_.when_answered([this, then = std::move(then)](const net::redis_answer* answer) {
    if (!answer) return;  // we end
    if (const auto* const reply = reply_in(answer)) return then(*reply);
    again();
  });
}

std::function<void(const caf::error&)> record_reader::or_again() {
  return [this](const caf::error&) { again(); };
}

void record_reader::again() {
  at_work_ = false;
  if (std::exchange(again_, true)) return;
  caf::delayed_anon_send(caf::actor_cast<record_reader_door>(this), pause, read_records{});
}

// --- where it stands

void record_reader::begin() {
  if (at_work_ || again_ || link_->state().is != net::redis_state::phase::ready) return;
  at_work_ = true;
  anew_ = false;
  ask(this, config_.store, store_limit, read_feed{}).then([this](const feed_read& known) { open(known); }, or_again());
}

/// In which life of the shared data: another one has lost what the one before had.
void record_reader::open(const feed_read& known) {
  me_ = known.node;
  place_ = known.place;
  command({"GET", key("gen")}, [this](const net::redis_reply& generation) {
    if (generation.text.empty()) return again();  // the tenant store makes it
    if (place_.generation == generation.text) return look_at_stream();
    if (!place_.generation.empty()) {
      log::warn(
          "Redis has lost what nodes share of ended calls: what this one has of the last {hours} hours it sends again",
          {{"hours", told_again.count()}});
      send(config_.store, send_again{config_.wall_clock() - told_again});
    }
    place_ = {generation.text, std::string{beginning}};
    keep_place([this] { look_at_stream(); });
  });
}

void record_reader::keep_place(std::function<void()> then) {
  ask(this, config_.store, store_limit, take_news{{}, place_})
      .then([then = std::move(then)](const news_taken&) { then(); }, or_again());
}

/// Redis tells nobody that what he has not read was cut off.
void record_reader::look_at_stream() {
  command({"GET", key("records:cut")}, [this](const net::redis_reply& cut) {
    command({"XRANGE", key("records"), "-", "+", "COUNT", "1"},
            [this, cut](const net::redis_reply& first) { judge(cut, first); });
  });
}

void record_reader::judge(const net::redis_reply& cut, const net::redis_reply& first) {
  const bool is_new = place_.position == beginning;
  const bool is_cut = is_behind(place_.position, cut.text) &&
                      (first.items.empty() || is_behind(place_.position, first.items[0].text_at(0)));
  if (is_new || !is_cut) return read();
  counted().missed();
  log::error(
      "What other nodes sent of ended calls was not read for more than two days, and some of it is gone: they are"
      " asked to send it again");
  ask_again(record_entry::parse_place(place_.position)->ms);
}

void record_reader::ask_again(std::uint64_t since_ms) {
  command({"XADD", key("records"), "*", "what", "missed", "node", me_, "since", std::to_string(since_ms)},
          [this, since_ms](const net::redis_reply&) {
            command({"GET", key("records:cut")},
                    [this, since_ms](const net::redis_reply& cut) { read_deletions(since_ms, cut.text); });
          });
}

/// Then the place is behind what is gone: it is noticed once.
void record_reader::read_deletions(std::uint64_t since_ms, const std::string& cut) {
  command(
      {"ZRANGEBYSCORE", key("gone"), std::to_string(since_ms), "+inf", "LIMIT", "0", std::to_string(most_deletions)},
      [this, cut](const net::redis_reply& calls) {
        const auto all = std::make_shared<batch>();
        all->last = cut;
        for (const auto& call : calls.items) {
          auto& one = all->news.emplace_back();
          one.what = kind::gone;
          one.call.value = call.text;
        }
        forget_first(all);
      });
}

// --- one answer after the other

/// With the generation: who empties a Redis need not end its connections.
void record_reader::read() {
  if (anew_) {
    at_work_ = false;
    return begin();
  }
  const std::vector<std::string> keys{key("gen"), key("records")};
  const std::vector<std::string> arguments{place_.position, std::to_string(most_at_once),
                                           std::to_string(most_bytes_at_once),
                                           std::to_string(record_entry::most_bytes_read)};
  const auto& script = scripts::record_page;
  link_->run({script.text, script.sha1}, keys, arguments, config_.patience,
             or_again([this](const net::redis_reply& page) {
               if (page.text_at(0) != place_.generation || page.items.size() != 3) return again();
               if (const auto& entries = page.items[2].items; !entries.empty()) return came(entries);
               config_.trouble({});
               wait();
             }));
}

/// For news: mostly one entry, which has come then. What comes with it, or is too large for an answer, is in the page.
void record_reader::wait() {
  command(
      {"XREAD", "COUNT", "1", "BLOCK", std::to_string(config_.block.count()), "STREAMS", key("records"),
       place_.position},
      [this](const net::redis_reply& reply) {
        const auto* const entries = entries_of(reply);
        if (entries) return came(*entries);
        read();
      },
      config_.block);
}

void record_reader::came(const std::vector<net::redis_reply>& entries) {
  const auto all = std::make_shared<batch>();
  for (const auto& entry : entries) {
    const auto read = record_entry::read(entry, *config_.seal);
    if (!read && read.error() == record_entry::refusal::unknown_key) {
      config_.trouble("records of other nodes' calls are sealed with a key that SECRETS_KEY does not have");
      if (all->last.empty()) return again();
      break;
    }
    all->last = entry.text_at(0);
    if (read)
      sort(*read, *all);
    else
      pass_over(read.error());
  }
  forget_first(all);
}

void record_reader::pass_over(record_entry::refusal why) {
  counted().taken(what::unreadable);
  if (why != record_entry::refusal::too_large || std::exchange(told_of_large_, true)) return;
  log::warn("What another node sent of a call is too large to be read: it is passed over");
}

void record_reader::sort(const record_entry::read_entry& entry, batch& into) const {
  if (entry.since) {
    if (entry.news.node != me_) into.since = std::min(*entry.since, into.since.value_or(*entry.since));
    return;
  }
  if (entry.news.what != kind::learned || entry.owner != me_) return into.news.push_back(entry.news);
  if (auto facts = model::parse_call_record(entry.news.json)) into.learned.push_back(std::move(*facts));
}

/// The supervisor first, which would else write a record anew; a call that goes on here is not deleted.
void record_reader::forget_first(const std::shared_ptr<batch>& what) {
  std::vector<model::call_sid> calls;
  for (const auto& one : what->news)
    if (one.what == kind::gone) calls.push_back(one.call);
  if (calls.empty()) return tell_learned(what);
  ask(this, config_.supervisor, node_limit, forget_ended_calls{calls})
      .then(
          [this, what, calls](const ended_calls_forgotten& forgotten) {
            const auto lives = [&](const model::call_sid& call) {
              return std::ranges::find(forgotten.alive, call) != forgotten.alive.end();
            };
            std::erase_if(what->news, [&](const auto& one) { return one.what == kind::gone && lives(one.call); });
            auto ended = calls;
            std::erase_if(ended, lives);
            forget_elsewhere(what, ended);
          },
          or_again());
}

void record_reader::forget_elsewhere(const std::shared_ptr<batch>& what, const std::vector<model::call_sid>& calls) {
  ask(this, config_.callbacks, node_limit, forget_callbacks{calls})
      .then(
          [this, what, calls](callbacks_forgotten) {
            ask(this, config_.notices, node_limit, forget_events{calls})
                .then([this, what](events_forgotten) { tell_learned(what); }, or_again());
          },
          or_again());
}

/// Whoever remembers the call would else write its record without it. One fact after the other.
void record_reader::tell_learned(const std::shared_ptr<batch>& what) {
  if (what->learned.empty()) return take(what);
  const auto record = what->learned.back();
  const auto facts = facts_in(record);
  const auto open = std::make_shared<std::size_t>(facts.size());
  const auto failed = std::make_shared<bool>(false);
  const auto told = [this, what, open, failed] {
    if (--*open > 0) return;
    if (*failed) return again();
    what->learned.pop_back();
    counted().taken(record_metrics::what::learned);
    tell_learned(what);
  };
  ++*open;  // this one
  for (const auto& fact : facts)
    ask(this, config_.supervisor, node_limit, learn_fact{record.call, fact})
        .then(
            [this, told, call = record.call, fact](const fact_learned& learned) {
              if (!learned.by_somebody) config_.journal->fact({call, fact});
              told();
            },
            [told, failed](const caf::error&) {
              *failed = true;
              told();
            });
  told();
}

void record_reader::take(const std::shared_ptr<batch>& what) {
  const call_database::feed_place upto{place_.generation, what->last};
  ask(this, config_.store, store_limit, take_news{std::move(what->news), upto})
      .then(
          [this, upto, since = what->since](const news_taken& kept) {
            const auto& all = kept.what;
            counted().taken.of(record_metrics::what::record)(all.records);
            counted().taken.of(record_metrics::what::learned)(all.learned);
            counted().taken.of(record_metrics::what::gone)(all.gone);
            counted().taken.of(record_metrics::what::known)(all.known);
            counted().taken.of(record_metrics::what::unreadable)(all.unreadable);
            place_ = upto;
            config_.trouble({});
            if (since) send(config_.store, send_again{call_database::time{milliseconds{*since}} - longest_call});
            read();
          },
          or_again());
}

}  // namespace tonris::actors
