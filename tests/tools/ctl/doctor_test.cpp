#include "tools/ctl/doctor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "model/doctor/seen_request.hpp"
#include "model/text/digest.hpp"
#include "net/http_server.hpp"
#include "net/run_on.hpp"
#include "tests/free_port.hpp"
#include "tests/net/redis_server.hpp"
#include "tools/bench/certificate.hpp"
#include "tools/bench/child.hpp"
#include "tools/ctl/doctor_areas.hpp"
#include "tools/ctl/program.hpp"

namespace tonris::ctl {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::seconds enough{20};

std::vector<std::string> codes(const findings& all) {
  std::vector<std::string> out;
  for (const auto& one : all) out.push_back(one.code);
  return out;
}

class Doctor : public testing::Test {
 protected:
  Doctor() {
    auto made = (std::filesystem::temp_directory_path() / "tonris-ctl-XXXXXX").string();
    folder = mkdtemp(made.data());
    const auto nobody = "http://127.0.0.1:" + std::to_string(tonris::test::free_port());
    environment = {{"APP_BASE_URL", nobody},
                   {"PORT", std::to_string(tonris::test::free_port())},
                   {"TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001"},
                   {"TWILIO_AUTH_TOKEN", "a-secret-of-twilios"},
                   {"TWILIO_API_BASE_URL", nobody},
                   {"ELEVENLABS_API_KEY", "a-secret-of-the-vendors"},
                   {"ELEVENLABS_WEBHOOK_SECRET", "a-secret-of-callbacks"},
                   {"ELEVENLABS_API_BASE_URL", nobody},
                   {"ADMIN_TOKEN", "a-secret-of-operators"},
                   {"DATA_DIR", (folder / "data").string()}};
    io.start();
  }
  ~Doctor() override {
    net::run_on(io, [this] { server.reset(); });
    io.stop();
    std::filesystem::remove_all(folder);
  }

  lookup of_test() {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto there = environment.find(name);
      return there == environment.end() ? std::nullopt : std::optional{there->second};
    };
  }
  patient admitted() {
    tenants_place place;
    place.env_file = (folder / ".env").string();
    return admit(place, "", of_test());
  }
  int doctor(std::vector<std::string> more = {}) {
    std::vector<std::string> all{"doctor", "--env-file", (folder / ".env").string()};
    all.insert(all.end(), more.begin(), more.end());
    std::ostringstream said, complained;
    const int status = run(std::move(all), of_test(), said, complained);
    out = said.str();
    EXPECT_EQ(complained.str(), "");
    return status;
  }

  using answering = std::function<net::http_response(const net::http_request&)>;
  void serve(answering answer, const std::shared_ptr<net::tls_server_context>& tls = nullptr) {
    auto listening = net::http_server::listen(
        io, "127.0.0.1", 0, {}, tls,
        [answer = std::move(answer)](const net::http_request& request, net::http_responder responder) {
          responder.respond(answer(request));
        });
    ASSERT_TRUE(listening) << listening.error().detail;
    server = std::move(*listening);
    server->start();
  }
  [[nodiscard]] std::string origin(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(server->port());
  }

  std::filesystem::path folder;
  std::map<std::string, std::string, std::less<>> environment;
  std::string out;
  net::loop io{"doctor-test"};
  std::unique_ptr<net::http_server> server;
};

TEST_F(Doctor, LooksAtAllAreasAlsoWhereNobodyAnswers) {
  EXPECT_EQ(doctor(), 2);
  for (const auto* code : {"[gateway_down]", "[public_address_unreachable]", "[twilio_unreachable]",
                           "[elevenlabs_unreachable]", "not looked at: tenants' numbers"})
    EXPECT_THAT(out, HasSubstr(code));
  EXPECT_THAT(out, HasSubstr("settings        all settings are what they must be"));
  EXPECT_THAT(out, Not(HasSubstr("a-secret")));
  EXPECT_EQ(doctor({"--json"}), 2);
  EXPECT_THAT(out, HasSubstr(R"("code":"gateway_down")"));
  EXPECT_THAT(out, Not(HasSubstr("a-secret")));
}

