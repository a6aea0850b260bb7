#include "actors/call/spent_metrics.hpp"

#include <string>

namespace tonris::actors {

namespace {

std::vector<counter> by_part(metrics& in, const char* name, const char* help) {
  std::vector<counter> each;
  each.reserve(model::cost_parts.size());
  for (const auto& part : model::cost_parts)
    each.emplace_back(in, name, help, metric_labels{{"part", std::string{part.name}}});
  return each;
}

double dollars(model::micros amount) noexcept {
  return static_cast<double>(amount) / 1e6;
}

}  // namespace

spent_metrics::spent_metrics(metrics& in)
    : seconds(in, "tonris_calls_metered_seconds_total", "Seconds of ended calls, as limits and usage count them"),
      end_taken_back(in, "tonris_calls_ended_taken_back_total",
                     "Of the calls that ended, those whose caller came back: they end again", model::end_reason_count,
                     [](model::end_reason reason) {
                       return metric_labels{{"reason", std::string{to_string(reason)}},
                                            {"by", std::string{to_string(who(reason))}}};
                     }),
      grown_(by_part(in, "tonris_calls_cost_dollars_total", "What ended calls cost as far as it is known, by part")),
      shrunk_(by_part(in, "tonris_calls_cost_taken_back_dollars_total",
                      "What of that was too much, since a vendor has said less")) {}

void spent_metrics::cost(const model::cost_change& change) const {
  for (std::size_t i = 0; i < model::cost_parts.size(); ++i) {
    if (change.grown[i] > 0) grown_[i].by(dollars(change.grown[i]));
    if (change.shrunk[i] > 0) shrunk_[i].by(dollars(change.shrunk[i]));
  }
}

}  // namespace tonris::actors
