#include "tools/ctl/number_commands.hpp"

#include <map>
#include <utility>

#include "tests/tools/ctl/ctl_fixture.hpp"

namespace tonris::ctl {
namespace {

using namespace test;

class TonrisctlNumbers : public Tonrisctl {
 protected:
  /// A gateway that answers by path; 404 for every other one.
  void answer(const std::map<std::string, std::pair<unsigned, std::string>>& by_path) {
    listen([=](net::http_request request, net::http_responder responder) {
      const auto there = by_path.find(request.target);
      if (there == by_path.end()) return responder.respond(net::make_response(404, "application/json", "{}"));
      responder.respond(net::make_response(there->second.first, "application/json", there->second.second));
    });
  }
  int list(std::vector<std::string> more = {}) {
    std::vector<std::string> all{"number", "list", "--env-file", env_file};
    all.insert(all.end(), more.begin(), more.end());
    return tonrisctl(std::move(all));
  }
};

TEST_F(TonrisctlNumbers, AreThoseOfAllTenantsWhereNoneIsNamed) {
  answer({{"/api/tenants?limit=200", {200, R"({"items":[{"id":"a"},{"id":"b"}],"nextCursor":"b"})"}},
          {"/api/tenants?limit=200&cursor=b", {200, R"({"items":[{"id":"c d"}]})"}},
          {"/api/tenants/a/numbers", {200, R"({"items":[{"number":"+15550100002","state":"attached"}]})"}},
          {"/api/tenants/b/numbers", {503, R"({"error":{"code":"unavailable","message":"ask again"}})"}},
          {"/api/tenants/c%20d/numbers", {200, R"({"items":[{"number":"+15550100003","state":"elsewhere"}]})"}}});
  const std::string nothing =
      "\n    voiceUrl: (nothing)\n    voiceFallbackUrl: (nothing)\n    statusCallback: (nothing)\n";
  EXPECT_EQ(list(), not_found) << "one tenant's numbers are not known";
  EXPECT_EQ(out.str(), "a  +15550100002  attached" + nothing + "b  The gateway at " + origin() + " says: ask again\n" +
                           "c d  +15550100003  elsewhere" + nothing);
  EXPECT_EQ(list({"a"}), found);
  EXPECT_EQ(out.str(), "+15550100002  attached" + nothing);
}

TEST_F(TonrisctlNumbers, AreNotToldWhereTheTenantsAreNot) {
  answer({{"/api/tenants?limit=200", {503, R"({"error":{"code":"unavailable","message":"ask again"}})"}}});
  EXPECT_EQ(list(), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: ask again\n");
  EXPECT_EQ(tonrisctl({"number", "attach"}), cannot) << "which tenant's is to be said";
}

}  // namespace
}  // namespace tonris::ctl
