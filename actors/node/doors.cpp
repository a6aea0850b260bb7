#include "actors/node/doors.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "actors/node/metrics.hpp"
#include "actors/node/random.hpp"
#include "actors/telemetry/log.hpp"
#include "model/text/siphash.hpp"
#include "net/caught.hpp"
#include "net/run_on.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::milliseconds answers_limit{250};

}  // namespace

doors::doors(config settings) : config_(std::move(settings)) {
  limits_.descriptors = config_.plan.connections;
}

doors::~doors() {
  close();
  if (operators_) operators_->loop.stop();
  for (const auto& here : twilio_) here->loop.stop();
}

void doors::open(listening_sockets sockets, const behind_doors& whom) {
  if (!sockets.operators.empty()) open_to_operators(std::move(sockets.operators), whom);
  open_to_twilio(std::move(sockets.twilio), whom);
}

void doors::open_to_operators(std::vector<net::listening_socket> sockets, const behind_doors& whom) {
  operators_ = std::make_unique<operators_door>();
  operators_->loop.start();
  operators_->front = std::make_unique<http_front>(front_for(door::operators_alone, whom));
  log::info("Metrics and the administration API have port {port} to themselves", {{"port", sockets.front().port()}});
  operators_->server = make_server(operators_->loop, *operators_->front);
  for (auto& socket : sockets) operators_->server->add_door(std::move(socket));
  operators_->server->start();
}

/// The first loop listens, and deals what it accepts.
void doors::open_to_twilio(std::vector<net::listening_socket> sockets, const behind_doors& whom) {
  port_ = sockets.front().port();
  const std::scoped_lock lock{lock_};
  std::vector<net::http_server*> dealt;
  for (unsigned i = 0; i < config_.settings->io_loops; ++i) {
    auto& here = *twilio_.emplace_back(std::make_unique<twilio_door>("door-" + std::to_string(i), *config_.system));
    here.loop.start();
    here.front = make_twilio_front(here, whom);
    here.server = make_server(here.loop, *here.front);
    if (i > 0) dealt.push_back(here.server.get());
  }
  auto& first = *twilio_.front()->server;
  for (auto& socket : sockets) first.add_door(std::move(socket));
  first.deal_to(dealt);
  for (const auto& here : twilio_) {
    here->server->start();
    net::run_on(here->loop, [&] { watch(*here); });
  }
}

void doors::watch(twilio_door& here) {
  const auto connections = std::make_shared<connection_watch>(
      [descriptors = config_.descriptors] { return descriptors->now(); }, config_.plan.limit);
  here.watch = std::make_unique<net::ticker>(
      here.loop, std::chrono::seconds{1},
      [this, connections, server = here.server.get(), is_first = &here == twilio_.front().get()](time now) {
        connections->look(server->stats(), now);
        if (!is_first) return;
        exceptions_.look();
        config_.each_second(now);
      });
}

std::unique_ptr<net::http_server> doors::make_server(net::loop& on, http_front& front) const {
  auto limits = limits_;
  limits.body_plan = [&front](const net::http_request& head) { return front.body_plan(head); };
  limits.on_oversize = [&front](const net::http_request& head) { front.refuse_oversize(head); };
  return net::http_server::without_door(on, limits, config_.tls,
                                        [&front](net::http_request request, net::http_responder responder) {
                                          front.handle(std::move(request), std::move(responder));
                                        });
}

http_front::config doors::front_for(door at, const behind_doors& whom) const {
  http_front::config front;
  front.at = at;
  front.admin_token = config_.settings->admin_token.reveal();
  front.metrics_token = config_.settings->metrics_token.reveal();
  front.report = whom.report;
  front.supervisor = whom.supervisor;
  front.store = whom.store;
  front.live = whom.live;
  front.journal = whom.journal;
  front.rates = whom.rates;
  front.drift = whom.drift;
  front.watchers = whom.watchers;
  front.tenants = whom.tenants;
  front.mirror = whom.mirror;
  front.seal = whom.seal;
  front.fresh_nonce = random_nonce;
  front.registry = whom.registry;
  front.who_may_come = whom.who_may_come;
  front.access = whom.access;
  front.notices = whom.notices;
  front.recorder = whom.recorder;
  front.callbacks = whom.callbacks;
  front.numbers.twilio = whom.twilio;
  front.numbers.main = {{config_.settings->twilio_account_sid}, config_.settings->twilio_auth_tokens.front()};
  front.numbers.origin = config_.settings->app_base_url;
  front.numbers.store = whom.tenants;
  front.webhooks.default_agent = {config_.settings->elevenlabs_agent_id};
  front.webhooks.business_types = config_.business_types;
  front.webhooks.draw_secret = whom.draw_secret;
  front.stops = whom.stops;
  front.webhooks.dials = whom.dials;
  front.webhooks.dials_on_disk = whom.dials_on_disk;
  front.webhooks.shared_dials = whom.shared_dials;
  front.system = config_.system;
  front.refused = config_.refused;
  front.counters = config_.counters;
  return front;
}

