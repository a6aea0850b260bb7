#include "config/redis_scripts.hpp"

#include <gmock/gmock.h>
#include <openssl/evp.h>

#include <fstream>
#include <sstream>

#include "tests/net/redis_server.hpp"
#include "tests/places.hpp"

namespace tonris::config {
namespace {

using testing::SizeIs;
using testing::StartsWith;

std::string sha1_of(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  std::ostringstream out;
  for (unsigned i = 0; i < size; ++i) out << "0123456789abcdef"[digest[i] >> 4U] << "0123456789abcdef"[digest[i] & 15U];
  return out.str();
}

TEST(RedisScripts, AreTheFilesOfTheirFolder) {
  EXPECT_THAT(redis_scripts::all(), SizeIs(32));
  for (const auto& script : redis_scripts::all()) {
    std::ifstream file{test::source_dir() + "/config/redis/" + std::string{script.name} + ".lua"};
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(script.text, text.str()) << script.name;
  }
}

TEST(RedisScripts, AreNamedByTheHashOfTheirText) {
  for (const auto& script : redis_scripts::all()) EXPECT_EQ(script.sha1, sha1_of(script.text)) << script.name;
}

// Without one Redis lets a script begin that a full memory then ends half way.
TEST(RedisScripts, BeginWithTheLineThatSaysWhatTheyDo) {
  for (const auto& script : redis_scripts::all()) EXPECT_THAT(script.text, StartsWith("#!lua")) << script.name;
}

TEST(RedisScripts, AreTakenByRedisUnderThatName) {
  const net::test::redis_server server;
  for (const auto& script : redis_scripts::all())
    EXPECT_EQ(server.say({"SCRIPT", "LOAD", std::string{script.text}}), script.sha1) << script.name;
}

TEST(RedisScripts, AreThereByTheirNames) {
  EXPECT_EQ(redis_scripts::open.name, "open");
  EXPECT_EQ(redis_scripts::tenant_find.name, "tenant_find");
  EXPECT_EQ(redis_scripts::admit.name, "admit");
  EXPECT_EQ(redis_scripts::ticket.name, "ticket");
}

}  // namespace
}  // namespace tonris::config
