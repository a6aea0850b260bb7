#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/json/writer.hpp"
#include "model/money/money.hpp"
#include "model/text/form.hpp"
#include "net/http.hpp"
#include "tools/sim/wire/violations.hpp"

namespace tonris::sim {

/// Recordings of an account's calls in Twilio's REST API: begun, paused and stopped while the call goes on, listed,
/// deleted, and billed. What has just been completed is not there yet (404) for 5 s, as in the world. As strict as
/// Twilio, and stricter about several events in one value, which are refused as they are ignored for calls, about
/// fields that it would let pass unread, and a second recording beside one that goes on: these are violations. Owner:
/// the REST server; all on its loop's thread.
class twilio_recordings {
 public:
  using time = std::chrono::steady_clock::time_point;
  struct recording {
    std::string sid, account, call, status = "in-progress", channels = "1", callback;
    std::vector<std::string> events;  ///< of which it is told
    std::string source = "StartCallRecordingAPI";
    time begun{};
    std::optional<time> completed;
    std::int64_t seconds = 0;  ///< once it is completed
  };
  /// What Twilio tells the recording's address: its fields.
  using teller = std::function<void(const std::string& url, const model::form& fields)>;

  explicit twilio_recordings(violation_log& violations) : violations_(violations) {}

  /// Nothing: the request is about something else. `path` is behind the account's.
  [[nodiscard]] std::optional<net::http_response> answer(const net::http_request& request, const std::string& account,
                                                         std::string_view path);

  /// Recordings of that call are completed; no new one can begin. Told at once.
  void call_is_over(const std::string& call);
  /// A message that a caller left, and how long it is.
  void add_message(const std::string& account, const std::string& call, const std::string& sid,
                   std::chrono::seconds lasts);
  /// What one costs: each minute of it once it has begun, at least one.
  [[nodiscard]] static model::micros costs(const recording& one);
  /// That is told so long behind its completion; nothing: never.
  using rating = std::function<std::optional<std::chrono::milliseconds>(const recording&)>;
  void rate_by(rating when) { rate_ = std::move(when); }

  void tell_by(teller to) { tell_ = std::move(to); }
  void there_after(std::chrono::milliseconds behind_completion) { there_after_ = behind_completion; }
  [[nodiscard]] const std::vector<recording>& all() const noexcept { return all_; }

 private:
  [[nodiscard]] net::http_response of_call(const net::http_request& request, const std::string& account,
                                           std::string_view path);
  [[nodiscard]] net::http_response begin(const net::http_request& request, const std::string& account,
                                         const std::string& call);
  [[nodiscard]] net::http_response change(const net::http_request& request, recording& one);
  [[nodiscard]] net::http_response list(const std::string& account, const std::string& call) const;
  [[nodiscard]] net::http_response kept(const net::http_request& request, const std::string& account,
                                        std::string_view sid);
  [[nodiscard]] std::optional<net::http_response> refused(const model::form& given) const;
  [[nodiscard]] recording* find(const std::string& account, std::string_view call, std::string_view sid);
  [[nodiscard]] bool is_there(const recording& one) const;
  void complete(recording& one);
  void tell(const recording& one) const;

  violation_log& violations_;
  [[nodiscard]] bool is_rated(const recording& one) const;
  void put(model::json_writer& out, const recording& one) const;
  [[nodiscard]] net::http_response json_of(const recording& one, unsigned status) const;

  teller tell_;
  rating rate_ = [](const recording&) { return std::chrono::milliseconds{0}; };
  std::chrono::milliseconds there_after_{5000};
  std::vector<recording> all_;
  std::vector<std::string> over_;  ///< calls
  std::size_t made_ = 0;
};

}  // namespace tonris::sim
