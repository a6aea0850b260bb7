#pragma once

#include <string_view>

#include "net/http.hpp"
#include "tools/sim/elevenlabs/agent_script.hpp"

namespace tonris::sim {

/// What the vendor's REST interface answers (docs/protocols/elevenlabs.md#rest).
[[nodiscard]] net::http_response signed_url_answer(std::string_view url);
[[nodiscard]] net::http_response settings_answer(std::string_view agent_id, const agent_behaviour& agent);

/// An error in one of the vendor's shapes, by status, so that all of them are met.
[[nodiscard]] net::http_response error_answer(unsigned status, std::string_view code, std::string_view message);
[[nodiscard]] std::string_view code_of(unsigned status);

}  // namespace tonris::sim
