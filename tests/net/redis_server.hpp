#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/free_port.hpp"

namespace tonris::net::test {

/// A redis-server of the test's own, on a port of 127.0.0.1 and in a folder that are its own, without snapshots. It is
/// ended by its process id, with the folder.
class redis_server {
 public:
  /// More of its flags, as one gives them to redis-server: {"--maxmemory", "3mb"}. Started at once, and answering.
  explicit redis_server(std::vector<std::string> flags = {}) : redis_server("redis-server", std::move(flags)) {
    start();
  }
  virtual ~redis_server() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  redis_server(const redis_server&) = delete;
  redis_server& operator=(const redis_server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string url(const std::string& userinfo = {}) const {
    return "redis://" + userinfo + "127.0.0.1:" + std::to_string(port_);
  }
  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }

  void stop() {  ///< at once, and with all it holds
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }
  void start() {
    launch();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < until && !listens())
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    EXPECT_TRUE(listens()) << "redis-server does not listen: " << log();
  }
  void restart() {
    stop();
    start();
  }
  void pause() const { ::kill(pid_, SIGSTOP); }
  void resume() const { ::kill(pid_, SIGCONT); }

  /// The answer in words ("(nil)" for nil; elements by blanks), on a connection of its own; at most 5 s.
  std::string say(const std::vector<std::string>& arguments) const {
    const auto to = connect();
    return ask(to.get(), arguments);
  }
  using connection = std::unique_ptr<redisContext, void (*)(redisContext*)>;
  [[nodiscard]] connection connect() const {
    connection to{redisConnectWithTimeout("127.0.0.1", port_, timeval{5, 0}), redisFree};
    redisSetTimeout(to.get(), timeval{5, 0});
    if (!password_.empty()) ask(to.get(), {"AUTH", password_});
    return to;
  }
  static std::string ask(redisContext* to, const std::vector<std::string>& arguments) {
    std::vector<const char*> pointers;
    std::vector<std::size_t> lengths;
    for (const auto& one : arguments) {
      pointers.push_back(one.data());
      lengths.push_back(one.size());
    }
    const std::unique_ptr<redisReply, void (*)(void*)> reply{
        static_cast<redisReply*>(
            redisCommandArgv(to, static_cast<int>(arguments.size()), pointers.data(), lengths.data())),
        freeReplyObject};
    return reply ? in_words(*reply) : "(" + std::string{to->errstr} + ")";
  }
  void use_password(std::string password) { password_ = std::move(password); }  ///< for `say`

  [[nodiscard]] std::string log() const {
    std::ifstream file{folder_ + "/log"};
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
  }

 protected:
  redis_server(std::string program, std::vector<std::string> flags)
      : program_{std::move(program)}, flags_{std::move(flags)}, port_{tonris::test::free_port()} {
    auto pattern = (std::filesystem::temp_directory_path() / "tonris-redis-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }

  virtual std::vector<std::string> own_flags() const {
    return {"--port", std::to_string(port_), "--bind",        "127.0.0.1", "--save", "", "--dir",
            folder_,  "--logfile",           folder_ + "/log"};
  }

 private:
  void launch() {
    std::vector<std::string> words{program_};
    for (auto& one : own_flags()) words.push_back(std::move(one));
    words.insert(words.end(), flags_.begin(), flags_.end());
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int out : {1, 2})
      posix_spawn_file_actions_addopen(&actions, out, (folder_ + "/said").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int failed = ::posix_spawnp(&pid_, program_.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ASSERT_EQ(failed, 0) << program_ << " cannot be started: tools/setup installs it";
  }

  [[nodiscard]] bool listens() const {
    const connection to{redisConnectWithTimeout("127.0.0.1", port_, timeval{1, 0}), redisFree};
    return to && to->err == 0;
  }

  static std::string in_words(const redisReply& reply) {
    switch (reply.type) {
      case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
      case REDIS_REPLY_NIL: return "(nil)";
      case REDIS_REPLY_ARRAY: {
        std::string out;
        for (std::size_t i = 0; i < reply.elements; ++i) out += (i ? " " : "") + in_words(*reply.element[i]);
        return out;
      }
      default: return {reply.str, reply.len};
    }
  }

  // given
  std::string program_;
  std::vector<std::string> flags_;
  std::uint16_t port_;
  // owned
  std::string folder_;
  pid_t pid_ = 0;
  // state
  std::string password_;
};

}  // namespace tonris::net::test
