#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/money/money.hpp"

namespace tonris::sim {

/// One call as Twilio has it in its books.
struct booked_call {
  using time = std::chrono::system_clock::time_point;

  std::string sid, account, from, to;
  std::string direction = "inbound", parent{};  ///< parent: of a leg that a <Dial> made
  time created{};
  std::optional<time> rang{}, answered{}, ended{};
  std::string final_status{};        ///< once it has ended: completed, busy, no-answer, canceled, failed
  std::optional<time> rated_from{};  ///< its price is told from then on; nothing: never
  model::money costs{};              ///< whether that is told or not
  std::string answered_by{};         ///< what machine detection found; "": nobody asked
  /// Media streams, from their start on: none of that is in the call's price.
  struct stream {
    time started;
    std::optional<time> ended{};
  };
  std::vector<stream> streams{};
  bool is_listened_to = false;  ///< for a machine, from its answer on: that is in no price either

  /// As the REST API names it: queued, ringing, in-progress, or how it has ended. Never "initiated".
  [[nodiscard]] std::string_view status() const noexcept;
  [[nodiscard]] std::int64_t seconds() const noexcept;  ///< from its answer to its end; 0 without both
  [[nodiscard]] booked_call as_of(time then) const;     ///< without what has happened since
  [[nodiscard]] model::micros detection_fee() const noexcept { return is_listened_to ? 7'500 : 0; }
  [[nodiscard]] model::micros stream_fee() const noexcept;  ///< of streams that have ended: each minute that has begun
};

/// What a call costs, and when that is told.
struct call_rating {
  std::optional<std::chrono::milliseconds> after{std::chrono::milliseconds{0}};  ///< its end; nothing: never
  model::money per_minute{8'500, model::us_dollars};                             ///< that has begun
};

struct call_book_options {
  /// What is shown of a call is so old: the REST API is behind the callbacks. That there is the call shows at once.
  std::chrono::milliseconds behind{0};
  std::function<call_rating(const booked_call&)> rate{};  ///< asked at a call's end; null: the ordinary one
  std::function<booked_call::time()> now = std::chrono::system_clock::now;
};

/// The calls of Twilio's accounts, and what they cost: each minute of a call that was answered, from its answer on,
/// once it has begun, at least one; nothing else. A call that nobody answered has no price, ever.
///
/// Who plays a call keeps its page here, the REST API shows it. Loop thread only.
class call_book {
 public:
  explicit call_book(call_book_options options = {}) : options_(std::move(options)) {}
  void become(call_book_options options) { options_ = std::move(options); }  ///< from now on

  void open(booked_call call);        ///< `created` is now; one that comes in rings at once. Of a known SID: nothing
  void ring(std::string_view sid);    ///< one that goes out was dialled
  void answer(std::string_view sid);  ///< once
  /// Once; `after`: that is to come.
  void end(std::string_view sid, std::string_view status, std::chrono::milliseconds after = {});
  void tell_answered_by(std::string_view sid, std::string_view who);
  void listen_for_machine(std::string_view sid);
  void begin_stream(std::string_view sid);  ///< `start` has been sent
  void end_stream(std::string_view sid);    ///< the one that goes on, if one does; the call's end does so too

  [[nodiscard]] const booked_call* find(std::string_view sid) const;            ///< as it is
  [[nodiscard]] const std::vector<booked_call>& all() const { return calls_; }  ///< in the order of their beginning
  [[nodiscard]] std::optional<booked_call> shown(std::string_view sid) const;   ///< as the REST API shows it now
  [[nodiscard]] std::optional<model::money> price_of(const booked_call& shown) const;  ///< if it is told by now

 private:
  booked_call* page_of(std::string_view sid);
  void rate(booked_call& call) const;

  call_book_options options_;
  std::vector<booked_call> calls_;
  std::unordered_map<std::string, std::size_t> pages_;  ///< by SID
};

}  // namespace tonris::sim
