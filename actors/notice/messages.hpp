#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/runtime/message.hpp"
#include "actors/store/notice_database.hpp"
#include "actors/tenant/messages.hpp"

/// What tenants are told of their calls, on its way from the queue to their own servers.
namespace tonris::actors {

// --- to the keeper
struct notices_came {  ///< into the queue, where nothing waited before
  using travels = in_process;
};
struct flush_notices {  // -> notices_flushed; what is in the queue is on the disk then
  using travels = in_process;
};
struct notices_flushed {
  using travels = in_process;
};
struct list_deliveries {  // -> deliveries_listed; an error: the store cannot be read now
  using travels = in_process;
  model::tenant_id tenant;
  notice_database::state is = notice_database::state::dead;
  std::int64_t before = 0;  ///< notice_database::notice::seq; 0: from the newest
  std::size_t most = 50;
};
struct deliveries_listed {
  using travels = in_process;
  std::vector<notice_database::notice> page;
  std::int64_t next = 0;  ///< `before` of the next page; 0: that was all
};
struct redeliver_notice {  // -> notice_redelivered; an error: the store cannot be written now
  using travels = in_process;
  model::tenant_id tenant;
  std::string id;
};
struct notice_redelivered {
  using travels = in_process;
  std::vector<notice_database::notice> which;  ///< one; none: that tenant has no such notice
};
struct forget_events {  // -> events_forgotten; an error: it is not sure that they are gone
  using travels = in_process;
  std::vector<model::call_sid> calls;
};
struct events_forgotten {
  using travels = in_process;
};
/// Who keeps what tenants are to be told (keeper.hpp).
using notice_keeper =
    caf::typed_actor<caf::reacts_to<notices_came>, caf::replies_to<flush_notices>::with<notices_flushed>,
                     caf::replies_to<list_deliveries>::with<deliveries_listed>,
                     caf::replies_to<redeliver_notice>::with<notice_redelivered>,
                     caf::replies_to<forget_events>::with<events_forgotten>>;

// --- to the sender
struct send_notice {  // -> notice_sent
  using travels = in_process;
  tenant_ptr tenant;
  std::string webhook;  ///< its name; the tenant has one of that name
  std::string id;       ///< `webhook-id`
  std::string body;
};
struct notice_sent {
  using travels = in_process;
  unsigned status = 0;                 ///< of HTTP; 0: no answer
  std::string error;                   ///< for whoever looks at the delivery; "" with a 2xx
  std::chrono::seconds retry_after{};  ///< what the server asked for
};
/// Who asks tenants' servers (sender.hpp).
using notice_sending = caf::typed_actor<caf::replies_to<send_notice>::with<notice_sent>>;

}  // namespace tonris::actors
