#pragma once

#include <chrono>
#include <thread>

namespace tonris::test {

/// Does that come to hold, in real time? It is looked at again and again. Generous: only what is broken takes so long.
template <class Condition>
bool comes_to(Condition&& holds, std::chrono::milliseconds within = std::chrono::seconds{10},
              std::chrono::milliseconds pause = std::chrono::milliseconds{10}) {
  const auto until = std::chrono::steady_clock::now() + within;
  for (; !holds(); std::this_thread::sleep_for(pause))
    if (std::chrono::steady_clock::now() > until) return false;
  return true;
}

}  // namespace tonris::test
