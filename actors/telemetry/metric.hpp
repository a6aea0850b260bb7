#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
template <class>
class Family;
}  // namespace prometheus

namespace tonris::actors {

class metrics;

/// What a member of a family is told apart by: name to value.
using metric_labels = std::map<std::string, std::string>;

// What a room declares its metrics with (metrics.hpp): handles, cheap to copy, any thread. Where two declare the same
// name it is the same metric.

/// Only rises. Called where what it counts has happened: `counters->stream_dropped()`.
class counter {
 public:
  counter(metrics& in, const char* name, const char* help, const metric_labels& labels = {});
  void operator()(std::uint64_t times = 1) const;
  void by(double amount) const;  ///< of what is no whole number; not below 0
  /// For what is counted elsewhere: how much it is by now. One thread at a time.
  void rise_to(std::uint64_t so_far) const;

 private:
  prometheus::Counter* counter_;
};

/// Rises and falls.
class gauge {
 public:
  gauge(metrics& in, const char* name, const char* help, const metric_labels& labels = {});
  void set(double now) const;
  void set(std::size_t now) const { set(static_cast<double>(now)); }

 private:
  prometheus::Gauge* gauge_;
};

/// A counter for each value of an enumeration that counts from 0.
template <class Enum>
class counters_by {
 public:
  /// `labels_of(value)`: its labels.
  template <class LabelsOf>
  counters_by(metrics& in, const char* name, const char* help, std::size_t values, LabelsOf labels_of) {
    each_.reserve(values);
    for (std::size_t i = 0; i < values; ++i) each_.emplace_back(in, name, help, labels_of(static_cast<Enum>(i)));
  }
  /// One label, whose values are `names`, in the order of the enumeration.
  template <std::size_t N>
  counters_by(metrics& in, const char* name, const char* help, const char* label, const std::string_view (&names)[N])
      : counters_by(in, name, help, N, [&](Enum value) {
          return metric_labels{{label, std::string{names[static_cast<std::size_t>(value)]}}};
        }) {}
  void operator()(Enum of) const { each_[static_cast<std::size_t>(of)](); }
  [[nodiscard]] const counter& of(Enum value) const { return each_[static_cast<std::size_t>(value)]; }

 private:
  std::vector<counter> each_;
};

/// For values that nobody lists, an actor's name say: few of them, and each is looked up whenever it is counted.
class counters_named {
 public:
  counters_named(metrics& in, const char* name, const char* help, const char* label);
  void operator()(std::string_view value) const;

 private:
  prometheus::Family<prometheus::Counter>* family_;
  const char* label_;
};

/// For values that strangers bring along, a tenant's id say: the first `most` each count for themselves, and what comes
/// after them under "other". With `second`, another label that has few values. Any thread.
class bounded_counters {
 public:
  bounded_counters(metrics& in, const char* name, const char* help, const char* label, std::size_t most,
                   const char* second = nullptr);
  void operator()(std::string_view value, std::string_view second = {}) const;

 private:
  struct known;
  prometheus::Family<prometheus::Counter>* family_;
  const char* label_;
  const char* second_;
  std::shared_ptr<known> known_;
};

/// For pairs of values that strangers bring along: the first `most` pairs each count for themselves, and what comes
/// after them under "other", twice. Any thread.
class bounded_pairs {
 public:
  bounded_pairs(metrics& in, const char* name, const char* help, const char* first, const char* second,
                std::size_t most);
  void operator()(const std::string& first, const std::string& second) const;

 private:
  struct known;
  prometheus::Family<prometheus::Counter>* family_;
  const char* first_;
  const char* second_;
  std::shared_ptr<known> known_;
};

}  // namespace tonris::actors
