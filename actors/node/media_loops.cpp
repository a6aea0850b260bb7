#include "actors/node/media_loops.hpp"

#include <algorithm>
#include <utility>

#include "net/precedence.hpp"
#include "net/run_on.hpp"
#include "net/websocket_client.hpp"

namespace tonris::actors {

media_loops::media_loops(caf::actor_system& system, const config& settings) {
  for (unsigned i = 0; i < settings.count; ++i) {
    auto& media = *loops_.emplace_back(std::make_unique<media_loop>("loop-" + std::to_string(i), system));
    media.services.unit = &media.unit;
    media.services.counters = settings.counters;
    media.services.refusals = settings.refusals;
    media.services.open_agent_socket = [&media, tls = settings.tls](const std::string& url, auto options, auto done) {
      return net::open_websocket(media.loop, tls, url, std::move(options), std::move(done));
    };
    media.services.take_over = [&media](const std::shared_ptr<net::websocket>& socket, auto taken) {
      socket->on_loop().post([&media, socket, taken = std::move(taken)] { socket->move_to(media.loop, taken); });
    };
    media.loop.start();
    net::run_on(media.loop, [&] {
      media.goes_first = net::take_precedence();
      media.ticker = std::make_unique<net::ticker>(media.loop, tick_part_period,
                                                   [&services = media.services, load = settings.load, i](auto now) {
                                                     load->loop_ticked(i, now, tick_part_period);
                                                     services.tick_next_part();
                                                   });
    });
  }
}

media_loops::~media_loops() {
  let_go();
  for (auto& media : loops_) media->loop.stop();
}

std::size_t media_loops::legs() const noexcept {
  std::size_t all = 0;
  for (const auto& media : loops_) all += media->services.legs();
  return all;
}

loop_services* media_loops::quietest() noexcept {
  const auto found = std::min_element(loops_.begin(), loops_.end(), [](const auto& one, const auto& other) {
    return one->services.legs() < other->services.legs();
  });
  return &(*found)->services;
}

bool media_loops::go_first() const noexcept {
  return std::all_of(loops_.begin(), loops_.end(), [](const auto& media) { return media->goes_first; });
}

bool media_loops::turn_within(std::chrono::milliseconds each) const {
  return std::all_of(loops_.begin(), loops_.end(),
                     [each](const auto& media) { return net::turns_within(media->loop, each); });
}

void media_loops::let_go() {
  for (auto& media : loops_) net::run_on(media->loop, [&] { media->ticker.reset(); });
}

}  // namespace tonris::actors
