/// The parts of the node that are actors; their stores are in control_plane_stores.cpp, those that look after what is
/// kept now and then in control_plane_keepers.cpp.
#include "actors/node/control_plane.hpp"

#include <unistd.h>

#include <array>
#include <caf/send.hpp>
#include <chrono>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "actors/access/registry.hpp"
#include "actors/admission/redis_admission.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/callback/keeper.hpp"
#include "actors/node/agent_inspector.hpp"
#include "actors/node/random.hpp"
#include "actors/node/restore.hpp"
#include "actors/node/tenant_overview.hpp"
#include "actors/notice/keeper.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tenant/registry.hpp"
#include "actors/vendor/client.hpp"
#include "actors/vendor/twilio_client.hpp"
#include "actors/web/call_watchers.hpp"
#include "actors/web/node_report.hpp"
#include "model/text/hex.hpp"
#include "model/text/hmac.hpp"
#include "model/text/seal.hpp"
#include "net/random_bytes.hpp"

namespace tonris::actors {

namespace {

/// What another node revokes opens nothing after so long, whether its changes are heard of or not.
constexpr std::chrono::milliseconds keys_of_others_remembered{500};

/// Whoever asks before it is would be refused as a stranger; at most as long as a start may take.
bool wait_until_published(const account_tokens& accounts) {
  constexpr std::chrono::seconds patience{1};
  constexpr std::chrono::milliseconds pause{5};
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!accounts.is_published() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(pause);
  return accounts.is_published();
}

std::uint64_t microseconds_since_1970() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string{name.data()} : std::string{};
}

}  // namespace

node_part control_plane::part(std::string name) const {
  node_part part;
  part.name = std::move(name);
  part.healthy = [health = config_.health](bool healthy) { health->part_is(healthy); };
  part.random = random_bits;
  part.counters = config_.counters;
  return part;
}

std::function<void(std::string)> control_plane::trouble_of(node_trouble part, std::string at_first) const {
  const auto trouble = std::make_shared<store_trouble>();
  trouble->is(std::move(at_first));
  config_.health->watch(part, trouble);
  return [trouble](std::string why) { trouble->is(std::move(why)); };
}

/// Without SECRETS_KEY one of this process's own: the hashes do not outlive it.
model::aead_key control_plane::caller_key() const {
  if (!keys_.empty()) return keys_.front().caller_hashes;
  model::aead_key key{};
  net::fill_with_random(key);
  return key;
}

void control_plane::start_admission() {
  keeper_ = spawn_supervised<usage_keeper>(*config_.system, part("usage_keeper"), [this](const auto&) {
    return spawn_usage_keeper(*config_.system,
                              {[directory = config_.settings->data_dir] { return usage_database::open(directory); },
                               services_->wall_clock, config_.counters});
  });
  admission_rules::config rules;
  rules.books = books_;
  rules.vendor_calls = config_.settings->elevenlabs_max_calls;
  rules.hash_caller = [key = caller_key()](std::string_view number) {
    return model::to_hex(model::hmac_sha256(key, number));
  };
  rules.wall_clock = services_->wall_clock;
  rules.rates = rates_;
  rules.counters = config_.counters;
  if (redis_loop_) return start_shared_admission(std::move(rules));
  admission_ = spawn_supervised<admission>(*config_.system, part("admission"), [this, rules](const auto&) {
    return config_.system->spawn(admit_locally, local_admission::config{rules, keeper_});
  });
}

void control_plane::start_shared_admission(admission_rules::config rules) {
  if (keys_.empty())
    log::warn("REDIS_URL without SECRETS_KEY: how often a caller calls is counted by each gateway for itself");
  redis_admission::config shared;
  shared.rules = std::move(rules);
  shared.keeper = keeper_;
  shared.shared = shared_books_;
  shared.counts.loop = &redis_loop_->loop;
  shared.counts.options = redis_options_;
  shared.counts.node = node_name_;
  shared.fresh_generation = random_generation;
  shared.trouble = trouble_of(node_trouble::admissions, "limits are not counted among the nodes yet");
  admission_ = spawn_supervised<admission>(*config_.system, part("admission"), [this, shared](const auto&) {
    return caf::actor_cast<admission>(spawn_on<redis_admission>(*config_.system, redis_loop_->unit, shared));
  });
}

