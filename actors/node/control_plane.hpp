#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "actors/access/messages.hpp"
#include "actors/admission/admission.hpp"
#include "actors/admission/redis_books.hpp"
#include "actors/call/dial_keeper.hpp"
#include "actors/call/services.hpp"
#include "actors/call/store_watch.hpp"
#include "actors/call/table.hpp"
#include "actors/callback/messages.hpp"
#include "actors/callback/refusal_watch.hpp"
#include "actors/drift/bills.hpp"
#include "actors/drift/messages.hpp"
#include "actors/drift/sharing.hpp"
#include "actors/experiment/keeper.hpp"
#include "actors/node/doors.hpp"
#include "actors/node/health.hpp"
#include "actors/node/load.hpp"
#include "actors/node/media_loops.hpp"
#include "actors/node/random.hpp"
#include "actors/node/tenants.hpp"
#include "actors/node/tool_plane.hpp"
#include "actors/node/trace_plane.hpp"
#include "actors/node/vendor_plane.hpp"
#include "actors/notice/messages.hpp"
#include "actors/price/keeper.hpp"
#include "actors/recording/audio_keeper.hpp"
#include "actors/recording/messages.hpp"
#include "actors/recording/retention_trail.hpp"
#include "actors/records/messages.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/runtime/supervised.hpp"
#include "actors/tenant/business_agents.hpp"
#include "actors/tenant/mirror.hpp"
#include "actors/web/dial_watch.hpp"
#include "config/settings.hpp"
#include "model/access/derived_keys.hpp"
#include "net/loop.hpp"
#include "net/redis_session.hpp"

namespace tonris::actors {

/// A loop beside the media's: what is long there is in no frame's way.
struct own_loop {
  own_loop(std::string name, caf::actor_system& system) : loop(std::move(name)), unit(system, loop) { loop.start(); }
  ~own_loop() { loop.stop(); }  ///< no actor lives on it any more
  own_loop(const own_loop&) = delete;
  own_loop& operator=(const own_loop&) = delete;

  net::loop loop;
  io_loop unit;
};

/// The parts of the node that are actors, each behind an address that stays: call store, tenant registry, access
/// registry, vendor client, call supervisor, node report; and what their lives share. Goes up in the order of its
/// members, down in `end`. From the thread that made it.
class control_plane {
 public:
  struct config {
    const tonris::config::settings* settings = nullptr;
    caf::actor_system* system = nullptr;
    metrics* counters = nullptr;
    node_health* health = nullptr;
    file_tenants* tenants = nullptr;
    node_load* load = nullptr;
    std::shared_ptr<net::tls_client_context> tls;  ///< of whom this node calls
    std::shared_ptr<const business_agents> business_types;
    std::function<void()> gather;  ///< brings the gauges up to date, for the report
  };

  explicit control_plane(config settings) : config_(std::move(settings)) {}
  ~control_plane() = default;  ///< every actor has ended: calls that are left use it to the last
  control_plane(const control_plane&) = delete;
  control_plane& operator=(const control_plane&) = delete;

  /// First: the stores, and TENANTS_FILE into theirs. An error is one line for the operator.
  [[nodiscard]] tl::expected<void, std::string> open_stores();
  /// The rest; calls of the former life are known when it returns, and the tokens of tenants' own accounts, before the
  /// first question of Twilio's can come: the latter unless the tenants cannot be read within a second.
  void start(media_loops& loops);
  void end_supervisor();  ///< calls that are left follow it
  void end();             ///< the rest; what waits for the disk is written

  [[nodiscard]] behind_doors addresses() const {
    const auto& first_token = config_.settings->twilio_auth_tokens.front().reveal();
    return {registry_,
            supervisor_,
            report_,
            store_.actor,
            services_->live,
            store_.journal,
            services_->rates,
            watchers_,
            tenants_,
            mirror_,
            seal_,
            draw_key_of(keys_, first_token),
            admission_,
            services_->circuits,
            access_,
            accounts_,
            vendors_->twilio(),
            callbacks_,
            callback_refusals_,
            services_->conversations,
            tools_->forwarding(),
            notices_,
            dials_,
            dial_keeper_,
            dial_sharing_,
            [health = config_.health] { return !health->accepts(); },
            drift_,
            recorder_};
  }
  [[nodiscard]] const call_supervisor& supervisor() const noexcept { return supervisor_; }
  [[nodiscard]] tenants_destination tenants() const;
  [[nodiscard]] const outbound_dials& dials() const noexcept { return *dials_; }
  /// What is looked at from outside the parts, about once a second; one at a time.
  void tick(std::chrono::steady_clock::time_point now) const;
  [[nodiscard]] journal_depth store_depth() const { return store_.journal->depth(); }

