#include "actors/runtime/crash.hpp"

#include <caf/sec.hpp>
#include <string>

namespace tonris::actors {

caf::error crash_error(const std::exception_ptr& thrown, metrics& counters, std::string_view actor,
                       const log::fields& about) noexcept {
  try {
    counters.crashed(actor);
    std::string what = "unknown exception";
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      what = e.what();
    } catch (...) {
    }
    log::error({"Actor ", actor, " ended by an exception: ", what}, about);
    return caf::make_error(caf::sec::runtime_error, what);
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error);  // no memory even for the story
  }
}

bool is_crash(const caf::error& reason) noexcept {
  return reason == caf::sec::runtime_error;
}

}  // namespace tonris::actors
