/// The control plane's part in what nodes share of ended calls.
#include <utility>

#include "actors/node/control_plane.hpp"
#include "actors/node/random.hpp"
#include "actors/records/reader.hpp"
#include "actors/records/resender.hpp"
#include "actors/records/sender.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

/// Behind all that has to forget what another node deletes.
void control_plane::start_records() {
  if (keys_.empty())
    log::warn("REDIS_URL without SECRETS_KEY: records of ended calls lie in Redis for two days as they are, unsealed");
  record_sender::config out;
  out.loop = &redis_loop_->loop;
  out.options = redis_options_;
  out.store = store_.shared;
  out.seal = seal_;
  out.nonce = random_nonce;
  out.random = random_bits;
  out.counters = config_.counters;
  out.trouble = trouble_of(node_trouble::records_out);
  records_out_ = spawn_supervised<record_sending>(*config_.system, part("record_sender"), [this, out](const auto&) {
    return caf::actor_cast<record_sending>(spawn_on<record_sender>(*config_.system, redis_loop_->unit, out));
  });
  record_resender::config again;
  again.loop = out.loop;
  again.options = out.options;
  again.store = out.store;
  again.seal = out.seal;
  again.nonce = out.nonce;
  again.random = out.random;
  again.counters = out.counters;
  records_again_ =
      spawn_supervised<record_resending>(*config_.system, part("record_resender"), [this, again](const auto&) {
        return caf::actor_cast<record_resending>(spawn_on<record_resender>(*config_.system, redis_loop_->unit, again));
      });
  record_reader::config in;
  in.loop = &redis_loop_->loop;
  in.options = redis_options_;
  in.store = store_.shared;
  in.supervisor = supervisor_;
  in.callbacks = callbacks_;
  in.notices = notices_;
  in.dials = dials_;
  in.journal = store_.journal;
  in.seal = seal_;
  in.counters = config_.counters;
  in.trouble = trouble_of(node_trouble::records_in);
  in.has_all = [has = has_others_records_](bool is) { has->store(is); };
  records_in_ = spawn_supervised<record_reading>(*config_.system, part("record_reader"), [this, in](const auto&) {
    return caf::actor_cast<record_reading>(spawn_on<record_reader>(*config_.system, redis_loop_->unit, in));
  });
}

}  // namespace tonris::actors
