#pragma once

#include <memory>

#include "net/websocket.hpp"

namespace tonris::actors {

/// A socket that travels to a call, which runs on another thread and may not want it any more. Wherever its last
/// pointer is dropped, the socket goes on its own loop, and is cut there unless it has ended. Null stays null.
[[nodiscard]] std::shared_ptr<net::websocket> goes_on_its_loop(std::shared_ptr<net::websocket> socket);

}  // namespace tonris::actors
