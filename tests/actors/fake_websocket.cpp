#include "tests/actors/fake_websocket.hpp"

namespace tonris::actors::test {

void fake_websocket::say(std::string_view text) {
  if (handler_ && !ended_) handler_->on_text(text);
}

void fake_websocket::end(net::errc why, std::uint16_t code, std::string reason) {
  if (std::exchange(ended_, true) || !handler_) return;
  std::exchange(handler_, nullptr)->on_end({why, code, std::move(reason)});
}

void fake_websocket::read_all() {
  stuck = false;
  queued_ = 0;
  if (handler_ && !ended_) handler_->on_drained();
}

void fake_websocket::peer_closes(std::uint16_t code, std::string reason) {
  end(net::errc::closed, code, std::move(reason));
}

bool fake_websocket::pump() {
  if (ended_ || !handler_) return false;
  if (overflowed_) return end(net::errc::slow_peer), true;
  if (close_code && answers_close) return end(net::errc::aborted, *close_code), true;
  return false;
}

bool fake_websocket::detached() const noexcept {
  return started && !handler_ && !ended_;
}

bool fake_websocket::ended() const noexcept {
  return ended_;
}

void fake_websocket::start(net::websocket_handler& handler) {
  started = true;
  handler_ = &handler;
}

void fake_websocket::move_to(net::loop&, std::function<void(std::shared_ptr<net::websocket>)> moved) {
  moved(shared_from_this());
}

void fake_websocket::detach() noexcept {
  handler_ = nullptr;
}

bool fake_websocket::send(std::string_view first, std::string_view second, std::string_view third) {
  if (throws_on_send) throw std::runtime_error("the fake socket's fault");
  if (!open()) return false;
  if (full) return overflowed_ = true, false;
  ++writes;
  if (stuck) queued_ += first.size() + second.size() + third.size();
  keep(first, second, third);
  return true;
}

bool fake_websocket::send_both(std::string_view first, std::string_view second, std::string_view third,
                               std::string_view another) {
  if (!send(first, second, third)) return false;
  keep(another, {}, {});
  return true;
}

void fake_websocket::pause_reading() noexcept {}

void fake_websocket::resume_reading() {}

void fake_websocket::close(std::uint16_t code, std::string_view) {
  if (!ended_ && !close_code) close_code = code;
}

void fake_websocket::abort() {
  aborted = ended_ = true;
}

std::size_t fake_websocket::queued_bytes() const noexcept {
  return queued_;
}

bool fake_websocket::open() const noexcept {
  return !ended_ && !close_code;
}

net::loop& fake_websocket::on_loop() const noexcept {
  return loop_;
}

void fake_websocket::keep(std::string_view first, std::string_view second, std::string_view third) {
  if (record) sent.push_back(std::string{first}.append(second).append(third));
}

fake_dialler::attempt& fake_dialler::last() {
  return *attempts.back();
}

std::unique_ptr<net::websocket_connect> fake_dialler::operator()(const std::string& url,
                                                                 net::websocket_connect_options options, done tell) {
  if (throws) throw std::runtime_error("the fake dialler's fault");
  attempts.push_back(std::make_shared<attempt>(attempt{url, std::move(options), std::move(tell)}));
  return std::make_unique<handle>(attempts.back());
}

}  // namespace tonris::actors::test
