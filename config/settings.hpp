#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/log_choice.hpp"
#include "config/secret.hpp"
#include "model/text/allowed_hosts.hpp"

namespace tonris::config {

/// Everything the gateway is told at start: flags, then the environment, then `.env`. Names are the same everywhere:
/// PORT is --port, $PORT, and PORT= in .env. An empty value means the default, and wins over what comes after it.
struct settings {
  std::uint16_t port = 3000;
  std::string host = "0.0.0.0";
  std::string app_base_url;                ///< required; origin only, no trailing slash; https (http on loopback)
  std::string twilio_account_sid;          ///< required; AC + 32 hex
  std::vector<secret> twilio_auth_tokens;  ///< required; several while rotating
  secret elevenlabs_api_key;               ///< required
  std::string elevenlabs_agent_id;         ///< default agent, may be empty
  std::vector<secret> elevenlabs_webhook_secrets;  ///< empty: ElevenLabs' callbacks are refused; several while rotating
  secret admin_token;                              ///< empty: the administration API is off
  secret metrics_token;                            ///< empty: /metrics is for whoever reaches it
  secret secrets_key;                    ///< model::parse_key_ring reads it; empty: no secret of a tenant's is kept
  std::string admin_host = "127.0.0.1";  ///< of the operators' own door
  std::uint16_t admin_port = 0;          ///< 0: they use port
  secret redis_url;                      ///< it may hold a password; empty: embedded store in data_dir
  std::string redis_ca_file;             ///< empty: the system's authorities
  std::string redis_cert_file, redis_key_file;  ///< both or none
  std::string data_dir = "data";
  std::string tenants_file;                 ///< JSON list, reread on SIGHUP; empty: none
  std::string default_tenant;               ///< id of whom calls to nobody's numbers are; empty: nobody's
  std::string rates_file;                   ///< what calls cost; empty: the rates that are built in
  std::string business_types_file;          ///< JSON object, read at start; empty: none
  std::string tls_cert_file, tls_key_file;  ///< both or none
  log_level level = log_level::info;
  log_format format = log_format::text;
  std::chrono::seconds price_first_ask{120};                          ///< 1 … 7200
  std::chrono::seconds experiment_round{600};                         ///< 1 … 86400
  std::chrono::seconds drift_round{3600};                             ///< 1 … 3600
  std::chrono::seconds drain_timeout{3600};                           ///< 0 … 86400
  unsigned io_loops = 1;                                              ///< 1 … 64
  std::string elevenlabs_api_base_url = "https://api.elevenlabs.io";  ///< https (http on loopback), no trailing slash
  std::string twilio_api_base_url = "https://api.twilio.com";
  model::allowed_hosts tool_allowed_hosts;      ///< private ones that tenants' tools may be forwarded to
  std::uint32_t max_calls = 1000;               ///< calls at once on this node
  std::uint32_t elevenlabs_max_calls = 0;       ///< conversations at once that the key may hold; 0: no limit is known
  std::uint32_t max_memory_mb = 0;              ///< resident memory beyond which new calls are refused; 0: no limit
  std::chrono::milliseconds max_loop_lag{250};  ///< smoothed lag of an I/O loop beyond which they are
  std::string public_node_url;                  ///< "" = app_base_url
  std::string otlp_endpoint;                    ///< of a collector, no trailing slash; empty: no traces
  double traces_share = 1;                      ///< of calls whose traces it is told, 0 … 1
  std::vector<std::string> trusted_proxies;     ///< addresses whose X-Forwarded-Host and -Proto are believed
  std::vector<std::string_view> not_yet;        ///< names of those that were set, and that nothing acts on yet
};

/// What loading came to: settings, or what to print and the status to end with (0 for --help and --version, 2 for
/// mistakes: one clear line each, naming the setting, where it came from, and what it must be; never a secret's value).
struct exit_with {
  int status = 0;
  std::string text;
};

/// `environment` is looked up by name (so tests need no real one); `env_file` is the text of `.env`, "" when absent.
using lookup = std::optional<std::string> (*)(void* context, std::string_view name);
[[nodiscard]] tl::expected<settings, exit_with> load(const std::vector<std::string>& arguments, lookup environment,
                                                     void* context, std::string_view env_file);
/// From the real process: argv, environ, and `.env` in the working directory (or the file --env-file names).
[[nodiscard]] tl::expected<settings, exit_with> load(int argc, const char* const* argv);

/// The version of this build: "0.1.0".
[[nodiscard]] std::string_view version() noexcept;

/// The text of --help: every setting with its meaning, default and unit, in groups.
[[nodiscard]] std::string help();

}  // namespace tonris::config
