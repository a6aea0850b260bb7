#include "config/settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/setting_table.hpp"
#include "tests/places.hpp"

namespace tonris::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using environment = std::map<std::string, std::string, std::less<>>;

const std::string account = "AC0123456789abcdef0123456789abcdef";
const std::string existing_file = test::source_dir() + "/CMakeLists.txt";

environment required() {
  return {{"APP_BASE_URL", "https://gw.example.com"},
          {"TWILIO_ACCOUNT_SID", account},
          {"TWILIO_AUTH_TOKEN", "t0ken"},
          {"ELEVENLABS_API_KEY", "k3y"}};
}

std::optional<std::string> find(void* context, std::string_view name) {
  const auto& all = *static_cast<environment*>(context);
  const auto found = all.find(name);
  return found == all.end() ? std::nullopt : std::optional{found->second};
}

tl::expected<settings, exit_with> load_from(environment env, const std::vector<std::string>& arguments = {},
                                            std::string_view env_file = {}) {
  return load(arguments, find, &env, env_file);
}

tl::expected<settings, exit_with> load_with(const std::string& name, const std::string& value) {
  auto env = required();
  env[name] = value;
  return load_from(env);
}

TEST(Settings, HaveTheDocumentedDefaults) {
  const auto s = load_from(required());
  ASSERT_TRUE(s) << s.error().text;
  EXPECT_EQ(s->port, 3000);
  EXPECT_EQ(s->host, "0.0.0.0");
  EXPECT_EQ(s->app_base_url, "https://gw.example.com");
  EXPECT_EQ(s->twilio_account_sid, account);
  ASSERT_EQ(s->twilio_auth_tokens.size(), 1U);
  EXPECT_EQ(s->twilio_auth_tokens[0].reveal(), "t0ken");
  EXPECT_EQ(s->elevenlabs_api_key.reveal(), "k3y");
  EXPECT_TRUE(s->admin_token.empty());
  EXPECT_TRUE(s->elevenlabs_webhook_secrets.empty());
  EXPECT_EQ(s->data_dir, "data");
  EXPECT_EQ(s->level, log_level::info);
  EXPECT_EQ(s->format, log_format::text);
  EXPECT_EQ(s->drain_timeout, std::chrono::hours{1});
  EXPECT_EQ(s->io_loops, 1U);
  EXPECT_EQ(s->max_calls, 1000U);
  EXPECT_EQ(s->elevenlabs_api_base_url, "https://api.elevenlabs.io");
  EXPECT_EQ(s->twilio_api_base_url, "https://api.twilio.com");
}

TEST(Settings, OfTheTableNameTheDefaultsOfTheStruct) {
  auto env = required();
  for (const auto& s : all_settings()) {
    if (!s.standard.empty()) env[std::string{s.name}] = s.standard;
  }
  const auto written = load_from(env);
  const auto standard = load_from(required());
  ASSERT_TRUE(written && standard);
  EXPECT_EQ(written->port, standard->port);
  EXPECT_EQ(written->host, standard->host);
  EXPECT_EQ(written->data_dir, standard->data_dir);
  EXPECT_EQ(written->level, standard->level);
  EXPECT_EQ(written->format, standard->format);
  EXPECT_EQ(written->drain_timeout, standard->drain_timeout);
  EXPECT_EQ(written->price_first_ask, standard->price_first_ask);
  EXPECT_EQ(written->experiment_round, standard->experiment_round);
  EXPECT_EQ(written->drift_round, standard->drift_round);
  EXPECT_EQ(written->io_loops, standard->io_loops);
  EXPECT_EQ(written->max_calls, standard->max_calls);
  EXPECT_EQ(written->elevenlabs_api_base_url, standard->elevenlabs_api_base_url);
  EXPECT_EQ(written->twilio_api_base_url, standard->twilio_api_base_url);
}

