#include "actors/access/redis_store.hpp"

#include <algorithm>
#include <utility>

#include "actors/access/metrics.hpp"
#include "actors/runtime/guard.hpp"

namespace tonris::actors {

namespace {

using std::chrono::milliseconds;
namespace scripts = config::redis_scripts;

constexpr milliseconds look_up_limit{150}, change_limit{1000};
constexpr std::size_t most_of_a_page = 200;
constexpr std::size_t most_page_bytes = std::size_t{1024} * 1024;

caf::error away() {
  return caf::make_error(caf::sec::runtime_error, "the store of keys does not answer");
}

std::string in_ms(std::chrono::system_clock::time_point at) {
  return std::to_string(std::chrono::floor<milliseconds>(at.time_since_epoch()).count());
}

std::chrono::system_clock::time_point time_in(std::string_view ms) {
  return std::chrono::system_clock::time_point{milliseconds{number_in<std::int64_t>(ms)}};
}

/// As key_read.lua tells it.
model::kept_api_key key_in(const net::redis_reply& row) {
  model::kept_api_key key;
  key.id = row.text_at(0);
  key.tenant = {std::string{row.text_at(1)}};
  key.name = row.text_at(2);
  // A scope that this version has no name for is none that it grants: neither are those beside it.
  key.granted = model::parse_scopes(row.text_at(3)).value_or(model::scopes{});
  key.made_with = row.text_at(4);
  key.digest = row.text_at(5);
  key.created = time_in(row.text_at(6));
  if (const auto day = row.text_at(7); !day.empty())
    key.last_used = std::chrono::sys_days{std::chrono::days{number_in<std::int64_t>(day)}};
  return key;
}

std::vector<model::kept_api_key> keys_in(const net::redis_reply& reply) {
  std::vector<model::kept_api_key> keys;
  for (std::size_t i = 1; i < reply.items.size(); ++i) keys.push_back(key_in(reply.items[i]));
  return keys;
}

/// As audit_page.lua tells it.
model::audit_entry entry_in(const net::redis_reply& row) {
  const auto text = [&](std::size_t i) { return std::string{row.text_at(i)}; };
  return {number_in<std::int64_t>(row.text_at(0)),
          time_in(row.text_at(1)),
          text(2),
          text(3),
          {text(4)},
          text(5),
          text(6),
          text(7)};
}

}  // namespace

redis_access_store::redis_access_store(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

redis_access_store::behavior_type redis_access_store::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  std::vector<net::redis_script> used;
  for (const auto* one : {&scripts::access_change, &scripts::audit_page, &scripts::key_read, &scripts::key_used})
    used.push_back({one->text, one->sha1});
  // What is wrong with REDIS_URL the tenant store says, whose link has the same.
  const auto nobody = [](const auto&) {};
  link_ = net::redis_link::make(*config_.loop, config_.options, std::move(used), {nobody, nobody});
  return {
      [this](const find_api_key& m) { return on(m); },    [this](const add_api_key& m) { return on(m); },
      [this](const remove_api_keys& m) { return on(m); }, [this](const mark_api_key_used& m) { on(m); },
      [this](const list_api_keys& m) { return on(m); },   [this](const note_change& m) { return on(m); },
      [this](const list_audit& m) { return on(m); },      [this](const redis_came& m) { questions_.take(m); },
  };
}

void redis_access_store::on_exit() {
  questions_.end();
  link_.reset();
  loop_bound_actor::on_exit();
}

void redis_access_store::run(const tonris::config::redis_script& script, const std::vector<std::string>& keys,
                             const std::vector<std::string>& arguments, milliseconds within, replied then) {
  link_->run({script.text, script.sha1}, keys, arguments, within,
             questions_.when_answered([this, then = std::move(then)](const net::redis_answer* answer) {
               const auto* const reply = reply_in(answer);
               const bool is_known = reply && !is_lost(*reply);
               if (answer && !is_known) config_.counters->of<access_metrics>().store_failed();
               then(is_known ? reply : nullptr);
             }));
}

// --- keys

caf::result<found_api_key> redis_access_store::on(const find_api_key& wanted) {
  auto to = make_response_promise<found_api_key>();
  run(scripts::key_read, {key("gen"), key("keys:")}, {config_.prefix, wanted.id}, look_up_limit,
      [to](const auto* reply) mutable {
        if (!reply) return (void)to.deliver(away());
        auto keys = keys_in(*reply);
        to.deliver(keys.empty() ? found_api_key{} : found_api_key{std::move(keys.front())});
      });
  return to;
}

caf::result<listed_api_keys> redis_access_store::on(const list_api_keys& wanted) {
  auto to = make_response_promise<listed_api_keys>();
  run(scripts::key_read, {key("gen"), key("keys:" + wanted.tenant.value)}, {config_.prefix, ""}, change_limit,
      [to](const auto* reply) mutable {
        if (!reply) return (void)to.deliver(away());
        auto keys = keys_in(*reply);
        std::ranges::sort(keys, {}, [](const auto& one) { return std::pair{one.created, one.id}; });
        to.deliver(listed_api_keys{std::move(keys)});
      });
  return to;
}

caf::result<added_api_key> redis_access_store::on(const add_api_key& wanted) {
  const auto& made = wanted.key;
  auto entry = wanted.entry;
  entry.tenant = made.tenant;
  auto to = make_response_promise<added_api_key>();
  change(entry,
         {"add", made.id, made.name, to_string(made.granted), made.made_with, made.digest, in_ms(made.created),
          std::to_string(model::max_api_keys_of_a_tenant)},
         [to](const auto* reply) mutable {
           const auto word = reply ? reply->text_at(0) : std::string_view{};
           if (word == "ok" || word == "too_many") return (void)to.deliver(added_api_key{word == "too_many"});
           to.deliver(away());  // or its tenant has gone meanwhile
         });
  return to;
}

caf::result<removed_api_keys> redis_access_store::on(const remove_api_keys& wanted) {
  auto entry = wanted.entry;
  entry.tenant = wanted.tenant;
  auto to = make_response_promise<removed_api_keys>();
  change(entry, {"remove", wanted.id}, [to](const auto* reply) mutable {
    if (!reply) return (void)to.deliver(away());
    removed_api_keys removed;
    for (std::size_t i = 1; i < reply->items.size(); ++i) removed.ids.emplace_back(reply->text_at(i));
    to.deliver(std::move(removed));
  });
  return to;
}

void redis_access_store::on(const mark_api_key_used& used) {
  run(scripts::key_used, {key("key:" + used.id)}, {std::to_string(used.day.time_since_epoch().count())}, change_limit,
      [](const auto*) {});
}

// --- the audit trail

/// What `what` says, and the entry that tells of it.
void redis_access_store::change(const model::audit_entry& entry, std::vector<std::string> what, replied then) {
  const auto& whose = entry.tenant.value;
  std::vector<std::string> arguments{config_.prefix,
                                     whose,
                                     in_ms(entry.at),
                                     entry.who,
                                     entry.what,
                                     entry.before,
                                     entry.after,
                                     entry.secrets,
                                     std::to_string(max_entries),
                                     std::to_string(max_entries_of_a_tenant),
                                     std::to_string(milliseconds{kept_for}.count())};
  std::ranges::move(what, std::back_inserter(arguments));
  run(scripts::access_change,
      {key("gen"), key("t:" + whose), key("keys:" + whose), key("audit"), key("audits:" + whose), key("audit:once")},
      arguments, change_limit, std::move(then));
}

caf::result<change_noted> redis_access_store::on(const note_change& wanted) {
  auto to = make_response_promise<change_noted>();
  change(wanted.entry, {"note", wanted.once}, [to](const auto* reply) mutable {
    if (reply)
      to.deliver(change_noted{});
    else
      to.deliver(away());
  });
  return to;
}

caf::result<audit_page> redis_access_store::on(const list_audit& wanted) {
  auto to = make_response_promise<audit_page>();
  const auto most = std::clamp<std::size_t>(wanted.most, 1, most_of_a_page);
  run(scripts::audit_page, {key("gen"), key("audit"), key("audits:" + wanted.tenant.value)},
      {wanted.tenant.value, std::to_string(wanted.before), std::to_string(most), std::to_string(most_page_bytes)},
      change_limit, [to](const auto* reply) mutable {
        if (!reply) return (void)to.deliver(away());
        audit_page page;
        page.next = number_in<std::int64_t>(reply->text_at(1));
        for (std::size_t i = 2; i < reply->items.size(); ++i) page.entries.push_back(entry_in(reply->items[i]));
        to.deliver(std::move(page));
      });
  return to;
}

}  // namespace tonris::actors
