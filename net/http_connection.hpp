#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/byte_stream.hpp"
#include "net/http_parse.hpp"
#include "net/http_responder.hpp"
#include "net/http_service.hpp"

namespace tonris::net {

/// One HTTP connection of a server. Owner: the service's set, until the stream ends or becomes a WebSocket; responders
/// share it beyond that. Loop thread only. A whole request (or the head of one that streams) waits for its turn, one is
/// with the handler at a time, and what arrives meanwhile waits here (bounded: reading pauses).
class http_connection final : public byte_reader,
                              public turn_taker,
                              private idle_guest,
                              public std::enable_shared_from_this<http_connection> {
 public:
  http_connection(std::shared_ptr<http_service> service, std::shared_ptr<byte_stream> stream,
                  std::shared_ptr<http_place> place);
  ~http_connection() override { stop_waiting(); }  // before the service may go

  [[nodiscard]] bool due(std::chrono::steady_clock::time_point now) const noexcept {
    return now >= deadline_ || abandoned_.load(std::memory_order_relaxed);
  }
  void begin();                                                ///< the service knows it: read
  void check_time(std::chrono::steady_clock::time_point now);  ///< called every now and then
  void take_turn() override;                                   ///< hands a request, or a piece of its body, on
  void close_if_idle();
  void cut(errc why = errc::aborted);             ///< now, without a word to the peer
  void fail() override;                           ///< an exception was caught: it ends, and nothing else
  void abandon() noexcept { abandoned_ = true; }  ///< any thread: its answer is lost, it ends soon

  // Of the request under way, by its responder; what comes late changes nothing.
  void answer(const http_response& response) noexcept;
  void become_websocket(const websocket_limits& limits,
                        const std::function<void(std::shared_ptr<websocket>)>& accepted) noexcept;

  // What streams (http_streaming.cpp). Each names its request, since that may be over.
  void read_body(std::uint32_t request, std::shared_ptr<http_body_reader> reader);
  void resume_body(std::uint32_t request);
  void stream(std::shared_ptr<http_answer_stream::channel> out, const http_response& head) noexcept;
  void write_piece(const http_answer_stream::channel& out, std::string_view bytes);
  void end_stream(const http_answer_stream::channel& out);
  void cut_stream(const http_answer_stream::channel& out);
  void wait_to_write(std::shared_ptr<turn_taker> next) { service_->answer_turns->wait(std::move(next)); }

  [[nodiscard]] loop& on_loop() const noexcept { return service_->on; }

  void on_bytes(std::span<char> bytes) override;
  void on_writable() override;
  void on_end(const error& why) override;

 private:
  enum class phase : std::uint8_t {
    idle,       ///< between two requests
    reading,    ///< a request is coming in
    waiting,    ///< for its turn
    receiving,  ///< the handler has the head; the body comes as its reader takes it
    answering,  ///< the handler has the request
    streaming,  ///< the handler answers piece by piece
    writing,    ///< the peer has not taken the answer yet
    closing,
    gone,
  };
  using time = std::chrono::steady_clock::time_point;

  void give_up() override { cut(); }
  void take_rest();
  void after_put();
  void wait_for_turn();
  void hand_over();
  void count_refusal(unsigned status);
  void tell_of_oversize();
  void refuse(unsigned status);
  void send(const http_response& response, bool keep_alive);
  void after_answer(bool keep_alive);
  void upgrade(const websocket_limits& limits, const std::function<void(std::shared_ptr<websocket>)>& accepted);
  void begin_next();
  void hold(std::string_view bytes);
  void pace_reading();
  void close_in_order();
  void leave(errc why);
  void enter(phase next, time deadline);
  void compact_rest();
  [[nodiscard]] bool takes_requests() const noexcept { return phase_ == phase::idle || phase_ == phase::reading; }
  [[nodiscard]] bool with_handler() const noexcept { return phase_ == phase::answering || phase_ == phase::receiving; }
  [[nodiscard]] bool body_comes() const noexcept { return phase_ == phase::receiving && !parser_.whole(); }
  [[nodiscard]] bool wants_body() const noexcept { return reader_ && !reader_has_enough_; }

  void say_continue();
  void take_body();
  void await_body();
  void refuse_body(unsigned status, errc why);
  std::shared_ptr<http_body_reader> let_body_go();
  void begin_stream(std::shared_ptr<http_answer_stream::channel> out, const http_response& head);
  void look_at_queue();
  void check_taken(time now);

  // given
  std::shared_ptr<http_service> service_;
  std::shared_ptr<byte_stream> stream_;
  std::shared_ptr<http_place> place_;
  // owned
  http_request_parser parser_;
  std::string rest_;         ///< read, but behind the request under way
  std::size_t rest_at_ = 0;  ///< what of it is parsed
  std::string upgrade_key_;  ///< of the request under way, when it is an upgrade
  std::string peer_;
  std::shared_ptr<http_body_reader> reader_;          ///< of the body that streams in, until it has heard of its end
  std::shared_ptr<http_answer_stream::channel> out_;  ///< of the answer that streams out
  // state
  time deadline_;
  std::size_t unsent_ = 0;    ///< of the response under way when `deadline_` was set
  std::size_t progress_ = 0;  ///< bytes since then, of what streams in or out
  std::atomic<bool> abandoned_{false};
  phase phase_ = phase::idle;
  std::uint32_t request_ = 0;  ///< how many were here
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  bool to_head_ = false;
  bool paused_ = false;
  bool reader_has_enough_ = false;
  bool waits_for_turn_ = false;  ///< with a piece of a body
  bool drops_input_ = false;     ///< what is left of a body that nobody reads
};

}  // namespace tonris::net