TEST(Settings, NameThoseThatAreSetAndNotActedOnYet) {
  const std::map<std::string_view, std::string> idle{{"PUBLIC_NODE_URL", "https://node-1.example.com"}};
  for (const auto& s : all_settings()) {
    EXPECT_EQ(s.not_yet, idle.contains(s.name)) << s.name;
    if (!s.not_yet) continue;
    auto env = required();
    env[std::string{s.name}] = idle.at(s.name);
    const auto loaded = load_from(env);
    ASSERT_TRUE(loaded) << loaded.error().text;
    EXPECT_THAT(loaded->not_yet, Contains(s.name));
    EXPECT_EQ(loaded->not_yet.size(), 1U);
  }
  EXPECT_THAT(load_from(required()).value().not_yet, IsEmpty());
  EXPECT_THAT(load_with("MAX_CALLS", "5").value().not_yet, IsEmpty());
}

TEST(Settings, AreAllRead) {
  auto env = required();
  const environment more{{"PORT", "8080"},
                         {"HOST", "127.0.0.1"},
                         {"APP_BASE_URL", "https://GW.example.com:8443/"},
                         {"TWILIO_AUTH_TOKEN", " new , old "},
                         {"ELEVENLABS_AGENT_ID", "agent_a"},
                         {"ELEVENLABS_WEBHOOK_SECRET", "wsec_1, wsec_2"},
                         {"ADMIN_TOKEN", "adm1n"},
                         {"ADMIN_PORT", "9300"},
                         {"ADMIN_HOST", "10.0.0.5"},
                         {"METRICS_TOKEN", "m3trics"},
                         {"SECRETS_KEY", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},
                         {"REDIS_URL", "redis://localhost:6379/1"},
                         {"REDIS_CA_FILE", existing_file},
                         {"REDIS_CERT_FILE", existing_file},
                         {"REDIS_KEY_FILE", existing_file},
                         {"DATA_DIR", "/tmp/data dir"},
                         {"TENANTS_FILE", existing_file},
                         {"DEFAULT_TENANT", "front-desk"},
                         {"RATES_FILE", existing_file},
                         {"PRICE_FIRST_ASK", "7200"},
                         {"EXPERIMENT_ROUND", "86400"},
                         {"DRIFT_ROUND", "900"},
                         {"ELEVENLABS_MAX_CALLS", "30"},
                         {"BUSINESS_TYPES_FILE", existing_file},
                         {"TLS_CERT_FILE", existing_file},
                         {"TLS_KEY_FILE", existing_file},
                         {"LOG_LEVEL", "warn"},
                         {"LOG_FORMAT", "json"},
                         {"DRAIN_TIMEOUT", "0"},
                         {"IO_LOOPS", "64"},
                         {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://Collector:4318/otel/"},
                         {"OTEL_TRACES_SAMPLER_ARG", "0.25"},
                         {"ELEVENLABS_API_BASE_URL", "http://127.0.0.1:9001"},
                         {"TWILIO_API_BASE_URL", "http://localhost:9002/"},
                         {"TOOL_ALLOWED_HOSTS", "crm.internal, 10.0.0.7"},
                         {"MAX_CALLS", "5"},
                         {"MAX_MEMORY_MB", "2000"},
                         {"MAX_LOOP_LAG_MS", "90"},
                         {"PUBLIC_NODE_URL", "https://node-1.example.com"},
                         {"TRUSTED_PROXIES", "10.0.0.2,::1"}};
  for (const auto& [name, value] : more) env[name] = value;
  for (const auto& s : all_settings()) EXPECT_TRUE(env.contains(s.name)) << s.name;
  const auto s = load_from(env);
  ASSERT_TRUE(s) << s.error().text;
  EXPECT_EQ(s->port, 8080);
  EXPECT_EQ(s->host, "127.0.0.1");
  EXPECT_EQ(s->otlp_endpoint, "http://collector:4318/otel");
  EXPECT_EQ(s->traces_share, 0.25);
  EXPECT_EQ(s->app_base_url, "https://gw.example.com:8443");
  ASSERT_EQ(s->twilio_auth_tokens.size(), 2U);
  EXPECT_EQ(s->twilio_auth_tokens[0].reveal(), "new");
  EXPECT_EQ(s->twilio_auth_tokens[1].reveal(), "old");
  EXPECT_EQ(s->elevenlabs_agent_id, "agent_a");
  ASSERT_EQ(s->elevenlabs_webhook_secrets.size(), 2u);
  EXPECT_EQ(s->elevenlabs_webhook_secrets[1].reveal(), "wsec_2");
  EXPECT_EQ(s->admin_token.reveal(), "adm1n");
  EXPECT_EQ(s->admin_port, 9300);
  EXPECT_EQ(s->admin_host, "10.0.0.5");
  EXPECT_EQ(s->metrics_token.reveal(), "m3trics");
  EXPECT_EQ(s->secrets_key.reveal(), "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  EXPECT_EQ(s->redis_url.reveal(), "redis://localhost:6379/1");
  EXPECT_EQ(s->redis_ca_file, existing_file);
  EXPECT_EQ(s->redis_cert_file, existing_file);
  EXPECT_EQ(s->redis_key_file, existing_file);
  EXPECT_EQ(s->data_dir, "/tmp/data dir");
  EXPECT_EQ(s->tenants_file, existing_file);
  EXPECT_EQ(s->business_types_file, existing_file);
  EXPECT_EQ(s->default_tenant, "front-desk");
  EXPECT_EQ(s->tls_cert_file, existing_file);
  EXPECT_EQ(s->tls_key_file, existing_file);
  EXPECT_EQ(s->level, log_level::warn);
  EXPECT_EQ(s->format, log_format::json);
  EXPECT_EQ(s->drain_timeout.count(), 0);
  EXPECT_EQ(s->price_first_ask, std::chrono::hours{2});
  EXPECT_EQ(s->experiment_round, std::chrono::hours{24});
  EXPECT_EQ(s->drift_round, std::chrono::minutes{15});
  EXPECT_EQ(s->io_loops, 64U);
  EXPECT_EQ(s->elevenlabs_api_base_url, "http://127.0.0.1:9001");
  EXPECT_EQ(s->twilio_api_base_url, "http://localhost:9002");
  EXPECT_TRUE(s->tool_allowed_hosts.allows("10.0.0.7", 443));
  EXPECT_TRUE(s->tool_allowed_hosts.allows("crm.internal", 8080));
  EXPECT_EQ(s->max_calls, 5U);
  EXPECT_EQ(s->public_node_url, "https://node-1.example.com");
  EXPECT_THAT(s->trusted_proxies, ElementsAre("10.0.0.2", "::1"));
}

TEST(Settings, ComeFromFlagsThenTheEnvironmentThenTheFile) {
  auto env = required();
  EXPECT_EQ(load_from(env, {}, "PORT=1001").value().port, 1001);
  env["PORT"] = "1002";
  EXPECT_EQ(load_from(env, {}, "PORT=1001").value().port, 1002);
  EXPECT_EQ(load_from(env, {"--port", "1003"}, "PORT=1001").value().port, 1003);
  EXPECT_EQ(load_from(env, {"--port=1004"}, "PORT=1001").value().port, 1004);
}

TEST(Settings, CanAllBeGivenAsFlags) {
  const auto s = load_from({}, {"--app-base-url", "https://gw.example.com", "--twilio-account-sid", account,
                                "--twilio-auth-token=-dashes-", "--elevenlabs-api-key", "k3y", "--max-calls", "7"});
  ASSERT_TRUE(s) << s.error().text;
  EXPECT_EQ(s->twilio_auth_tokens[0].reveal(), "-dashes-");
  EXPECT_EQ(s->max_calls, 7U);
}

TEST(Settings, TakeAnEmptyValueAsTheDefaultWhereverItStands) {
  auto env = required();
  env["PORT"] = "";
  EXPECT_EQ(load_from(env, {}, "PORT=1001").value().port, 3000);
  EXPECT_EQ(load_from(required(), {"--redis-url", ""}, "REDIS_URL=redis://localhost").value().redis_url.reveal(), "");
  EXPECT_EQ(load_from(required(), {"--redis-url="}, "REDIS_URL=redis://localhost").value().redis_url.reveal(), "");
}

struct bad_setting {
  std::string why, name, value, mistake;
};
class SettingsRefuse : public testing::TestWithParam<bad_setting> {};
TEST_P(SettingsRefuse, AValueInOneLine) {
  const auto s = load_with(GetParam().name, GetParam().value);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().status, 2);
  EXPECT_THAT(s.error().text, StartsWith(GetParam().name + " (from the environment): " + GetParam().mistake));
  EXPECT_EQ(std::count(s.error().text.begin(), s.error().text.end(), '\n'), 1) << s.error().text;
}
INSTANTIATE_TEST_SUITE_P(
    Values, SettingsRefuse,
    testing::Values(
        bad_setting{"PortZero", "PORT", "0", "must be a whole number from 1 to 65535"},
        bad_setting{"PortTooBig", "PORT", "65536", "must be a whole number from 1 to 65535"},
        bad_setting{"PortWord", "PORT", "http", "must be a whole number from 1 to 65535"},
        bad_setting{"HostWithPort", "HOST", "0.0.0.0:80", "must be an IP address or a host name"},
        bad_setting{"BaseUrlHttp", "APP_BASE_URL", "http://gw.example.com", "must begin with https://"},
        bad_setting{"BaseUrlPath", "APP_BASE_URL", "https://gw.example.com/x", "must be an origin only"},
        bad_setting{"NodeUrl", "PUBLIC_NODE_URL", "node-1", "must begin with https://"},
        bad_setting{"Account", "TWILIO_ACCOUNT_SID", "ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "must be AC and 32"},
        bad_setting{"AuthTokenOfCommas", "TWILIO_AUTH_TOKEN", ",", "must name at least one token"},
        bad_setting{"AuthTokenWithBlank", "TWILIO_AUTH_TOKEN", "a b", "must be words"},
        bad_setting{"ApiKeyWithNewline", "ELEVENLABS_API_KEY", "a\r\nX: b", "must be one word"},
        bad_setting{"AgentWithSlash", "ELEVENLABS_AGENT_ID", "a/b", "must be an agent id"},
        bad_setting{"SecretsKeyWithoutItsName", "SECRETS_KEY",
                    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "must be NAME:KEY"},
        bad_setting{"SecretsKeyTooShort", "SECRETS_KEY", "k1:c2hvcnQ=", "must be NAME:KEY"},
        bad_setting{"AdminTokenNotAscii", "ADMIN_TOKEN", "p\xc3\xa4ss", "must be one word"},
        bad_setting{"Redis", "REDIS_URL", "localhost:6379", "must look like redis://"},
        bad_setting{"TenantsMissing", "TENANTS_FILE", "/no/such/file", "must name a file that can be read"},
        bad_setting{"TenantsDirectory", "TENANTS_FILE", "/", "must name a file that can be read"},
        bad_setting{"LogLevel", "LOG_LEVEL", "verbose", "must be one of debug, info, warn, error"},
        bad_setting{"LogFormat", "LOG_FORMAT", "xml", "must be one of text, json"},
        bad_setting{"Drain", "DRAIN_TIMEOUT", "86401", "must be a whole number from 0 to 86400"},
        bad_setting{"PriceAtOnce", "PRICE_FIRST_ASK", "0", "must be a whole number from 1 to 7200"},
        bad_setting{"RoundAtOnce", "EXPERIMENT_ROUND", "0", "must be a whole number from 1 to 86400"},
        bad_setting{"SeldomLooks", "DRIFT_ROUND", "3601", "must be a whole number from 1 to 3600"},
        bad_setting{"DrainWithUnit", "DRAIN_TIMEOUT", "60s", "must be a whole number from 0 to 86400"},
        bad_setting{"Loops", "IO_LOOPS", "65", "must be a whole number from 1 to 64"},
        bad_setting{"Collector", "OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "must begin with http://"},
        bad_setting{"CollectorQuery", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c/?key=k3y", "must not have a query"},
        bad_setting{"Share", "OTEL_TRACES_SAMPLER_ARG", "1.5", "must be a number from 0 to 1"},
        bad_setting{"Calls", "MAX_CALLS", "0", "must be a whole number from 1 to 100000"},
        bad_setting{"Memory", "MAX_MEMORY_MB", "1.5", "must be a whole number from 0 to 1000000"},
        bad_setting{"Lag", "MAX_LOOP_LAG_MS", "5", "must be a whole number from 10 to 10000"},
        bad_setting{"VendorHttp", "ELEVENLABS_API_BASE_URL", "http://api.elevenlabs.io", "must begin with https://"},
        bad_setting{"DefaultTenant", "DEFAULT_TENANT", "../front", "must be a tenant's id"},
        bad_setting{"VendorPath", "TWILIO_API_BASE_URL", "https://api.twilio.com/2010-04-01", "must be an origin only"},
        bad_setting{"ToolHostWithAPath", "TOOL_ALLOWED_HOSTS", "a.internal,b.internal/x", "must be"},
        bad_setting{"ProxyNet", "TRUSTED_PROXIES", "10.0.0.0/8", "must be IP addresses"}),
    [](const auto& row) { return row.param.why; });

TEST(Settings, WantBothTlsFilesOrNone) {
  for (const auto* name : {"TLS_CERT_FILE", "TLS_KEY_FILE"}) {
    const auto s = load_with(name, existing_file);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().text, "TLS_CERT_FILE and TLS_KEY_FILE: must be set both or neither\n");
  }
}

TEST(SettingsTogether, RefuseOneRedisCertificateFileWithoutTheOther) {
  for (const auto* name : {"REDIS_CERT_FILE", "REDIS_KEY_FILE"}) {
    const auto s = load_with(name, existing_file);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().text, "REDIS_CERT_FILE and REDIS_KEY_FILE: must be set both or neither\n");
  }
}

TEST(Settings, WantAnotherPortForOperators) {
  const auto s = load_with("ADMIN_PORT", "3000");
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().text, "ADMIN_PORT and PORT: must be two ports\n");
  EXPECT_EQ(load_with("ADMIN_PORT", "9300").value().admin_host, "127.0.0.1");
}

TEST(Settings, NameEachRequiredOneThatIsMissing) {
  const auto s = load_from({{"ELEVENLABS_API_KEY", "  "}});
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().status, 2);
  EXPECT_EQ(s.error().text,
            "APP_BASE_URL: is required and must not be empty\n"
            "TWILIO_ACCOUNT_SID: is required and must not be empty\n"
            "TWILIO_AUTH_TOKEN: is required and must not be empty\n"
            "ELEVENLABS_API_KEY (from the environment): is required and must not be empty\n");
}

