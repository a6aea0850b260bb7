#include <gmock/gmock.h>

#include "redis_fixture.hpp"

/// Who is let in, and what is said to whom is not: users and passwords, certificates.
namespace tonris::net::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

class RedisLogin : public RedisLinkTest {
 protected:
  /// The line for the operator.
  std::string refusal_of_link(redis_options options) {
    open(std::move(options));
    EXPECT_TRUE(becomes(phase::refused)) << state().why;
    return state().why;
  }
};

TEST_F(RedisLogin, KnowsTheOnePasswordOfAServerWithoutUsers) {
  redis_server server{{"--requirepass", "p@s#s/w:rd"}};
  open_ready(options_of(server.url(":p%40s%23s%2Fw%3Ard@")));
  EXPECT_EQ(say({"SET", "k", "v"}).outcome, outcome::ok);
}

TEST_F(RedisLogin, KnowsUsers) {
  redis_server server;
  server.say({"ACL", "SETUSER", "to@n", "on", ">p w", "~*", "&*", "+@all"});
  open_ready(options_of(server.url("to%40n:p%20w@")));
  EXPECT_EQ(say({"ACL", "WHOAMI"}).reply.text, "to@n");
}

TEST_F(RedisLogin, NeedsNoMoreRightsThanTheManualGives) {
  redis_server server;
  const std::string line =
      "on >pw ~{tonris}:* resetchannels &{tonris}:* -@all +@read +@write +@pubsub +@scripting +ping +auth +hello "
      "+select "
      "+time +wait +client|setname +client|id -@dangerous +info +role -script|flush -script|kill -keys";
  words setuser{"ACL", "SETUSER", "tonris"};
  for (std::size_t at = 0; at < line.size();) {
    const auto end = std::min(line.find(' ', at), line.size());
    setuser.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  ASSERT_EQ(server.say(setuser), "OK");
  open_ready(options_of(server.url("tonris:pw@")), {{"return redis.call('SET', KEYS[1], 'v')", "0"}});
  EXPECT_EQ(say({"SET", "{tonris}:k", "v"}).outcome, outcome::ok);
  EXPECT_EQ(say({"SET", "k", "v"}).refusal, redis_refusal::noperm);
  EXPECT_EQ(say({"FLUSHALL"}).refusal, redis_refusal::noperm);
  EXPECT_EQ(say({"KEYS", "*"}).refusal, redis_refusal::noperm);
}

TEST_F(RedisLogin, IsRefusedWithAWrongPassword) {
  redis_server server{{"--requirepass", "right"}};
  const auto line = refusal_of_link(options_of(server.url(":s3cret@")));
  EXPECT_THAT(line, HasSubstr("REDIS_URL"));
  EXPECT_THAT(line, HasSubstr("WRONGPASS"));
  EXPECT_THAT(line, Not(AnyOf(HasSubstr("s3cret"), HasSubstr("127.0.0.1"))));
}

TEST_F(RedisLogin, IsRefusedWithoutAPassword) {
  redis_server server{{"--requirepass", "right"}};
  EXPECT_THAT(refusal_of_link(options_of(server.url())), HasSubstr("asks for a user or password (NOAUTH)"));
}

TEST_F(RedisLogin, IsRefusedWithAPasswordWhereThereIsNone) {
  redis_server server;
  EXPECT_THAT(refusal_of_link(options_of(server.url(":s3cret@"))), HasSubstr("the server has none"));
}

TEST_F(RedisLogin, IsRefusedByAUserThatMayNotDoWhatWeNeed) {
  redis_server server;
  server.say({"ACL", "SETUSER", "u", "on", ">pw", "~*", "+@all", "-info"});
  EXPECT_THAT(refusal_of_link(options_of(server.url("u:pw@"))), HasSubstr("'info'"));
}

TEST_F(RedisLogin, IsRefusedADatabaseThatIsNotThere) {
  redis_server server{{"--databases", "2"}};
  EXPECT_THAT(refusal_of_link(options_of(server.url() + "/2")), HasSubstr("no such database"));
}

class RedisTls : public RedisLogin {
 protected:
  void serve(const std::string& names, std::vector<std::string> more = {"--tls-auth-clients", "no"}) {
    const auto files = authority.issue("redis", names);
    tls_port = tonris::test::free_port();
    std::vector<std::string> flags{"--tls-port",         std::to_string(tls_port), "--tls-cert-file",
                                   files.certificate,    "--tls-key-file",         files.key,
                                   "--tls-ca-cert-file", authority.path("ca.pem")};
    flags.insert(flags.end(), more.begin(), more.end());
    server = std::make_unique<redis_server>(flags);
  }
  redis_options secure(const std::string& host, const tls_client_files& files) {
    auto out = options_of("rediss://" + host + ":" + std::to_string(tls_port));
    const auto context = tls_client_context::make(files);
    EXPECT_TRUE(context) << context.error().detail;
    out.tls = context.value_or(nullptr);
    return out;
  }
  tls_client_files trusting() const { return {authority.path("ca.pem"), {}, {}}; }

  certificate_authority authority;
  std::unique_ptr<redis_server> server;
  std::uint16_t tls_port = 0;
};

TEST_F(RedisTls, TrustsTheAuthorityItIsGiven) {
  serve("DNS:localhost,IP:127.0.0.1");
  open_ready(secure("localhost", trusting()));
  EXPECT_EQ(say({"SET", "k", std::string(1'000'000, 'x')}).outcome, outcome::ok);
  EXPECT_EQ(say({"GET", "k"}).reply.text.size(), 1'000'000U);
}

TEST_F(RedisTls, KnowsServersByAddressToo) {
  serve("IP:127.0.0.1");
  open_ready(secure("127.0.0.1", trusting()));
}

TEST_F(RedisTls, RefusesAnotherHost) {
  serve("DNS:redis.example.com");
  EXPECT_THAT(refusal_of_link(secure("localhost", trusting())), HasSubstr("certificate is not accepted"));
}

TEST_F(RedisTls, RefusesAnAuthorityItDoesNotKnow) {
  serve("DNS:localhost");
  const certificate_authority another;
  const auto line = refusal_of_link(secure("localhost", {another.path("ca.pem"), {}, {}}));
  EXPECT_THAT(line, HasSubstr("REDIS_CA_FILE"));
}

// Under TLS 1.3 the handshake succeeds, and only what is read first says that something was missing.
TEST_F(RedisTls, NamesTheCertificateThatAServerAsksFor) {
  serve("DNS:localhost", {"--tls-auth-clients", "yes"});
  EXPECT_THAT(refusal_of_link(secure("localhost", trusting())), HasSubstr("REDIS_CERT_FILE and REDIS_KEY_FILE"));
}

TEST_F(RedisTls, NamesItUnderTheOlderProtocolToo) {
  serve("DNS:localhost", {"--tls-auth-clients", "yes", "--tls-protocols", "TLSv1.2"});
  EXPECT_THAT(refusal_of_link(secure("localhost", trusting())), HasSubstr("REDIS_CERT_FILE and REDIS_KEY_FILE"));
}

TEST_F(RedisTls, ShowsACertificateOfItsOwn) {
  serve("DNS:localhost", {"--tls-auth-clients", "yes"});
  const auto ours = authority.issue("client", "DNS:client");
  open_ready(secure("localhost", {authority.path("ca.pem"), ours.certificate, ours.key}));
  EXPECT_EQ(say({"SET", "k", "v"}).outcome, outcome::ok);
}

// A plain server waits for the rest of what it takes for a command.
TEST_F(RedisTls, GivesUpAServerThatDoesNotSpeakIt) {
  const redis_server plain;
  tls_port = plain.port();
  open(secure("localhost", trusting()));
  ASSERT_TRUE(becomes(phase::away));
  EXPECT_THAT(state().why, HasSubstr("no connection"));
}

TEST_F(RedisTls, IsMissedByWhoSpeaksPlainly) {
  serve("DNS:localhost");
  open(options_of("redis://127.0.0.1:" + std::to_string(tls_port)));
  ASSERT_TRUE(becomes(phase::away));
  EXPECT_THAT(state().why, HasSubstr("no greeting"));
}

TEST(RedisTlsFiles, AreReadWhenTheContextIsMade) {
  const certificate_authority authority;
  EXPECT_THAT(tls_client_context::make({"/nowhere.pem", {}, {}}).error().detail,
              HasSubstr("the authorities cannot be used"));
  EXPECT_THAT(tls_client_context::make({{}, "/nowhere.pem", "/nowhere.key"}).error().detail,
              HasSubstr("the certificate cannot be used"));
}

}  // namespace
}  // namespace tonris::net::test
