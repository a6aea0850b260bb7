#include "net/redis_greeting.hpp"

#include <charconv>
#include <utility>

#include "model/text/one_line.hpp"
#include "net/redis_codec.hpp"
#include "net/redis_refusal.hpp"

namespace tonris::net {
namespace {

constexpr unsigned least_version = 7;  // scripts that say what they do in their first line

redis_welcome away(std::string why) {
  return {redis_welcome::verdict::away, {}, std::move(why)};
}
redis_welcome refused(std::string why) {
  return {redis_welcome::verdict::refused, {}, std::move(why)};
}

/// A server's own words for a log line.
std::string quoted(std::string_view text) {
  std::string out;
  model::append_one_line(text.substr(0, 120), out);
  return out;
}

/// The value of "name:value" in the text of INFO; "" where there is none.
std::string_view field(std::string_view info, std::string_view name) {
  for (std::size_t at = info.find(name); at != std::string_view::npos; at = info.find(name, at + 1)) {
    const auto behind = at + name.size();
    if ((at == 0 || info[at - 1] == '\n') && behind < info.size() && info[behind] == ':')
      return info.substr(behind + 1, info.find_first_of("\r\n", behind) - behind - 1);
  }
  return {};
}

/// What a failure means at any step.
redis_welcome of_failure(std::string_view failure) {
  const auto what = refusal_of(failure);
  switch (what) {
    case redis_refusal::noauth: return refused("REDIS_URL: the server asks for a user or password (NOAUTH)");
    case redis_refusal::wrongpass:
      return refused("REDIS_URL: the server does not accept the user or password (WRONGPASS)");
    case redis_refusal::noperm:
      return refused("REDIS_URL: the server does not let this user do what we need: " + quoted(failure));
    case redis_refusal::loading: return away("the server is loading its data (LOADING)");
    case redis_refusal::busy: return away("the server is busy with a script (BUSY)");
    case redis_refusal::masterdown: return away("the server is a replica without its master (MASTERDOWN)");
    case redis_refusal::other:
    case redis_refusal::readonly:
    case redis_refusal::moved:
    case redis_refusal::oom:
    case redis_refusal::misconf:
    case redis_refusal::noreplicas:
    case redis_refusal::clusterdown:
    case redis_refusal::noscript: break;
  }
  return away("the server refused the greeting: " + quoted(failure));
}

}  // namespace

redis_greeting::redis_greeting(const redis_introduction& who) {
  // The one password of a server without users is not the password of a user without a name.
  if (!who.user.empty()) {
    add(step::auth, {"AUTH", who.user, who.password});
  } else if (!who.password.empty()) {
    add(step::auth, {"AUTH", who.password});
  }
  if (who.database != 0) add(step::select, {"SELECT", std::to_string(who.database)});  // a cluster refuses it
  if (!who.client_name.empty()) add(step::set_name, {"CLIENT", "SETNAME", who.client_name});
  add(step::role, {"ROLE"});
  add(step::info, {"INFO"});
  for (const auto& script : who.scripts) add(step::load_script, {"SCRIPT", "LOAD", script.text});
}

void redis_greeting::add(step what, const std::vector<std::string_view>& arguments) {
  steps_.push_back(what);
  append_redis_command(arguments, commands_);
}

std::optional<redis_welcome> redis_greeting::take(const redis_reply& reply) {
  if (answered_ == steps_.size()) return away("the server answered what nobody asked");
  if (auto end = judge(steps_[answered_++], reply)) return end;
  if (answered_ < steps_.size()) return std::nullopt;
  return redis_welcome{redis_welcome::verdict::good, std::move(server_), {}};
}

std::optional<redis_welcome> redis_greeting::judge(step what, const redis_reply& reply) {
  if (!reply.is_failure()) {
    if (what == step::info) return judge_info(reply.text);
    if (what != step::role || reply.text_at(0) == "master") return std::nullopt;
    if (reply.text_at(0) == "sentinel")
      return refused("REDIS_URL: the server is a Sentinel: redis+sentinel://host/name is for those");
    return away("the server is a replica");
  }
  const auto refusal = refusal_of(reply.text);
  const bool has_no_room = reply.text.starts_with("ERR max number of clients");
  const bool is_about_the_name = refusal == redis_refusal::other || refusal == redis_refusal::noperm;
  if (what == step::set_name && is_about_the_name && !has_no_room) return std::nullopt;  // it is a courtesy
  if (refusal != redis_refusal::other || has_no_room) return of_failure(reply.text);
  if (what == step::auth) return refused("REDIS_URL: there is a user or password in it, and the server has none");
  if (what == step::select) return refused("REDIS_URL: the server has no such database: " + quoted(reply.text));
  return of_failure(reply.text);
}

std::optional<redis_welcome> redis_greeting::judge_info(std::string_view info) {
  server_ = {std::string{field(info, "run_id")}, std::string{field(info, "master_replid")},
             std::string{field(info, "redis_version")}};
  unsigned major = 0;
  (void)std::from_chars(server_.version.data(), server_.version.data() + server_.version.size(), major);
  if (major < least_version)
    return refused("REDIS_URL: Redis 7.0 or newer is needed, the server is " + quoted(server_.version));
  if (field(info, "loading") == "1") return away("the server is loading its data (LOADING)");
  const auto policy = field(info, "maxmemory_policy");
  if (!policy.empty() && policy != "noeviction")
    return refused(
        "REDIS_URL: the server drops data when its memory is full: set its maxmemory-policy to noeviction, "
        "it is " +
        quoted(policy));
  return std::nullopt;
}

}  // namespace tonris::net
