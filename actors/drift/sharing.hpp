#pragma once

#include <caf/replies_to.hpp>
#include <chrono>

#include "actors/drift/bills.hpp"
#include "actors/runtime/message.hpp"
#include "actors/store/drift_database.hpp"

/// What gateways tell each other of the vendors' lists.
namespace tonris::actors {

struct share_bills {  // -> bills_shared; an error: nobody can be told, and nobody's are known
  using travels = in_process;
  std::chrono::sys_days day;
  drift_database::bill twilio{}, elevenlabs{};  ///< as this gateway has kept them; read by none: it wants to know
};
struct bills_shared {  ///< what stands for all gateways, in place of what this one has
  using travels = in_process;
  drift_database::bill twilio{}, elevenlabs{};
};

/// A reader of bills, for all gateways.
using bill_sharing = bill_reader::extend<caf::replies_to<share_bills>::with<bills_shared>>;

}  // namespace tonris::actors
