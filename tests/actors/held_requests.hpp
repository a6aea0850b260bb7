#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "net/error.hpp"
#include "net/http.hpp"

namespace tonris::actors::test {

/// Stands for net::http_client::request: keeps what is asked, in order, until the test answers it.
struct held_requests {
  using answered = std::function<void(net::result<net::http_response>)>;
  struct one {
    std::string url;
    net::http_request request;
    std::chrono::milliseconds timeout;
    answered done;
  };
  std::deque<one> all;

  auto sender() {
    return [this](const std::string& url, net::http_request request, std::chrono::milliseconds timeout, answered done) {
      all.push_back({url, std::move(request), timeout, std::move(done)});
    };
  }
  void answer_last(net::result<net::http_response> with) {
    const auto done = std::move(all.back().done);
    all.pop_back();
    done(std::move(with));
  }
  static net::result<net::http_response> failure(net::errc why) { return tl::make_unexpected(net::error{why, "", 0}); }
};

}  // namespace tonris::actors::test