TEST(Settings, TellAllMistakesAtOnceAndWhereTheyCameFrom) {
  auto env = required();
  env["LOG_LEVEL"] = "loud";
  const auto s = load_from(env, {"--port", "x", "--prot=1"}, "IO_LOOPS=0\nnonsense\n");
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().text,
            "--prot is not a known flag\n"
            ".env: line 2 must be NAME=value\n"
            "PORT (from its flag): must be a whole number from 1 to 65535\n"
            "LOG_LEVEL (from the environment): must be one of debug, info, warn, error\n"
            "IO_LOOPS (from .env): must be a whole number from 1 to 64\n");
}

struct bad_command_line {
  std::string why;
  std::vector<std::string> arguments;
  std::string mistake;
};
class CommandLine : public testing::TestWithParam<bad_command_line> {};
TEST_P(CommandLine, IsRefusedInOneLineWithoutAValue) {
  const auto s = load_from(required(), GetParam().arguments);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().status, 2);
  EXPECT_THAT(s.error().text, HasSubstr(GetParam().mistake));
  EXPECT_THAT(s.error().text, Not(HasSubstr("s3cret")));
  EXPECT_EQ(std::count(s.error().text.begin(), s.error().text.end(), '\n'), 1) << s.error().text;
}
INSTANTIATE_TEST_SUITE_P(
    Arguments, CommandLine,
    testing::Values(bad_command_line{"UnknownFlag", {"--nonsense"}, "--nonsense is not a known flag"},
                    bad_command_line{"UnknownFlagWithValue", {"--token=s3cret"}, "--token is not a known flag"},
                    bad_command_line{"UnknownShortFlag", {"-x"}, "not understood"},
                    bad_command_line{"StrayValue", {"--admin-token", "a", "s3cret"}, "without a flag"},
                    bad_command_line{"Positional", {"s3cret"}, "without a flag"},
                    bad_command_line{"NoValue", {"--port"}, "--port"},
                    bad_command_line{"Twice",
                                     {"--admin-token", "s3cret1", "--admin-token", "s3cret2"},
                                     "--admin-token is given twice"}),
    [](const auto& row) { return row.param.why; });

