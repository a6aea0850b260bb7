#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/store/database.hpp"
#include "model/text/iso_time.hpp"
#include "net/http_server.hpp"
#include "net/run_on.hpp"
#include "tools/ctl/program.hpp"

namespace tonris::ctl::test {

inline const model::call_sid some_call{"CA0123456789abcdef0123456789abcdef"};
inline const std::string token = "open-sesame";
inline const auto ten_o_clock = *model::parse_iso_time("2026-11-22T10:00:00.000Z");
inline const std::string unknown_call = R"({"error":{"code":"call_not_found","message":"no such call is known"}})";

/// tonrisctl with an environment and a folder of its own, and a gateway or what one has left.
class Tonrisctl : public testing::Test {
 protected:
  Tonrisctl() {
    auto made = (std::filesystem::temp_directory_path() / "tonris-ctl-XXXXXX").string();
    directory = mkdtemp(made.data());
    env_file = (directory / ".env").string();
    data_dir = (directory / "data").string();
    io.start();
  }
  ~Tonrisctl() override {
    net::run_on(io, [this] { server.reset(); });
    io.stop();
    std::filesystem::remove_all(directory);
  }

  int tonrisctl(std::vector<std::string> arguments) {
    out.str("");
    err.str("");
    const auto environment_of_test = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional{found->second};
    };
    const int ended = run(std::move(arguments), environment_of_test, out, err);
    const auto said = err.str();
    EXPECT_EQ(said.find(token), std::string::npos) << said;
    const auto lines = std::count(said.begin(), said.end(), '\n');
    EXPECT_LE(lines, ended == found ? 0 : 1) << said;
    EXPECT_TRUE(lines == 1 || ended != cannot) << "it says why";
    return ended;
  }
  int why(const std::string& how = {}) {
    std::vector<std::string> words{"why", some_call.value, "--env-file", env_file};
    if (!how.empty()) words.push_back(how);
    return tonrisctl(std::move(words));
  }

  /// A gateway that answers so.
  void listen(net::http_server::handler answers) {
    auto listening = net::http_server::listen(io, "127.0.0.1", 0, {}, nullptr, std::move(answers));
    ASSERT_TRUE(listening) << listening.error().detail;
    server = std::move(*listening);
    server->start();
    environment["PORT"] = std::to_string(server->port());
    environment["ADMIN_TOKEN"] = token;
  }
  /// One that gives one answer about the call's events, and one about its record, to whoever knows the token.
  void serve(unsigned status, const std::string& body, const std::string& record = {}) {
    listen([=, this](net::http_request request, net::http_responder responder) {
      const auto answer = [&](unsigned with, const std::string& text) {
        responder.respond(net::make_response(with, "application/json", text));
      };
      const auto path = "/api/calls/" + some_call.value;
      if (request.fields.get("Authorization") != "Bearer " + token) return answer(401, "{}");
      if (request.method == "POST") {
        done = request.target + " " + request.body;
        return request.path() == "/api/calls" ? answer(status, body) : answer(202, "{}");
      }
      if (request.path() == "/api/tenants") {
        asked_for_tenants = request.target;
        return answer(200, list_of_tenants);
      }
      if (request.query().find("tenant=oslo") != std::string::npos) return answer(404, unknown_tenant);
      if (request.path() == "/api/calls") {
        asked_for_calls = request.query().empty() ? "" : "?" + std::string{request.query()};
        return answer(200, list_of_calls);
      }
      if (request.path() == "/api/webhooks/refused") {
        asked_for_refused = request.target;
        return refused.empty() ? answer(404, "{}") : answer(200, refused);
      }
      if (request.path() == "/api/tenants/salon-1" && !of_tenant.empty()) return answer(200, of_tenant);
      if (request.path().starts_with("/api/usage")) {
        asked_for_usage = request.target;
        return answer(200, usage);
      }
      if (request.target == path + "/timeline") return answer(status, body);
      if (request.target != path) return answer(404, "{}");
      record.empty() ? answer(404, unknown_call) : answer(200, record);
    });
  }
  [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(server->port()); }

  void store(const actors::journal_batch& batch) {
    auto db = actors::call_database::open(data_dir);
    ASSERT_TRUE(db) << db.error().line;
    ASSERT_TRUE(db->write(batch, ten_o_clock));
  }

  std::filesystem::path directory;
  std::string env_file, data_dir;
  std::map<std::string, std::string, std::less<>> environment;
  std::ostringstream out, err;
  net::loop io{"ctl-test"};
  std::unique_ptr<net::http_server> server;
  // of that gateway's
  const std::string unknown_tenant =
      R"({"error":{"code":"tenant_not_found","message":"no such tenant is known","requestId":"1"}})";
  std::string list_of_tenants, asked_for_tenants;
  std::string list_of_calls, asked_for_calls, usage, asked_for_usage, done, refused, asked_for_refused, of_tenant;
};

inline model::call_record a_record(const std::string& sid, int minute) {
  model::call_record r;
  r.call = {sid};
  r.tenant = {"salon-1"};
  r.started = ten_o_clock + std::chrono::minutes{minute};
  return r;
}

}  // namespace tonris::ctl::test
