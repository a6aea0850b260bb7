#include "config/setting_table.hpp"

#include <algorithm>
#include <utility>

#include "config/values.hpp"
#include "model/text/ids.hpp"
#include "model/text/key_ring.hpp"
#include "model/text/redis_address.hpp"

namespace tonris::config {

namespace {

using text = std::string_view;

std::string must_be_whole(std::uint32_t least, std::uint32_t most) {
  return "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

template <class Number, class Member>
std::string apply_whole(Member& to, text value, std::uint32_t least, std::uint32_t most) {
  const auto number = values::whole(value, least, most);
  if (!number) return must_be_whole(least, most);
  to = static_cast<Number>(*number);
  return {};
}

std::string apply_origin(std::string& to, text value) {
  auto [origin, mistake] = values::parse_origin(value);
  if (!mistake.empty()) return std::string{mistake};
  to = std::move(origin);
  return {};
}

std::string apply_endpoint(settings& to, text value) {
  auto [endpoint, mistake] = values::parse_endpoint(value);
  if (!mistake.empty()) return std::string{mistake};
  to.otlp_endpoint = std::move(endpoint);
  return {};
}

std::string apply_traces_share(settings& to, text value) {
  const auto share = values::share(value);
  if (!share) return "must be a number from 0 to 1";
  to.traces_share = *share;
  return {};
}

std::string apply_secret(secret& to, text value) {
  if (!values::is_plain_word(value)) return "must be one word of printable ASCII characters";
  to = secret{std::string{value}};
  return {};
}

std::string apply_file(std::string& to, text value) {
  to = value;
  return values::is_readable_file(to) ? "" : "must name a file that can be read";
}

std::string apply_host(std::string& to, text value) {
  if (!values::is_ip_address(value) && !values::is_host_name(value)) return "must be an IP address or a host name";
  to = value;
  return {};
}

std::string apply_account(settings& to, text value) {
  if (!model::is_sid(value, "AC")) return "must be AC and 32 hexadecimal digits";
  to.twilio_account_sid = value;
  return {};
}

std::string apply_secrets(std::vector<secret>& to, text value) {
  to.clear();
  for (auto& word : values::split_list(value)) {
    if (!values::is_plain_word(word)) return "must be words of printable ASCII characters, comma separated";
    to.emplace_back(std::move(word));
  }
  return {};
}

std::string apply_auth_tokens(settings& to, text value) {
  if (auto mistake = apply_secrets(to.twilio_auth_tokens, value); !mistake.empty()) return mistake;
  return to.twilio_auth_tokens.empty() ? "must name at least one token" : "";
}

std::string apply_webhook_secrets(settings& to, text value) {
  constexpr std::size_t most = 5;  // each costs a MAC over every body
  if (auto mistake = apply_secrets(to.elevenlabs_webhook_secrets, value); !mistake.empty()) return mistake;
  return to.elevenlabs_webhook_secrets.size() > most ? "must name at most 5 secrets" : "";
}

std::string apply_secrets_key(settings& to, text value) {
  if (const auto ring = model::parse_key_ring(value); !ring) return std::string{ring.error()};
  to.secrets_key = secret{std::string{value}};
  return {};
}

std::string apply_agent(settings& to, text value) {
  constexpr std::size_t longest = 128;
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  if (value.size() > longest || !std::all_of(value.begin(), value.end(), fits)) {
    return "must be an agent id: up to 128 letters, digits, '-' and '_'";
  }
  to.elevenlabs_agent_id = value;
  return {};
}

std::string apply_tenant(settings& to, text value) {
  constexpr std::size_t longest = 64;
  const auto is_letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  const auto fits = [&](char c) { return is_letter(c) || c == '-' || c == '_' || c == '.'; };
  if (value.size() > longest || !is_letter(value.front()) || !std::all_of(value.begin(), value.end(), fits))
    return "must be a tenant's id: up to 64 letters, digits, '-', '_' and '.'";
  to.default_tenant = value;
  return {};
}

std::string apply_redis(settings& to, text value) {
  if (!model::read_redis_address(value)) {
    return "must look like redis://[user:password@]host[:port][/database], rediss://… for TLS, or "
           "redis+sentinel://[user:password@]host[:port][,host…]/name[/database]";
  }
  to.redis_url = secret{std::string{value}};
  return {};
}

std::string apply_data_dir(settings& to, text value) {
  to.data_dir = value;
  return {};
}

template <class Choice, std::size_t N>
std::string apply_choice(Choice& to, text value, const std::pair<text, Choice> (&choices)[N]) {
  std::string names;
  for (const auto& [name, choice] : choices) {
    if (name == value) {
      to = choice;
      return {};
    }
    names.append(names.empty() ? "" : ", ").append(name);
  }
  return "must be one of " + names;
}

std::string apply_level(settings& to, text value) {
  constexpr std::pair<text, log_level> levels[] = {
      {"debug", log_level::debug}, {"info", log_level::info}, {"warn", log_level::warn}, {"error", log_level::error}};
  return apply_choice(to.level, value, levels);
}

std::string apply_format(settings& to, text value) {
  constexpr std::pair<text, log_format> formats[] = {{"text", log_format::text}, {"json", log_format::json}};
  return apply_choice(to.format, value, formats);
}

std::string apply_tool_hosts(settings& to, text value) {
  auto hosts = model::allowed_hosts::parse(value);
  if (!hosts) return "must " + std::string{hosts.error()};
  to.tool_allowed_hosts = *std::move(hosts);
  return {};
}

std::string apply_proxies(settings& to, text value) {
  to.trusted_proxies = values::split_list(value);
  const bool all = std::all_of(to.trusted_proxies.begin(), to.trusted_proxies.end(), values::is_ip_address);
  return all ? "" : "must be IP addresses, comma separated";
}

constexpr text network = "Network";
constexpr text twilio = "Twilio";
constexpr text elevenlabs = "ElevenLabs";
constexpr text operation = "Operation";
constexpr text storage = "Tenants and storage";
constexpr text limits = "Limits";

constexpr bool not_yet = true;

const setting table[] = {
    {"PORT", network, "TCP port to listen on, 1 to 65535", "3000", "", "8080", false,
     [](settings& to, text v) { return apply_whole<std::uint16_t>(to.port, v, 1, 65535); }},
    {"HOST", network, "Address to listen on", "0.0.0.0", "", "127.0.0.1", false,
     [](settings& to, text v) { return apply_host(to.host, v); }},
    {"APP_BASE_URL", network, "Public origin of the gateway, as Twilio reaches it; http on loopback only", "", "",
     "https://gw.example.com", true, [](settings& to, text v) { return apply_origin(to.app_base_url, v); }},
    {"PUBLIC_NODE_URL", network, "Origin of this very node, where several stand behind APP_BASE_URL", "", "",
     "https://node-1.example.com", false, [](settings& to, text v) { return apply_origin(to.public_node_url, v); },
     not_yet},
    {"TLS_CERT_FILE", network, "Certificate chain in PEM; with TLS_KEY_FILE the gateway serves https itself", "", "",
     "/etc/tonris/fullchain.pem", false, [](settings& to, text v) { return apply_file(to.tls_cert_file, v); }},
    {"TLS_KEY_FILE", network, "Private key of the certificate in PEM", "", "", "/etc/tonris/privkey.pem", false,
     [](settings& to, text v) { return apply_file(to.tls_key_file, v); }},
    {"TRUSTED_PROXIES", network,
     "Addresses of proxies whose X-Forwarded-Host, X-Forwarded-Proto and X-Forwarded-For are believed, comma separated",
     "", "", "10.0.0.2,10.0.0.3", false, apply_proxies},

    {"TWILIO_ACCOUNT_SID", twilio, "Account whose calls are taken", "", "", "AC00000000000000000000000000000000", true,
     apply_account},
    {"TWILIO_AUTH_TOKEN", twilio,
     "Auth token; several, comma separated, while rotating: what any of them signed is taken", "", "",
     "new-token,old-token", true, apply_auth_tokens},
    {"TWILIO_API_BASE_URL", twilio, "Origin of Twilio's REST API: a region, or a simulator", "https://api.twilio.com",
     "", "https://api.dublin.ie1.twilio.com", false,
     [](settings& to, text v) { return apply_origin(to.twilio_api_base_url, v); }},

    {"ELEVENLABS_API_KEY", elevenlabs, "API key", "", "", "sk_...", true,
     [](settings& to, text v) { return apply_secret(to.elevenlabs_api_key, v); }},
    {"ELEVENLABS_AGENT_ID", elevenlabs, "Agent of tenants that name none", "", "", "agent_abc", false, apply_agent},
    {"ELEVENLABS_MAX_CALLS", elevenlabs,
     "Conversations at once that the subscription allows, 0 to 100000: shared among the tenants; 0 means no limit", "0",
     "calls", "30", false,
     [](settings& to, text v) { return apply_whole<std::uint32_t>(to.elevenlabs_max_calls, v, 0, 100'000); }},
    {"ELEVENLABS_WEBHOOK_SECRET", elevenlabs,
     "Secret of ElevenLabs' callbacks; several while rotating, comma separated; without it they are refused", "", "",
     "wsec_...", false, apply_webhook_secrets},
    {"ELEVENLABS_API_BASE_URL", elevenlabs, "Origin of ElevenLabs' API: a residency region, or a simulator",
     "https://api.elevenlabs.io", "", "https://api.eu.residency.elevenlabs.io", false,
     [](settings& to, text v) { return apply_origin(to.elevenlabs_api_base_url, v); }},

    {"TENANTS_FILE", storage, "JSON list of tenants, read at start and again on SIGHUP", "", "", "config/tenants.json",
     false, [](settings& to, text v) { return apply_file(to.tenants_file, v); }},
    {"DEFAULT_TENANT", storage,
     "Id of the tenant that answers calls to numbers that nobody has; without it they hear a sentence", "", "",
     "front-desk", false, apply_tenant},
    {"RATES_FILE", storage,
     "What calls cost, as in config/rates.json, each entry with all of its rates, read at start; without it the rates "
     "built in",
     "", "", "config/rates.json", false, [](settings& to, text v) { return apply_file(to.rates_file, v); }},
    {"PRICE_FIRST_ASK", storage,
     "How long behind a call's end Twilio is first asked what it has cost, then after twice as long each time, for a "
     "day; ElevenLabs after five times as long, of what it has not reported; 1 to 7200",
     "120", "seconds", "300", false,
     [](settings& to, text v) { return apply_whole<std::chrono::seconds>(to.price_first_ask, v, 1, 7'200); }},
    {"EXPERIMENT_ROUND", storage,
     "How often the variants of tenants' experiments are compared, so that one that loses is stopped; 1 to 86400",
     "600", "seconds", "60", false,
     [](settings& to, text v) { return apply_whole<std::chrono::seconds>(to.experiment_round, v, 1, 86'400); }},
    {"DRIFT_ROUND", storage,
     "How often it is looked whether another day is to be held against the vendors' bills, from a start on as well; 1 "
     "to 3600",
     "3600", "seconds", "900", false,
     [](settings& to, text v) { return apply_whole<std::chrono::seconds>(to.drift_round, v, 1, 3'600); }},
    {"REDIS_URL", storage,
     "Redis in which nodes share their tenants, keys and limits, in place of DATA_DIR, where their calls stay", "", "",
     "redis://localhost:6379/0", false, apply_redis},
    {"REDIS_CA_FILE", storage, "Authorities in PEM that Redis' certificate may be of, in place of the system's", "", "",
     "/etc/tonris/redis-ca.pem", false, [](settings& to, text v) { return apply_file(to.redis_ca_file, v); }},
    {"REDIS_CERT_FILE", storage, "Certificate chain in PEM that this node shows to Redis; with REDIS_KEY_FILE", "", "",
     "/etc/tonris/redis-client.pem", false, [](settings& to, text v) { return apply_file(to.redis_cert_file, v); }},
    {"REDIS_KEY_FILE", storage, "Private key of that certificate in PEM", "", "", "/etc/tonris/redis-client.key", false,
     [](settings& to, text v) { return apply_file(to.redis_key_file, v); }},
    {"BUSINESS_TYPES_FILE", storage,
     "JSON object of agents by businessType, for tenants that name none, read at start and again on SIGHUP", "", "",
     "config/business_types.json", false, [](settings& to, text v) { return apply_file(to.business_types_file, v); }},
    {"DATA_DIR", storage, "Directory of what the gateway keeps; each gateway has its own", "data", "",
     "/var/lib/tonris", false, apply_data_dir},
    {"SECRETS_KEY", storage,
     "Key under which tenants' secrets and API keys are kept, as NAME:KEY; several, comma separated, while rotating: "
     "the first makes, each opens",
     "", "", "k1:(openssl rand -base64 32)", false, apply_secrets_key},

    {"ADMIN_TOKEN", operation, "Bearer token of the operator; without it the administration API is off", "", "",
     "(openssl rand -hex 32)", false, [](settings& to, text v) { return apply_secret(to.admin_token, v); }},
    {"ADMIN_PORT", operation,
     "TCP port for /metrics and the administration API alone, 1 to 65535; without it they are on PORT", "", "", "9300",
     false, [](settings& to, text v) { return apply_whole<std::uint16_t>(to.admin_port, v, 1, 65535); }},
    {"ADMIN_HOST", operation, "Address of ADMIN_PORT", "127.0.0.1", "", "10.0.0.5", false,
     [](settings& to, text v) { return apply_host(to.admin_host, v); }},
    {"METRICS_TOKEN", operation, "Bearer token for /metrics; without it whoever reaches it may read it", "", "",
     "(openssl rand -hex 32)", false, [](settings& to, text v) { return apply_secret(to.metrics_token, v); }},
    {"LOG_LEVEL", operation, "debug, info, warn or error", "info", "", "warn", false, apply_level},
    {"LOG_FORMAT", operation, "text or json", "text", "", "json", false, apply_format},
    {"DRAIN_TIMEOUT", operation, "Time that live calls are given to end at a stop, 0 to 86400", "3600", "seconds",
     "600", false,
     [](settings& to, text v) { return apply_whole<std::chrono::seconds>(to.drain_timeout, v, 0, 86'400); }},
    {"IO_LOOPS", operation,
     "I/O loops for calls, and as many for who knocks, each with a thread, 1 to 64; about one for 500 calls", "1",
     "threads", "2", false, [](settings& to, text v) { return apply_whole<unsigned>(to.io_loops, v, 1, 64); }},
    {"OTEL_EXPORTER_OTLP_ENDPOINT", operation,
     "Where an OpenTelemetry collector takes OTLP over HTTP: it is told a trace of each call; without it, none", "", "",
     "http://localhost:4318", false, apply_endpoint},
    {"OTEL_TRACES_SAMPLER_ARG", operation, "Share of the calls that it is told, 0 to 1", "1", "", "0.1", false,
     apply_traces_share},

    {"MAX_CALLS", limits, "Calls at once on this node, 1 to 100000; more are turned away", "1000", "calls", "500",
     false, [](settings& to, text v) { return apply_whole<std::uint32_t>(to.max_calls, v, 1, 100'000); }},
    {"MAX_MEMORY_MB", limits, "Resident memory beyond which new calls get the fallback, 0 to 1000000; 0 means no limit",
     "0", "MiB", "16000", false,
     [](settings& to, text v) { return apply_whole<std::uint32_t>(to.max_memory_mb, v, 0, 1'000'000); }},
    {"MAX_LOOP_LAG_MS", limits, "Lag of an I/O loop, smoothed, beyond which new calls get the fallback, 10 to 10000",
     "250", "milliseconds", "100", false,
     [](settings& to, text v) { return apply_whole<std::chrono::milliseconds>(to.max_loop_lag, v, 10, 10'000); }},
    {"TOOL_ALLOWED_HOSTS", limits,
     "Hosts of the own network that tenants' tools may be forwarded to, comma separated; *. in front: all below", "",
     "", "crm.internal:8080,*.corp.example,10.0.0.7", false, apply_tool_hosts},
};

std::string in_code(text value) {
  return value.empty() ? "" : "`" + std::string{value} + "`";
}

}  // namespace

std::span<const setting> all_settings() {
  return table;
}

std::string flag_of(const setting& s) {
  std::string flag{"--"};
  for (const char c : s.name) flag += c == '_' ? '-' : static_cast<char>(c - 'A' + 'a');
  return flag;
}

std::string as_markdown() {
  std::string out;
  text group;
  for (const auto& s : table) {
    if (s.group != group) {
      out.append("\n## ").append(s.group).append("\n\n| name | meaning | default | unit | example |\n");
      out.append("|---|---|---|---|---|\n");
      group = s.group;
    }
    const auto standard = s.required ? std::string{"**required**"} : in_code(s.standard);
    out.append("| `").append(s.name).append("` | ").append(s.meaning).append(s.not_yet ? " (**not yet**)" : "");
    out.append(" | ").append(standard).append(" | ");
    out.append(s.unit).append(" | ").append(in_code(s.example)).append(" |\n");
  }
  return out;
}

}  // namespace tonris::config
