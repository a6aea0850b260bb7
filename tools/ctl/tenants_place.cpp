#include "tools/ctl/tenants_place.hpp"

#include <chrono>
#include <ostream>
#include <utility>

#include <CLI/CLI.hpp>

#include "config/dotenv.hpp"
#include "tools/ctl/gateway.hpp"
#include "tools/ctl/redis_asker.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds patience{30}, sign_of_life{3};
constexpr std::string_view standard_data_dir = "data";

bool is_down(const gateway& of) {
  const auto there = ask_gateway(of, "GET", "/health", "", sign_of_life);
  return !there && there.error().is_down;
}

tl::expected<tenants_door, std::string> shared_store(const lookup& environment, const config::dotenv& env) {
  const auto options = redis_options_of(environment, env);
  if (!options) return tl::unexpected(options.error());
  const auto data_dir = setting("DATA_DIR", environment, env);
  return tenants_in_redis(*options, data_dir.empty() ? std::string{standard_data_dir} : data_dir);
}

}  // namespace

void add_gateway_alone(CLI::App& command, tenants_place& place) {
  command.add_option("--gateway", place.gateway,
                     "origin of the gateway, default http://127.0.0.1:$ADMIN_PORT, else $PORT");
  command.add_option("--env-file", place.env_file, "where the gateway's settings stand if not in the environment")
      ->capture_default_str();
}

void add_place(CLI::App& command, tenants_place& place) {
  add_gateway_alone(command, place);
  auto* const gateway = command.get_option("--gateway");
  auto* const data_dir =
      command.add_option("--data-dir", place.data_dir, "the store in this DATA_DIR, whose gateway does not run");
  auto* const redis =
      command.add_flag("--redis", place.is_redis,
                       "the store that REDIS_URL names, whether gateways run or not; so without it where none "
                       "answers");
  data_dir->excludes(gateway)->excludes(redis);
  redis->excludes(gateway);
}

tl::expected<tenants_door, std::string> tenants_at_gateway(const tenants_place& place, const lookup& environment) {
  const auto of = find_gateway(place.gateway, environment, env_text(place.env_file));
  if (!of) return tl::unexpected(of.error());
  return tenants_of(*of, patience);
}

tl::expected<tenants_door, std::string> tenants_at(const tenants_place& place, const lookup& environment,
                                                   std::ostream& aside) {
  if (!place.data_dir.empty()) return tenants_in(place.data_dir);
  const auto text = env_text(place.env_file);
  const auto env = config::parse_dotenv(text);
  if (place.is_redis) return shared_store(environment, env);
  const auto of = find_gateway(place.gateway, environment, text);
  const bool is_shared = place.gateway.empty() && !setting("REDIS_URL", environment, env).empty();
  if (!of) return tl::unexpected(of.error() + (is_shared ? "; --redis asks the store of REDIS_URL itself" : ""));
  if (!is_shared || !is_down(*of)) return tenants_of(*of, patience);
  auto store = shared_store(environment, env);
  if (store) aside << "tonrisctl: " << name_of(*of) << " does not answer: asked the store of REDIS_URL itself\n";
  return store;
}

}  // namespace tonris::ctl
