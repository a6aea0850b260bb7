#include "actors/node/doors.hpp"

#include <string>
#include <thread>
#include <utility>

#include "actors/telemetry/log.hpp"
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
}

void doors::open(listening_sockets sockets, const behind_doors& whom) {
  if (!sockets.operators.empty()) open_to_operators(std::move(sockets.operators), whom);
  open_to_twilio(std::move(sockets.twilio), whom);
}

void doors::open_to_operators(std::vector<net::listening_socket> sockets, const behind_doors& whom) {
  operators_ = std::make_unique<operators_door>();
  operators_->loop.start();
  operators_->front = make_admin_front(true, whom);
  log::info(
      {"Metrics and the administration API have port ", std::to_string(sockets.front().port()), " to themselves"});
  operators_->server = net::http_server::without_door(
      operators_->loop, limits_, config_.tls,
      [front = operators_->front.get()](net::http_request request, net::http_responder responder) {
        front->handle(request, std::move(responder));
      });
  for (auto& socket : sockets) operators_->server->add_door(std::move(socket));
  operators_->server->start();
}

/// The first loop listens, and deals what it accepts.
void doors::open_to_twilio(std::vector<net::listening_socket> sockets, const behind_doors& whom) {
  port_ = sockets.front().port();
  const std::scoped_lock lock{lock_};
  std::vector<net::http_server*> dealt;
  for (const auto& media : *config_.loops) {
    auto& door = twilio_.emplace_back();
    door.on = media.get();
    door.others = make_admin_front(operators_ == nullptr, whom);
    door.front = make_front(door, whom);
    door.server = net::http_server::without_door(
        media->loop, limits_, config_.tls,
        [front = door.front.get()](net::http_request request, net::http_responder responder) {
          front->handle(std::move(request), std::move(responder));
        });
    if (twilio_.size() > 1) dealt.push_back(door.server.get());
  }
  for (auto& socket : sockets) twilio_.front().server->add_door(std::move(socket));
  twilio_.front().server->deal_to(dealt);
  for (auto& door : twilio_) {
    door.server->start();
    net::run_on(door.on->loop, [&] { watch(door); });
  }
}

void doors::watch(twilio_door& door) {
  const auto connections = std::make_shared<connection_watch>(
      [descriptors = config_.descriptors] { return descriptors->now(); }, config_.plan.limit);
  door.watch = std::make_unique<net::ticker>(
      door.on->loop, std::chrono::seconds{1},
      [this, connections, server = door.server.get(), is_first = door.on == &config_.loops->first()](time now) {
        connections->look(server->stats(), now);
        if (!is_first) return;
        exceptions_.look();
        config_.each_second(now);
      });
}

std::unique_ptr<http_front> doors::make_front(twilio_door& door, const behind_doors& whom) {
  const auto& settings = *config_.settings;
  http_front::config front;
  front.public_origin = settings.app_base_url;
  for (const auto& token : settings.twilio_auth_tokens) front.auth_tokens.push_back(token.reveal());
  front.account_sid = settings.twilio_account_sid;
  front.trusted_proxies = settings.trusted_proxies;
  front.others = [others = door.others.get()](net::http_request request, net::http_responder responder) {
    others->handle(request, std::move(responder));
  };
  front.services = &door.on->services;
  front.system = config_.system;
  front.webhooks.public_origin = settings.app_base_url;
  front.webhooks.default_agent = {settings.elevenlabs_agent_id};
  front.webhooks.registry = whom.registry;
  front.webhooks.supervisor = whom.supervisor;
  front.webhooks.counters = config_.counters;
  return std::make_unique<http_front>(std::move(front));
}

std::unique_ptr<admin_front> doors::make_admin_front(bool operators_too, const behind_doors& whom) const {
  admin_front::config front;
  front.admin_token = config_.settings->admin_token.reveal();
  front.metrics_token = config_.settings->metrics_token.reveal();
  front.operators_too = operators_too;
  front.report = whom.report;
  front.supervisor = whom.supervisor;
  front.store = whom.store;
  front.system = config_.system;
  front.counters = config_.counters;
  return std::make_unique<admin_front>(std::move(front));
}

void doors::stop_accepting() {
  for (auto& door : twilio_) door.server->stop_accepting();
}

/// Whoever only keeps a connection is not waited for.
void doors::let_answers_out() const {
  const auto deadline = std::chrono::steady_clock::now() + answers_limit;
  const auto open = [this] {
    std::uint64_t all = 0;
    for (const auto& door : twilio_) all += door.server->stats().open;
    return all;
  };
  while (open() > 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

void doors::close() {
  if (operators_) net::run_on(operators_->loop, [&] { operators_->server.reset(); });
  for (auto& door : twilio_)
    net::run_on(door.on->loop, [&] {
      const std::scoped_lock lock{lock_};
      door.watch.reset();
      door.server.reset();
      door.front.reset();
      door.others.reset();
    });
  const std::scoped_lock lock{lock_};
  twilio_.clear();
}

metrics::connection_errors doors::errors() const {
  metrics::connection_errors sum;
  const std::scoped_lock lock{lock_};
  for (const auto& door : twilio_) {
    if (!door.server) continue;
    const auto stats = door.server->stats();
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

}  // namespace tonris::actors
