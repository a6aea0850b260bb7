#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::model {

struct server_sent_event {
  std::string id;    ///< the last that the stream named, in this event or before it
  std::string name;  ///< "message" where it has none
  std::string data;  ///< lines joined by a line feed
  bool operator==(const server_sent_event&) const = default;
};

/// Server-sent events (HTML standard, 9.2.6) out of text, however it is cut. An event that ends in the middle, and one
/// without data, is none. `retry` is passed over. One object a connection.
class event_stream_reader {
 public:
  static constexpr std::size_t most = 16 * 1024 * 1024;  ///< bytes of one event, and of one line

  /// The events that are whole now, in their order.
  [[nodiscard]] std::vector<server_sent_event> put(std::string_view text);
  [[nodiscard]] bool is_too_long() const noexcept { return is_too_long_; }  ///< one was: nothing more is read

 private:
  void take_line(std::string_view line, std::vector<server_sent_event>& to);
  void take_field(std::string_view name, std::string_view value);

  std::string line_;
  server_sent_event event_{{}, "message", {}};
  bool has_data_ = false, is_too_long_ = false;
  bool is_behind_return_ = false;  ///< a line feed that comes now belongs to the line before
  bool is_first_ = true;           ///< line: a byte order mark may stand before it
};

}  // namespace tonris::model
