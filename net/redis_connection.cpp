#include "net/redis_connection.hpp"

#include <array>
#include <utility>

namespace tonris::net {

std::shared_ptr<redis_connection> redis_connection::open(loop& on, std::shared_ptr<tls_client_context> tls,
                                                         const url& to, std::chrono::milliseconds limit,
                                                         redis_connection_events events) {
  std::shared_ptr<redis_connection> out{new redis_connection{std::move(events)}};
  out->dial_ = dial(on, std::move(tls), to, limit, limit, [weak = std::weak_ptr{out}](auto stream) {
    if (const auto self = weak.lock()) self->on_dialled(std::move(stream));
  });
  return out;
}

void redis_connection::on_dialled(result<std::shared_ptr<byte_stream>> stream) {
  dial_ = nullptr;
  if (!stream) return end(stream.error());
  stream_ = std::move(*stream);
  stream_->read_to(*this);
  const auto keep = shared_from_this();
  events_.connected();
}

void redis_connection::write(std::string_view commands) {
  if (stream_) (void)stream_->write(std::array{commands});
}

void redis_connection::drop() {
  dial_ = nullptr;
  if (const auto stream = std::exchange(stream_, nullptr)) {
    stream->detach();
    stream->abort();
  }
}

void redis_connection::on_bytes(std::span<char> bytes) {
  const auto keep = shared_from_this();
  const bool good = decoder_.put({bytes.data(), bytes.size()}, [this](redis_reply&& reply) {
    events_.reply(std::move(reply));
    return stream_ != nullptr;
  });
  if (good || !stream_) return;
  drop();
  end({errc::protocol_error, "not the language of Redis: " + decoder_.failure(), 0});
}

void redis_connection::on_end(const error& why) {
  const auto keep = shared_from_this();
  stream_ = nullptr;
  end(why);
}

void redis_connection::end(const error& why) {
  const auto keep = shared_from_this();
  std::exchange(events_, {}).ended(why);
}

}  // namespace tonris::net
