#include "actors/telemetry/log.hpp"

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <string>

#include "model/json/text.hpp"

namespace tonris::actors::log {

namespace {

constexpr std::size_t queue_lines = 8192;

std::shared_ptr<spdlog::logger> logger;
bool as_json = false;

std::string_view level_name(spdlog::level::level_enum at) {
  switch (at) {
    case spdlog::level::trace:
    case spdlog::level::debug: return "DEBUG";
    case spdlog::level::warn: return "WARN";
    case spdlog::level::err:
    case spdlog::level::critical: return "ERROR";
    case spdlog::level::info:
    case spdlog::level::off:
    case spdlog::level::n_levels: break;
  }
  return "INFO";
}

class level_flag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const auto name = level_name(message.level);
    out.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<level_flag>(); }
};

spdlog::level::level_enum to_spdlog(level at) {
  switch (at) {
    case level::debug: return spdlog::level::debug;
    case level::info: return spdlog::level::info;
    case level::warn: return spdlog::level::warn;
    case level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string joined(pieces message) {
  std::size_t size = 0;
  for (const auto piece : message) size += piece.size();
  std::string line;
  line.reserve(size);
  for (const auto piece : message) line += piece;
  return line;
}

/// With what would break out of a line escaped: nobody forges log lines.
std::string as_line(pieces message) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string line;
  for (const char c : joined(message)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      line += c;
    } else {
      line.append("\\u00");
      line += hex[byte >> 4];
      line += hex[byte & 15];
    }
  }
  return line;
}

/// What stands between the braces behind time and level.
std::string as_members(pieces message, const fields& about) {
  std::string out;
  const auto put = [&out](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out.append(",\"").append(name).append("\":");
    model::append_json_string(value, out);
  };
  out.append("\"message\":");
  model::append_json_string(joined(message), out);
  put("call", about.call);
  put("tenant", about.tenant);
  put("to", about.to);
  put("agent", about.agent);
  put("reason", about.reason);
  put("by", about.by);
  if (about.duration_seconds) {
    char text[40];
    std::snprintf(text, sizeof text, ",\"durationSeconds\":%.3f", *about.duration_seconds);
    out += text;
  }
  return out;
}

}  // namespace

void start(level least, config::log_format format) {
  spdlog::init_thread_pool(queue_lines, 1);
  logger = std::make_shared<spdlog::async_logger>("tonris", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                                  spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest);
  as_json = format == config::log_format::json;
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<level_flag>('*');
  formatter->set_pattern(as_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%*",%v})"
                                 : "%Y-%m-%dT%H:%M:%S.%eZ [%*]: %v");
  logger->set_formatter(std::move(formatter));
  logger->set_level(to_spdlog(least));
  logger->flush_on(spdlog::level::warn);
  spdlog::flush_every(std::chrono::seconds{1});
}

void stop() {
  logger.reset();
  spdlog::shutdown();
}

bool writes(level at) {
  return logger && logger->should_log(to_spdlog(at));
}

void write(level at, pieces message, const fields& about) {
  if (!writes(at)) return;
  const auto line = as_json ? as_members(message, about) : as_line(message);
  logger->log(to_spdlog(at), spdlog::string_view_t{line.data(), line.size()});
}

void debug(pieces message, const fields& about) {
  write(level::debug, message, about);
}
void info(pieces message, const fields& about) {
  write(level::info, message, about);
}
void warn(pieces message, const fields& about) {
  write(level::warn, message, about);
}
void error(pieces message, const fields& about) {
  write(level::error, message, about);
}

}  // namespace tonris::actors::log