TEST(Settings, NeverRepeatASecret) {
  for (const auto* name : {"TWILIO_AUTH_TOKEN", "ELEVENLABS_API_KEY", "ELEVENLABS_WEBHOOK_SECRET", "ADMIN_TOKEN",
                           "REDIS_URL", "APP_BASE_URL", "SECRETS_KEY"}) {
    const auto s = load_with(name, "https://me:s3cret @x");
    ASSERT_FALSE(s) << name;
    EXPECT_THAT(s.error().text, Not(HasSubstr("s3cret")));
  }
}

TEST(Settings, EndWithHelpBeforeAnythingIsChecked) {
  for (const auto& arguments : {std::vector<std::string>{"--help"}, {"-h"}, {"--port", "x", "--help", "--nonsense"}}) {
    const auto s = load_from({}, arguments);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().status, 0);
    EXPECT_EQ(s.error().text, help());
  }
}

TEST(Settings, EndWithTheVersion) {
  const auto s = load_from({}, {"--version"});
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().status, 0);
  EXPECT_EQ(s.error().text, "tonris " + std::string{version()} + "\n");
  EXPECT_TRUE(std::regex_match(std::string{version()}, std::regex{R"(\d+\.\d+\.\d+(\+[0-9a-f]{12,40}(\.dirty)?)?)"}))
      << version();
}

