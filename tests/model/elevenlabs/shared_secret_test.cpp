#include "model/elevenlabs/shared_secret.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

using check = signature_check;

struct secret_row {
  std::string why;
  std::vector<std::string> given;
  std::string own, authorization;
  signature_verdict expected;
};
class SharedSecret : public testing::TestWithParam<secret_row> {};
INSTANTIATE_TEST_SUITE_P(
    Rows, SharedSecret,
    testing::Values(secret_row{"InItsOwnHeader", {"s3cret"}, "s3cret", "", {check::ok, 0}},
                    secret_row{"AsBearer", {"s3cret"}, "", "Bearer s3cret", {check::ok, 0}},
                    secret_row{"SchemeInAnyCase", {"s3cret"}, "", "bEARER   s3cret ", {check::ok, 0}},
                    secret_row{"TheNewOne", {"old", "s3cret"}, " s3cret ", "", {check::ok, 1}},
                    secret_row{"BesideAForeignBearer", {"s3cret"}, "s3cret", "Bearer of.another", {check::ok, 0}},
                    secret_row{"BearerBesideAnOldOne", {"s3cret"}, "old", "Bearer s3cret", {check::ok, 0}},
                    secret_row{"BesideAnEmptyOne", {"", "s3cret"}, "s3cret", "", {check::ok, 1}},
                    secret_row{"Wrong", {"s3cret"}, "s3creT", "", {check::mismatch, 0}},
                    secret_row{"OnlyItsBeginning", {"s3cret"}, "s3cre", "", {check::mismatch, 0}},
                    secret_row{"OnlyItsBeginningAsBearer", {"s3cret"}, "", "Bearer s3cre", {check::mismatch, 0}},
                    secret_row{"LongerThanIt", {"s3cret"}, "s3cretx", "", {check::mismatch, 0}},
                    secret_row{"OtherScheme", {"s3cret"}, "", "Basic s3cret", {check::no_header, 0}},
                    secret_row{"SchemeWithoutABlank", {"s3cret"}, "", "Bearers3cret", {check::no_header, 0}},
                    secret_row{"SchemeAlone", {"s3cret"}, "", "Bearer ", {check::no_header, 0}},
                    secret_row{"NoHeader", {"s3cret"}, "", "", {check::no_header, 0}},
                    secret_row{"BlankHeader", {"s3cret"}, " \t", "", {check::no_header, 0}},
                    secret_row{"NoSecret", {}, "s3cret", "", {check::no_secret, 0}},
                    secret_row{"EmptySecret", {""}, "", "Bearer ", {check::no_secret, 0}}),
    [](const auto& row) { return row.param.why; });

TEST_P(SharedSecret, GetsItsVerdict) {
  const auto& row = GetParam();
  EXPECT_EQ(verify_shared_secret(row.given, row.own, row.authorization), row.expected);
}

}  // namespace
}  // namespace tonris::model::elevenlabs
