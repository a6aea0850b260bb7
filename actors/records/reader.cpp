#include "actors/records/reader.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <optional>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "config/redis_scripts.hpp"
#include "model/call/record.hpp"

namespace tonris::actors {

namespace {

namespace scripts = config::redis_scripts;
using kind = call_database::outgoing::kind;
using what = record_metrics::what;
using std::chrono::milliseconds;

constexpr std::chrono::seconds store_limit{60};  // others come first there (actors/call/call_store)
constexpr std::string_view beginning = "0-0";

bool is_behind(std::string_view read_to, std::string_view than) {
  const auto one = record_entry::parse_place(read_to), other = record_entry::parse_place(than);
  return one && other && *one < *other;
}

/// Of what XREAD answers, that stream's; null: nothing came there.
const std::vector<net::redis_reply>* entries_of(const net::redis_reply& reply, std::string_view stream) {
  for (const auto& one : reply.items)
    if (one.items.size() == 2 && one.text_at(0) == stream) return &one.items[1].items;
  return nullptr;
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
  std::vector<net::redis_script> used;
  for (const auto* one : {&scripts::record_page, &scripts::record_taken}) used.push_back({one->text, one->sha1});
  link_ = net::redis_link::make(*config_.loop, std::move(options), std::move(used), {changed, [](const auto&) {}});
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
  config_.has_all(false);
  ask(this, config_.store, store_limit, read_feed{}).then([this](const feed_read& known) { open(known); }, or_again());
}

/// In which life of the shared data: another one has lost what the one before had.
void record_reader::open(const feed_read& known) {
  me_ = known.node;
  place_ = known.place;
  command({"GET", key("gen")}, [this, untold = known.untold](const net::redis_reply& generation) {
    if (generation.text.empty()) return again();  // the tenant store makes it
    generation_ = generation.text;
    tell_of_untold(untold, [this, now = generation.text] {
      if (place_.generation == now) return look_at_stream();
      join(now);
    });
  });
}

/// What this node has written while it shared nothing: the others ask for it. Said once, however often the store cannot
/// write that it was.
void record_reader::tell_of_untold(std::optional<call_database::time> since, const std::function<void()>& then) {
  if (!since) return then();
  const auto ms = std::to_string(std::chrono::duration_cast<milliseconds>(since->time_since_epoch()).count());
  const auto told = [this, then, offer = generation_ + " " + ms] {
    offered_ = offer;
    send(config_.store, others_were_told{});
    then();
  };
  if (offered_ == generation_ + " " + ms) return told();
  command({"XADD", key("records"), "*", "what", "has", "node", me_, "since", ms},
          [told](const net::redis_reply&) { told(); });
}

/// A new node has read nothing; one whose Redis has lost all, not what had come since.
void record_reader::join(const std::string& generation) {
  const bool is_new = place_.generation.empty();
  const auto read_to = record_entry::parse_place(place_.position);
  if (!is_new) tell_missed("Redis has lost what nodes share of ended calls");
  const auto since = read_to ? read_to->ms : 0;
  ask_again(since, [this, generation, since, is_new](const std::string& asked) {
    if (is_new) joined_ = record_entry::parse_place(asked);
    read_deletions(since, 0, {generation, std::string{beginning}});
  });
}

void record_reader::tell_missed(std::string_view why) {
  if (std::exchange(told_of_, place_) == place_) return;
  counted().missed();
  log::error("{why}, and some of it was not read here: the other nodes are asked to send it again", {{"why", why}});
}

/// Redis tells nobody that what he has not read was cut off.
void record_reader::look_at_stream() {
  command({"GET", key("records:cut")}, [this](const net::redis_reply& cut) {
    // Not the entry itself, which may be larger than an answer.
    read_page(
        key("records"), std::string{beginning}, [this, cut](const net::redis_reply& page) { judge(cut, page); }, 1);
  });
}

void record_reader::judge(const net::redis_reply& cut, const net::redis_reply& page) {
  const auto& first = page.items[2].items;
  const bool is_new = place_.position == beginning;
  const bool is_cut =
      is_behind(place_.position, cut.text) && (first.empty() || is_behind(place_.position, first[0].text_at(0)));
  if (is_new || !is_cut) return read();
  tell_missed("What other nodes sent of ended calls was not read for more than two days");
  const auto since = record_entry::parse_place(place_.position)->ms;
  ask_again(since, [this, since](const std::string&) {
    // Then the place is behind what is gone: it is noticed once.
    command({"GET", key("records:cut")}, [this, since](const net::redis_reply& now) {
      read_deletions(since, 0, {place_.generation, now.text});
    });
  });
}

/// `of`: that node alone, what it alone has; else all. Each question once from where this node stands, however often
/// what comes of it cannot be taken.
void record_reader::ask_again(std::uint64_t since_ms, std::function<void(const std::string&)> then,
                              const std::string& of) {
  config_.has_all(false);
  all_from_ = clock().now() + sent_again_within;
  if (std::exchange(asked_at_, place_) != place_) asked_.clear();
  const auto since = std::to_string(since_ms), question = generation_ + " " + since + " " + of;
  if (const auto asked = asked_.find(question); asked != asked_.end()) return then(std::string{asked->second});
  command({"XADD", key("records"), "*", "what", "missed", "node", me_, "since", since, "of", of},
          [this, question, then = std::move(then)](const net::redis_reply& id) {
            asked_[question] = id.text;
            then(id.text);
          });
}

/// All before anything else: nothing that was deleted comes back.
void record_reader::read_deletions(std::uint64_t since_ms, std::size_t from, const call_database::feed_place& upto) {
  command({"ZRANGEBYSCORE", key("gone"), std::to_string(since_ms), "+inf", "LIMIT", std::to_string(from),
           std::to_string(most_deletions)},
          [this, since_ms, from, upto](const net::redis_reply& calls) {
            const auto all = std::make_shared<batch>();
            const bool is_last = calls.items.size() < most_deletions;
            all->upto = is_last ? upto : place_;
            all->then = [this, since_ms, from, upto, is_last] {
              if (is_last) return read();
              read_deletions(since_ms, from + most_deletions, upto);
            };
            for (const auto& call : calls.items) {
              auto& one = all->news.emplace_back();
              one.what = kind::gone;
              one.call.value = call.text;
            }
            forget_first(all);
          });
}

// --- one answer after the other

/// What all are sent first, then what this node is sent again.
void record_reader::read() {
  if (anew_) {
    at_work_ = false;
    return begin();
  }
  read_page(key("records"), place_.position, [this](const net::redis_reply& page) {
    const auto& entries = page.items[2].items;
    show_unread(page);
    if (!entries.empty()) return came(entries);
    read_page(mine(), std::string{beginning}, [this](const net::redis_reply& again) {
      if (!again.items[2].items.empty()) return came_again(again.items[2].items);
      config_.trouble({});
      if (clock().now() >= all_from_) config_.has_all(true);
      wait();
    });
  });
}

/// With the generation: who empties a Redis need not end its connections.
void record_reader::read_page(const std::string& stream, const std::string& after, replied then, std::size_t most) {
  const std::vector<std::string> keys{key("gen"), stream};
  const std::vector<std::string> arguments{after, std::to_string(most), std::to_string(most_bytes_at_once),
                                           std::to_string(record_entry::most_bytes_read)};
  const auto& script = scripts::record_page;
  link_->run({script.text, script.sha1}, keys, arguments, config_.patience,
             or_again([this, then = std::move(then)](const net::redis_reply& page) {
               if (page.text_at(0) != place_.generation || page.items.size() != 3) return again();
               then(page);
             }));
}

void record_reader::show_unread(const net::redis_reply& page) const {
  const auto& entries = page.items[2].items;
  if (entries.empty()) return counted().unread.set(0.0);
  const auto now = number_in<std::uint64_t>(page.text_at(1));
  const auto sent = record_entry::parse_place(entries[0].text_at(0)).value_or(record_entry::place{now, 0}).ms;
  counted().unread.set(sent < now ? static_cast<double>(now - sent) / 1000 : 0.0);
}

/// For news: mostly one entry, which has come then. What comes with it, or is too large for an answer, is in the page.
void record_reader::wait() {
  command(
      {"XREAD", "COUNT", "1", "BLOCK", std::to_string(config_.block.count()), "STREAMS", key("records"), mine(),
       place_.position, std::string{beginning}},
      [this](const net::redis_reply& reply) {
        if (const auto* const entries = entries_of(reply, key("records"))) return came(*entries);
        read();
      },
      config_.block);
}

void record_reader::came(const std::vector<net::redis_reply>& entries) {
  const auto all = std::make_shared<batch>();
  const auto read_to = sort_all(entries, *all);
  if (read_to == 0) return again();
  all->upto = {place_.generation, std::string{entries[read_to - 1].text_at(0)}};
  all->then = [this] { read(); };
  ask_who_offers(all);
}

/// It is this node's alone: what is taken goes, and no newer one that has come meanwhile.
void record_reader::came_again(const std::vector<net::redis_reply>& entries) {
  all_from_ = clock().now() + sent_again_within;
  const auto all = std::make_shared<batch>();
  const auto read_to = sort_all(entries, *all);
  if (read_to == 0) return again();
  std::vector<std::string> taken;
  for (std::size_t i = 0; i < read_to; ++i)
    taken.insert(taken.end(), {std::string{entries[i].text_at(0)}, record_entry::call_of(entries[i])});
  all->upto = place_;
  all->then = [this, taken = std::move(taken)] {
    const std::vector<std::string> keys{mine(), mine() + ":calls"};
    const auto& script = scripts::record_taken;
    link_->run({script.text, script.sha1}, keys, taken, config_.patience,
               or_again([this](const net::redis_reply&) { read(); }));
  };
  forget_first(all);
}

/// How many of them: up to one that is sealed by an unknown key.
std::size_t record_reader::sort_all(const std::vector<net::redis_reply>& entries, batch& into) {
  std::size_t read_to = 0;
  for (const auto& entry : entries) {
    const auto read = record_entry::read(entry, *config_.seal);
    if (!read && read.error() == record_entry::refusal::unknown_key) {
      config_.trouble("records of other nodes' calls are sealed with a key that SECRETS_KEY does not have");
      config_.has_all(false);
      break;
    }
    ++read_to;
    if (read)
      sort(*read, into);
    else
      pass_over(read.error());
  }
  return read_to;
}

void record_reader::pass_over(record_entry::refusal why) {
  counted().taken(what::unreadable);
  if (why != record_entry::refusal::too_large || std::exchange(told_of_large_, true)) return;
  log::warn("What another node sent of a call is too large to be read: it is passed over");
}

void record_reader::sort(const record_entry::read_entry& entry, batch& into) const {
  if (entry.missed) return sort_question(entry, into);
  if (entry.has) {
    if (entry.news.node != me_) into.offers.emplace_back(entry.news.node, *entry.has);
    return;
  }
  if (entry.news.what != kind::learned || entry.owner != me_) return into.news.push_back(entry.news);
  if (auto facts = model::parse_call_record(entry.news.json)) into.learned.push_back(std::move(*facts));
}

/// Who asked all before this node was there has been answered by others, who know more.
void record_reader::sort_question(const record_entry::read_entry& entry, batch& into) const {
  const bool is_of_all = entry.owner.empty();
  const bool is_too_old = is_of_all && joined_ && record_entry::parse_place(entry.id) < joined_;
  if (entry.news.node == me_ || is_too_old || !(is_of_all || entry.owner == me_)) return;
  const call_database::time since{milliseconds{*entry.missed}};
  into.asked.push_back({entry.news.node, since - longest_wait, !is_of_all});
}

/// One after the other, before the place moves on.
void record_reader::ask_who_offers(const std::shared_ptr<batch>& what) {
  if (what->offers.empty()) return forget_first(what);
  const auto [node, since] = what->offers.back();
  ask_again(
      since,
      [this, what](const std::string&) {
        what->offers.pop_back();
        ask_who_offers(what);
      },
      node);
}

}  // namespace tonris::actors
