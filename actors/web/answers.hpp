#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "net/http.hpp"

namespace tonris::actors {

/// What API clients and machines are answered. The texts are our own: nothing in them needs escaping.
[[nodiscard]] inline net::http_response json(std::string body) {
  return net::make_response(200, "application/json", std::move(body));
}

[[nodiscard]] inline net::http_response error_json(unsigned status, std::string_view code, std::string_view message) {
  return net::make_response(
      status, "application/json",
      R"({"error":{"code":")" + std::string{code} + R"(","message":")" + std::string{message} + R"("}})");
}

[[nodiscard]] inline net::http_response method_refused(std::string_view allowed, std::string_view message) {
  auto refused = error_json(405, "method_not_allowed", message);
  refused.fields.set("Allow", std::string{allowed});
  return refused;
}

}  // namespace tonris::actors
