#pragma once

#include <caf/actor_system.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "actors/access/messages.hpp"
#include "actors/admission/messages.hpp"
#include "actors/call/call_store.hpp"
#include "actors/call/dial_keeper.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/outbound_dials.hpp"
#include "actors/drift/messages.hpp"
#include "actors/node/descriptors.hpp"
#include "actors/node/listening.hpp"
#include "actors/node/metrics.hpp"
#include "actors/node/watch.hpp"
#include "actors/notice/messages.hpp"
#include "actors/outbound/messages.hpp"
#include "actors/recording/messages.hpp"
#include "actors/runtime/io_loop.hpp"
#include "actors/telemetry/refusal_lines.hpp"
#include "actors/tenant/account_tokens.hpp"
#include "actors/tenant/business_agents.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/web/front.hpp"
#include "actors/web/node_report.hpp"
#include "actors/web/refused_webhooks.hpp"
#include "config/settings.hpp"
#include "model/access/field_seal.hpp"
#include "model/text/siphash.hpp"
#include "net/descriptor_count.hpp"
#include "net/http_server.hpp"
#include "net/loop.hpp"

namespace tonris::actors {

/// Whom the doors lead to.
struct behind_doors {
  tenant_registry registry;
  call_supervisor supervisor;
  node_reporter report;
  call_store store;
  std::shared_ptr<live_board> live;
  std::shared_ptr<call_journal> journal;
  std::shared_ptr<const model::rate_card> rates;
  call_watchers watchers;
  tenant_store tenants;
  tenant_mirror mirror;
  std::shared_ptr<const model::field_seal> seal;
  model::siphash_key draw_secret{};
  admission who_may_come;
  std::shared_ptr<agent_circuits> circuits;
  access_registry access;
  std::shared_ptr<const account_tokens> accounts;
  twilio_rest twilio;
  callback_keeper callbacks;
  std::shared_ptr<refusal_watch> callback_refusals;
  std::shared_ptr<const conversation_index> conversations;
  tool_forwarding tools;
  notice_keeper notices;
  std::shared_ptr<outbound_dials> dials;
  dial_keeper dials_on_disk;
  dial_sharing shared_dials;
  std::function<bool()> stops;
  drift_keeper drift;
  call_recorder recorder;
};

/// The servers, on loops of their own, so that nobody who knocks is in a call's way: Twilio's door on as many as there
/// are for calls, and the operators' where they have one. Whose stream is let in leaves for a call's loop. Outlives
/// the calls' loops: a stream's place at its door is given back when it ends. From the thread that made it, but for
/// what says so.
class doors {
 public:
  using time = std::chrono::steady_clock::time_point;

  struct config {
    const tonris::config::settings* settings = nullptr;
    caf::actor_system* system = nullptr;
    std::shared_ptr<refusal_lines> refusals;    ///< shared by all
    std::shared_ptr<refused_webhooks> refused;  ///< likewise
    metrics* counters = nullptr;
    const net::descriptor_count* descriptors = nullptr;
    descriptor_plan plan;
    std::shared_ptr<net::tls_server_context> tls;  ///< null: plain
    std::function<void(time)> each_second;         ///< on the first of Twilio's loops
    std::shared_ptr<const business_agents> business_types;
  };

  explicit doors(config settings);
  ~doors();  ///< every actor has ended, and the calls' loops are gone
  doors(const doors&) = delete;
  doors& operator=(const doors&) = delete;

  /// Once. Who has knocked already is let in at once.
  void open(listening_sockets sockets, const behind_doors& whom);

  void stop_accepting();         ///< no further connection, no further request, by Twilio's door
  void let_answers_out() const;  ///< waits for what was asked last, a status callback say, but not for long
  void close();                  ///< cuts what is left, and takes down what `open` made, but for its loops

  /// Does each of Twilio's loops turn within that time?
  [[nodiscard]] bool turn_within(std::chrono::milliseconds each) const;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }  ///< of Twilio's
  [[nodiscard]] node_metrics::connection_errors errors() const;        ///< so far, over all loops; any thread
  [[nodiscard]] std::size_t connections() const;                       ///< now, over all loops; any thread

 private:
  /// Twilio's door on one loop. The server and what it leads to are made while nobody knocks, and destroyed on the
  /// loop's thread.
  struct twilio_door {
    twilio_door(std::string name, caf::actor_system& system) : loop(std::move(name)), unit(system, loop) {}

    net::loop loop;
    io_loop unit;
    std::unique_ptr<http_front> front;
    std::unique_ptr<net::http_server> server;
    std::unique_ptr<net::ticker> watch;
  };
  struct operators_door {
    net::loop loop{"admin"};
    std::unique_ptr<http_front> front;
    std::unique_ptr<net::http_server> server;
  };

  void open_to_operators(std::vector<net::listening_socket> sockets, const behind_doors& whom);
  void open_to_twilio(std::vector<net::listening_socket> sockets, const behind_doors& whom);
  void watch(twilio_door& here);
  [[nodiscard]] std::unique_ptr<http_front> make_twilio_front(twilio_door& here, const behind_doors& whom) const;
  [[nodiscard]] http_front::config front_for(door at, const behind_doors& whom) const;
  [[nodiscard]] std::unique_ptr<net::http_server> make_server(net::loop& on, http_front& front) const;

  // given
  const config config_;
  net::http_server_limits limits_;

  // owned
  std::unique_ptr<operators_door> operators_;  ///< null: they use Twilio's
  mutable std::mutex lock_;                    ///< of `twilio_` and its servers: whoever asks for `errors` looks at all
  std::vector<std::unique_ptr<twilio_door>> twilio_;

  // state
  std::uint16_t port_ = 0;
  exception_watch exceptions_;  ///< first loop only
};

}  // namespace tonris::actors
