#include "tests/actors/node/shown_metrics.hpp"

#include <sstream>

#include "actors/call/metrics.hpp"
#include "actors/node/metrics.hpp"
#include "actors/runtime/metrics.hpp"

namespace tonris::actors::test {

namespace {

/// `tonris_call_setup_seconds_bucket` is a line of the family `tonris_call_setup_seconds`.
std::string family_of(const std::string& name, const std::set<std::string>& histograms) {
  for (const auto* const part : {"_bucket", "_sum", "_count"})
    if (name.ends_with(part) && histograms.contains(name.substr(0, name.rfind(part))))
      return name.substr(0, name.rfind(part));
  return name;
}

}  // namespace

/// What a family shows before anything was counted under it is nothing, where nobody lists its labels' values.
std::string everything_shown() {
  metrics counters;
  declare_metrics(counters);
  counters.of<actor_metrics>().crashed("tonris.some_actor");
  counters.of<actor_metrics>().node_part_restarted("some_part");
  counters.of<actor_metrics>().unhandled_message("tonris.some_actor");
  counters.of<call_metrics>().fallback("sentence");
  counters.of<tenant_metrics>().call_started({"salon-1"}, "agent_1");
  counters.of<tenant_metrics>().call_refused({"salon-1"}, model::end_reason::tenant_busy);
  return counters.render();
}

/// `tonris_fallbacks_total{step="sentence"} 1`
families families_in(const std::string& shown) {
  families found;
  std::set<std::string> histograms;
  std::istringstream text{shown};
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# TYPE ") && line.ends_with(" histogram"))
      histograms.insert(line.substr(7, line.rfind(' ') - 7));
    if (line.starts_with('#')) continue;
    auto& names = found[family_of(line.substr(0, line.find_first_of("{ ")), histograms)];
    for (auto at = line.find_first_of("{"); at != std::string::npos; at = line.find("\",", at + 1)) {
      const auto begin = at + (line[at] == '{' ? 1 : 2);
      names.insert(line.substr(begin, line.find('=', begin) - begin));
    }
    names.erase("le");  // a histogram's own
  }
  return found;
}

}  // namespace tonris::actors::test