TEST_F(Doctor, SaysWhatIsWrongWithTheSettingsAndGoesOn) {
  environment["PORT"] = "many";
  environment.erase("TWILIO_ACCOUNT_SID");
  environment["TENANTS_FILE"] = (folder / "tenants.json").string();
  std::ofstream{environment["TENANTS_FILE"]} << R"([{"id":"a","name":"","twilioPhoneNumber":"+15550100002"}])";
  std::ofstream{folder / ".env"} << "SECRETS_KEY=k1:short\n";
  std::filesystem::permissions(folder / ".env", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(doctor(), 2);
  for (const auto* said : {"PORT", "TWILIO_ACCOUNT_SID", "SECRETS_KEY", "[tenants_file_mistake]", "[env_file_open]",
                           "[elevenlabs_unreachable]", "not looked at: the account"})
    EXPECT_THAT(out, HasSubstr(said));
  EXPECT_THAT(out, Not(HasSubstr("short")));
}

TEST_F(Doctor, TakesNoOffenceAtAnEnvFileThatIsNone) {
  tenants_place place;
  place.env_file = "/dev/null";
  const auto found = codes(look_at_settings(admit(place, "", of_test()), remaining_time{enough}));
  EXPECT_THAT(found, Not(Contains("env_file_open")));
}

TEST_F(Doctor, FindsAGatewayThatRefusesItsToken) {
  serve([](const auto& request) {
    if (request.target == "/ready") return net::make_response(200, "application/json", R"({"status":"ready"})");
    return net::make_response(401, "application/json", "{}");
  });
  environment["PORT"] = std::to_string(server->port());
  const auto found = codes(look_at_gateway(admitted(), remaining_time{enough}));
  EXPECT_THAT(found, Contains("gateway_refuses_token"));
  EXPECT_THAT(found, Contains("not_looked_at")) << "its metrics";
}

// --- the public address, behind a proxy that does what some do

TEST_F(Doctor, NamesWhatAProxyDoesToARequest) {
  serve([](const net::http_request& request) {
    if (request.target.starts_with("/media-stream/")) return net::make_response(404, "text/html", "<html>");
    if (request.body.size() > 1'000'000) return net::make_response(413, "text/html", "<html>");
    model::doctor::seen_request seen;
    seen.public_origin = "https://127.0.0.1:8443";
    seen.method = request.method;
    seen.target = request.target + "&added=1";
    seen.content_type = request.fields.get("Content-Type");
    seen.has_callback_secret = seen.has_callback_signature = true;
    seen.body_bytes = request.body.size();
    seen.body_sha256 = model::sha256_hex(request.body);
    if (request.target.starts_with("/api/webhooks/doctor/"))
      return net::make_response(200, "application/json", to_json(seen));
    return net::make_response(403, "text/plain", "");
  });
  environment["APP_BASE_URL"] = origin();
  const auto found = codes(look_at_public_address(admitted(), remaining_time{enough}));
  for (const auto* code :
       {"scheme_differs", "query_changed", "signature_header_lost", "webhook_refused", "bodies_limited",
        "callback_secret_refused", "callback_signature_refused", "stream_path_closed", "public_address_of_simulators"})
    EXPECT_THAT(found, Contains(code));
}

TEST_F(Doctor, NamesARedirectWithoutItsPath) {
  serve([](const auto&) {
    auto answer = net::make_response(301, "text/html", "");
    answer.fields.set("Location", "https://gw.example.com/secret?token=abc");
    return answer;
  });
  environment["APP_BASE_URL"] = origin();
  const auto all = look_at_public_address(admitted(), remaining_time{enough});
  ASSERT_THAT(codes(all), Contains("public_address_redirects"));
  EXPECT_THAT(all.back().what, HasSubstr("to https://gw.example.com"));
  EXPECT_THAT(all.back().what, Not(HasSubstr("secret")));
}

// --- the certificate

TEST_F(Doctor, LooksAtTheCertificate) {
  const auto files = bench::make_certificates(folder.string()).value();
  serve([](const auto&) { return net::make_response(404, "text/plain", ""); },
        net::tls_server_context::load(files.certificate, files.key).value());
  environment["APP_BASE_URL"] = origin("https");
  const auto look = [this] { return codes(look_at_certificate(admitted(), remaining_time{enough})); };
  EXPECT_THAT(look(), testing::ElementsAre(testing::AnyOf("certificate_chain_incomplete", "certificate_self_signed")));
  ::setenv("SSL_CERT_FILE", files.authority.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): nobody asks for it now
  EXPECT_EQ(look(), std::vector<std::string>{"certificate_expires"}) << "it is good for a day";
  environment["TLS_CERT_FILE"] = files.certificate;
  environment["TLS_KEY_FILE"] = files.certificate;
  EXPECT_THAT(look(), Contains("certificate_files_unusable"));
  ::unsetenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe)
}

TEST_F(Doctor, NamesACertificateOfAnotherHost) {
  const auto files = bench::make_certificates(folder.string(), "gw.example.com").value();
  serve([](const auto&) { return net::make_response(404, "text/plain", ""); },
        net::tls_server_context::load(files.certificate, files.key).value());
  ::setenv("SSL_CERT_FILE", files.authority.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): nobody asks for it now
  environment["APP_BASE_URL"] = "https://localhost:" + std::to_string(server->port());
  const auto there = look_at_certificate(admitted(), remaining_time{enough});
  ::unsetenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(codes(there), std::vector<std::string>{"certificate_of_another"});
}

// --- Redis

TEST_F(Doctor, LooksAtRedis) {
  const net::test::redis_server redis;
  environment["REDIS_URL"] = redis.url();
  const auto look = [this] { return codes(look_at_redis(admitted(), remaining_time{enough})); };
  EXPECT_EQ(look(), std::vector<std::string>{"redis_no_aof"});
  redis.say({"CONFIG", "SET", "appendonly", "yes"});
  EXPECT_EQ(look(), std::vector<std::string>{"redis_good"});
  redis.say({"CONFIG", "SET", "appendfsync", "no"});
  redis.say({"SET", "{tonris}:lost", "1"});
  EXPECT_EQ(look(), (std::vector<std::string>{"redis_has_lost_tenants", "redis_fsync_no"}));
  redis.say({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  EXPECT_EQ(look(), std::vector<std::string>{"redis_unusable"});
  environment.erase("REDIS_URL");
  EXPECT_TRUE(look().empty());
}

// --- the machine

TEST_F(Doctor, LooksAtTheMachine) {
  serve([](const auto&) { return net::make_response(404, "text/plain", ""); });
  environment["TWILIO_API_BASE_URL"] = origin();
  std::filesystem::create_directory(folder / "data");
  std::filesystem::permissions(folder / "data", std::filesystem::perms::all);
  environment["MAX_CALLS"] = "100000";
  const auto found = codes(look_at_machine(admitted(), remaining_time{enough}));
  EXPECT_THAT(found, Contains("data_dir_open"));
  EXPECT_THAT(found, Contains("ports_short"));
  EXPECT_THAT(found, Not(Contains("clock_off")));
  std::filesystem::remove(folder / "data");
  std::ofstream{folder / "data"} << "x";
  EXPECT_THAT(codes(look_at_machine(admitted(), remaining_time{enough})), Contains("data_dir_unusable"));
}

}  // namespace
}  // namespace tonris::ctl
