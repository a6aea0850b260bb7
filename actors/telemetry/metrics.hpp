#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "actors/telemetry/metric.hpp"
#include "model/call/end_reason.hpp"
#include "model/call/record.hpp"

namespace prometheus {
class Registry;
}

namespace tonris::actors {

/// What is counted, once, for everybody (GET /metrics, docs/operations.md). Each room declares what it counts in a
/// struct of its own, beside what moves it (`actors/leg/metrics.hpp`), with the handles of metric.hpp; a family is
/// looked up when its room's struct is made, not when it moves. Any thread; outlives all that counts in it.
class metrics {
 public:
  /// What `Room` counts: made of this when it is asked for first, the same for everybody.
  template <class Room>
  [[nodiscard]] Room& of() {
    static const std::size_t place = next_place();
    void* const there = rooms_.at(place).load(std::memory_order_acquire);
    return *static_cast<Room*>(
        there ? there : make(place, [](metrics& in) { return std::shared_ptr<void>{std::make_shared<Room>(in)}; }));
  }
  /// For the handles.
  [[nodiscard]] prometheus::Registry& registry() noexcept;

  enum class endpoint : std::uint8_t {
    voice,
    connect_action,
    status,
    stream_status,
    recording_status,
    media_stream,
    api,
    other,
  };
  enum class refusal : std::uint8_t {
    bad_signature,
    wrong_account,
    bad_form,
    unknown_ticket,
    used_ticket,
    wrong_state,
    no_upgrade,
    unauthorized,
    not_found,
  };
  static constexpr std::size_t refusal_count = 9;
  enum class resumption : std::uint8_t { crash, store, hang_up };  ///< what a call came back from
  enum class wire : std::uint8_t { twilio, elevenlabs };
  enum class rehearsed : std::uint8_t { planned, refused, done };

  metrics();
  ~metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  void request(endpoint where);
  void refused(endpoint where, refusal why);
  void signature_matched(endpoint where, std::size_t candidate);  ///< which spelling of our address Twilio signed
  void call_started();
  void call_ended(model::end_reason why, const model::call_record::media_counts& media);
  void call_refused(model::end_reason why);
  void call_troubled(model::end_reason why);  ///< it ended in the ordinary way, because its caller gave up
  void agent_restarted(model::end_reason why);
  void stream_dropped();
  void stream_offered();  ///< a new one, to a caller whose stream dropped
  void call_resumed(resumption after);
  void call_redirected();  ///< by a node that stops
  void fallback(std::string_view step);
  void rehearsal(rehearsed result);
  void tenants_read(std::size_t served, std::size_t refused);  ///< TENANTS_FILE; refused: for a mistake
  void tenants_unreadable();
  void node_part_restarted(std::string_view part);
  static constexpr std::size_t most_unknown_types = 32;
  /// Whether that type is new: seen for the first time, and one of the first `most_unknown_types`.
  bool unknown_message(wire side, std::string_view type);
  void bad_message(wire side);
  void late_audio_dropped();
  void store_written();
  void store_failed();
  void store_dropped(std::uint64_t entries);
  void tool_call_refused();
  void crashed(std::string_view actor);
  void set_live_calls(std::size_t calls);
  /// Of the whole process, when the figures for /metrics are gathered. By one thread at a time.
  struct process {
    std::size_t actors = 0, legs = 0, descriptors = 0, timers = 0, resident_bytes = 0;
    double loop_lag_ms = 0, gathered_seconds = 0;
  };
  void set_process(const process& now);
  /// Connections to our HTTP server that came to nothing since the start, over all loops. By one thread at a time.
  struct connection_errors {
    std::uint64_t full = 0, given_up = 0, bad_request = 0, oversize = 0, timeout = 0, tls = 0, accept = 0, internal = 0;
  };
  void set_connection_errors(const connection_errors& so_far);

  [[nodiscard]] std::string render() const;  ///< Prometheus text format

 private:
  static constexpr std::size_t most_rooms = 32;
  [[nodiscard]] static std::size_t next_place() noexcept;
  void* make(std::size_t place, std::shared_ptr<void> (*room)(metrics& in));

  struct state;
  std::unique_ptr<state> state_;
  std::array<std::atomic<void*>, most_rooms> rooms_{};
};

}  // namespace tonris::actors
