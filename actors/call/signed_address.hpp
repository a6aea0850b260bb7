#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "actors/call/services.hpp"
#include "model/elevenlabs/rest.hpp"

namespace tonris::actors {

/// The signed address of the agent's next conversation: fetched ahead of the caller's stream, good once, and not for
/// long. One fetch at a time.
class signed_address {
 public:
  using time = std::chrono::steady_clock::time_point;

  enum class next_step : std::uint8_t { open, fetch, wait };
  /// A conversation is to begin: with what is there, or by fetching it; `wait` until it is fetched.
  [[nodiscard]] next_step want(time now) {
    wanted_ = true;
    if (fetching_) return next_step::wait;
    return url_ && now - fetched_ <= signed_url_age_limit ? next_step::open : next_step::fetch;
  }
  void not_wanted() noexcept { wanted_ = false; }

  void fetch_begins() noexcept { fetching_ = true; }
  void fetch_over() noexcept { fetching_ = false; }  ///< it failed, or comes too late
  /// Does a conversation wait for it?
  [[nodiscard]] bool fetched(model::elevenlabs::signed_url url, time now) {
    fetching_ = false;
    url_ = std::move(url);
    fetched_ = now;
    return wanted_;
  }

  [[nodiscard]] model::elevenlabs::signed_url take() { return std::exchange(url_, std::nullopt).value(); }
  void drop() noexcept { url_.reset(); }

 private:
  std::optional<model::elevenlabs::signed_url> url_;
  time fetched_{};
  bool fetching_ = false, wanted_ = false;
};

}  // namespace tonris::actors
