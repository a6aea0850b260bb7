#pragma once

#include <optional>
#include <string>
#include <vector>

#include "net/websocket.hpp"
#include "net_fixture.hpp"

namespace tonris::net::test {

/// Collects what a WebSocket tells, and checks that on_end is the last word, once.
struct collecting_handler : websocket_handler {
  void on_text(std::string_view message) override {
    EXPECT_FALSE(end) << "a message after the end";
    messages.emplace_back(message);
    if (each) each(message);
  }
  void on_drained() override {
    EXPECT_FALSE(end);
    ++drained;
  }
  void on_end(const websocket_end& how) override {
    EXPECT_FALSE(end) << "a second end";
    end = how;
    if (at_end) at_end();
  }

  std::vector<std::string> messages;
  int drained = 0;
  std::optional<websocket_end> end;
  std::function<void(std::string_view)> each;
  std::function<void()> at_end;
};

}  // namespace tonris::net::test