TEST(Help, ListsEverySettingWithDefaultAndUnit) {
  const auto text = help();
  for (const auto& s : all_settings()) {
    EXPECT_THAT(text, HasSubstr("\n  " + flag_of(s) + " ")) << s.name;
    EXPECT_THAT(text, HasSubstr("\n" + std::string{s.group} + "\n"));
  }
  EXPECT_THAT(text, HasSubstr("(default 3600 seconds)"));
  EXPECT_THAT(text, HasSubstr("(required)"));
  const auto marks = std::count_if(all_settings().begin(), all_settings().end(), [](auto& s) { return s.not_yet; });
  std::ptrdiff_t shown = 0;
  for (auto at = text.find("(not yet"); at != std::string::npos; at = text.find("(not yet", at + 1)) ++shown;
  EXPECT_EQ(shown, marks);
  for (const auto* flag : {"--env-file", "--help", "--version"}) EXPECT_THAT(text, HasSubstr(flag));
}

// The process's own door: a directory with a .env in it, entered for the test.
class SettingsOfTheProcess : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "tonris-settings-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(directory_);
    for (const auto& s : all_settings()) unsetenv(std::string{s.name}.c_str());
  }
  void TearDown() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(directory_);
  }
  static void write(const std::string& name, const std::string& more = {}) {
    std::ofstream out{name};
    for (const auto& [key, value] : required()) out << key << "='" << value << "'\n";
    out << more;
  }
  static tl::expected<settings, exit_with> run(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "tonris");
    return load(static_cast<int>(arguments.size()), arguments.data());
  }

 private:
  std::filesystem::path directory_, before_;
};

