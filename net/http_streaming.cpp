// An http_connection's requests whose body streams in, and answers that stream out.
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "net/caught.hpp"
#include "net/http_connection.hpp"
#include "net/http_served_request.hpp"
#include "net/http_text.hpp"

namespace tonris::net {
namespace {

/// Who brings, or takes, at least so much in http_server_limits::read or ::write has that time again.
constexpr std::size_t expected_progress = 64 * 1024;

/// The line before a chunk's bytes.
class chunk_line {
 public:
  explicit chunk_line(std::size_t bytes) noexcept {
    auto* const end = std::to_chars(text_.data(), text_.data() + text_.size() - 2, bytes, 16).ptr;
    end[0] = '\r';
    end[1] = '\n';
    size_ = static_cast<std::size_t>(end + 2 - text_.data());
  }
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, 2 * sizeof(std::size_t) + 2> text_;
  std::size_t size_;
};

errc failure_of(unsigned status) noexcept {
  return status == 413 || status == 431 ? errc::too_big : errc::protocol_error;
}

}  // namespace

// --- a body that streams in

void http_connection::read_body(std::uint32_t request, std::shared_ptr<http_body_reader> reader) {
  if (request != request_ || phase_ != phase::receiving || reader_)
    return on_loop().post([late = std::move(reader)] { late->on_body_end(errc::aborted); });
  reader_ = std::move(reader);
  reader_has_enough_ = false;
  say_continue();
  await_body();
}

void http_connection::resume_body(std::uint32_t request) {
  if (request != request_ || phase_ != phase::receiving || !std::exchange(reader_has_enough_, false)) return;
  await_body();
}

/// For a turn, where something is here that its reader wants; else for the peer, whose time runs only then.
void http_connection::await_body() {
  if (wants_body() && !waits_for_turn_ && (rest_at_ < rest_.size() || parser_.whole())) {
    service_->request_turns->wait(shared_from_this());
    waits_for_turn_ = true;
  }
  if (!wants_body()) {
    if (deadline_ != time::max()) enter(phase::receiving, time::max());
  } else if (deadline_ == time::max() || progress_ >= expected_progress) {
    progress_ = 0;
    enter(phase::receiving, on_loop().now() + service_->limits.read);
  }
  pace_reading();
}

void http_connection::take_body() {
  if (!wants_body()) return;
  rest_at_ += parser_.put(std::string_view{rest_}.substr(rest_at_));
  compact_rest();
  if (const auto status = parser_.refused(); status != 0) {
    count_refusal(status);
    return refuse_body(status, failure_of(status));
  }
  if (const auto piece = parser_.take_body(); !piece.empty()) {
    const auto reader = reader_;
    progress_ += piece.size();
    reader_has_enough_ = !reader->on_body(piece);
    if (phase_ != phase::receiving) return;  // it has answered
  }
  if (!parser_.whole()) return await_body();
  parser_.next();
  const auto reader = std::exchange(reader_, nullptr);
  enter(phase::answering, time::max());
  pace_reading();
  reader->on_body_end(std::nullopt);
}

/// Its reader may answer; else we do.
void http_connection::refuse_body(unsigned status, errc why) {
  const auto keep = shared_from_this();
  if (const auto reader = std::exchange(reader_, nullptr)) reader->on_body_end(why);
  if (phase_ == phase::receiving) refuse(status);
}

/// The request is answered: nobody reads what is left of its body.
std::shared_ptr<http_body_reader> http_connection::let_body_go() {
  if (phase_ == phase::receiving && parser_.whole()) parser_.next();
  return std::exchange(reader_, nullptr);
}

// --- an answer that streams out

void http_connection::stream(std::shared_ptr<http_answer_stream::channel> out, const http_response& head) noexcept {
  if (!with_handler()) return out->set_gone();
  guard([&] { begin_stream(std::move(out), head); }, [this] { fail(); });
}

void http_connection::begin_stream(std::shared_ptr<http_answer_stream::channel> out, const http_response& head) {
  drops_input_ = body_comes();
  keep_alive_ = keep_alive_ && !http_1_0_ && !drops_input_;
  const auto reader = let_body_go();
  const auto framing = http_1_0_ ? http_framing::until_close : http_framing::chunks;
  const bool goes_on = keep_alive_ && !service_->closing;
  out_ = std::move(out);
  enter(phase::streaming, time::max());
  if (drops_input_) rest_.clear(), rest_at_ = 0;
  const std::array<std::string_view, 1> piece{service_->head(head, framing, goes_on, http_1_0_)};
  if (!stream_->write(piece)) return cut();
  if (to_head_ || has_no_body(head.status)) {
    std::exchange(out_, nullptr)->set_gone();
    after_answer(goes_on);
  } else {
    pace_reading();
    head.body.empty() ? look_at_queue() : write_piece(*out_, head.body);
  }
  if (reader) reader->on_body_end(errc::aborted);
}

void http_connection::write_piece(const http_answer_stream::channel& out, std::string_view bytes) {
  if (out_.get() != &out) return;
  const chunk_line line{bytes.size()};
  const std::array<std::string_view, 3> pieces{line.text(), bytes, "\r\n"};
  if (!stream_->write(http_1_0_ ? std::span{pieces}.subspan(1, 1) : std::span{pieces})) return cut(errc::reset);
  progress_ += bytes.size();
  look_at_queue();
}

/// The peer's time runs while it has something to take.
void http_connection::look_at_queue() {
  const auto left = stream_->queued_bytes();
  out_->set_queued(left);
  if (left == 0) {
    deadline_ = time::max();
    return out_->tell_room();
  }
  if (deadline_ != time::max()) return;
  unsent_ = left;
  progress_ = 0;
  deadline_ = on_loop().now() + service_->limits.write;
}

void http_connection::check_taken(time now) {
  const auto left = stream_->queued_bytes();
  if (left + expected_progress > unsent_ + progress_) {
    service_->timeouts.add(1);
    return cut(errc::slow_peer);
  }
  unsent_ = left;
  progress_ = 0;
  deadline_ = now + service_->limits.write;
}

void http_connection::end_stream(const http_answer_stream::channel& out) {
  if (out_.get() != &out) return;
  const auto ended = std::exchange(out_, nullptr);
  constexpr std::array<std::string_view, 1> last_chunk{"0\r\n\r\n"};
  if (!http_1_0_ && !stream_->write(last_chunk)) return cut(errc::reset);
  after_answer(keep_alive_ && !service_->closing);
}

void http_connection::cut_stream(const http_answer_stream::channel& out) {
  if (out_.get() == &out) cut();
}

}  // namespace tonris::net
