#include "actors/telemetry/log.hpp"

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

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

void put(level at, std::string_view words, std::span<const field> about) {
  const auto line = as_json ? as_members(words, about) : as_line(words);
  logger->log(to_spdlog(at), spdlog::string_view_t{line.data(), line.size()});
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

void write(level at, text words, std::span<const field> about) {
  if (writes(at)) put(at, words_of(words.words(), about), about);
}

void debug(text words, std::initializer_list<field> about) {
  write(level::debug, words, {about.begin(), about.size()});
}
void info(text words, std::initializer_list<field> about) {
  write(level::info, words, {about.begin(), about.size()});
}
void warn(text words, std::initializer_list<field> about) {
  write(level::warn, words, {about.begin(), about.size()});
}
void error(text words, std::initializer_list<field> about) {
  write(level::error, words, {about.begin(), about.size()});
}

}  // namespace tonris::actors::log