void control_plane::start_overview() {
  tenant_overview_state::config settings;
  settings.trouble = trouble_of(node_trouble::tenants);
  settings.default_trouble = trouble_of(node_trouble::default_tenant);
  overview_ = spawn_supervised<tenant_watcher>(*config_.system, part("tenant_overview"), [this, settings](const auto&) {
    auto overview = settings;
    overview.store = tenants_;
    overview.copy = mirror_;
    overview.who_may_come = admission_;
    overview.calls = store_.actor;
    overview.accounts = accounts_;
    overview.seal = seal_;
    overview.vendor_calls = config_.settings->elevenlabs_max_calls;
    overview.default_tenant = {config_.settings->default_tenant};
    overview.counters = config_.counters;
    return config_.system->spawn(oversee_tenants, std::move(overview));
  });
}

void control_plane::start(media_loops& loops) {
  start_access();
  start_registry();
  start_vendors();
  fill_services(loops);
  start_admission();
  start_overview();
  const auto& settings = *config_.settings;
  tools_ = std::make_unique<tool_plane>(*config_.system, config_.tls, settings.tool_allowed_hosts, config_.counters,
                                        tool_plane::parts{part("tool_forwarder"), part("notice_sender"),
                                                          settings.otlp_endpoint.empty() ? 0 : settings.traces_share});
  start_notices();
  start_supervisor();
  start_watchers();
  start_traces();
  start_report();
  start_inspection();
  restore_calls_of_former_life(*config_.system, store_.actor, supervisor_);
  start_dial_keeper();
  if (redis_loop_) start_dial_sharing();
  start_callbacks();  // behind it: what is told of a call that is not known yet waits
  start_prices();
  start_experiments();
  start_bills();
  if (redis_loop_) start_bill_sharing();
  start_drift();
  start_recorder();
  start_audio_keeper();
  start_retention_trail();
  start_dial_watch();
  if (redis_loop_) start_records();
  if (!wait_until_published(*accounts_))
    log::error("The tenants are not read yet: calls of their own accounts are refused until they are");
}

void control_plane::start_registry() {
  registry_ = spawn_supervised<tenant_registry>(*config_.system, part("tenant_registry"), [this](const auto&) {
    tenant_registry_state::config registry;
    registry.store = tenants_;
    registry.seal = seal_;
    registry.default_tenant = {config_.settings->default_tenant};
    registry.mirror = mirror_;
    registry.counters = config_.counters;
    return config_.system->spawn(tenant_registrar, std::move(registry));
  });
}

void control_plane::start_access() {
  const auto digests = std::make_shared<const model::api_key_digests>(keys_);
  access_ = spawn_supervised<access_registry>(*config_.system, part("access_registry"), [this, digests](const auto&) {
    access_registry_state::config access;
    access.store = access_store_;
    access.digests = digests;
    access.wall_clock = [] { return std::chrono::system_clock::now(); };
    access.random = random_api_key;
    access.counters = config_.counters;
    if (redis_loop_) access.remembers = keys_of_others_remembered;
    return config_.system->spawn(run_access_registry, std::move(access));
  });
}

void control_plane::start_vendors() {
  vendor_plane::config how;
  how.elevenlabs.base_url = config_.settings->elevenlabs_api_base_url;
  how.elevenlabs.api_key = config_.settings->elevenlabs_api_key;
  how.elevenlabs.counters = config_.counters;
  how.elevenlabs_part = part("vendor_client");
  how.twilio.base_url = config_.settings->twilio_api_base_url;
  how.twilio.random = random_bits;
  how.twilio.counters = config_.counters;
  how.twilio_part = part("twilio_client");
  vendors_ = std::make_unique<vendor_plane>(*config_.system, config_.tls, std::move(how));
}

