#include "actors/log.hpp"

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

namespace tonris::actors::log {

namespace {

constexpr std::size_t queue_lines = 8192;

std::shared_ptr<spdlog::logger> logger;

std::string_view level_name(spdlog::level::level_enum level) {
  switch (level) {
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

void append(std::string_view text, spdlog::memory_buf_t& out) {
  out.append(text.data(), text.data() + text.size());
}

class level_flag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    append(level_name(message.level), out);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<level_flag>(); }
};

/// The message with what would break out of a line or a JSON string escaped: nobody forges log lines.
class safe_message_flag final : public spdlog::custom_flag_formatter {
 public:
  explicit safe_message_flag(bool json) : json_(json) {}
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    static constexpr char hex[] = "0123456789abcdef";
    for (const char c : message.payload) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f) {
        const char escape[] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
        append({escape, sizeof escape}, out);
      } else {
        if (json_ && (c == '"' || c == '\\')) out.push_back('\\');
        out.push_back(c);
      }
    }
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<safe_message_flag>(json_); }

 private:
  bool json_;
};

spdlog::level::level_enum to_spdlog(config::log_level level) {
  switch (level) {
    case config::log_level::debug: return spdlog::level::debug;
    case config::log_level::info: return spdlog::level::info;
    case config::log_level::warn: return spdlog::level::warn;
    case config::log_level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

void write(spdlog::level::level_enum level, pieces message) {
  if (!logger || !logger->should_log(level)) return;
  std::size_t size = 0;
  for (const auto piece : message) size += piece.size();
  std::string line;
  line.reserve(size);
  for (const auto piece : message) line += piece;
  logger->log(level, spdlog::string_view_t{line.data(), line.size()});
}

}  // namespace

void start(config::log_level level, config::log_format format) {
  spdlog::init_thread_pool(queue_lines, 1);
  logger = std::make_shared<spdlog::async_logger>("tonris", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                                  spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest);
  const bool json = format == config::log_format::json;
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<level_flag>('*').add_flag<safe_message_flag>('&', json);
  formatter->set_pattern(json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%*","message":"%&"})"
                              : "%Y-%m-%dT%H:%M:%S.%eZ [%*]: %&");
  logger->set_formatter(std::move(formatter));
  logger->set_level(to_spdlog(level));
  logger->flush_on(spdlog::level::warn);
  spdlog::flush_every(std::chrono::seconds{1});
}

void stop() {
  logger.reset();
  spdlog::shutdown();
}

void debug(pieces message) {
  write(spdlog::level::debug, message);
}
void info(pieces message) {
  write(spdlog::level::info, message);
}
void warn(pieces message) {
  write(spdlog::level::warn, message);
}
void error(pieces message) {
  write(spdlog::level::err, message);
}

}  // namespace tonris::actors::log
