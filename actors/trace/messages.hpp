#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/runtime/message.hpp"

namespace tonris::actors {

struct export_ended_calls {  ///< it does so by itself, each second
  using travels = in_process;
};
using trace_telling = caf::typed_actor<caf::reacts_to<export_ended_calls>>;

}  // namespace tonris::actors
