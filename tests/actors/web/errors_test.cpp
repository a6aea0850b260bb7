#include "actors/web/errors.hpp"

namespace tonris::actors::test {
namespace {

TEST(Errors, HaveANameAndAStatusEach) {
  const struct {
    error_code code;
    const char* name;
    unsigned status;
  } table[] = {
      {error_code::bad_request, "bad_request", 400},
      {error_code::invalid_tenant, "invalid_tenant", 400},
      {error_code::unauthorized, "unauthorized", 401},
      {error_code::administration_off, "administration_off", 403},
      {error_code::not_found, "not_found", 404},
      {error_code::call_not_found, "call_not_found", 404},
      {error_code::tenant_not_found, "tenant_not_found", 404},
      {error_code::conflict, "conflict", 409},
      {error_code::tenant_exists, "tenant_exists", 409},
      {error_code::number_taken, "number_taken", 409},
      {error_code::precondition_failed, "precondition_failed", 412},
      {error_code::method_not_allowed, "method_not_allowed", 405},
      {error_code::upgrade_required, "upgrade_required", 426},
      {error_code::internal_error, "internal_error", 500},
      {error_code::unavailable, "unavailable", 503},
      {error_code::not_ready, "not_ready", 503},
  };
  for (const auto& row : table) {
    EXPECT_EQ(name_of(row.code), row.name);
    EXPECT_EQ(status_of(row.code), row.status) << row.name;
  }
}

TEST(Errors, HaveOneShapeWhateverTheMessage) {
  const auto got = error_answer(error_code::call_not_found, "no \"such\"\ncall");
  EXPECT_EQ(got.status, 404u);
  EXPECT_EQ(got.fields.get("Content-Type"), "application/json");
  EXPECT_EQ(got.body, R"({"error":{"code":"call_not_found","message":"no \"such\"\ncall"}})");
}

TEST(Errors, TellAllThatIsWrongWithADocumentAtOnce) {
  const auto got = mistakes_answer(error_code::invalid_tenant, {{"name", "is missing"}, {"", "must be an object"}});
  EXPECT_EQ(got.status, 400u);
  EXPECT_EQ(got.body,
            R"({"error":{"code":"invalid_tenant","message":"name is missing; the body must be an object",)"
            R"("details":[{"path":"name","message":"is missing"},{"path":"","message":"must be an object"}]}})");
}

}  // namespace
}  // namespace tonris::actors::test
