#pragma once

#include <string>
#include <utility>
#include <vector>

#include "config/redis_scripts.hpp"
#include "tests/actors/records/sharing_nodes.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::actors::test {

/// Nodes, and a Redis of the test's own, by which they share their records.
class SharingByRedis : public SharingNodes {
 protected:
  explicit SharingByRedis(std::vector<std::string> flags = {}) : redis(std::move(flags)) { set_generation(); }
  ~SharingByRedis() override { end(); }

  /// What whoever opens it first writes there.
  void set_generation() { redis.say({"SET", "{tonris}:gen", "generation-1"}); }
  std::string stream() { return redis.say({"XRANGE", "{tonris}:records", "-", "+"}); }
  std::string run(const config::redis_script& script, const std::vector<std::string>& keys,
                  const std::vector<std::string>& arguments) {
    std::vector<std::string> words{"EVAL", std::string{script.text}, std::to_string(keys.size())};
    words.insert(words.end(), keys.begin(), keys.end());
    words.insert(words.end(), arguments.begin(), arguments.end());
    return redis.say(words);
  }

  net::test::redis_server redis;
};

}  // namespace tonris::actors::test