void control_plane::fill_services(media_loops& loops) {
  services_->vendor = vendors_->elevenlabs();
  services_->spawn_caller_leg = [system = config_.system](caller_leg::config leg) {
    auto& unit = *leg.services->unit;
    return caf::actor_cast<caller_leg_actor>(spawn_on<caller_leg>(*system, unit, std::move(leg)));
  };
  services_->spawn_agent_leg = [system = config_.system](agent_leg::config leg) {
    auto& unit = *leg.services->unit;
    return caf::actor_cast<agent_leg_actor>(spawn_on<agent_leg>(*system, unit, std::move(leg)));
  };
  services_->wall_clock = [] { return std::chrono::system_clock::now(); };
  services_->make_ticket = random_ticket;
  services_->random = random_bits;
  services_->quietest_loop = [&loops] { return loops.quietest(); };
  // Twilio's token is what this node knows and its disk does not.
  std::vector<std::string> tokens;
  for (const auto& token : config_.settings->twilio_auth_tokens) tokens.push_back(token.reveal());
  const auto sealing = std::make_shared<const model::text_seal>(std::move(tokens));
  services_->seal = [sealing](std::string_view text) { return sealing->seal(text, random_nonce()); };
  services_->unseal = [sealing](std::string_view sealed) { return sealing->open(sealed).value_or(std::string{}); };
  services_->journal = store_.journal;
  services_->live = std::make_shared<live_board>(microseconds_since_1970());
  services_->rates = std::make_shared<const model::rate_card>(rates_);
  services_->node = host_name();
  services_->build = std::string{tonris::config::version()};
  services_->counters = config_.counters;
}

void control_plane::start_supervisor() {
  supervisor_ = spawn_supervised<call_supervisor>(
      *config_.system, part("call_supervisor"), [this](const call_supervisor& address) {
        call_supervisor_state::config supervisor;
        supervisor.services = services_;
        supervisor.table = calls_;
        supervisor.registry = registry_;
        supervisor.store = store_.actor;
        supervisor.who_may_come = admission_;
        supervisor.address = address;
        supervisor.max_calls = config_.settings->max_calls;
        supervisor.overloaded = [load = config_.load] { return load->too_much(); };
        return config_.system->spawn(supervise_calls, std::move(supervisor));
      });
}

void control_plane::start_callbacks() {
  callback_refusals_ = std::make_shared<refusal_watch>(*config_.counters);
  callback_keeper_settings keeper;
  const auto& directory = config_.settings->data_dir;
  keeper.open = [directory] { return callback_database::open(directory); };
  keeper.audio_dir = path_in(directory, "callbacks");
  keeper.wall_clock = services_->wall_clock;
  keeper.supervisor = supervisor_;
  keeper.store = store_.actor;
  keeper.journal = store_.journal;
  keeper.conversations = services_->conversations;
  keeper.rates = services_->rates;
  keeper.counters = config_.counters;
  callbacks_ = spawn_supervised<callback_keeper_by_number>(
      *config_.system, part("callback_keeper"),
      [this, keeper](const auto&) { return keep_callbacks(*config_.system, keeper); });
}

/// Before the calls, which leave in the queue what it keeps.
void control_plane::start_notices() {
  notice_keeper_settings keeper;
  keeper.open = [directory = config_.settings->data_dir] { return notice_database::open(directory); };
  keeper.wall_clock = services_->wall_clock;
  keeper.random = random_bits;
  keeper.queue = services_->notices;
  keeper.registry = registry_;
  keeper.sender = tools_->telling();
  keeper.counters = config_.counters;
  notices_ = spawn_supervised<notice_keeper>(*config_.system, part("notice_keeper"), [this, keeper](const auto&) {
    return keep_notices(*config_.system, keeper);
  });
  services_->notices->wake_with([to = notices_] { caf::anon_send(to, notices_came{}); });
}

void control_plane::start_traces() {
  const auto& settings = *config_.settings;
  if (settings.otlp_endpoint.empty()) return;
  trace_exporter::config exporter;
  exporter.url = settings.otlp_endpoint + "/v1/traces";
  exporter.share = settings.traces_share;
  exporter.board = services_->live;
  exporter.store = store_.actor;
  exporter.resource.version = services_->build;
  exporter.resource.instance = services_->node;
  exporter.counters = config_.counters;
  traces_ = std::make_unique<trace_plane>(*config_.system, config_.tls, std::move(exporter), part("trace_exporter"));
}

void control_plane::start_inspection() {
  agent_inspection inspection;
  inspection.store = tenants_;
  inspection.vendor = vendors_->elevenlabs();
  inspection.seal = seal_;
  inspection.by_business = config_.business_types;
  inspection.default_agent = {config_.settings->elevenlabs_agent_id};
  inspection.counters = config_.counters;
  inspector_ = inspect_agents(*config_.system, std::move(inspection));
}

void control_plane::start_watchers() {
  const call_watchers_settings settings{services_->live, config_.counters};
  watchers_ = spawn_supervised<call_watchers>(*config_.system, part("call_watchers"), [this, settings](const auto&) {
    return serve_watchers(*config_.system, settings);
  });
}

