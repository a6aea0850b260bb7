#pragma once

namespace prometheus {
class Counter;
}

namespace tonris::actors {

class metrics;

/// A counter of seconds, which has fractions, of what is counted elsewhere.
class seconds_counter {
 public:
  seconds_counter(metrics& in, const char* name, const char* help);
  void rise_to(double so_far) const;  ///< one thread at a time; what would be a fall is none

 private:
  prometheus::Counter* counter_;
};

}  // namespace tonris::actors
