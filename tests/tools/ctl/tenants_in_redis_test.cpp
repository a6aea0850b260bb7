#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "actors/store/tenant_database.hpp"
#include "tests/net/redis_server.hpp"
#include "tools/ctl/program.hpp"

namespace tonris::ctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// The tenants of a Redis, changed while no gateway answers.
class TenantsInRedis : public testing::Test {
 protected:
  TenantsInRedis() {
    auto made = (std::filesystem::temp_directory_path() / "tonris-ctl-XXXXXX").string();
    folder = mkdtemp(made.data());
    environment = {{"REDIS_URL", redis.url()}, {"DATA_DIR", (folder / "data").string()}};
  }
  ~TenantsInRedis() override { std::filesystem::remove_all(folder); }

  std::string file(const std::string& text) const {
    const auto path = folder / "given.json";
    std::ofstream{path} << text;
    return path.string();
  }
  int tenant(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "tenant");
    arguments.insert(arguments.end(), {"--env-file", (folder / ".env").string()});
    std::ostringstream said, complained;
    const auto of_test = [this](std::string_view name) -> std::optional<std::string> {
      const auto there = environment.find(name);
      return there == environment.end() ? std::nullopt : std::optional{there->second};
    };
    const int status = run(std::move(arguments), of_test, said, complained);
    out = said.str();
    err = complained.str();
    return status;
  }
  int in_redis(std::vector<std::string> arguments) {
    arguments.emplace_back("--redis");
    return tenant(std::move(arguments));
  }
  static std::string salon(const std::string& id, const std::string& number, const std::string& more = {}) {
    return R"({"id":")" + id + R"(","name":"Salon","twilioPhoneNumber":")" + number + "\"" + more + "}";
  }
  std::string key(const std::string& name) { return "{tonris}:" + name; }

  std::filesystem::path folder;
  net::test::redis_server redis;
  std::map<std::string, std::string, std::less<>> environment;
  std::string out, err;
};

TEST_F(TenantsInRedis, AreMadeListedChangedAndDeleted) {
  ASSERT_EQ(in_redis({"create", file(salon("a", "+1 555 123 4567"))}), found) << err;
  ASSERT_EQ(in_redis({"list"}), found) << err;
  EXPECT_EQ(out, "a  active  +15551234567  Salon\n");
  EXPECT_EQ(in_redis({"edit", "a", file(R"({"settings":{"greeting":"Hi"}})")}), found) << err;
  EXPECT_EQ(in_redis({"show", "a"}), found) << err;
  EXPECT_THAT(out, HasSubstr(R"("greeting":"Hi")"));
  EXPECT_EQ(in_redis({"suspend", "a"}), found);
  ASSERT_EQ(in_redis({"export"}), found);
  EXPECT_THAT(out, HasSubstr(R"("status":"suspended")"));
  const auto all = out;
  EXPECT_EQ(in_redis({"delete", "a"}), found);
  EXPECT_EQ(in_redis({"show", "a"}), not_found);
  EXPECT_EQ(err, "tonrisctl: there is no such tenant\n");
  EXPECT_EQ(in_redis({"import", file(all)}), found) << out;
  EXPECT_EQ(out, "1 made, 0 replaced\n");
  EXPECT_EQ(in_redis({"import", file(all)}), found) << out;
  EXPECT_EQ(out, "0 made, 1 replaced\n");
}

TEST_F(TenantsInRedis, AreRefusedAsTheGatewayRefusesThem) {
  ASSERT_EQ(in_redis({"create",
                      file(salon("a", "+15551234567", R"(,"settings":{"fallback":{"transferTo":"+15551234568"}})"))}),
            found)
      << err;
  struct row {
    std::string document, says;
  };
  for (const auto& [document, says] : {
           row{R"({"id":"b","name":"","twilioPhoneNumber":"1"})", "name must not be empty"},
           row{salon("a", "+15551234569"), "there is a tenant of that id"},
           row{salon("b", "+15551234567"), "one of the numbers is that of tenant a"},
           row{salon("b", "+15551234568", R"(,"settings":{"fallback":{"transferTo":"+15551234567"}})"),
               "leads back to the tenant's own number by way of tenant a"},
           row{salon("b", "+15551234568", R"(,"secrets":{"elevenLabs":{"apiKey":"sk_1"}})"),
               "secrets are sealed by the gateway"},
       }) {
    EXPECT_EQ(in_redis({"create", file(document)}), cannot) << says;
    EXPECT_THAT(err, AllOf(HasSubstr(says), Not(HasSubstr("sk_1"))));
  }
}

TEST_F(TenantsInRedis, AreChangedBeforeTheEyesOfGateways) {
  const auto listener = redis.connect();
  ASSERT_EQ(net::test::redis_server::ask(listener.get(), {"SUBSCRIBE", key("inv")}), "subscribe {tonris}:inv 1");
  ASSERT_EQ(in_redis({"create", file(salon("a", "+15551234567"))}), found) << err;
  void* heard = nullptr;
  ASSERT_EQ(redisGetReply(listener.get(), &heard), REDIS_OK);
  freeReplyObject(heard);
}

