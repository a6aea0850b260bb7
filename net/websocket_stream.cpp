#include "net/websocket_stream.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "net/caught.hpp"
#include "net/random_mask.hpp"
#include "net/scratch.hpp"
#include "net/websocket_frame.hpp"

namespace tonris::net {
namespace {

using clock = std::chrono::steady_clock;

struct outgoing_frames {
  static constexpr std::size_t bytes = 16 * 1024;
};

/// Where the client's frames are put together and masked: the thread's own block, or for big ones memory of their own.
class frame_assembly {
 public:
  explicit frame_assembly(std::size_t bytes) {
    if (bytes > room_.size()) {
      big_.resize(bytes);
      room_ = big_;
    }
  }
  void add_masked(opcode what, std::span<const std::string_view> pieces, std::size_t payload_bytes) {
    const auto key = random_mask();
    add(make_frame_header(what, payload_bytes, key).view());
    const auto begin = size_;
    for (const auto piece : pieces) add(piece);
    apply_mask(room_.subspan(begin, size_ - begin), key);
  }
  [[nodiscard]] std::string_view view() const noexcept { return {room_.data(), size_}; }

 private:
  void add(std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), room_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
  }

  std::string big_;
  std::span<char> room_ = scratch<outgoing_frames>();
  std::size_t size_ = 0;
};

std::size_t total_of(std::span<const std::string_view> pieces) noexcept {
  std::size_t total = 0;
  for (const auto piece : pieces) total += piece.size();
  return total;
}

/// While it reads or closes it holds itself (`keep_`): the stream knows it by reference only. The last word lets go, on
/// the loop's next turn, so that no function here runs in a destroyed object.
class stream_websocket final : public websocket, private byte_reader {
 public:
  stream_websocket(std::shared_ptr<byte_stream> over, websocket_role role, const websocket_limits& limits,
                   std::string early)
      : stream_{std::move(over)},
        early_{std::move(early)},
        limits_{limits},
        decoder_{role == websocket_role::server ? frame_decoder::expect::masked : frame_decoder::expect::unmasked,
                 limits.max_message_bytes},
        timer_{stream_->on_loop()},
        masks_{role == websocket_role::client} {}

  void start(websocket_handler& handler) override {
    handler_ = &handler;
    if (state_ == state::ended) return tell_soon();
    begin_reading();
  }
  void detach() noexcept override { handler_ = nullptr; }

  void move_to(loop& other, std::function<void(std::shared_ptr<websocket>)> moved) override {
    auto left = reading_ ? nullptr : stream_->leave_loop();
    if (!left) stream_->abort();
    state_ = state::ended;
    other.post([&other, left = std::move(left), moved = std::move(moved), limits = limits_, early = std::move(early_),
                role = masks_ ? websocket_role::client : websocket_role::server, place = place_of(self())]() mutable {
      if (!left) return moved(nullptr);
      auto here = make_websocket(left(other), role, limits, std::move(early));
      auto* const raw = here.get();
      moved({raw, [here = std::move(here), place = std::move(place)](websocket*) {}});
    });
  }

  bool send(std::string_view first, std::string_view second, std::string_view third) override {
    const std::array pieces{first, second, third};
    const auto bytes = total_of(pieces);
    if (!may_send(bytes)) return false;
    if (masks_) {
      frame_assembly frame{max_frame_header + bytes};
      frame.add_masked(opcode::text, pieces, bytes);
      return stream_->write(std::array{frame.view()});
    }
    const auto header = make_frame_header(opcode::text, bytes);
    return stream_->write(std::array{header.view(), first, second, third});
  }

  bool send_both(std::string_view first, std::string_view second, std::string_view third,
                 std::string_view another) override {
    const std::array pieces{first, second, third};
    const auto bytes = total_of(pieces);
    if (!may_send(bytes + another.size())) return false;
    if (masks_) {
      frame_assembly frames{2 * max_frame_header + bytes + another.size()};
      frames.add_masked(opcode::text, pieces, bytes);
      frames.add_masked(opcode::text, std::array{another}, another.size());
      return stream_->write(std::array{frames.view()});
    }
    const auto header = make_frame_header(opcode::text, bytes);
    const auto next_header = make_frame_header(opcode::text, another.size());
    return stream_->write(std::array{header.view(), first, second, third, next_header.view(), another});
  }

  void pause_reading() noexcept override {
    if (state_ == state::closing) return;
    paused_ = true;
    stream_->pause_reading();
  }
  void resume_reading() override {
    if (!std::exchange(paused_, false)) return;
    quiet_since_ = stream_->on_loop().now();
    // What was held comes first, and never from within this call.
    if (decoder_.has_rest())
      pump_soon();
    else
      stream_->resume_reading();
  }

