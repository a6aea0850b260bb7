/// What the gateway's doors answer, against docs/openapi.yaml.
#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string>
#include <vector>

#include "actors/web/routes.hpp"
#include "tests/actors/web/openapi_fixture.hpp"

namespace tonris::actors::test {

const std::vector<operation_asked>& OpenApi::rows() {
  static const auto all = [] {
    std::vector<operation_asked> joined;
    for (const auto& family : {of_machines(), of_tenants(), of_usage(), of_calls()})
      joined.insert(joined.end(), family.begin(), family.end());
    return joined;
  }();
  return all;
}

namespace {

TEST(OpenApiFile, IsAskedInEachOfItsOperations) {
  const auto& rows = OpenApi::rows();
  for (const auto& one : the_file().operations())
    EXPECT_EQ(std::count_if(rows.begin(), rows.end(),
                            [&](const operation_asked& each) { return each.operation == one.name(); }),
              1)
        << one.name() << " is not in the table of what is asked";
}

/// Each status that the file has of the operation is provoked, and nothing else is answered.
TEST_P(OpenApi, AnswersAsTheFileSays) {
  op = the_file().find(GetParam().operation);
  ASSERT_TRUE(op != nullptr);
  const auto there = routes_by_operation();
  ASSERT_TRUE(there.contains(op->name()));
  to = there.at(op->name());
  if (to->may == audience::api_user) strangers();
  GetParam().asks(*this);
  if (to->may == audience::api_user) {
    each_parameter();
    what_it_does_not_take();
  }
  for (const auto status : the_file().statuses(*op))
    EXPECT_TRUE(answered.contains(status)) << op->name() << " has not answered " << status;
}

std::string name_of_row(const testing::TestParamInfo<operation_asked>& info) {
  std::string name;
  for (const char c : info.param.operation)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      name += c;
    else if (!name.ends_with('_'))
      name += '_';
  return name.substr(0, name.find_last_not_of('_') + 1);
}

INSTANTIATE_TEST_SUITE_P(Operations, OpenApi, testing::ValuesIn(OpenApi::rows()), name_of_row);

class OpenApiElse : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  static void check(const std::string& response, unsigned status, const answer& got) {
    EXPECT_EQ(got.status, status);
    const auto& says = the_file().document()["components"]["responses"][response.c_str()];
    EXPECT_EQ(the_file().objection_to_response(says, {got.status, got.head, got.body}, true), "") << got.body;
  }
};

TEST_F(OpenApiElse, IsAnsweredAsTheFileSaysToo) {
  check("MethodNotAllowed", 405, api("OPTIONS", "/api/calls", "admin"));
  check("MethodNotAllowed", 405, exchange("POST /health HTTP/1.1\r\nHost: gw\r\nContent-Length: 0\r\n\r\n"));
  check("NothingHere", 404, get("/nothing"));
  check("BrokenRequest", 400, exchange("GET /health HTTP/1.1\r\n\r\n"));
  check("BrokenRequest", 431, get("/health", "X: " + std::string(20'000, 'x') + "\r\n"));
}

}  // namespace
}  // namespace tonris::actors::test
