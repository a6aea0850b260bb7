#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "actors/web/routes.hpp"
#include "tests/actors/recording/recordings_at_twilio.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/actors/vendor/numbers_at_twilio.hpp"
#include "tests/actors/web/front_fixture.hpp"
#include "tests/actors/web/tenants_in_a_database.hpp"
#include "tests/openapi/openapi_file.hpp"

namespace tonris::actors::test {

/// docs/openapi.yaml, read once.
const tonris::test::openapi_file& the_file();

/// Each route once for each method: "GET /health".
std::map<std::string, const route*> routes_by_operation();

/// Of a tenant's keys the scope that a route takes; nothing: none of them opens it.
std::optional<model::scope> scope_for(const route& of);

class OpenApi;

/// An operation, and what is asked of it: each of its statuses.
struct operation_asked {
  std::string operation;
  std::function<void(OpenApi&)> asks;
};
void PrintTo(const operation_asked& one, std::ostream* out);

/// A gateway with everything behind its doors that an operation may need.
class OpenApi : public FrontTest, public testing::WithParamInterface<operation_asked> {
 public:
  static const std::vector<operation_asked>& rows();

 protected:
  // Of one family each.
  static std::vector<operation_asked> of_machines();  ///< the vendors', the doctor's, and who watches the node
  static std::vector<operation_asked> of_tenants();
  static std::vector<operation_asked> of_usage();
  static std::vector<operation_asked> of_calls();

  struct request {
    std::string query{}, body{}, shown = "admin", fields{};
    std::map<std::string, std::string> in_path{};  ///< else the file's examples
  };

  void SetUp() override;
  void TearDown() override;
  /// The doors, with something changed.
  void open(const std::function<void(http_front::config&)>& change = [](auto&) {}) {
    auto with = *house;
    change(with);
    open_doors(std::move(with));
  }

  [[nodiscard]] std::string target_of(const request& asked) const;
  answer send(const request& asked);
  /// Asks the operation, and holds the answer against the file.
  answer expect(unsigned status, const request& asked);
  answer expect(unsigned status) { return expect(status, {}); }
  void check(unsigned status, const answer& got);
  void check_request(const request& asked) const;
  void check_too_big();
  void strangers();
  void each_parameter();
  void what_it_does_not_take();
  void try_parameter(const tonris::test::openapi_file::value& parameter, const form& others);

  // --- what operations are asked about

  static std::string document(const std::string& id, const std::string& number, const std::string& more = "") {
    return R"({"id":")" + id + R"(","name":"Salon )" + id + R"(","twilioPhoneNumber":")" + number + "\"" + more + "}";
  }
  void sign_up(const std::string& json) { EXPECT_EQ(api("POST", "/api/tenants", "admin", json).status, 201u) << json; }
  void store_record(const std::string& json) { stored->record = json; }  ///< of whichever call is asked for
  static std::string ended_record();
  static std::map<std::string, std::string> call(const std::string& sid) { return {{"CallSid", sid}}; }
  /// The statuses of one call that all of its operations have.
  void nobodys_and_unreadable(const std::string& body = "");
  void twilio_asks(unsigned status, const form& fields);
  void places_calls();  ///< its tenant does, four a day
  void rings(const model::call_sid& call);
  tenant_registry registry_that_is_away();

  static constexpr auto own_number = "+15550100002", allowed = "+15550100050";
  static inline const std::string unreadable = R"({"callSid":"CA9"})";
  const tonris::test::openapi_file::operation* op = nullptr;
  const route* to = nullptr;
  std::set<unsigned> answered;

  a_directory directory;
  std::shared_ptr<tenant_database> db;
  bool away = false;
  std::function<void()> meanwhile;
  std::uint8_t nonces = 0;
  std::shared_ptr<numbers_at_twilio> at_twilio = std::make_shared<numbers_at_twilio>();
  std::shared_ptr<deliveries_listed> deliveries = std::make_shared<deliveries_listed>();
  std::shared_ptr<callback_kept::outcome> keeper_says =
      std::make_shared<callback_kept::outcome>(callback_kept::outcome::kept);
  std::shared_ptr<recordings_at_twilio> at_recordings = std::make_shared<recordings_at_twilio>();
  std::optional<http_front::config> house;
  std::shared_ptr<outbound_dials> dials = std::make_shared<outbound_dials>();
  bool stops = false;
};

}  // namespace tonris::actors::test