std::unique_ptr<http_front> doors::make_twilio_front(twilio_door& here, const behind_doors& whom) const {
  const auto& settings = *config_.settings;
  auto front = front_for(operators_ ? door::twilio_only : door::everyone, whom);
  front.twilio.public_origin = settings.app_base_url;
  for (const auto& token : settings.twilio_auth_tokens) front.twilio.auth_tokens.push_back(token.reveal());
  front.twilio.account_sid = settings.twilio_account_sid;
  front.twilio.trusted_proxies = settings.trusted_proxies;
  front.twilio.accounts = whom.accounts;
  front.twilio.counters = config_.counters;
  front.twilio.refusals = config_.refusals;
  front.twilio.refused = config_.refused;
  for (const auto& secret : settings.elevenlabs_webhook_secrets) front.elevenlabs.secrets.push_back(secret.reveal());
  front.elevenlabs.counters = config_.counters;
  front.elevenlabs.refusals = config_.refusals;
  front.elevenlabs.refused = config_.refused;
  front.elevenlabs.watch = whom.callback_refusals;
  front.conversations = whom.conversations;
  front.tools = whom.tools;
  front.webhooks.public_origin = settings.app_base_url;
  front.webhooks.circuits = whom.circuits;
  front.webhooks.registry = whom.registry;
  front.webhooks.supervisor = whom.supervisor;
  front.webhooks.who_may_come = whom.who_may_come;
  front.webhooks.store = whom.store;
  front.webhooks.counters = config_.counters;
  front.webhooks.refused = config_.refused;
  front.unit = &here.unit;
  return std::make_unique<http_front>(std::move(front));
}

void doors::stop_accepting() {
  for (const auto& here : twilio_) here->server->stop_accepting();
}

/// Whoever only keeps a connection is not waited for.
void doors::let_answers_out() const {
  const auto deadline = std::chrono::steady_clock::now() + answers_limit;
  const auto open = [this] {
    std::uint64_t all = 0;
    for (const auto& here : twilio_) all += here->server->stats().open;
    return all;
  };
  while (open() > 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

void doors::close() {
  if (operators_) net::run_on(operators_->loop, [&] { operators_->server.reset(); });
  for (const auto& here : twilio_)
    net::run_on(here->loop, [&] {
      const std::scoped_lock lock{lock_};
      here->watch.reset();
      here->server.reset();
      here->front.reset();
    });
}

bool doors::turn_within(std::chrono::milliseconds each) const {
  return std::all_of(twilio_.begin(), twilio_.end(),
                     [each](const auto& here) { return net::turns_within(here->loop, each); });
}

node_metrics::connection_errors doors::errors() const {
  node_metrics::connection_errors sum;
  const std::scoped_lock lock{lock_};
  for (const auto& here : twilio_) {
    if (!here->server) continue;
    const auto stats = here->server->stats();
    sum.full += stats.refused_connections;
    sum.given_up += stats.given_up;
    sum.bad_request += stats.bad_requests;
    sum.oversize += stats.oversize;
    sum.timeout += stats.timeouts;
    sum.tls += stats.tls_failures;
    sum.accept += stats.failed_accepts;
  }
  sum.internal = net::exceptions_caught().count;
  return sum;
}

std::size_t doors::connections() const {
  std::uint64_t all = 0;
  const std::scoped_lock lock{lock_};
  for (const auto& here : twilio_)
    if (here->server) all += here->server->stats().open;
  return all;
}

}  // namespace tonris::actors