  void close(std::uint16_t code, std::string_view reason) override {
    if (state_ != state::open) return;
    state_ = state::closing;
    close_code_ = is_sendable_close_code(code) || code == 1005 ? code : 1000;
    close_by_ = stream_->on_loop().now() + limits_.close_handshake;
    send_control(opcode::close, make_close_payload(close_code_, reason).view());
    begin_reading();
    resume_reading();  // else the peer's answer would never be seen
    arm_timer();
  }

  void abort() override {
    if (state_ == state::ended) return;
    stream_->abort();
    end_soon({errc::aborted, 1006, {}});
  }

  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return stream_->queued_bytes(); }
  [[nodiscard]] bool open() const noexcept override { return state_ == state::open; }
  [[nodiscard]] loop& on_loop() const noexcept override { return stream_->on_loop(); }

 private:
  enum class state : std::uint8_t { open, closing, ended };

  [[nodiscard]] std::shared_ptr<stream_websocket> self() {
    return std::static_pointer_cast<stream_websocket>(shared_from_this());
  }

  /// At a server: its stream holds it. Wherever this is dropped, it is given back on the loop of old.
  static std::shared_ptr<void> place_of(std::shared_ptr<stream_websocket> before) {
    auto* const raw = before.get();
    return {raw, [before = std::move(before)](void*) mutable {
              auto& there = before->on_loop();
              there.post([before = std::move(before)] {});
            }};
  }

  void begin_reading() {
    if (std::exchange(reading_, true)) return;
    keep_ = self();
    quiet_since_ = stream_->on_loop().now();
    arm_timer();
    if (early_.empty()) return read_stream();
    decoder_.feed(early_);
    soon([this] {
      if (state_ == state::ended) return;
      pump();
      early_ = {};
      if (state_ != state::ended) read_stream();
    });
  }

  /// Whoever did the handshake left the stream paused, so that nothing came while nobody read.
  void read_stream() {
    stream_->read_to(*this);
    if (!paused_) stream_->resume_reading();
  }

  void on_bytes(std::span<char> bytes) override {
    decoder_.feed(bytes);
    pump();
  }

  void on_writable() override {
    if (handler_ && state_ == state::open) handler_->on_drained();
  }

  void on_end(const error& why) override {
    if (state_ == state::closing) return end({errc::aborted, 1006, {}});
    const bool known = why.code == errc::tls_failed || why.code == errc::internal;
    end({known ? why.code : errc::reset, 1006, {}});
  }

  /// Everything the decoder has, unless the handler pauses, closes or aborts in between.
  void pump() {
    while (!paused_ && state_ != state::ended) {
      const auto event = decoder_.next();
      if (event.what == frame_event::kind::need_more) return;
      take(event);
    }
    if (state_ != state::ended) decoder_.keep_rest();
  }

  void pump_soon() {
    soon([this] {
      if (paused_ || state_ == state::ended) return;
      pump();
      if (!paused_ && state_ != state::ended) stream_->resume_reading();
    });
  }

  /// From the loop; what is thrown there ends this socket, as what its stream brings.
  template <class Work>
  void soon(Work work) {
    stream_->on_loop().post([me = self(), work] { guard(work, [&] { me->end_of_exception(); }); });
  }
  void end_of_exception() {
    stream_->abort();
    end({errc::internal, 1006, {}});
  }

  void take(const frame_event& event) {
    switch (event.what) {
      case frame_event::kind::text:
        if (handler_ && state_ == state::open) handler_->on_text(event.payload);
        return;
      case frame_event::kind::ping: return answer_ping(event.payload);
      case frame_event::kind::close: return take_close(event);
      case frame_event::kind::broken: return refuse(event.why, event.close_code);
      case frame_event::kind::pong:
      case frame_event::kind::need_more: return;
    }
  }

  void answer_ping(std::string_view payload) {
    if (state_ != state::open) return;
    if (queue_is_full(payload.size())) return cut_slow_peer();
    send_control(opcode::pong, payload);
  }

  void take_close(const frame_event& event) {
    websocket_end how{errc::closed, event.close_code, std::string{event.payload}};
    if (state_ == state::closing)
      how = {errc::aborted, close_code_, {}};
    else
      send_control(opcode::close, make_close_payload(event.close_code, {}).view());
    leave_in_order();
    end(how);
  }

  /// The peer is told why, as far as it listens, and then left.
  void refuse(errc why, std::uint16_t code) {
    if (state_ == state::open) send_control(opcode::close, make_close_payload(code, {}).view());
    leave_in_order();
    end({why, code, {}});
  }

