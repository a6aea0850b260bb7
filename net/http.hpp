#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tonris::net {

/// Header fields in the order they came; names compare without case.
class http_fields {
 public:
  /// The first value of that name, "" when absent.
  [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept;
  void set(std::string_view name, std::string_view value);  ///< replaces every field of that name
  void add(std::string_view name, std::string_view value);
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const noexcept { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct http_request {
  std::string method;  ///< "GET", "POST", ... as it came
  std::string target;  ///< path and query, byte for byte as they came (signatures depend on it)
  http_fields fields;
  std::string body;
  std::string peer_address;  ///< numeric, without port; set by the server
  bool tls = false;          ///< set by the server: came over our own TLS
  bool streamed = false;     ///< set by the server: `body` is empty, it comes by http_responder::body

  [[nodiscard]] std::string_view path() const noexcept;   ///< target up to '?'
  [[nodiscard]] std::string_view query() const noexcept;  ///< target after '?', "" when none
};

/// What a server does with a request's body, decided when its head is there.
struct http_body_plan {
  std::size_t max_bytes = 128 * 1024;  ///< 413 beyond: before the body is read where its length is announced
  bool streamed = false;               ///< the handler is called with the head, and takes the body as it comes
};

struct http_response {
  unsigned status = 200;
  http_fields fields;  ///< Content-Length, Connection and Date are set by the server
  std::string body;
};

/// A response of this status with a content type and a body.
[[nodiscard]] http_response make_response(unsigned status, std::string_view content_type, std::string body);

/// How long its sender wants to be left alone, where it says so in whole seconds. A date, and anything else, is none.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const http_response& response) noexcept;

}  // namespace tonris::net
