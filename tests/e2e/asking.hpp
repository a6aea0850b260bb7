#pragma once

#include <string>

#include "tests/e2e/gateway_process.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {

/// All that a gateway's API answers, its head too; `shown` is a token or a tenant's key.
inline std::string ask_api(const gateway_process& gateway, const std::string& method, const std::string& path,
                           const std::string& body = {}, const std::string& shown = admin_token) {
  return raw_exchange(gateway.port(), method + " " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + shown +
                                          "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                                          "\r\n\r\n" + body);
}

/// The same of what anybody may ask, such as /ready.
inline std::string http_get(const gateway_process& gateway, const std::string& path) {
  return raw_exchange(gateway.port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

}  // namespace tonris::e2e
