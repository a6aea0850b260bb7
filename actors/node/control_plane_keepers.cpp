/// The control plane's keepers: parts that nobody asks, and that now and then do what is due.
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include "actors/node/control_plane.hpp"

#include "actors/drift/keeper.hpp"
#include "actors/drift/redis_bills.hpp"
#include "actors/node/random.hpp"
#include "actors/node/restore.hpp"
#include "actors/outbound/redis_dials.hpp"
#include "actors/recording/recorder.hpp"
#include "actors/telemetry/log.hpp"
#include "model/text/digest.hpp"
#include "model/text/hex.hpp"
#include "model/text/hmac.hpp"

namespace tonris::actors {

void control_plane::start_prices() {
  price_keeper_settings settings;
  settings.board = services_->live;
  settings.store = store_.actor;
  settings.supervisor = supervisor_;
  settings.journal = store_.journal;
  settings.registry = registry_;
  settings.twilio = vendors_->twilio();
  settings.elevenlabs = vendors_->elevenlabs();
  settings.callbacks = callbacks_;
  settings.main = {{config_.settings->twilio_account_sid}, config_.settings->twilio_auth_tokens.front()};
  settings.first = config_.settings->price_first_ask;
  settings.rates = services_->rates;
  settings.wall_clock = services_->wall_clock;
  settings.random = random_bits;
  settings.counters = config_.counters;
  prices_ = spawn_supervised<price_keeper>(*config_.system, part("price_keeper"), [this, settings](const auto&) {
    return keep_prices(*config_.system, settings);
  });
}

void control_plane::start_experiments() {
  experiment_keeper_settings settings;
  settings.between_rounds = config_.settings->experiment_round;
  settings.tenants = tenants_;
  settings.calls = store_.actor;
  settings.access = access_;
  settings.notices = services_->notices;
  settings.wall_clock = services_->wall_clock;
  settings.random = random_bits;
  settings.counters = config_.counters;
  experiments_ = spawn_supervised<experiment_keeper>(
      *config_.system, part("experiment_keeper"),
      [this, settings](const auto&) { return keep_experiments(*config_.system, settings); });
}

void control_plane::start_bills() {
  bill_reader_settings settings;
  settings.calls = store_.actor;
  settings.tenants = tenants_;
  settings.registry = registry_;
  settings.twilio = vendors_->twilio();
  settings.elevenlabs = vendors_->elevenlabs();
  settings.main = {{config_.settings->twilio_account_sid}, config_.settings->twilio_auth_tokens.front()};
  settings.by_business = [types = config_.business_types] { return types->now(); };
  settings.default_agent = {config_.settings->elevenlabs_agent_id};
  settings.rates = services_->rates;
  settings.counters = config_.counters;
  bills_ = spawn_supervised<bill_reader>(*config_.system, part("bill_reader"), [this, settings](const auto&) {
    return read_bills(*config_.system, settings);
  });
}

/// What others' records lack here would count as unknown to all.
void control_plane::start_bill_sharing() {
  redis_bills::config settings;
  settings.loop = &redis_loop_->loop;
  settings.options = redis_options_;
  settings.node = node_name_;
  settings.reader = bills_;
  settings.has_all_records = [has = has_others_records_] { return has->load(); };
  settings.counters = config_.counters;
  bill_sharing_ = spawn_supervised<bill_sharing>(*config_.system, part("bill_sharing"), [this, settings](const auto&) {
    return caf::actor_cast<bill_sharing>(spawn_on<redis_bills>(*config_.system, redis_loop_->unit, settings));
  });
}

void control_plane::start_drift() {
  drift_keeper_settings settings;
  settings.round = config_.settings->drift_round;
  settings.open = [directory = config_.settings->data_dir] { return drift_database::open(directory); };
  settings.bills = bills_;
  if (redis_loop_) settings.bills = bill_sharing_;
  settings.sharing = bill_sharing_;
  settings.calls = store_.actor;
  settings.rates = services_->rates;
  settings.wall_clock = services_->wall_clock;
  settings.counters = config_.counters;
  drift_ = spawn_supervised<drift_keeper>(*config_.system, part("drift_keeper"), [this, settings](const auto&) {
    return keep_drift(*config_.system, settings);
  });
}

void control_plane::start_audio_keeper() {
  audio_keeper_settings settings;
  settings.tenants = tenants_;
  settings.registry = registry_;
  settings.calls = store_.actor;
  settings.supervisor = supervisor_;
  settings.journal = store_.journal;
  settings.access = access_;
  settings.callbacks = callbacks_;
  settings.twilio = vendors_->twilio();
  settings.main = {{config_.settings->twilio_account_sid}, config_.settings->twilio_auth_tokens.front()};
  settings.wall_clock = services_->wall_clock;
  settings.counters = config_.counters;
  audio_ = spawn_supervised<audio_keeper>(*config_.system, part("audio_keeper"), [this, settings](const auto&) {
    return keep_audio(*config_.system, settings);
  });
}

void control_plane::start_retention_trail() {
  const retention_trail_settings settings{store_.actor, access_, config_.counters};
  trail_ = spawn_supervised<retention_trail>(*config_.system, part("retention_trail"), [this, settings](const auto&) {
    return keep_retention_trail(*config_.system, settings);
  });
}

/// Before the doors open: who answers is asked about at once.
void control_plane::start_dial_keeper() {
  dial_keeper_settings settings;
  settings.open = [directory = config_.settings->data_dir] { return dial_database::open(directory); };
  settings.wall_clock = services_->wall_clock;
  settings.dials = dials_;
  settings.counters = config_.counters;
  dial_keeper_ = spawn_supervised<dial_keeper>(*config_.system, part("dial_keeper"), [this, settings](const auto&) {
    return keep_dials_on_disk(*config_.system, settings);
  });
  dials_->await_former_life();
  caf::scoped_actor self{*config_.system};
  self->request(dial_keeper_, store_limit, load_dials{})
      .receive([](dials_kept) {},
               [](const caf::error&) {
                 log::error(
                     "Which calls this node has placed is not known yet: those that ring are hung up until it is, and "
                     "nobody is called");
               });
  for (const auto& one : dials_->unsettled(std::chrono::steady_clock::now())) show(*services_->live, one, false);
}

void control_plane::dial_changed(const model::dial& one, bool is_forgotten) const {
  if (dial_keeper_) caf::anon_send(dial_keeper_, keep_dials{{one.shown_by}});
  if (dial_sharing_) caf::anon_send(dial_sharing_, dial_is_now{one, is_forgotten});
  show(*services_->live, one, is_forgotten);
}

void control_plane::start_dial_sharing() {
  redis_dials::config settings;
  settings.loop = &redis_loop_->loop;
  settings.options = redis_options_;
  settings.node = node_name_;
  settings.dials = dials_;
  settings.supervisor = supervisor_;
  settings.seal = seal_;
  settings.nonce = random_nonce;
  if (keys_.empty())
    settings.digest = [](std::string_view text) { return model::sha256_hex(text); };
  else
    settings.digest = [key = keys_.front().caller_hashes](std::string_view text) {
      return model::to_hex(model::hmac_sha256(key, text));
    };
  settings.wall_clock = services_->wall_clock;
  settings.counters = config_.counters;
  dial_sharing_ = spawn_supervised<dial_sharing>(*config_.system, part("dial_sharing"), [this, settings](const auto&) {
    return caf::actor_cast<dial_sharing>(spawn_on<redis_dials>(*config_.system, redis_loop_->unit, settings));
  });
}

void control_plane::start_dial_watch() {
  dial_watch_settings settings;
  settings.dials = dials_;
  settings.registry = registry_;
  settings.twilio = vendors_->twilio();
  settings.main = {{config_.settings->twilio_account_sid}, config_.settings->twilio_auth_tokens.front()};
  settings.supervisor = supervisor_;
  settings.store = store_.actor;
  settings.wall_clock = services_->wall_clock;
  settings.counters = config_.counters;
  dial_watch_ = spawn_supervised<dial_watch>(*config_.system, part("dial_watch"), [this, settings](const auto&) {
    return watch_dials(*config_.system, settings);
  });
}

void control_plane::start_recorder() {
  const call_recorder_settings settings{vendors_->twilio(), config_.counters};
  recorder_ = spawn_supervised<call_recorder>(*config_.system, part("call_recorder"), [this, settings](const auto&) {
    return record_calls(*config_.system, settings);
  });
}

}  // namespace tonris::actors