TEST_F(SettingsOfTheProcess, ReadTheFileInTheWorkingDirectoryAndTheEnvironment) {
  write(".env", "PORT=1001\nMAX_CALLS=5\n");
  setenv("PORT", "1002", 1);
  const auto s = run({});
  unsetenv("PORT");
  ASSERT_TRUE(s) << s.error().text;
  EXPECT_EQ(s->port, 1002);
  EXPECT_EQ(s->max_calls, 5U);
}

TEST_F(SettingsOfTheProcess, ReadTheNamedFileInstead) {
  write(".env", "PORT=1001\n");
  write("other.env", "PORT=1002\n");
  const auto s = run({"--env-file", "other.env"});
  ASSERT_TRUE(s) << s.error().text;
  EXPECT_EQ(s->port, 1002);
}

TEST_F(SettingsOfTheProcess, DoNotNeedAFileButANamedOneMustBeThere) {
  EXPECT_THAT(run({}).error().text, Not(HasSubstr(".env")));
  EXPECT_THAT(run({"--env-file", "none.env"}).error().text, StartsWith("--env-file: must be a file"));
  std::filesystem::create_directory(".env");
  EXPECT_THAT(run({}).error().text, StartsWith(".env: must be a file"));
}

TEST_F(SettingsOfTheProcess, RefuseAFileThatIsNoSettingsFileByItsSize) {
  write(".env", "# " + std::string(70'000, 'x') + "\n");
  EXPECT_THAT(run({}).error().text, StartsWith(".env: must be a file of at most 64 KiB"));
}

}  // namespace
}  // namespace tonris::config
