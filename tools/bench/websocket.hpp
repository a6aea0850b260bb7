#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tonris::bench {

/// As little of RFC 6455 as a load generator needs: no extensions, no UTF-8 check, messages of at most 1 MiB.
enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Appends one unfragmented frame. With a key (a client's) the payload is masked.
void append_frame(std::string& out, opcode op, std::string_view payload, std::optional<std::uint32_t> mask);

/// The Sec-WebSocket-Accept that answers a key.
[[nodiscard]] std::string accept_key(std::string_view key);

/// Cuts a byte stream into messages. Works in the caller's buffer and keeps only what is incomplete.
class frame_reader {
 public:
  /// Calls `sink(opcode, std::string_view)` for each message or control frame complete with these bytes, which are
  /// unmasked in place. False when the stream breaks the protocol, or the sink says false; the reader is dead then.
  template <class Sink>
  [[nodiscard]] bool feed(std::span<char> bytes, Sink&& sink);

 private:
  struct header {
    opcode op{};
    bool final = false;
    bool masked = false;
    std::size_t head_size = 0;  ///< bytes before the payload
    std::size_t size = 0;       ///< bytes of payload
  };
  enum class peek { ready, partial, broken };
  static constexpr std::size_t max_message = 1 << 20;

  static peek read_header(std::span<const char> bytes, header& into) noexcept;
  static void unmask(std::span<char> payload, const char* key) noexcept;
  template <class Sink>
  bool hand_over(const header& head, std::span<char> payload, Sink& sink);
  template <class Sink>
  bool consume(std::span<char> bytes, std::size_t& used, Sink& sink);

  std::string pending_;  ///< an incomplete frame
  std::string message_;  ///< the fragments so far
  opcode message_op_ = opcode::continuation;
};

template <class Sink>
bool frame_reader::hand_over(const header& head, std::span<char> payload, Sink& sink) {
  const std::string_view view{payload.data(), payload.size()};
  if (head.op >= opcode::close) return head.final && sink(head.op, view);
  const bool continues = head.op == opcode::continuation;
  if (continues != (message_op_ != opcode::continuation)) return false;
  if (head.final && !continues) return sink(head.op, view);
  if (!continues) message_op_ = head.op;
  if (message_.size() + view.size() > max_message) return false;
  message_ += view;
  if (!head.final) return true;
  const opcode op = std::exchange(message_op_, opcode::continuation);
  const std::string whole = std::exchange(message_, {});
  return sink(op, std::string_view{whole});
}

template <class Sink>
bool frame_reader::consume(std::span<char> bytes, std::size_t& used, Sink& sink) {
  header head;
  for (;;) {
    const auto rest = bytes.subspan(used);
    switch (read_header(rest, head)) {
      case peek::broken: return false;
      case peek::partial: return true;
      case peek::ready: break;
    }
    if (rest.size() - head.head_size < head.size) return true;
    const auto payload = rest.subspan(head.head_size, head.size);
    if (head.masked) unmask(payload, rest.data() + head.head_size - 4);
    used += head.head_size + head.size;
    if (!hand_over(head, payload, sink)) return false;
  }
}

template <class Sink>
bool frame_reader::feed(std::span<char> bytes, Sink&& sink) {
  std::size_t used = 0;
  if (pending_.empty()) {
    if (!consume(bytes, used, sink)) return false;
    pending_.assign(bytes.data() + used, bytes.size() - used);
    return true;
  }
  pending_.append(bytes.data(), bytes.size());
  std::string whole = std::exchange(pending_, {});
  if (!consume(std::span<char>{whole}, used, sink)) return false;
  pending_.assign(whole, used);
  return true;
}

}  // namespace tonris::bench
