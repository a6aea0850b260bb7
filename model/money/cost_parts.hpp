#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "model/money/call_cost.hpp"

namespace tonris::model {

/// What a call's cost consists of, each part by the name that it has in JSON and metrics, in that order.
struct named_cost_part {
  std::string_view name;
  std::optional<cost_part> call_cost::*part;
};
inline constexpr std::array cost_parts{
    named_cost_part{"twilio", &call_cost::twilio},
    named_cost_part{"mediaStream", &call_cost::stream},
    named_cost_part{"machineDetection", &call_cost::machine_detection},
    named_cost_part{"transfer", &call_cost::transfer},
    named_cost_part{"recording", &call_cost::recording},
    named_cost_part{"elevenLabs", &call_cost::elevenlabs},
    named_cost_part{"llm", &call_cost::llm},
};

}  // namespace tonris::model
