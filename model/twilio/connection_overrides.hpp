#pragma once

#include <string_view>

namespace tonris::model::twiml {

/// How Twilio asks again when an address of ours does not answer (docs/protocols/twilio.md#asking-again), as the
/// fragment of the address: never sent, never signed. By itself it asks once more, at once, and only when TCP or TLS
/// failed. Up to five times, whatever failed (rp=all), 2 s for a connection, 5 s for an answer (ours takes 3 s at
/// most), within the 15 s that a call has. Also what to enter in Twilio's console (docs/operations.md).
inline constexpr std::string_view connection_overrides = "#rc=5&rp=all&ct=2000&rt=5000&tt=15000";

}  // namespace tonris::model::twiml
