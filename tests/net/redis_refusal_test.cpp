#include "net/redis_refusal.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::net::test {
namespace {

using what = redis_refusal;

struct refusal_row {
  std::string why, failure;
  what is;
  bool ends, fault;
};
class RedisRefusal : public testing::TestWithParam<refusal_row> {};

TEST_P(RedisRefusal, IsToldByTheFirstWord) {
  const auto& row = GetParam();
  const auto is = refusal_of(row.failure);
  EXPECT_EQ(is, row.is);
  EXPECT_EQ(ends_connection(is), row.ends);
  EXPECT_EQ(is_operators_fault(is), row.fault);
}

INSTANTIATE_TEST_SUITE_P(
    Wire, RedisRefusal,
    testing::Values(
        refusal_row{"ReadOnly", "READONLY You can't write against a read only replica.", what::readonly, true, false},
        refusal_row{"ReadOnlyInScript",
                    "READONLY You can't write against a read only replica. script: 9, on @user_script:1.",
                    what::readonly, true, false},
        refusal_row{
            "ReadOnlyWrapped",
            "ERR Error running script (call to f_12): @user_script:1: @user_script: 1: -READONLY You can't write",
            what::readonly, true, false},
        refusal_row{"ReadOnlyWrappedWithoutSign",
                    "ERR Error running script (call to f_12): @user_script:1: READONLY no", what::readonly, true,
                    false},
        refusal_row{"WordWithinAScriptsOwnWords",
                    "ERR Error running script (call to f_12): @user_script:1: user READONLY is unknown", what::other,
                    false, false},
        refusal_row{"Loading", "LOADING Redis is loading the dataset in memory", what::loading, true, false},
        refusal_row{"Moved", "MOVED 3999 127.0.0.1:6381", what::moved, true, false},
        refusal_row{"Full", "OOM command not allowed when used memory > 'maxmemory'.", what::oom, false, false},
        refusal_row{"Busy", "BUSY Redis is busy running a script.", what::busy, false, false},
        refusal_row{"Misconf", "MISCONF Redis is configured to save RDB snapshots", what::misconf, false, false},
        refusal_row{"NoReplicas", "NOREPLICAS Not enough good replicas to write.", what::noreplicas, false, false},
        refusal_row{"MasterDown", "MASTERDOWN Link with MASTER is down", what::masterdown, true, false},
        refusal_row{"ClusterDown", "CLUSTERDOWN Hash slot not served", what::clusterdown, false, false},
        refusal_row{"NoAuth", "NOAUTH Authentication required.", what::noauth, true, true},
        refusal_row{"WrongPass", "WRONGPASS invalid username-password pair", what::wrongpass, false, true},
        refusal_row{"NoPerm", "NOPERM this user has no permissions", what::noperm, false, true},
        refusal_row{"NoScript", "NOSCRIPT No matching script. Please use EVAL.", what::noscript, false, false},
        refusal_row{"Other", "ERR unknown command", what::other, false, false},
        refusal_row{"LongerWord", "OOMPH no", what::other, false, false},
        refusal_row{"Nothing", "", what::other, false, false}),
    [](const auto& row) { return row.param.why; });

TEST(RedisRefusalWord, IsRedisOwn) {
  EXPECT_EQ(to_string(what::oom), "OOM");
  EXPECT_EQ(to_string(what::other), "ERR");
}

}  // namespace
}  // namespace tonris::net::test
