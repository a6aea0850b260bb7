#pragma once

#include <gtest/gtest.h>

#include <string>

#include "actors/telemetry/log.hpp"

namespace tonris::actors::test {

/// The log of this process, from here to `text()`, in place of standard error.
class captured_log {
 public:
  explicit captured_log(config::log_level level = config::log_level::info,
                        config::log_format format = config::log_format::text) {
    testing::internal::CaptureStderr();
    log::start(level, format);
  }
  ~captured_log() {
    if (!taken_) (void)text();
  }
  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;

  /// All of it; what is logged afterwards is nowhere.
  std::string text() {
    taken_ = true;
    log::stop();
    return testing::internal::GetCapturedStderr();
  }

 private:
  bool taken_ = false;
};

}  // namespace tonris::actors::test