void control_plane::start_report() {
  report_ = spawn_supervised<node_reporter>(*config_.system, part("node_report"), [this](const auto&) {
    node_report_state::config report;
    report.ready = [health = config_.health, file = config_.tenants] { return file->beside(health->now()); };
    report.gather = config_.gather;
    report.counters = config_.counters;
    return config_.system->spawn(node_report, std::move(report));
  });
}

void control_plane::tick(std::chrono::steady_clock::time_point now) const {
  services_->troubles->tick(now);
  store_watch_->tick(now);
}

void control_plane::end_supervisor() {
  caf::anon_send_exit(supervisor_, caf::exit_reason::user_shutdown);
}

void control_plane::end() {
  caf::scoped_actor self{*config_.system};
  if (watchers_) self->send_exit(watchers_, caf::exit_reason::user_shutdown);
  if (audio_) self->send_exit(audio_, caf::exit_reason::user_shutdown);
  if (trail_) self->send_exit(trail_, caf::exit_reason::user_shutdown);
  if (recorder_) self->send_exit(recorder_, caf::exit_reason::user_shutdown);
  if (drift_) self->send_exit(drift_, caf::exit_reason::user_shutdown);
  if (bill_sharing_) self->send_exit(bill_sharing_, caf::exit_reason::user_shutdown);
  if (bills_) self->send_exit(bills_, caf::exit_reason::user_shutdown);
  if (experiments_) self->send_exit(experiments_, caf::exit_reason::user_shutdown);
  if (dial_watch_) self->send_exit(dial_watch_, caf::exit_reason::user_shutdown);
  if (dial_sharing_) self->send_exit(dial_sharing_, caf::exit_reason::user_shutdown);
  if (prices_) self->send_exit(prices_, caf::exit_reason::user_shutdown);
  if (records_in_) self->send_exit(records_in_, caf::exit_reason::user_shutdown);
  if (records_again_) self->send_exit(records_again_, caf::exit_reason::user_shutdown);
  if (records_out_) self->send_exit(records_out_, caf::exit_reason::user_shutdown);
  if (traces_) self->send_exit(traces_->telling(), caf::exit_reason::user_shutdown);
  if (report_) self->send_exit(report_, caf::exit_reason::user_shutdown);
  if (callbacks_) self->send_exit(callbacks_, caf::exit_reason::user_shutdown);
  if (notices_) {
    services_->notices->wake_with({});
    self->request(notices_, store_limit, flush_notices{}).receive([](notices_flushed) {}, [](const caf::error&) {});
    self->send_exit(notices_, caf::exit_reason::user_shutdown);
  }
  if (tools_) {
    self->send_exit(tools_->forwarding(), caf::exit_reason::user_shutdown);
    self->send_exit(tools_->telling(), caf::exit_reason::user_shutdown);
  }
  if (access_) self->send_exit(access_, caf::exit_reason::user_shutdown);
  if (access_store_) self->send_exit(access_store_, caf::exit_reason::user_shutdown);
  if (registry_) self->send_exit(registry_, caf::exit_reason::user_shutdown);
  if (inspector_) self->send_exit(inspector_, caf::exit_reason::user_shutdown);
  if (overview_) self->send_exit(overview_, caf::exit_reason::user_shutdown);
  if (mirror_) self->send_exit(mirror_, caf::exit_reason::user_shutdown);
  if (tenants_) self->send_exit(tenants_, caf::exit_reason::user_shutdown);
  if (vendors_) {
    self->send_exit(vendors_->elevenlabs(), caf::exit_reason::user_shutdown);
    self->send_exit(vendors_->twilio(), caf::exit_reason::user_shutdown);
  }
  if (admission_) {
    self->request(admission_, store_limit, flush_usage{}).receive([](usage_flushed) {}, [](const caf::error&) {});
    self->send_exit(admission_, caf::exit_reason::user_shutdown);
    self->send_exit(keeper_, caf::exit_reason::user_shutdown);
  }
  if (dial_keeper_) {
    self->request(dial_keeper_, store_limit, keep_dials{}).receive([](dials_kept) {}, [](const caf::error&) {});
    self->send_exit(dial_keeper_, caf::exit_reason::user_shutdown);
  }
  if (!store_.actor) return;
  self->request(store_.actor, store_limit, flush_store{}).receive([](store_flushed) {}, [](const caf::error&) {});
  self->send_exit(store_.actor, caf::exit_reason::user_shutdown);
}

}  // namespace tonris::actors
