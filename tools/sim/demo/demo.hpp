#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace tonris::sim {

struct demo_options {
  std::string gateway;        ///< origin: "http://127.0.0.1:3000"
  std::string public_origin;  ///< what the gateway believes to be; "": as `gateway`
  std::string token, account_sid, admin_token;
  std::string from = "+15550100001", to = "+15550100002";
  std::string webhook_secret;  ///< the agent asks its webhook tools, and tells after the call, with it; "": it does not
  std::string elevenlabs_host = "127.0.0.1", elevenlabs_key;
  std::uint16_t elevenlabs_port = 8124;
  std::string script, speech, out = ".";
  std::chrono::seconds wait_gateway{20};  ///< for GET /health to say yes
  bool terminal = false;
};

/// Places the demonstration call: caller and agent in this process, the gateway between them, a live view on `out`,
/// then call.wav and call.txt. Blocks until it is over. 0: it went well; 1: it did not, the reason is said; 2: script
/// or speech cannot be used; 3: the gateway was not reached.
[[nodiscard]] int run_demo(const demo_options& options, std::ostream& out);

}  // namespace tonris::sim
