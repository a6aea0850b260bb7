#include "model/outbound/request.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

tenant salon() {
  tenant t;
  t.id = {"salon-1"};
  t.phone_number = "+4570999999";
  t.numbers.push_back({"+12125550100", {}, {}});
  return t;
}

struct reading {
  dial_request wanted;
  std::vector<std::string> mistakes;  ///< their paths
};
reading read(std::string_view body) {
  json_mistakes mistakes;
  reading all;
  all.wanted = read_dial_request(body, 128 * 1024, mistakes);
  settle(all.wanted, salon(), {{"agent_abc"}, {"agent_new"}}, mistakes);
  for (const auto& one : mistakes) all.mistakes.push_back(one.path);
  return all;
}

TEST(DialRequest, IsReadWhole) {
  const auto [wanted, mistakes] = read(
      R"({"tenantId":"salon-1","to":"+45 70 12 34 56","from":"+1 212 555 0100","agent":"agent_new","id":"order.7",)"
      R"("variables":{"name":"Anna","seats":4},"machine":"continue"})");
  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(wanted.to, "+4570123456");
  EXPECT_EQ(wanted.from, "+12125550100");
  EXPECT_EQ(wanted.agent.value, "agent_new");
  EXPECT_EQ(wanted.id, "order.7");
  EXPECT_EQ(wanted.machine, tenant::outbound_type::machine_type::go_on);
  EXPECT_EQ(wanted.variables.at("name"), tenant::variable{"Anna"});
  EXPECT_EQ(wanted.variables.at("seats"), tenant::variable{std::int64_t{4}});
}

TEST(DialRequest, CallsFromTheFirstNumberAndInItsCountry) {
  const auto [wanted, mistakes] = read(R"({"to":"70 12 34 56"})");
  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(wanted.from, "+4570999999");
  EXPECT_EQ(wanted.to, "+4570123456");
  EXPECT_EQ(read(R"({"to":"(212) 555-0123","from":"+12125550100"})").wanted.to, "+12125550123");
}

TEST(DialRequest, TellsAllMistakesAtOnceWithTheirPaths) {
  EXPECT_THAT(read(R"({"to":"anna","from":"+15550001111","agent":"agent_of_others","id":"a b","machine":"maybe",)"
                   R"("variables":{"call_sid":"x","ok":[]},"colour":"red"})")
                  .mistakes,
              testing::UnorderedElementsAre("to", "from", "agent", "id", "machine", "variables.call_sid",
                                            "variables.ok", "colour"));
  EXPECT_THAT(read("{}").mistakes, ElementsAre("to"));
  EXPECT_THAT(read(R"({"to":7,"from":7})").mistakes, testing::UnorderedElementsAre("to", "from"));
  EXPECT_THAT(read("nothing").mistakes, testing::Contains(""));
}

TEST(DialRequest, IsBounded) {
  std::string many;
  for (int i = 0; i < 21; ++i) many += (i ? "," : "") + ("\"v" + std::to_string(i)) + "\":1";
  EXPECT_THAT(read(R"({"to":"+4570123456","variables":{)" + many + "}}").mistakes, testing::Contains("variables"));
  EXPECT_THAT(read(R"({"to":"+4570123456","variables":{"a":")" + std::string(8192, 'x') + "\"}}").mistakes,
              ElementsAre("variables"));
  EXPECT_THAT(read(R"({"to":"+4570123456","id":")" + std::string(65, 'x') + "\"}").mistakes, ElementsAre("id"));
}

}  // namespace
}  // namespace tonris::model
