/// The doctor's look at the Redis of REDIS_URL.
#include <charconv>
#include <cstdint>

#include "model/doctor/redis.hpp"
#include "tools/ctl/doctor_areas.hpp"
#include "tools/ctl/redis_asker.hpp"

namespace tonris::ctl {

namespace {

using std::chrono::milliseconds;

milliseconds now() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
}

std::int64_t number_in(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void ask_about_itself(redis_asker& redis, const remaining_time& time, model::doctor::redis_facts& facts) {
  if (const auto info = redis.ask({"INFO"}, time.for_one())) facts.info = info->text;
  // Its user may lack the right to that, and does not need it.
  if (const auto fsync = redis.ask({"CONFIG", "GET", "appendfsync"}, time.for_one()); fsync && fsync->items.size() == 2)
    facts.fsync = fsync->text_at(1);
  if (const auto lost = redis.ask({"GET", "{tonris}:lost"}, time.for_one())) facts.has_lost_tenants = lost->text == "1";
  if (const auto count = redis.ask({"XLEN", "{tonris}:records"}, time.for_one())) facts.records = count->integer;
  if (const auto size = redis.ask({"MEMORY", "USAGE", "{tonris}:records"}, time.for_one()))
    facts.record_bytes = size->integer;
  const auto began = std::chrono::steady_clock::now();
  const auto clock = redis.ask({"TIME"}, time.for_one());
  facts.took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  if (clock && clock->items.size() == 2)
    facts.clock_off = milliseconds{number_in(clock->text_at(0)) * 1000 + number_in(clock->text_at(1)) / 1000} - now() +
                      facts.took / 2;
}

}  // namespace

findings look_at_redis(const patient& p, const remaining_time& time) {
  if (p.settings.redis_url.empty()) return {};
  model::doctor::redis_facts facts;
  const auto options = redis_options_of(p.environment, p.env);
  if (!options) {
    facts.failure = options.error();
    return judge(facts);
  }
  const auto& address = options->address;
  if (address.master.empty() && !address.hosts.empty()) facts.host = address.hosts.front().host;
  facts.is_secure = address.secure;
  facts.has_password = address.has_credentials();
  const auto redis = redis_asker::open(*options, time.for_one());
  if (!redis)
    facts.failure = redis.error();
  else
    ask_about_itself(**redis, time, facts);
  return judge(facts);
}

}  // namespace tonris::ctl
