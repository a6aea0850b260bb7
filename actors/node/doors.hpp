#pragma once

#include <caf/actor_system.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/access/messages.hpp"
#include "actors/admission/messages.hpp"
#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/node/descriptors.hpp"
#include "actors/node/listening.hpp"
#include "actors/node/media_loops.hpp"
#include "actors/node/metrics.hpp"
#include "actors/node/watch.hpp"
#include "actors/notice/messages.hpp"
#include "actors/tenant/account_tokens.hpp"
#include "actors/tenant/business_agents.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/web/front.hpp"
#include "actors/web/node_report.hpp"
#include "config/settings.hpp"
#include "model/access/field_seal.hpp"
#include "model/text/siphash.hpp"
#include "net/descriptor_count.hpp"
#include "net/http_server.hpp"

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
};

/// The servers: Twilio's door on every loop, and the operators' on a loop of its own where they have one, so that
/// nobody there is in a call's way. From the thread that made it, but for what says so.
class doors {
 public:
  using time = std::chrono::steady_clock::time_point;

  struct config {
    const tonris::config::settings* settings = nullptr;
    caf::actor_system* system = nullptr;
    media_loops* loops = nullptr;
    metrics* counters = nullptr;
    const net::descriptor_count* descriptors = nullptr;
    descriptor_plan plan;
    std::shared_ptr<net::tls_server_context> tls;  ///< null: plain
    std::function<void(time)> each_second;         ///< on the first loop
    std::shared_ptr<const business_agents> business_types;
  };

  explicit doors(config settings);
  ~doors();  ///< every actor has ended
  doors(const doors&) = delete;
  doors& operator=(const doors&) = delete;

  /// Once. Who has knocked already is let in at once.
  void open(listening_sockets sockets, const behind_doors& whom);

  void stop_accepting();         ///< no further connection, no further request, by Twilio's door
  void let_answers_out() const;  ///< waits for what was asked last, a status callback say, but not for long
  void close();                  ///< cuts what is left, and takes down what `open` made

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }  ///< of Twilio's
  [[nodiscard]] node_metrics::connection_errors errors() const;        ///< so far, over all loops; any thread
  [[nodiscard]] std::size_t connections() const;                       ///< now, over all loops; any thread

 private:
  /// Twilio's door on one loop. Everything in it is made and destroyed on the loop's thread or while nobody knocks.
  struct twilio_door {
    media_loop* on = nullptr;
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
  [[nodiscard]] std::unique_ptr<http_front> make_twilio_front(media_loop& on, const behind_doors& whom) const;
  [[nodiscard]] http_front::config front_for(door at, const behind_doors& whom) const;
  [[nodiscard]] std::unique_ptr<net::http_server> make_server(net::loop& on, http_front& front) const;

  // given
  const config config_;
  net::http_server_limits limits_;

  // owned
  std::unique_ptr<operators_door> operators_;  ///< null: they use Twilio's
  mutable std::mutex lock_;                    ///< of `twilio_`: whoever asks for `errors` looks at all of them
  std::vector<twilio_door> twilio_;

  // state
  std::uint16_t port_ = 0;
  exception_watch exceptions_;  ///< first loop only
};

}  // namespace tonris::actors