TEST_F(TenantsInRedis, TakeTheirKeysWithThemAndTheTrailIsTold) {
  for (const auto* whose : {"a", "b"}) {
    const auto number = whose[0] == 'a' ? "+15551234567" : "+15551234568";
    ASSERT_EQ(in_redis({"create", file(salon(whose, number))}), found) << err;
  }
  redis.say({"SADD", key("keys:a"), "0123456789aa"});
  redis.say({"HSET", key("key:0123456789aa"), "tenant", "a", "name", "x", "scopes", "read", "with", "k1", "digest", "d",
             "created", "1"});
  ASSERT_EQ(in_redis({"delete", "a"}), found) << err;
  EXPECT_EQ(redis.say({"EXISTS", key("key:0123456789aa"), key("keys:a")}), "0");
  EXPECT_THAT(redis.say({"XRANGE", key("audit"), "-", "+"}),
              AllOf(HasSubstr("key.revoke"), HasSubstr("operator"), HasSubstr(R"({"keyId":"all"})")));
  ASSERT_EQ(in_redis({"delete", "b"}), found) << err;
  EXPECT_EQ(redis.say({"XLEN", key("audit")}), "1") << "who has no key takes none with him";
}

TEST_F(TenantsInRedis, AreFoundThereWhereNoGatewayAnswers) {
  ASSERT_EQ(in_redis({"create", file(salon("a", "+15551234567"))}), found) << err;
  const auto port = std::to_string(tonris::test::free_port());
  environment["PORT"] = port;
  EXPECT_EQ(tenant({"list"}), cannot);
  EXPECT_THAT(err, HasSubstr("ADMIN_TOKEN is not set")) << "whether one answers cannot be asked";
  EXPECT_THAT(err, HasSubstr("--redis asks the store of REDIS_URL itself"));
  environment["ADMIN_TOKEN"] = "open-sesame";
  EXPECT_EQ(tenant({"list"}), found) << err;
  EXPECT_EQ(out, "a  active  +15551234567  Salon\n");
  EXPECT_EQ(err, "tonrisctl: The gateway at http://127.0.0.1:" + port +
                     " does not answer: asked the store of REDIS_URL itself\n");
  EXPECT_EQ(tenant({"list", "--gateway", "http://127.0.0.1:" + port}), cannot) << "that very gateway was meant";
  EXPECT_EQ(tenant({"restore"}), cannot) << "a gateway's copy is a gateway's";
}

TEST_F(TenantsInRedis, AreNotToldByAStoreThatCannotTell) {
  environment["REDIS_URL"] = redis.url("somebody:secret-word@");
  EXPECT_EQ(in_redis({"list"}), cannot);
  EXPECT_THAT(err, AllOf(StartsWith("tonrisctl: REDIS_URL"), Not(HasSubstr("secret-word")), Not(HasSubstr("\n\n"))));
  environment["REDIS_URL"] = "http://127.0.0.1";
  EXPECT_EQ(in_redis({"list"}), cannot);
  EXPECT_EQ(err, "tonrisctl: REDIS_URL is no address of a Redis: docs/redis.md has its forms\n");
  environment["REDIS_URL"] = redis.url();
  redis.say({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  EXPECT_EQ(in_redis({"list"}), cannot);
  EXPECT_THAT(err, HasSubstr("maxmemory-policy"));
  redis.stop();
  EXPECT_EQ(in_redis({"list"}), cannot);
  EXPECT_THAT(err, AllOf(StartsWith("tonrisctl: REDIS_URL: "), HasSubstr("refused")));
  environment.erase("REDIS_URL");
  EXPECT_EQ(in_redis({"list"}), cannot);
  EXPECT_THAT(err, HasSubstr("REDIS_URL is not set"));
}

TEST_F(TenantsInRedis, AreNotBelievedWhereSomeAreLost) {
  ASSERT_EQ(in_redis({"create", file(salon("a", "+15551234567"))}), found) << err;
  redis.say({"SET", key("lost"), "1"});
  EXPECT_EQ(in_redis({"list"}), cannot);
  EXPECT_EQ(err, "tonrisctl: REDIS_URL: its tenants are lost: docs/redis.md says how they come back\n");
  redis.say({"DEL", key("lost")});
  ASSERT_EQ(in_redis({"list"}), found) << err;
  {
    auto copy = actors::tenant_database::open_mirror((folder / "data").string()).value();
    ASSERT_TRUE(copy.believe("other data"));
  }
  EXPECT_EQ(in_redis({"list"}), cannot) << "this machine's gateway remembers other data";
  EXPECT_EQ(redis.say({"GET", key("lost")}), "1");
}

}  // namespace
}  // namespace tonris::ctl
