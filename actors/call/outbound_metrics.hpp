#pragma once

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/outbound/guard.hpp"
#include "model/twilio/placed_call.hpp"

namespace tonris::actors {

/// What is counted of calls that the gateway places.
struct outbound_metrics {
  enum class outcome {
    placed,    ///< Twilio said so
    found,     ///< it did not, but has the call
    repeated,  ///< asked for again by the client's own id: nobody was called again
    refused,   ///< by Twilio
    unknown,   ///< nobody knows whether there is a call
  };

  explicit outbound_metrics(metrics& in);

  counters_by<model::dial_verdict> decided;  ///< what was asked for
  counters_by<outcome> order;                ///< what came of what was allowed
  counters_by<model::twilio::answered_by> answered_by;
  counter forgotten;       ///< dials that were forgotten before their day was over
  counter keeping_failed;  ///< what is known of a dial could not be written
  counter sharing_failed;  ///< … or not be asked of Redis, or told to it
  counter untold;          ///< … nor wait to be told again
};

}  // namespace tonris::actors