 private:
  [[nodiscard]] node_part part(std::string name) const;
  /// For a part to say what is wrong with it, at /ready; "": nothing any more.
  [[nodiscard]] std::function<void(std::string)> trouble_of(node_trouble part, std::string at_first = {}) const;
  [[nodiscard]] tl::expected<void, std::string> open_own_stores();
  [[nodiscard]] tl::expected<net::redis_options, std::string> redis_options() const;
  [[nodiscard]] tl::expected<std::shared_ptr<std::optional<tenant_database>>, std::string> open_copy() const;
  [[nodiscard]] tl::expected<void, std::string> open_shared_stores();
  void start_access();
  void start_registry();
  void start_vendors();
  [[nodiscard]] tl::expected<void, std::string> open_books();
  [[nodiscard]] tl::expected<void, std::string> open_shared_books(usage_database& db);
  [[nodiscard]] model::aead_key caller_key() const;
  void start_admission();
  void start_shared_admission(admission_rules::config rules);
  void start_overview();
  void start_supervisor();
  void start_callbacks();
  void start_notices();
  void start_traces();
  void start_report();
  void start_watchers();
  void start_prices();
  void start_experiments();
  void start_bills();
  void start_bill_sharing();
  void start_drift();
  void start_dial_keeper();
  void start_dial_sharing();
  void start_dial_watch();
  void dial_changed(const model::dial& one, bool is_forgotten) const;
  void start_recorder();
  void start_audio_keeper();
  void start_retention_trail();
  void start_records();
  void start_inspection();
  void fill_services(media_loops& loops);

  // given
  const config config_;

  // owned
  const std::shared_ptr<call_services> services_ = std::make_shared<call_services>();
  const std::shared_ptr<call_table> calls_ = std::make_shared<call_table>();  ///< outlives its supervisor's crash
  opened_store store_;
  std::unique_ptr<store_watch> store_watch_;
  std::unique_ptr<own_loop> redis_loop_;  ///< with REDIS_URL, and so is what it is spoken to with
  net::redis_options redis_options_;
  tenant_store tenants_;
  tenant_mirror mirror_;                   ///< with Redis
  std::vector<model::derived_keys> keys_;  ///< of SECRETS_KEY; none where it is not set
  std::shared_ptr<const model::field_seal> seal_;
  access_store access_store_;
  access_registry access_;
  const std::shared_ptr<account_tokens> accounts_ = std::make_shared<account_tokens>();
  tenant_registry registry_;
  std::unique_ptr<vendor_plane> vendors_;
  const std::shared_ptr<outbound_dials> dials_ =
      std::make_shared<outbound_dials>([this](const model::dial& one, bool gone) { dial_changed(one, gone); });
  dial_keeper dial_keeper_;
  dial_sharing dial_sharing_;                                                           ///< with REDIS_URL
  const std::shared_ptr<admission_books> books_ = std::make_shared<admission_books>();  ///< outlive admission's crash
  const std::shared_ptr<redis_books> shared_books_ = std::make_shared<redis_books>();   ///< likewise
  std::string node_name_;                                                               ///< with REDIS_URL
  model::rate_card rates_ = model::rate_card::standard();
  usage_keeper keeper_;
  admission admission_;
  tenant_watcher overview_;
  caf::actor inspector_;  ///< ends by itself
  call_supervisor supervisor_;
  callback_keeper callbacks_;
  std::shared_ptr<refusal_watch> callback_refusals_;
  std::unique_ptr<tool_plane> tools_;
  notice_keeper notices_;
  std::unique_ptr<trace_plane> traces_;  ///< with OTEL_EXPORTER_OTLP_ENDPOINT
  node_reporter report_;
  call_watchers watchers_;
  price_keeper prices_;
  experiment_keeper experiments_;
  bill_reader bills_;
  bill_sharing bill_sharing_;  ///< with REDIS_URL
  drift_keeper drift_;
  call_recorder recorder_;
  audio_keeper audio_;
  retention_trail trail_;
  dial_watch dial_watch_;
  record_sending records_out_;      ///< with REDIS_URL
  record_resending records_again_;  ///< likewise
  record_reading records_in_;       ///< likewise
  /// Are all of the others' records here, as far as they were sent?
  std::shared_ptr<std::atomic<bool>> has_others_records_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace tonris::actors