  void leave_in_order() {
    stream_->detach();
    stream_->resume_reading();
    stream_->close_when_written();
  }

  void send_control(opcode what, std::string_view payload) {
    if (masks_) {
      frame_assembly frame{max_frame_header + payload.size()};
      frame.add_masked(what, std::array{payload}, payload.size());
      stream_->write(std::array{frame.view()});
    } else {
      stream_->write(std::array{make_frame_header(what, payload.size()).view(), payload});
    }
  }

  [[nodiscard]] bool queue_is_full(std::size_t more) const noexcept {
    const auto queued = stream_->queued_bytes();
    return queued > 0 && queued + more > limits_.max_queued_bytes;
  }

  [[nodiscard]] bool may_send(std::size_t bytes) {
    if (state_ != state::open) return false;
    if (!queue_is_full(bytes)) return true;
    cut_slow_peer();
    return false;
  }

  void cut_slow_peer() {
    stream_->abort();
    end_soon({errc::slow_peer, 1006, {}});
  }

  void arm_timer() {
    if (state_ == state::ended) return;
    auto due = clock::time_point::max();
    const auto quiet = last_sign();
    if (state_ == state::closing) due = close_by_;
    if (state_ == state::open && limits_.idle.count() > 0) due = quiet + limits_.idle;
    if (state_ == state::open && limits_.ping_every.count() > 0)
      due = std::min(due, std::max(quiet, last_ping_) + limits_.ping_every);
    if (due == clock::time_point::max()) return timer_.cancel();
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(due - stream_->on_loop().now());
    timer_.after(std::max(wait, std::chrono::milliseconds{1}),
                 [this] { guard([this] { check_time(); }, [this] { end_of_exception(); }); });
  }

  /// While we do not read on purpose, nothing can be held against the peer.
  [[nodiscard]] clock::time_point last_sign() const noexcept {
    return paused_ ? stream_->on_loop().now() : std::max(stream_->last_read(), quiet_since_);
  }

  /// The timer is not moved for each frame: it looks at the facts when it fires.
  void check_time() {
    const auto now = stream_->on_loop().now();
    if (state_ == state::closing && now >= close_by_) {
      stream_->abort();
      return end({errc::aborted, 1006, {}});
    }
    if (state_ == state::open && limits_.idle.count() > 0 && now - last_sign() >= limits_.idle)
      return refuse(errc::idle_timeout, 1001);
    if (state_ == state::open && limits_.ping_every.count() > 0 &&
        now - std::max(last_sign(), last_ping_) >= limits_.ping_every) {
      last_ping_ = now;
      if (!queue_is_full(0)) send_control(opcode::ping, {});
    }
    arm_timer();
  }

  /// The last word, from the loop's own callbacks.
  void end(const websocket_end& how) {
    if (state_ == state::ended) return;
    state_ = state::ended;
    timer_.cancel();
    // Without the memory even for that, it stays; its handler is told in any case. A loop that stops drops what waits.
    guard(
        [this] {
          if (!keep_) return;
          stream_->on_loop().post([me = keep_] {});
          keep_ = nullptr;
        },
        [] {});
    if (auto* handler = std::exchange(handler_, nullptr)) handler->on_end(how);
  }

  /// The same for what the owner called: told from the loop, or to the handler that comes later.
  void end_soon(websocket_end how) {
    state_ = state::ended;
    timer_.cancel();
    untold_ = std::move(how);
    tell_soon();
    keep_ = nullptr;
  }

  void tell_soon() {
    stream_->on_loop().post([me = self()] {
      auto* handler = me->untold_ ? std::exchange(me->handler_, nullptr) : nullptr;
      if (handler) handler->on_end(*std::exchange(me->untold_, std::nullopt));
    });
  }

  // given
  std::shared_ptr<byte_stream> stream_;
  std::shared_ptr<stream_websocket> keep_;
  websocket_handler* handler_ = nullptr;
  std::string early_;
  websocket_limits limits_;
  // owned
  frame_decoder decoder_;
  timer timer_;
  // state
  std::optional<websocket_end> untold_;
  clock::time_point quiet_since_{};
  clock::time_point last_ping_{};
  clock::time_point close_by_{};
  std::uint16_t close_code_ = 0;
  state state_ = state::open;
  bool masks_;
  bool reading_ = false;
  bool paused_ = false;
};

}  // namespace

std::shared_ptr<websocket> make_websocket(std::shared_ptr<byte_stream> over, websocket_role role,
                                          const websocket_limits& limits, std::string early) {
  return std::make_shared<stream_websocket>(std::move(over), role, limits, std::move(early));
}

}  // namespace tonris::net
