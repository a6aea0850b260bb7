#include "actors/leg/travelling_socket.hpp"

#include <utility>

namespace tonris::actors {

std::shared_ptr<net::websocket> goes_on_its_loop(std::shared_ptr<net::websocket> socket) {
  if (!socket) return nullptr;
  auto* const raw = socket.get();
  return {raw, [held = std::move(socket)](net::websocket*) mutable {
            auto& loop = held->on_loop();
            loop.post([held = std::move(held)] { held->abort(); });
          }};
}

}  // namespace tonris::actors
