#include "actors/runtime/crash.hpp"

#include <caf/sec.hpp>
#include <string>
#include <vector>

#include "actors/runtime/metrics.hpp"

namespace tonris::actors {

caf::error crash_error(const std::exception_ptr& thrown, metrics& counters, std::string_view actor,
                       std::span<const log::field> about) noexcept {
  try {
    counters.of<actor_metrics>().crashed(actor);
    std::string what = "unknown exception";
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      what = e.what();
    } catch (...) {
    }
    std::vector<log::field> fields{{"actor", actor}, {"what", what}};
    fields.insert(fields.end(), about.begin(), about.end());
    log::write(log::level::error, "Actor {actor} ended by an exception: {what}", fields);
    return caf::make_error(caf::sec::runtime_error, what);
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error);  // no memory even for the story
  }
}

bool is_crash(const caf::error& reason) noexcept {
  return reason == caf::sec::runtime_error;
}

}  // namespace tonris::actors
