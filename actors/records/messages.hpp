#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/runtime/message.hpp"

/// Who shares records of ended calls among the nodes.
namespace tonris::actors {

struct send_records {  ///< it does so by itself
  using travels = in_process;
};
using record_sending = caf::typed_actor<caf::reacts_to<send_records>>;

struct resend_records {  ///< it does so by itself
  using travels = in_process;
};
using record_resending = caf::typed_actor<caf::reacts_to<resend_records>>;

struct read_records {  ///< it does so by itself
  using travels = in_process;
};
using record_reading = caf::typed_actor<caf::reacts_to<read_records>>;

}  // namespace tonris::actors
